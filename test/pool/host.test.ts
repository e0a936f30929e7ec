import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { InvalidOptionError } from 'millrace';
import { expect, test } from 'vitest';
import { fixturePath, guard } from '../helpers/guard.js';
import { macrotask, rejection, thrownBy } from '../helpers/outcomes.js';
import { type ProgramEnd, runProgram } from '../helpers/programs.js';

const { makePool, threads } = guard();
const packagedHost = createRequire(import.meta.url).resolve('millrace/host');

function runBundled(...args: string[]): Promise<ProgramEnd> {
  return runProgram('bundled.mjs', { args, execArgv: ['--no-warnings'] });
}

test.each([
  [
    'does not know where it is',
    'commonjs',
    /^ERR_INVALID_OPTION host: .*missing.*millrace\/host.*URL/,
  ],
  [
    'is elsewhere',
    'esm',
    /^ERR_INVALID_OPTION host: .*\/nowhere\/dist\/workers\/host\.cjs, does not exist.*millrace\/host.*URL/,
  ],
  [
    'has taken Piscina in, too',
    'piscina',
    /^ERR_MODULE_LOAD .*No thread could start.*\/nowhere\/dist\/worker\.js'.*keep piscina external/,
  ],
])('a bundle that %s is told what is missing', async (_, bundle, message) => {
  const { code, lines, stderr } = await runBundled(bundle);
  expect({ code, lines, stderr }).toEqual({
    code: 0,
    lines: [expect.stringMatching(message)],
    stderr: '',
  });
});

test.each(['commonjs', 'esm'])(
  'with host a bundle need not know where it is: %s',
  async (bundle) => {
    const { code, lines, stderr } = await runBundled(bundle, packagedHost);
    expect({ code, lines, stderr }).toEqual({ code: 0, lines: ['on'], stderr: '' });
  },
);

test('a host that does not exist is an error that names it', async () => {
  const host = fixturePath('nowhere.cjs');
  const error = thrownBy(() => makePool({ threads: 1, host }));
  expect(error).toBeInstanceOf(InvalidOptionError);
  expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', option: 'host' });
  expect(error.message).toContain(host);
  await macrotask();
  expect(threads).toEqual([]);
});

test('a file that is not the host is named, and the job module not blamed', async () => {
  const host = fixturePath('modules/empty.mjs');
  const error = await rejection(makePool({ threads: 1, host, loadTimeoutMs: 200 }).ready());
  expect(error).toMatchObject({ code: 'ERR_MODULE_LOAD', started: false });
  expect(error.message).toMatch(/^No thread could start/);
  expect(error.message).toContain(host);
});

test('a preload that is missing is not taken for Piscina’s own file', async () => {
  const execArgv = ['--require', './worker.js'];
  const error = await rejection(makePool({ threads: 1, execArgv }).ready());
  expect(error.message).toMatch(/^No thread could start.*worker\.js.*execArgv/s);
  expect(error.message).not.toMatch(/keep piscina external/);
});

test.each([
  ['no thread', [], /^ERR_MODULE_LOAD .*No thread could start.*--allow-worker/],
  ['threads', ['--allow-worker'], /^on$/],
])('under Node’s permission model: %s', async (_, allowed, message) => {
  const flag = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  const { code, lines } = await runProgram('bundled.mjs', {
    args: ['none'],
    execArgv: ['--no-warnings', flag, '--allow-fs-read=*', ...allowed],
  });
  expect({ code, lines }).toEqual({ code: 0, lines: [expect.stringMatching(message)] });
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
  const host = await readFile(packagedHost, 'utf8');
  expect(host).toMatch(/import\(\s*\/\* webpackIgnore: true \*\/\s*moduleUrl\s*\)/);
});
