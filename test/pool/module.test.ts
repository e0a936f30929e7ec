import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ModuleLoadError, Pool } from 'millrace';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixture, fixturePath, guard } from '../helpers/guard.js';
import { macrotask, rejection, thrownBy } from '../helpers/outcomes.js';

const { makePool, threads } = guard();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace # 100%20 '));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each([
  './jobs.js',
  'jobs.js',
  '../fixtures/jobs.js',
  'millrace',
  'node:fs',
  '',
  'http://localhost/jobs.js',
  'data:text/javascript,export const echo = (x) => x',
  'file://elsewhere/jobs.js',
  'file:///a%2Fb.js',
  new URL('https://localhost/jobs.js'),
  new URL('data:text/javascript,export const echo = (x) => x'),
  undefined,
  null,
  5,
  {},
  { href: 'file:///jobs.js' },
  () => {},
])('refuses %o as a module', async (module) => {
  const error = thrownBy(() => new Pool(module as never));
  expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', option: 'module' });
  expect(error.message).toMatch(/file: URL such as new URL\(.*\), or an absolute path/);
  await macrotask();
  expect(threads).toEqual([]);
});

test.each([
  ['a URL', fixture('jobs.js')],
  ['the text of a URL', fixture('jobs.js').href],
  ['the text of a URL in capitals', fixture('jobs.js').href.replace('file:', 'FILE:')],
  ['an absolute path', fixturePath('jobs.js')],
  ['a URL with a query and a fragment', new URL('?version=2#part', fixture('jobs.js'))],
])('loads a module by %s', async (_, module) => {
  const pool = makePool({ threads: 1 }, module);
  await pool.ready();
  expect(await pool.run('echo', 'on')).toBe('on');
});

test.each([
  'with space.mjs',
  'a#b.mjs',
  '100%.mjs',
  'a%20b.mjs',
  'a%23b.mjs',
  'what?.mjs',
  'ümläut 日本.mjs',
  'quote\'and"quote.mjs',
  'new\nline.mjs',
  'colon:.mjs',
])('loads a module whose name is %j, by its path and by its URL', async (name) => {
  const path = join(folder, name);
  copyFileSync(fixturePath('modules/default-only.mjs'), path);
  for (const module of [path, pathToFileURL(path), pathToFileURL(path).href]) {
    const pool = makePool({ threads: 1 }, module);
    expect(await pool.run('default', 'main')).toBe('default main');
  }
});

/** Writes a module that exists only as TypeScript, and returns the path of its future JavaScript. */
function unbuilt(): string {
  writeFileSync(join(folder, 'typed.ts'), 'export const double = (n: number): number => 2 * n;');
  return join(folder, 'typed.js');
}

// The types of Node 20 don't have it.
const stripsTypes = Boolean((process.features as { typescript?: unknown }).typescript);

test.runIf(stripsTypes)('loads the TypeScript of a module that nothing has built', async () => {
  const pool = makePool({ threads: 1 }, unbuilt());
  expect(await pool.run('double', 2)).toBe(4);
});

test.runIf(!stripsTypes)('names the TypeScript that this Node cannot load', async () => {
  const pool = makePool({ threads: 1 }, unbuilt());
  const error = await rejection(pool.run('double', 2));
  expect(error).toMatchObject({ code: 'ERR_MODULE_LOAD' });
  expect(error.cause.code).toBe('ERR_UNKNOWN_FILE_EXTENSION');
  expect(error.message).toContain('typed.ts');
});

test('rejects what waits for a module that does not exist, for good', async () => {
  const pool = makePool({ threads: 2 }, fixture('nowhere.js'));
  const queued = pool.run('echo', 1);
  const job = await pool.submit('echo', 1);
  for (const error of [
    await rejection(pool.ready()),
    await rejection(queued),
    await rejection(job.result),
    await rejection(pool.run('echo', 1)),
    await rejection(pool.submit('echo', 1)),
    thrownBy(() => pool.trySubmit('echo', 1)),
    await rejection(pool.ready()),
  ]) {
    expect(error).toBeInstanceOf(ModuleLoadError);
    expect(error).toMatchObject({ code: 'ERR_MODULE_LOAD', started: false });
    expect(error.cause.code).toBe('ERR_MODULE_NOT_FOUND');
    expect(error.message).toContain('nowhere.js');
  }
  expect(pool.stats().jobs).toMatchObject({ rejected: 2, refused: 3 });
});

test('three threads that can start share one module, each with its own copy', async () => {
  const pool = makePool({ threads: 3 }, fixture('jobs.js'));
  await pool.ready();
  expect(pool.stats().threads).toMatchObject({ target: 3, ready: 3, busy: 0 });
  expect(threads.length).toBe(3);
});
