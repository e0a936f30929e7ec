/**
 * Checks that published files load only what users have: built-in modules, packages that `package.json` declares, and
 * published files.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../helpers/doc-examples.js';

const dist = join(ROOT, 'dist');
const { dependencies, peerDependencies, devDependencies } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
) as Record<string, Record<string, string>>;
/** Includes devDependencies: the bench loads the pools that it compares with only if they are installed. */
const declared = new Set([
  'millrace',
  ...Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies }),
]);

/** Matches every load of a literal name, static or dynamic. */
const LOADED = /\b(?:from|import|require)\s*\(?\s*(["'`])((?:node:)?@?\w[\w./@-]*|\.[\w./-]+)\1/g;

const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.c?js$/.test(file),
);

test('each import is of a built-in module, of a declared package, or of a file that is published', () => {
  expect(files.length).toBeGreaterThan(50);
  const missing = files.flatMap((file) =>
    [...readFileSync(join(dist, file), 'utf8').matchAll(LOADED)].flatMap(([, , name = '']) => {
      if (isBuiltin(name)) return [];
      if (name.startsWith('.')) {
        return files.includes(normalize(join(dirname(file), name))) ? [] : [`${file}: ${name}`];
      }
      const [, packageName] = /^((?:@[^/]+\/)?[^/]+)/.exec(name) ?? [];
      return declared.has(packageName as string) ? [] : [`${file}: ${name}`];
    }),
  );
  expect(missing).toEqual([]);
});
