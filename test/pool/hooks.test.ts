import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PoolOptions } from 'millrace';
import { describe, expect, test } from 'vitest';
import { fixture, guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { macrotask, rejection, until } from '../helpers/outcomes.js';

const { makePool, threads } = guard();

/** Names of the entries that `fixtures/modules/hooks.mjs` writes into its log. */
const WHAT = ['', 'opening', 'opened', 'closing', 'closed', 'job begun', 'job ended'];
const OPEN = ['opening', 'opened'];
const JOB = ['job begun', 'job ended'];
const CLOSE = ['closing', 'closed'];

/** A pool with hooks, and a log of what they and the jobs did. */
function setUp(options: PoolOptions<string> = {}) {
  const log = new Int32Array(new SharedArrayBuffer(4 * 1000));
  const pool = makePool(
    { threads: 1, setup: 'open', teardown: 'close', workerData: { log }, ...options },
    fixture('modules/hooks.mjs'),
  );
  const strays: unknown[] = [];
  pool.on('strayError', (error) => strays.push(error));
  /** The log entries of each thread. */
  const done = (): unknown[][] => {
    const byThread = new Map<number, unknown[]>();
    for (let entry = 0; entry < Atomics.load(log, 0); entry += 1) {
      const thread = log[1 + 2 * entry] as number;
      const what = WHAT[log[2 + 2 * entry] as number];
      byThread.set(thread, [...(byThread.get(thread) ?? []), what]);
    }
    return [...byThread.values()];
  };
  return { pool, strays, done };
}

/** The exit codes of the threads that are alive now, in the order of their start. */
function exitCodes(): Promise<number[]> {
  const living = threads.filter(({ threadId }) => threadId !== -1);
  return Promise.all(
    living.map(
      (thread) =>
        new Promise<number>((resolve) => {
          thread.on('exit', resolve);
        }),
    ),
  );
}

describe('the setup', () => {
  test('is awaited on each thread before its first job, and the teardown after its last', async () => {
    const { pool, done } = setUp({ threads: 2 });
    const jobs = Array.from({ length: 4 }, (_, n) => pool.run('job', n));
    await pool.ready();
    expect(await Promise.all(jobs)).toEqual([0, 1, 2, 3]);
    const codes = exitCodes();
    await pool.close();
    const all = done();
    expect(all).toHaveLength(2);
    for (const one of all) {
      const jobsHere = (one.length - OPEN.length - CLOSE.length) / JOB.length;
      const between = Array.from({ length: jobsHere }, () => JOB).flat();
      expect(one).toEqual([...OPEN, ...between, ...CLOSE]);
    }
    expect(await codes).toEqual([0, 0]);
  });

  test('is called with the thread’s number and its data, and nothing else', async () => {
    const { pool } = setUp();
    const args = (await pool.run('whatOpenWasCalledWith')) as unknown[];
    expect(args).toEqual([
      { threadId: threads[0]?.threadId, workerData: { log: expect.any(Int32Array) } },
    ]);
  });

  test('may be there without a teardown, and a teardown without a setup', async () => {
    const one = setUp({ teardown: undefined as never });
    const other = setUp({ setup: undefined as never, teardown: 'fail' });
    await Promise.all([one.pool.run('job'), other.pool.run('job')]);
    await Promise.all([one.pool.close(), other.pool.close()]);
    expect(one.done()).toEqual([[...OPEN, ...JOB]]);
    expect(other.done()).toEqual([[...JOB, 'closing']]);
  });

  test('is run on a thread that replaces another one', async () => {
    const { pool, done } = setUp();
    expect(await rejection(pool.run('exit', 3))).toMatchObject({ code: 'ERR_THREAD_LOST' });
    expect(await pool.run('job', 'on')).toBe('on');
    await pool.close();
    expect(done()).toEqual([OPEN, [...OPEN, ...JOB, ...CLOSE]]);
  });

  test('may be the function that is a CommonJS module', async () => {
    const pool = makePool({ threads: 1, setup: 'default' }, fixture('modules/default-hook.cjs'));
    expect(await pool.run('setUps')).toBe(1);
    expect(await rejection(pool.run('default'))).toMatchObject({ code: 'ERR_UNKNOWN_JOB' });
  });
});

test('hooks are no jobs', async () => {
  const { pool } = setUp();
  for (const name of ['open', 'close']) {
    const error = await rejection(pool.run(name));
    expect(error).toMatchObject({ code: 'ERR_UNKNOWN_JOB', started: false });
    expect(error.known).toContain('job');
    expect(error.known).not.toContain('open');
    expect(error.known).not.toContain('close');
  }
});

describe('a setup that cannot be is a module that cannot be loaded', () => {
  const known = 'it exports close, exit, fail, hang, hangTurning, job, keepOpen, never, open, ';

  test.each<[string, PoolOptions<string>, string]>([
    [
      'it fails',
      { setup: 'fail' },
      "could not be loaded: Option 'setup' is 'fail', which failed: this hook fails.",
    ],
    [
      'there is none of that name',
      { setup: 'opne' },
      `Option 'setup' is 'opne', which is no exported function of the job module: ${known}`,
    ],
    [
      'it is a class',
      { setup: 'Renderer' },
      `Option 'setup' is 'Renderer', which is no exported function of the job module: ${known}`,
    ],
    [
      'it is no function',
      { setup: 'version' },
      `Option 'setup' is 'version', which is no exported function of the job module: ${known}`,
    ],
    [
      'there is no such teardown',
      { teardown: 'colse' },
      `Option 'teardown' is 'colse', which is no exported function of the job module: ${known}`,
    ],
  ])('%s', async (_, options, message) => {
    const { pool, strays } = setUp(options);
    const job = rejection(pool.run('job'));
    const error = await rejection(pool.ready());
    expect(error).toMatchObject({ code: 'ERR_MODULE_LOAD', started: false });
    expect(error.message).toContain('hooks.mjs could not be loaded: ');
    expect(error.message).toContain(message);
    expect(await job).toBe(error);
    expect(strays).toEqual([]);
  });

  test.each(['hangTurning', 'hang'])('it never ends: %s', async (setup) => {
    let loadTimeoutMs = 200;
    const fail = () => rejection(setUp({ setup, loadTimeoutMs }).pool.ready());
    let error = await fail();
    while (error.message.startsWith('No thread could start')) {
      // On a busy machine a thread needs longer to get this far.
      loadTimeoutMs *= 2;
      error = await fail();
    }
    expect(error).toMatchObject({ code: 'ERR_MODULE_LOAD', started: false });
    expect(error.message).toContain(
      `could not be loaded: it took longer than loadTimeoutMs = ${loadTimeoutMs}, setup '${setup}' included.`,
    );
  });

  test('its error is there as the cause of the cause', async () => {
    const error = await rejection(setUp({ setup: 'fail' }).pool.ready());
    expect(error.cause.cause).toBeInstanceOf(RangeError);
    expect(error.cause.cause.message).toBe('this hook fails');
  });

  test('a name that is none is refused at once', () => {
    for (const setup of ['', 5, null]) {
      expect(() => setUp({ setup: setup as string })).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_OPTION', option: 'setup' }),
      );
    }
  });
});

describe('the teardown', () => {
  test('that fails is a stray error, and harms nothing', async () => {
    const { pool, strays, done } = setUp({ teardown: 'fail' });
    await pool.run('job');
    const codes = exitCodes();
    expect(await pool.close()).toMatchObject({ threadsLeft: 0 });
    expect(done()).toEqual([[...OPEN, ...JOB, 'closing']]);
    await macrotask();
    expect(strays).toMatchObject([{ name: 'RangeError', message: 'this hook fails' }]);
    expect(await codes).toEqual([0]);
  });

  test('that never ends, and has nothing to wait for, holds nobody up', async () => {
    const { pool, done } = setUp({ teardown: 'hang', teardownMs: 2 ** 31 - 1 });
    await pool.run('job');
    expect(await pool.close()).toMatchObject({ threadsLeft: 0 });
    expect(done()).toEqual([[...OPEN, ...JOB, 'closing']]);
  });

  test('that never ends is given up after teardownMs', async () => {
    const { pool, done } = setUp({ teardown: 'hangTurning', teardownMs: 50, drainMs: 2 ** 31 - 1 });
    await pool.run('job');
    const codes = exitCodes();
    expect(await pool.close()).toMatchObject({ threadsLeft: 0 });
    expect(await codes).toEqual([1]);
    expect(done()).toEqual([[...OPEN, ...JOB, 'closing']]);
  });

  test('that never ends is given up at the deadline', async () => {
    const { pool } = setUp({ teardown: 'hangTurning', teardownMs: 2 ** 31 - 1 });
    await pool.run('job');
    const codes = exitCodes();
    expect(await pool.close({ deadlineMs: 50 })).toMatchObject({ unfinished: [] });
    expect(await codes).toEqual([1]);
  });

  test('is there for what keeps a thread: without one that is ended by force', async () => {
    const { pool, done } = setUp({ drainMs: 50 });
    await pool.run('keepOpen');
    const codes = exitCodes();
    expect(await pool.close()).toMatchObject({ threadsLeft: 0 });
    expect(await codes).toEqual([1]);
    expect(done()).toEqual([[...OPEN, ...CLOSE]]);
  });

  test('follows the last function of a thread that is retired, and is not run again by close()', async () => {
    const { pool, done } = setUp({ graceMs: 0 });
    const latch = new Latch();
    const job = await pool.submit('stubborn', { latch: latch.cells });
    await latch.arrived();
    const codes = exitCodes();
    job.cancel('enough');
    expect(await pool.run('job', 'on')).toBe('on');
    expect(pool.stats().threads).toMatchObject({ retired: 1, ready: 1 });
    expect(done()[0]).toEqual([...OPEN, 'job begun']);
    latch.open();
    await until(() => pool.stats().threads.retired === 0);
    expect(await codes).toEqual([0]);
    await pool.close();
    expect(done()).toEqual([
      [...OPEN, ...JOB, ...CLOSE],
      [...OPEN, ...JOB, ...CLOSE],
    ]);
  });

  test('follows a function that nothing can settle any more', async () => {
    const { pool, done } = setUp({ graceMs: 0 });
    const latch = new Latch();
    const job = await pool.submit('never', { latch: latch.cells });
    await latch.arrived();
    const codes = exitCodes();
    job.cancel('enough');
    expect(await codes).toEqual([0]);
    expect(done()[0]).toEqual([...OPEN, 'job begun', ...CLOSE]);
  });

  test('is run on a thread that ends because an exception was not caught', async () => {
    const { pool, done, strays } = setUp();
    const retired = once(pool, 'threadRetired');
    await pool.run('throwBehind');
    expect(await retired).toEqual(['uncaught']);
    expect(await pool.run('job', 'on')).toBe('on');
    await pool.close();
    expect(done()).toEqual([
      [...OPEN, ...CLOSE],
      [...OPEN, ...JOB, ...CLOSE],
    ]);
    expect(strays).toMatchObject([{ message: 'thrown behind a job' }]);
  });

  test('is run by close() on a thread that loads meanwhile', async () => {
    const { pool, done } = setUp({ threads: 2 });
    await pool.close();
    expect(done()).toEqual([
      [...OPEN, ...CLOSE],
      [...OPEN, ...CLOSE],
    ]);
  });
});

describe('the teardown is not run on a thread', () => {
  test('that is lost', async () => {
    const { pool, done } = setUp();
    await rejection(pool.run('exit', 3));
    await pool.ready();
    expect(done()[0]).toEqual(OPEN);
  });

  test('that was ended by force, as its job outlived its grace and answered nothing', async () => {
    const { pool, done } = setUp({ graceMs: 10 });
    const latch = new Latch();
    const job = await pool.submit('spinForever', { latch: latch.cells });
    await latch.arrived();
    const codes = exitCodes();
    job.cancel('enough');
    expect(await codes).toEqual([1]);
    expect(pool.stats().threads).toMatchObject({ retirements: 1, terminated: 1 });
    expect(done()[0]).toEqual([...OPEN, 'job begun']);
  });

  test('that is stuck in what a finished job has left behind', async () => {
    const { pool, done } = setUp();
    const latch = new Latch();
    await pool.run('spinBehind', { latch: latch.cells });
    await latch.arrived();
    const retired = once(pool, 'threadRetired');
    expect(await pool.run('job', 'on')).toBe('on');
    expect(await retired).toEqual(['stuck']);
    expect(done()).toEqual([OPEN, [...OPEN, ...JOB]]);
  });

  test('that never was ready', async () => {
    const { pool, done } = setUp({ setup: 'hangTurning', loadTimeoutMs: 500 });
    await rejection(pool.ready());
    await pool.close();
    for (const one of done()) expect(one).toEqual(['closing']);
  });
});

const hasSqlite = process.getBuiltinModule('node:sqlite' as never) !== undefined;

test.skipIf(!hasSqlite)(
  `a database is opened on each thread, and closed by close()${hasSqlite ? '' : ' (skipped: this Node has no node:sqlite)'}`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-hooks-'));
    try {
      const file = join(folder, 'numbers.db');
      const closed = new Int32Array(new SharedArrayBuffer(4));
      const pool = makePool(
        {
          threads: 2,
          setup: 'open',
          teardown: 'close',
          workerData: { file, closed },
          execArgv: ['--no-warnings'],
        },
        fixture('modules/database.mjs'),
      );
      await pool.ready();
      for (let n = 1; n <= 20; n += 1) expect(await pool.run('insert', n)).toBe(1);
      expect(await pool.run('sum')).toBe(210);
      // The journal exists as long as anybody has the database open.
      expect(existsSync(`${file}-wal`)).toBe(true);
      const codes = exitCodes();
      expect(await pool.close()).toMatchObject({ threadsLeft: 0 });
      expect(await codes).toEqual([0, 0]);
      expect(closed[0]).toBe(2);
      expect(existsSync(`${file}-wal`)).toBe(false);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
