import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'vite';
import { expect, test } from 'vitest';
import { guard } from '../helpers/guard.js';
import { runProgram } from '../helpers/programs.js';

const { makePool } = guard();
const packagedHost = createRequire(import.meta.url).resolve('millrace/host');

test('a bundle that does not know where it is needs host, and is told so', async () => {
  const { code, lines, stderr } = await runProgram('bundled.mjs', { execArgv: ['--no-warnings'] });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(lines).toEqual([expect.stringMatching(/^ERR_INVALID_OPTION host: .*millrace\/host.*URL/)]);
});

test('with host a bundle need not know where it is', async () => {
  const { code, lines, stderr } = await runProgram('bundled.mjs', {
    args: [packagedHost],
    execArgv: ['--no-warnings'],
  });
  expect({ code, lines, stderr }).toEqual({ code: 0, lines: ['on'], stderr: '' });
});

test.each([
  ['es', 'js'],
  ['cjs', 'cjs'],
] as const)('a bundler can emit the host: %s', async (format, extension) => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-host-'));
  try {
    await build({
      configFile: false,
      logLevel: 'error',
      ssr: { noExternal: true },
      build: {
        ssr: true,
        outDir: folder,
        rollupOptions: {
          input: { host: packagedHost },
          output: { format, entryFileNames: `[name].${extension}` },
        },
      },
    });
    if (format === 'es') await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    const pool = makePool({ threads: 1, host: join(folder, `host.${extension}`) });
    expect(await pool.run('echo', 'on')).toBe('on');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('millrace/host is CommonJS, as Node 20 can abort where a thread is ended in an ES module', async () => {
  expect(packagedHost).toMatch(/\.cjs$/);
  expect(await makePool({ threads: 1, host: packagedHost }).run('echo', 'on')).toBe('on');
});

test('webpack is told to leave the import of the job module alone', async () => {
  const host = await readFile(join(dirname(packagedHost), 'host.js'), 'utf8');
  expect(host).toMatch(/import\(\s*\/\* webpackIgnore: true \*\/ moduleUrl\)/);
});
