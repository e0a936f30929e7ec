import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { poolSettings } from '../../../build/src/api/options.js';
import type { ThreadLink } from '../../../build/src/threads/link.js';
import { Threads } from '../../../build/src/threads/threads.js';
import { Rings } from '../../../build/src/wire/rings.js';
import { fixture } from '../../helpers/guard.js';
import { Latch } from '../../helpers/latch.js';
import { macrotask, thrownBy, until } from '../../helpers/outcomes.js';

const findHost = (): URL => new URL('../../../build/workers/host.cjs', import.meta.url);

const started: Threads[] = [];
const workers: Worker[] = [];
const note = (worker: Worker): void => void workers.push(worker);

beforeEach(() => {
  workers.length = 0;
  process.on('worker', note);
});
afterEach(async () => {
  process.off('worker', note);
  vi.useRealTimers();
  await Promise.all(started.splice(0).map((threads) => threads.end(performance.now())));
  await until(() => workers.every(({ threadId }) => threadId === -1));
});

/** Threads that load a fixture, and the events that they report. */
function start(module: string, options = {}) {
  const events: string[] = [];
  const ready: ThreadLink[] = [];
  const failures: unknown[] = [];
  const threads = new Threads(poolSettings(fixture(module), options, findHost), {
    ready(link) {
      events.push('ready');
      ready.push(link);
    },
    gone: (_, { isDeliberate }) => events.push(isDeliberate ? 'ended' : 'lost'),
    stray: () => events.push('stray'),
    uncaught(link) {
      events.push('uncaught');
      // As the pool does.
      link.retire('uncaught');
    },
    retired: (_, reason) => events.push(`retired: ${reason}`),
    exhausted: () => events.push('exhausted'),
    failed(error) {
      events.push('failed');
      failures.push(error);
    },
  });
  started.push(threads);
  return { threads, events, ready, failures };
}

type Given = ReturnType<typeof start>;

/** Waits for the thread that becomes ready after `index` others. */
async function readyThread({ ready }: Given, index: number): Promise<ThreadLink> {
  await until(() => ready.length > index);
  return ready[index] as ThreadLink;
}

/** Makes a job appear to run on the thread. */
function startJob(link: ThreadLink): void {
  link.rings.offer(0);
  new Rings(link.rings).start(0, 1);
}

describe('threads in service', () => {
  test('are as many as were asked for, and all end in order, once', async () => {
    const { threads, events } = start('jobs.js', { threads: 2 });
    expect(threads.ready).toBe(0);
    await until(() => threads.ready === 2);
    expect(await Promise.all([threads.end(Infinity), threads.end(Infinity)])).toEqual([0, 0]);
    expect(threads.ready).toBe(0);
    expect(events).toEqual(['ready', 'ready', 'ended', 'ended']);
    expect(workers).toHaveLength(2);
    expect(threads).toMatchObject({ lost: 0, retirements: 0, retired: 0, terminated: 0 });
  });

  test('are replaced when they end by themselves', async () => {
    const given = start('jobs.js', { threads: 1 });
    await readyThread(given, 0);
    void workers[0]?.terminate();
    await readyThread(given, 1);
    expect(given.threads).toMatchObject({ lost: 1, retirements: 0, ready: 1 });
    expect(given.events).toEqual(['ready', 'lost', 'ready']);
  });

  test('are replaced at once when they are retired, while they still run', async () => {
    const given = start('jobs.js', { threads: 1 });
    const first = await readyThread(given, 0);
    first.retire('cancelled');
    expect(given.threads, 'it takes no jobs any more').toMatchObject({ ready: 0, retired: 1 });
    await readyThread(given, 1);
    expect(given.threads).toMatchObject({ ready: 1, retired: 1, retirements: 1, lost: 0 });
    expect(given.events).toEqual(['ready', 'retired: cancelled', 'ready']);
    first.drain(false);
    await until(() => given.events.length === 4);
    expect(given.events.at(-1)).toBe('ended');
    expect(given.threads).toMatchObject({ ready: 1, retired: 0, retirements: 1, terminated: 0 });
    expect(workers, 'it needs no second replacement').toHaveLength(2);
  });

  test('that are retired are counted as terminated if they end by force', async () => {
    const given = start('jobs.js', { threads: 1 });
    (await readyThread(given, 0)).retire('stuck');
    const second = await readyThread(given, 1);
    expect(given.threads.terminated).toBe(0);
    given.ready[0]?.terminate();
    expect(given.threads.terminated).toBe(1);
    // Nobody had retired this one.
    second.terminate();
    await readyThread(given, 2);
    expect(given.threads).toMatchObject({ retirements: 1, terminated: 1, lost: 0 });
  });
});

describe('at most twice as many threads as were asked for', () => {
  test('exist: beyond that a replacement waits for one that is retired to end', async () => {
    const given = start('jobs.js', { threads: 1 });
    const first = await readyThread(given, 0);
    first.retire('cancelled');
    (await readyThread(given, 1)).retire('timeout');
    await macrotask();
    expect(workers).toHaveLength(2);
    expect(given.threads).toMatchObject({ ready: 0, retired: 2 });
    expect(given.events.at(-1)).toBe('exhausted');
    first.drain(false);
    await readyThread(given, 2);
    expect(workers).toHaveLength(3);
    expect(given.events.slice(-2)).toEqual(['ended', 'ready']);
  });

  test('exist, while others are in service: then nothing is exhausted', async () => {
    const given = start('jobs.js', { threads: 2 });
    for (const index of [0, 1, 2]) {
      (await readyThread(given, index)).retire('cancelled');
      await until(() => given.ready.length === Math.min(index + 3, 4));
    }
    await macrotask();
    expect(workers).toHaveLength(4);
    expect(given.threads).toMatchObject({ ready: 1, retired: 3 });
    expect(given.events).not.toContain('exhausted');
    given.ready[0]?.drain(false);
    given.ready[1]?.drain(false);
    await until(() => given.ready.length === 5);
    expect(given.threads.ready).toBe(2);
    await until(() => given.threads.retired === 1);
    await macrotask();
    expect(workers).toHaveLength(5);
  });
});

describe('after failures in a row a replacement is late', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });

  /** Time from a condition to the start of one more thread. */
  async function lateMs(isSo: () => boolean): Promise<number> {
    const before = workers.length;
    await until(isSo);
    for (let ms = 0; ; ms += 1) {
      // Node reports a new thread in the next tick.
      await new Promise<void>((resolve) => {
        process.nextTick(resolve);
      });
      if (workers.length > before) return ms;
      vi.advanceTimersByTime(1);
    }
  }

  /** Loses one thread after the other; returns the delay of each replacement. */
  async function delays(given: Given, losses: number, beforeLoss?: (loss: number) => void) {
    const all: number[] = [];
    const threads = workers.length;
    for (let loss = 1; loss <= losses; loss += 1) {
      await until(() => given.ready.length === threads + loss - 1);
      beforeLoss?.(loss);
      void workers[loss - 1]?.terminate();
      all.push(await lateMs(() => given.threads.lost === loss));
    }
    return all;
  }

  /** Threads that are all ready. */
  async function startReady(threads: number): Promise<Given> {
    const given = start('jobs.js', { threads });
    await until(() => given.threads.ready === threads);
    return given;
  }

  test('twice as late each time, and never more than five seconds', async () => {
    const given = await startReady(1);
    expect(await delays(given, 9)).toEqual([50, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  test('not any more once a job was answered', async () => {
    const given = await startReady(1);
    const answer = (loss: number): void => {
      if (loss === 3) (given.ready[2] as ThreadLink).hasAnswered = true;
    };
    expect(await delays(given, 4, answer)).toEqual([50, 100, 50, 100]);
  });

  test('not before each thread may have failed once', async () => {
    const given = await startReady(2);
    expect(await delays(given, 5)).toEqual([0, 50, 50, 100, 100]);
  });

  test('not after threads that were retired, and then ended', async () => {
    const given = await startReady(1);
    for (let end = 1; end <= 3; end += 1) {
      const link = await readyThread(given, end - 1);
      const replaced = lateMs(() => given.threads.retirements === end);
      link.retire('cancelled');
      expect(await replaced).toBe(0);
      link.drain(false);
    }
  });

  test('nor is one that was retired when jobs were answered since the last failure', async () => {
    const given = await startReady(1);
    expect(await delays(given, 5)).toEqual([50, 100, 200, 400, 800]);
    const link = await readyThread(given, 5);
    link.hasAnswered = true;
    const replaced = lateMs(() => given.threads.retirements === 1);
    link.retire('cancelled');
    expect(await replaced).toBe(0);
  });

  test('but not any later for another thread that is lost meanwhile', async () => {
    const given = await startReady(2);
    expect(await delays(given, 4)).toEqual([0, 50, 50, 100]);
    await until(() => given.ready.length === 6);
    void workers[4]?.terminate();
    await until(() => given.threads.lost === 5);
    vi.advanceTimersByTime(60);
    void workers[5]?.terminate();
    await until(() => given.threads.lost === 6);
    // Of the hundred milliseconds for the first one, forty are left.
    expect(await lateMs(() => true)).toBe(40);
    await macrotask();
    expect(workers).toHaveLength(8);
  });

  test('an exception that nobody caught is such a failure', async () => {
    const latch = new Latch();
    latch.open();
    const workerData = { latch: latch.cells };
    const given = start('modules/throws-later.mjs', { threads: 1, workerData });
    const all: number[] = [];
    for (let failure = 1; failure <= 3; failure += 1) {
      const link = await readyThread(given, failure - 1);
      all.push(await lateMs(() => given.threads.retirements === failure));
      link.drain(false);
    }
    expect(all).toEqual([50, 100, 200]);
    expect(given.threads.lost).toBe(0);
  });

  test('exceptions that follow on the same thread are no further ones', async () => {
    const throws = new Int32Array(new SharedArrayBuffer(4));
    const given = start('modules/throws-on.mjs', { threads: 1, workerData: { throws } });
    const all: number[] = [];
    for (let failure = 1; failure <= 3; failure += 1) {
      const link = await readyThread(given, failure - 1);
      const seen = throws[0] as number;
      all.push(await lateMs(() => (throws[0] as number) > seen + 10));
      link.terminate();
      await until(() => link.state === 'gone');
    }
    expect(given.events.filter((event) => event === 'uncaught').length).toBeGreaterThan(20);
    expect(all).toEqual([50, 100, 200]);
  });
});

describe('a module that does not load', () => {
  test.each([1, 2])(
    'three times for each of %i threads is a failure, once, and all end',
    async (count) => {
      const attempts = new Int32Array(new SharedArrayBuffer(4));
      const workerData = { attempts, failures: 1000 };
      const { threads, failures, events } = start('modules/fails-first.mjs', {
        threads: count,
        workerData,
      });
      await until(() => failures.length > 0);
      expect(attempts[0]).toBeGreaterThanOrEqual(3 * count);
      expect(await threads.end(Infinity)).toBe(0);
      expect(failures).toHaveLength(1);
      expect(failures[0]).toMatchObject({ code: 'ERR_MODULE_LOAD', started: false });
      expect(events).not.toContain('ready');
      expect(threads).toMatchObject({ ready: 0, lost: 0, retirements: 0, terminated: 0 });
      const ended = attempts[0];
      for (let turn = 0; turn < 10; turn += 1) await macrotask();
      expect(attempts[0], 'nobody tries again').toBe(ended);
    },
  );

  test('twice, and then does, is none', async () => {
    const attempts = new Int32Array(new SharedArrayBuffer(4));
    const given = start('modules/fails-first.mjs', {
      threads: 1,
      workerData: { attempts, failures: 2 },
    });
    await readyThread(given, 0);
    expect(given.events).toEqual(['ended', 'ended', 'ready']);
    expect(attempts[0]).toBe(3);
  });
});

test('a thread that dies booting, and its replacement, too, are replaced all the same', async () => {
  const boots = new Int32Array(new SharedArrayBuffer(4));
  const given = start('jobs.js', {
    threads: 1,
    workerData: { boots, failing: 2 },
    execArgv: ['--import', fixture('modules/preload-throws-first.mjs').href],
  });
  await readyThread(given, 0);
  expect(given.events).toEqual(['lost', 'lost', 'ready']);
  expect([workers.length, boots[0]]).toEqual([3, 3]);
  expect(given.threads).toMatchObject({ ready: 1, lost: 0, retirements: 0 });
});

describe('the end of all', () => {
  /** From here on, time passes only when the test says so. */
  function stopClock(): void {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  }

  async function passes(ms: number): Promise<void> {
    await macrotask();
    vi.advanceTimersByTime(ms);
    await macrotask();
    await macrotask();
  }

  test('waits for threads that are about to be ready, and lets them end in order', async () => {
    const latch = new Latch();
    const { threads, events } = start('modules/gated.mjs', {
      threads: 1,
      workerData: { latch: latch.cells },
    });
    await latch.arrived();
    const exited = once(workers[0] as Worker, 'exit');
    let isOver = false;
    const ended = threads.end(Infinity).then((left) => {
      isOver = true;
      return left;
    });
    for (let turn = 0; turn < 5; turn += 1) await macrotask();
    expect(isOver).toBe(false);
    latch.open();
    expect(await ended).toBe(0);
    expect(await exited).toEqual([0]);
    expect(events).toEqual(['ready', 'ended']);
  });

  test('waits for no thread that is about to be ready if it has to be over now', async () => {
    const latch = new Latch();
    const { threads, events } = start('modules/gated.mjs', {
      threads: 1,
      workerData: { latch: latch.cells },
    });
    await latch.arrived();
    stopClock();
    expect(await threads.end(performance.now())).toBe(0);
    expect(events).toEqual(['ended']);
  });

  test('is by force for a thread whose event loop never gets empty, after drainMs', async () => {
    const given = start('modules/keeps-open.mjs', { threads: 1, drainMs: 20 });
    const link = await readyThread(given, 0);
    stopClock();
    const ended = given.threads.end(Infinity);
    await passes(19);
    expect(link.state).toBe('draining');
    await passes(1);
    // It is asked once more and has a tenth of a second to answer.
    await passes(100);
    expect(await ended).toBe(0);
    expect(given.events).toEqual(['ready', 'ended']);
  });

  test('does not tear off what jobs that were settled may still do, and counts their threads', async () => {
    const given = start('modules/keeps-open.mjs', { threads: 2, drainMs: 20 });
    await readyThread(given, 1);
    const [busy, idle] = given.ready as [ThreadLink, ThreadLink];
    startJob(busy);
    new Rings(busy.rings).markAsync(0);
    stopClock();
    const ended = given.threads.end(Infinity);
    await passes(20);
    await passes(100);
    await until(() => idle.state === 'gone');
    await passes(60);
    expect(await ended).toBe(1);
    expect(busy.state).toBe('draining');
    busy.terminate();
    await until(() => busy.state === 'gone');
  });

  test('includes threads that were retired before', async () => {
    const given = start('jobs.js', { threads: 1 });
    (await readyThread(given, 0)).retire('cancelled');
    await readyThread(given, 1);
    expect(await given.threads.end(Infinity)).toBe(0);
    expect(given.events.slice(-2)).toEqual(['ended', 'ended']);
    expect(given.threads).toMatchObject({ retired: 0, terminated: 0 });
  });

  test('leaves no thread that is to be replaced later', async () => {
    const given = start('jobs.js', { threads: 1 });
    await readyThread(given, 0);
    void workers[0]?.terminate();
    await until(() => given.events.at(-1) === 'lost');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    expect(await given.threads.end(Infinity)).toBe(0);
    vi.advanceTimersByTime(10_000);
    await macrotask();
    expect(workers).toHaveLength(1);
  });
});

describe('an option that Node refuses', () => {
  test('is named at once', () => {
    const error = thrownBy(() => start('jobs.js', { execArgv: ['--title=x'] }));
    expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', option: 'execArgv' });
    expect(workers).toEqual([]);
  });

  test('only for a later thread leaves none of the earlier ones', async () => {
    let clones = 0;
    const workerData = {
      get field() {
        clones += 1;
        if (clones === 3) throw new Error('no third time');
        return clones;
      },
    };
    const error = thrownBy(() => start('jobs.js', { threads: 4, workerData }));
    expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', option: 'workerData' });
    await until(() => workers.length === 2);
    await until(() => workers.every(({ threadId }) => threadId === -1));
  });
});
