import { ModuleLoadError } from 'millrace';
import { expect, test } from 'vitest';
import { fixture, guard } from '../helpers/guard.js';
import { rejection, thrownBy } from '../helpers/outcomes.js';

const { makePool, threads } = guard();

test.each([
  [
    'throws.mjs',
    undefined,
    { name: 'RangeError', code: 'E_BROKEN', message: 'broken while loading' },
  ],
  ['exits.mjs', undefined, { message: 'the thread exited with code 9' }],
  ['never-loads.mjs', 300, { message: expect.stringContaining('loadTimeoutMs = 300') }],
  ['loops.mjs', 300, { message: expect.stringContaining('loadTimeoutMs = 300') }],
  [
    'nested.mjs',
    undefined,
    { code: 'ERR_NESTED_POOL', message: expect.stringContaining('isMainThread') },
  ],
])('a module that does not load (%s) is an error with its cause, for good', async (...row) => {
  const [file, loadTimeoutMs, cause] = row;
  const options = loadTimeoutMs === undefined ? {} : { loadTimeoutMs };
  const pool = makePool({ threads: 1, ...options }, fixture(`modules/${file}`));
  const queued = pool.run('echo', 1);
  const job = await pool.submit('echo', 2);
  const ready = await rejection(pool.ready());
  for (const error of [
    ready,
    await rejection(queued),
    await rejection(job.result),
    await rejection(pool.ready()),
    await rejection(pool.run('echo', 3)),
    await rejection(pool.submit('echo', 4)),
    thrownBy(() => pool.trySubmit('echo', 5)),
  ]) {
    expect(error).toBeInstanceOf(ModuleLoadError);
    expect(error).toMatchObject({ code: 'ERR_MODULE_LOAD', started: false });
    expect(error.message).toContain(file);
    expect(error.cause).toMatchObject(cause);
  }
  expect(pool.stats().threads).toMatchObject({ target: 1, ready: 0, busy: 0 });
  // Three attempts; when a thread exits by itself, Piscina has already begun to start a fourth.
  expect(threads.length).toBeLessThanOrEqual(4);
});

test('a load timeout that is too short for any thread is an error, too', async () => {
  const pool = makePool({ threads: 2, loadTimeoutMs: 1 });
  const error = await rejection(pool.ready());
  expect(error).toMatchObject({ code: 'ERR_MODULE_LOAD', started: false });
  expect(error.cause.message).toContain('loadTimeoutMs = 1');
});

test('a module that throws null is an error, with null as its cause', async () => {
  const pool = makePool({ threads: 1 }, fixture('modules/throws-null.mjs'));
  const error = await rejection(pool.ready());
  expect(error).toMatchObject({ code: 'ERR_MODULE_LOAD', cause: null });
});

test('those who wait for room are refused with the same error', async () => {
  const pool = makePool({ threads: 1, backlog: 0 }, fixture('modules/throws.mjs'));
  const queued = rejection(pool.run('echo', 1));
  const waiting = rejection(pool.submit('echo', 2));
  expect(pool.stats().jobs).toMatchObject({ queued: 1, waiting: 1 });
  expect(await queued).toMatchObject({ code: 'ERR_MODULE_LOAD' });
  expect(await waiting).toBe(await queued);
  expect(pool.stats().jobs).toMatchObject({ rejected: 1, refused: 1 });
});

test.each([1, 2])(
  'a module that loads at the attempt after %i failures loads',
  async (failures) => {
    const attempts = new Int32Array(new SharedArrayBuffer(4));
    const pool = makePool(
      { threads: 1, workerData: { attempts, failures } },
      fixture('modules/fails-first.mjs'),
    );
    expect(await pool.run('echo', 'on')).toBe('on');
    await pool.ready();
    expect(attempts[0]).toBe(failures + 1);
  },
);

test('one thread that loads is enough for the pool to go on, and for the others to try again', async () => {
  const attempts = new Int32Array(new SharedArrayBuffer(4));
  const pool = makePool(
    { threads: 3, workerData: { attempts, failures: 5 } },
    fixture('modules/fails-first.mjs'),
  );
  await pool.ready();
  expect(pool.stats().threads.ready).toBe(3);
  expect(attempts[0]).toBe(8);
});

test('a thread whose replacement does not load leaves the pool an error, and nothing hangs', async () => {
  const attempts = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { attempts, failures: 0 };
  const pool = makePool({ threads: 1, workerData }, fixture('modules/loads-once.mjs'));
  await pool.ready();
  const lost = rejection(pool.run('exit'));
  const queued = rejection(pool.run('echo', 1));
  expect(await lost).toMatchObject({ code: 'ERR_THREAD_LOST', started: true });
  expect(await queued).toMatchObject({ code: 'ERR_MODULE_LOAD', started: false });
  expect(await rejection(pool.ready())).toMatchObject({ code: 'ERR_MODULE_LOAD' });
});

test.each(['throws.mjs', 'never-loads.mjs', 'loops.mjs', 'exits.mjs'])(
  'close() of a pool whose module does not load (%s) fulfils',
  async (file) => {
    const close = async (deadlineMs: number | undefined) => {
      const pool = makePool({ threads: 2, loadTimeoutMs: 300 }, fixture(`modules/${file}`));
      const queued = rejection(pool.run('echo', 1));
      const report = await pool.close(deadlineMs === undefined ? {} : { deadlineMs });
      expect(report).toMatchObject({ rejected: 1, unfinished: deadlineMs === 0 ? [{}] : [] });
      expect((await queued).code).toBe(deadlineMs === 0 ? 'ERR_POOL_CLOSED' : 'ERR_MODULE_LOAD');
    };
    await Promise.all([undefined, 0, 60_000].map(close));
  },
);

test.each([1, 3])('close() right after the failure ends all %i threads', async (count) => {
  const pool = makePool({ threads: count }, fixture('modules/throws.mjs'));
  await rejection(pool.ready());
  await pool.close();
  expect(threads.filter((thread) => thread.threadId !== -1)).toHaveLength(0);
});

test('a pool that failed stays failed until it is closed, and is closed then', async () => {
  const pool = makePool({ threads: 1 }, fixture('modules/throws.mjs'));
  await rejection(pool.ready());
  const report = await pool.close();
  expect(report).toMatchObject({ fulfilled: 0, rejected: 0, unfinished: [] });
  expect(await rejection(pool.run('echo', 1))).toMatchObject({ code: 'ERR_POOL_CLOSED' });
});
