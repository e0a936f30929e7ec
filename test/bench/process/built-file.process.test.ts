import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const sources = new Map(
  readdirSync(join(root, 'bench'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && path !== 'process/built-file.ts')
    .map((path) => [path, readFileSync(join(root, 'bench', path), 'utf8')]),
);
/** Paths that the sources pass to `builtFile`. */
const named = [...sources.values()].flatMap((source) =>
  [...source.matchAll(/\bbuiltFile\('([^']+)'\)/g)].map(([, path = '']) => path),
);

test.each(['build', 'dist'])('every file that is started by its path is in %s', (folder) => {
  expect(new Set(named).size).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(join(root, folder, path)))).toEqual([]);
});

test('a file of its own place is named by nothing else, as that breaks in a bundle', () => {
  const relative = [...sources].filter(([, source]) =>
    /new URL\(\s*'[^'$]*',\s*import\.meta\.url/.test(source),
  );
  expect(relative.map(([path]) => path)).toEqual([]);
});
