/**
 * Tests what happens to a running job that is settled: it is told to stop, waited for, and outlived.
 * `fixtures/running.js` is the jobs' side.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'millrace';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sharedNowMs } from '../../build/src/wire/clock.js';
import { fixture, guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { rejection, until } from '../helpers/outcomes.js';

const { makePool, threads } = guard();
const module = fixture('running.js');

/** Waits for `ms`. Time bounds are relative to this, as the machine may be busy. */
function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Time until a promise settles, in ms. */
async function timed(promise: Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await promise;
  return performance.now() - startMs;
}

describe('a job that is told to stop, and does', () => {
  test('in a synchronous loop: the last look that missed it began before the order was given', async () => {
    const pool = makePool({ threads: 1 }, module);
    for (let round = 0; round < 20; round += 1) {
      const latch = new Latch();
      const lastLookMs = new Float64Array(new SharedArrayBuffer(8));
      const job = await pool.submit('obey', { latch: latch.cells, lastLookMs });
      await latch.arrived();
      job.cancel('enough');
      const orderedMs = sharedNowMs();
      expect(await rejection(job.result)).toBe('enough');
      await until(() => pool.stats().jobs.abandoned === 0);
      expect(lastLookMs[0]).toBeLessThanOrEqual(orderedMs);
    }
    expect(pool.stats().threads).toMatchObject({ ready: 1, retirements: 0, lost: 0 });
  });

  test.each(['obey', 'obeyByThrowing', 'obeyLater'])(
    '%s: keeps its thread, and its slot until it has ended',
    async (name) => {
      const pool = makePool({ threads: 1 }, module);
      const latch = new Latch();
      const job = await pool.submit(name, { latch: latch.cells });
      await latch.arrived();
      expect(job.cancel('enough')).toBe(true);
      expect(job.cancel('again')).toBe(false);
      expect(pool.stats().jobs).toMatchObject({ cancelled: 1, running: 0 });
      expect(await rejection(job.result)).toBe('enough');
      expect(await pool.run('echo', 'next')).toBe('next');
      expect(pool.stats()).toMatchObject({
        threads: { ready: 1, retired: 0, retirements: 0, lost: 0 },
        jobs: { abandoned: 0 },
      });
      expect(threads).toHaveLength(1);
    },
  );

  test('by a timeout: its signal says so', async () => {
    const pool = makePool({ threads: 1, concurrency: 2 }, module);
    const latch = new Latch();
    const told = new Int32Array(new SharedArrayBuffer(4));
    const job = pool.run('lookLate', { latch: latch.cells, told }, { timeout: { runMs: 20 } });
    expect(await rejection(job)).toMatchObject({ code: 'ERR_JOB_TIMEOUT', started: true });
    latch.open();
    await until(() => Atomics.load(told, 0) !== 0);
    expect(told[0]).toBe(1);
  });

  test('a signal that outlives its job is not aborted by what its cell is told later', async () => {
    const pool = makePool({ threads: 1 }, module);
    expect(await pool.run('keep')).toBe(false);
    const latch = new Latch();
    const told = new Int32Array(new SharedArrayBuffer(4));
    const job = await pool.submit('lookAtKept', { latch: latch.cells, told });
    await latch.arrived();
    job.cancel();
    await rejection(job.result);
    await until(() => Atomics.load(told, 0) !== 0);
    expect(told[0]).toBe(2);
  });
});

describe('a job that outlives its grace', () => {
  test.each([
    ['cancelled', 'ignore', 1],
    ['timeout', 'ignore', 1],
    ['cancelled', 'hang', 0],
    ['timeout', 'hang', 0],
  ])('costs its thread: %s, %s', async (reason, name, terminated) => {
    const pool = makePool({ threads: 1, graceMs: 100 }, module);
    const latch = new Latch();
    const options = reason === 'timeout' ? { timeout: { runMs: 50 } } : {};
    const job = await pool.submit(name, { latch: latch.cells }, options);
    const retired = once(pool, 'threadRetired');
    const behind = pool.run('echo', 'behind');
    await latch.arrived();
    if (reason === 'cancelled') job.cancel();
    expect(await rejection(job.result)).toBeInstanceOf(Error);
    expect(await retired).toEqual([reason]);
    expect(await behind).toBe('behind');
    await until(() => pool.stats().threads.retired === 0);
    expect(pool.stats()).toMatchObject({
      threads: { target: 1, ready: 1, retired: 0, lost: 0, retirements: 1, terminated },
      jobs: { abandoned: 0 },
    });
    expect(threads).toHaveLength(2);
  });

  test('its thread goes on with its other jobs, gets no more, and then ends by itself', async () => {
    const pool = makePool({ threads: 1, concurrency: 3, graceMs: 50 }, module);
    const [hung, others] = [new Latch(), new Latch()];
    const job = await pool.submit('hang', { latch: hung.cells });
    const [one, two] = [1, 2].map((value) => pool.run('holdAsync', { latch: others.cells, value }));
    await Promise.all([hung.arrived(), others.arrived(2)]);
    const retired = once(pool, 'threadRetired');
    job.cancel();
    await retired;
    expect(await pool.run('echo', 'on the other')).toBe('on the other');
    expect(pool.stats().threads).toMatchObject({ ready: 1, retired: 1 });
    others.open();
    expect(await Promise.all([one, two])).toEqual([1, 2]);
    await until(() => pool.stats().threads.retired === 0);
    expect(pool.stats().threads).toMatchObject({ ready: 1, lost: 0, terminated: 0 });
  });

  test('of several slots that hang none is lost: all work again on the replacement', async () => {
    const pool = makePool({ threads: 1, concurrency: 4 }, module);
    const timeout = { runMs: 50 };
    const hung = [1, 2, 3].map(() => rejection(pool.run('hang', {}, { timeout })));
    const retired = once(pool, 'threadRetired');
    for (const error of await Promise.all(hung)) expect(error.code).toBe('ERR_JOB_TIMEOUT');
    await retired;
    await pool.ready();
    const latch = new Latch();
    const jobs = [1, 2, 3, 4].map((value) => pool.run('holdAsync', { latch: latch.cells, value }));
    await latch.arrived(4);
    latch.open();
    expect(await Promise.all(jobs)).toEqual([1, 2, 3, 4]);
  });

  test('a grace of 0 retires its thread at once; that of a job is its own', async () => {
    const pool = makePool({ threads: 1, graceMs: 2 ** 31 - 1 }, module);
    const latch = new Latch();
    const job = await pool.submit('ignore', { latch: latch.cells }, { graceMs: 0 });
    await latch.arrived();
    const retired = once(pool, 'threadRetired');
    job.cancel();
    expect(pool.stats().threads).toMatchObject({ ready: 0, retired: 1, retirements: 1 });
    expect(await retired).toEqual(['cancelled']);
    expect(await pool.run('echo', 'next')).toBe('next');
    latch.open();
    await until(() => pool.stats().threads.retired === 0);
    expect(pool.stats().threads).toMatchObject({ ready: 1, lost: 0 });
  });

  test.each(['exit', 'throw'])('its retired thread may %s: the pool goes on', async (what) => {
    const pool = makePool({ threads: 1, concurrency: 2, graceMs: 20 }, module);
    const latch = new Latch();
    const strays: unknown[] = [];
    pool.on('strayError', (error) => strays.push(error));
    const job = await pool.submit('holdThen', { latch: latch.cells, what });
    await latch.arrived();
    const retired = once(pool, 'threadRetired');
    job.cancel();
    await retired;
    latch.open();
    await until(() => pool.stats().threads.retired === 0);
    expect(await pool.run('echo', 'on')).toBe('on');
    expect(pool.stats().threads).toMatchObject({ ready: 1, lost: 0, retirements: 1 });
    expect(strays).toEqual(what === 'throw' ? [expect.any(RangeError)] : []);
  });

  test('a pool that closes meanwhile does not wait for it', async () => {
    const pool = makePool({ threads: 1, graceMs: 0 }, module);
    const latch = new Latch();
    const job = await pool.submit('ignore', { latch: latch.cells });
    await latch.arrived();
    job.cancel();
    expect(await pool.close()).toMatchObject({ cancelled: 0, threadsLeft: 0 });
  });
});

describe('a native call, which nothing can end', () => {
  let folder: string;
  let calls: NativeCall[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-native-'));
    calls = [];
  });
  afterEach(() => {
    for (const call of calls) call.end();
    rmSync(folder, { recursive: true });
  });

  /** Input of a job whose native call goes on until the test ends it. */
  interface NativeCall {
    readonly latch: Latch;
    readonly input: { readonly latch: Latch['cells']; readonly fifo: string };
    end(): void;
  }

  function nativeCall(): NativeCall {
    const fifo = join(folder, String(calls.length));
    execFileSync('mkfifo', [fifo]);
    const latch = new Latch();
    let hasEnded = false;
    const end = (): void => {
      // The call, as a reader of the FIFO, waits for a writer.
      if (!hasEnded) closeSync(openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK));
      hasEnded = true;
    };
    const call = { latch, input: { latch: latch.cells, fifo }, end };
    calls.push(call);
    return call;
  }

  /** A pool that is not guarded, as its thread outlives it. */
  async function blocked(): Promise<{ pool: Pool; call: NativeCall }> {
    const pool = new Pool(module, { threads: 1 });
    await pool.ready();
    const call = nativeCall();
    pool.run('native', call.input, { timeout: { runMs: 50 } }).catch(() => {});
    await call.latch.arrived();
    return { pool, call };
  }

  test('the next job starts on a replacement, and closing keeps its deadline', async () => {
    const { pool, call } = await blocked();
    const bootMs = await timed(new Pool(module, { threads: 1 }).close());
    const nextMs = await timed(pool.run('echo', 'next'));
    // The grace is at least 100 ms, and a replacement takes about as long to boot as any thread.
    expect(nextMs).toBeLessThan(3 * (50 + 150 + 3 * bootMs + 150));
    expect(pool.stats().threads).toMatchObject({ ready: 1, retired: 1, terminated: 1 });
    const other = await blocked();
    const bareMs = timed(sleep(300));
    const closing = timed(other.pool.close({ deadlineMs: 300 }));
    expect(await closing).toBeLessThan(3 * (await bareMs) + 300);
    await pool.close({ deadlineMs: 100 });
    call.end();
    other.call.end();
    await until(() => threads.every((thread) => thread.threadId === -1));
  });

  test('holds up nobody, up to as many threads as the pool has; beyond that jobs wait for their timeouts', async () => {
    const warned = once(process, 'warning');
    const { pool, call } = await blocked();
    const { input, end } = nativeCall();
    expect(await rejection(pool.run('native', input, { timeout: { runMs: 50 } }))).toMatchObject({
      code: 'ERR_JOB_TIMEOUT',
      started: true,
    });
    expect((await warned)[0]).toMatchObject({ code: 'MILLRACE_NO_THREADS' });
    expect(pool.stats().threads).toMatchObject({ target: 1, ready: 0, retired: 2 });
    expect(await rejection(pool.run('echo', 1, { timeout: { queueMs: 20 } }))).toMatchObject({
      code: 'ERR_JOB_TIMEOUT',
      phase: 'queue',
      started: false,
    });
    expect(threads).toHaveLength(2);
    // A thread that has finally ended makes room for a replacement.
    call.end();
    expect(await pool.run('echo', 'again')).toBe('again');
    end();
    await pool.close();
    await until(() => threads.every((thread) => thread.threadId === -1));
  });
});

describe('what a finished job has left behind', () => {
  test('for ever: jobs run on a replacement within the grace, and the thread is retired as stuck', async () => {
    const pool = makePool({ threads: 1 }, module);
    const retired = once(pool, 'threadRetired');
    expect(await pool.run('leave', { what: 'microtasks', ms: Infinity })).toBe('left');
    expect(await pool.run('echo', 1)).toBe(1);
    expect(await retired).toEqual(['stuck']);
    await until(() => pool.stats().threads.retired === 0);
    expect(pool.stats().threads).toMatchObject({ ready: 1, lost: 0, terminated: 1 });
  });

  test('for a while: what waits behind it runs on another thread that is free, and nobody is retired', async () => {
    const pool = makePool({ threads: 2 }, module);
    await pool.ready();
    await pool.run('leave', { what: 'timer', ms: 700 });
    await sleep(20);
    const elsewhereMs = await timed(pool.run('echo', 1));
    expect(elsewhereMs).toBeLessThan(600);
    await until(() => pool.stats().threads.ready === 2 && pool.stats().threads.busy === 0);
    await sleep(800);
    expect(pool.stats().threads).toMatchObject({ ready: 2, retirements: 0 });
  });

  test('before it is announced: the job that left it behind settles all the same', async () => {
    const pool = makePool({ threads: 1, backlog: 64 }, module);
    for (let call = 0; call < 40; call += 1) await pool.run('leave', { what: 'timer', ms: 0 });
    for (let call = 0; call < 40; call += 1) await pool.run('echo', 1);
    const first = pool.run('leave', { what: 'microtasks', ms: Infinity });
    const behind = [1, 2, 3, 4].map((n) => pool.trySubmit('echo', n));
    for (const job of behind) job?.cancel();
    expect(await first).toBe('left');
  });

  test('a timeout that runs out takes a result that is there', async () => {
    const pool = makePool({ threads: 1, backlog: 8 }, module);
    await pool.ready();
    const input = { what: 'microtasks', ms: Infinity };
    const job = pool.run('leave', input, { timeout: { runMs: 20 } });
    pool.trySubmit('echo', 1)?.cancel();
    expect(await job).toBe('left');
  });
});

describe('a closing deadline', () => {
  test('is told before it comes: what stops in time is done, what fails counts as cut off', async () => {
    const pool = makePool({ threads: 2 }, module);
    const latch = new Latch();
    const done = pool.run('obeyLater', { latch: latch.cells });
    const failed = pool.run('obeyByThrowing', { latch: latch.cells });
    await latch.arrived(2);
    const closed = pool.close({ deadlineMs: 1000 });
    expect(await done).toBe('AbortError');
    const error = await rejection(failed);
    expect(error).toMatchObject({ code: 'ERR_POOL_CLOSED', started: true });
    expect(error.cause).toMatchObject({ name: 'AbortError' });
    expect(await closed).toMatchObject({
      fulfilled: 1,
      rejected: 1,
      unfinished: [{ name: 'obeyByThrowing', started: true }],
      threadsLeft: 0,
    });
  });
});
