import { SHARE_ENV } from 'node:worker_threads';
import { InvalidOptionError, Pool } from 'millrace';
import { afterEach, expect, test } from 'vitest';
import { fixture, fixturePath, guard } from '../helpers/guard.js';
import { takeLeftovers } from '../helpers/leftovers.js';
import { macrotask, rejection, thrownBy } from '../helpers/outcomes.js';

const { makePool, threads } = guard();
const module = fixture('modules/environment.mjs');

afterEach(() => {
  delete process.env['MILLRACE_TEST'];
});

interface Environment {
  readonly env: string | undefined;
  readonly argv: string[];
  readonly execArgv: string[];
  readonly workerData: unknown;
  readonly resourceLimits: { maxOldGenerationSizeMb: number };
  readonly preloaded: boolean | undefined;
}
type Jobs = { environment(): Environment; setEnvironment(value: string): void };

test.each([
  ['execArgv', ['--title=x']],
  ['execArgv', ['--no-such-option']],
  ['execArgv', ['--max-old-space-size=100']],
  ['execArgv', '--no-warnings'],
  ['execArgv', 5],
  ['argv', '--flag'],
  ['argv', 5],
  ['env', 5],
  ['env', 'A=1'],
  ['resourceLimits', 5],
  ['resourceLimits', 'none'],
  ['workerData', () => {}],
  ['workerData', Symbol('data')],
  ['workerData', { deep: { act: () => {} } }],
])('refuses what Node refuses: %s: %o', async (option, value) => {
  const error = thrownBy(() => new Pool(module, { threads: 2, [option]: value } as never));
  expect(error).toBeInstanceOf(InvalidOptionError);
  expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', option });
  expect(error.message).toContain(option);
  expect(error.cause).toBeInstanceOf(Error);
  await macrotask();
  expect(threads).toEqual([]);
  // Piscina leaves behind the ports of a thread that it could not start.
  await takeLeftovers();
});

test('names the options that may be to blame where there are several', async () => {
  const error = thrownBy(
    () => new Pool(module, { argv: ['a'], execArgv: ['--title=x'], env: { A: '1' } }),
  );
  expect(error.option).toContain('execArgv');
  expect(error.message).toContain('--title=x');
  await takeLeftovers();
});

test('passes the options on to every thread', async () => {
  const pool = makePool<Jobs>(
    {
      threads: 2,
      env: { MILLRACE_TEST: 'from env' },
      argv: ['one', 2],
      execArgv: ['--no-warnings', '--import', fixture('modules/preload.mjs').href],
      workerData: new Map([['key', { deep: [1] }]]),
      resourceLimits: { maxOldGenerationSizeMb: 77 },
    },
    module,
  );
  for (const seen of await Promise.all([1, 2, 3, 4].map(() => pool.run('environment')))) {
    expect(seen).toEqual({
      env: 'from env',
      argv: ['one', '2'],
      execArgv: ['--no-warnings', '--import', fixture('modules/preload.mjs').href],
      workerData: new Map([['key', { deep: [1] }]]),
      resourceLimits: expect.objectContaining({ maxOldGenerationSizeMb: 77 }),
      preloaded: true,
    });
  }
});

test('passes them on to the thread that replaces a lost one', async () => {
  const cancelling = new AbortController();
  const pool = makePool<Jobs & { environment(): Environment }>(
    { threads: 1, workerData: 'again', env: { MILLRACE_TEST: 'again' } },
    module,
  );
  await pool.ready();
  threads[0]?.terminate();
  const seen = await pool.run('environment', undefined, { signal: cancelling.signal });
  expect(seen).toMatchObject({ workerData: 'again', env: 'again' });
});

test('threads have a copy of the environment, unless they share it', async () => {
  process.env['MILLRACE_TEST'] = 'main';
  const copying = makePool<Jobs>({ threads: 1 }, module);
  await copying.run('setEnvironment', 'thread');
  expect((await copying.run('environment')).env).toBe('thread');
  expect(process.env['MILLRACE_TEST']).toBe('main');
  const sharing = makePool<Jobs>({ threads: 1, env: SHARE_ENV }, module);
  await sharing.run('setEnvironment', 'thread');
  expect(process.env['MILLRACE_TEST']).toBe('thread');
});

test.each([
  ['throws', [fixture('modules/preload-throws.mjs').href], /broken before everything/],
  ['does not exist', ['./nowhere.mjs'], /nowhere/],
  ['exits', [fixture('modules/exits.mjs').href], /exited with code 9/],
])('a module for --import that %s is a load error, and nothing hangs', async (_, args, reason) => {
  const execArgv = args.flatMap((path) => ['--import', path]);
  const pool = makePool({ threads: 2, execArgv });
  const queued = pool.run('echo', 1);
  const error = await rejection(pool.ready());
  expect(error).toMatchObject({ code: 'ERR_MODULE_LOAD', started: false });
  expect(String(error.cause)).toMatch(reason);
  expect(await rejection(queued)).toBe(error);
  expect(await rejection(pool.run('echo', 1))).toMatchObject({ code: 'ERR_MODULE_LOAD' });
});

test('a host that is elsewhere is found by host', async () => {
  const host = new URL('../../build/workers/host.js', import.meta.url);
  expect(await makePool({ threads: 1, host }).run('echo', 'on')).toBe('on');
  const path = fixturePath('modules/empty.mjs');
  const pool = makePool({ threads: 1, host: path, loadTimeoutMs: 200 });
  expect(await rejection(pool.ready())).toMatchObject({ code: 'ERR_MODULE_LOAD' });
});
