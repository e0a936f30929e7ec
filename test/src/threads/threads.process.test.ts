import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { poolSettings } from '../../../dist/src/api/options.js';
import { ThreadLink } from '../../../dist/src/threads/link.js';
import { Threads } from '../../../dist/src/threads/threads.js';
import { fixture } from '../../helpers/guard.js';
import { Latch } from '../../helpers/latch.js';
import { macrotask, thrownBy, until } from '../../helpers/outcomes.js';

const started: Threads[] = [];
const workers: Worker[] = [];
const note = (worker: Worker): void => void workers.push(worker);

beforeEach(() => {
  workers.length = 0;
  process.on('worker', note);
});
afterEach(async () => {
  process.off('worker', note);
  await Promise.all(started.splice(0).map((threads) => threads.destroy()));
  vi.restoreAllMocks();
  expect(workers.filter(({ threadId }) => threadId !== -1)).toEqual([]);
});

/** Threads that load a fixture, and what they report. */
function start(module: string, options = {}) {
  const events: string[] = [];
  const ready: ThreadLink[] = [];
  const failures: unknown[] = [];
  const threads = new Threads(poolSettings(fixture(module), options), {
    ready(link) {
      events.push('ready');
      ready.push(link);
    },
    gone: (_, { isDeliberate }) => events.push(isDeliberate ? 'stopped' : 'lost'),
    stray: () => events.push('stray'),
    failed(error) {
      events.push('failed');
      failures.push(error);
    },
  });
  started.push(threads);
  return { threads, events, ready, failures };
}

/** Notes how late each thread is to load, and has it load at once. */
function noteDelays(): number[] {
  const delays: number[] = [];
  const { load } = ThreadLink.prototype;
  vi.spyOn(ThreadLink.prototype, 'load').mockImplementation(function (
    this: ThreadLink,
    url,
    delayMs,
  ) {
    delays.push(delayMs);
    return load.call(this, url, 0);
  });
  return delays;
}

test('as many threads are ready as were asked for, and all end together, once', async () => {
  const { threads, events } = start('jobs.js', { threads: 2 });
  expect(threads.ready).toBe(0);
  await until(() => threads.ready === 2);
  await Promise.all([threads.destroy(), threads.destroy()]);
  expect(threads.ready).toBe(0);
  expect(events).toEqual(['ready', 'ready', 'stopped', 'stopped']);
  expect(workers).toHaveLength(2);
  expect(threads).toMatchObject({ lost: 0, recycled: 0 });
});

test('a thread that the pool stops is recycled, one that ends by itself is lost, and both are replaced', async () => {
  const { threads, events, ready } = start('jobs.js', { threads: 1 });
  await until(() => ready.length === 1);
  ready[0]?.stop();
  expect(threads.ready, 'it is not ready any more').toBe(0);
  await until(() => ready.length === 2);
  expect(threads).toMatchObject({ lost: 0, recycled: 1, ready: 1 });
  void workers[1]?.terminate();
  await until(() => ready.length === 3);
  expect(threads).toMatchObject({ lost: 1, recycled: 1, ready: 1 });
  expect(events).toEqual(['ready', 'stopped', 'ready', 'lost', 'ready']);
});

describe('after failures in a row a new thread is late to load the module', () => {
  test('twice as late each time, and never more than five seconds', async () => {
    const delays = noteDelays();
    const { ready, threads } = start('jobs.js', { threads: 1 });
    for (let loss = 1; loss <= 9; loss += 1) {
      await until(() => ready.length === loss);
      void workers[loss - 1]?.terminate();
    }
    await until(() => ready.length === 10);
    expect(delays).toEqual([0, 50, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    expect(threads.lost).toBe(9);
  });

  test('not any more once a job was answered', async () => {
    const delays = noteDelays();
    const { ready } = start('jobs.js', { threads: 1 });
    for (let loss = 1; loss <= 4; loss += 1) {
      await until(() => ready.length === loss);
      if (loss === 3) (ready[2] as ThreadLink).hasAnswered = true;
      void workers[loss - 1]?.terminate();
    }
    await until(() => ready.length === 5);
    expect(delays).toEqual([0, 50, 100, 50, 100]);
  });

  test('not after threads that the pool stopped', async () => {
    const delays = noteDelays();
    const { ready } = start('jobs.js', { threads: 1 });
    for (let end = 1; end <= 3; end += 1) {
      await until(() => ready.length === end);
      ready[end - 1]?.stop();
    }
    await until(() => ready.length === 4);
    expect(delays).toEqual([0, 0, 0, 0]);
  });

  test('nor before each thread may have failed once', async () => {
    const delays = noteDelays();
    const { ready } = start('jobs.js', { threads: 2 });
    for (let loss = 1; loss <= 3; loss += 1) {
      await until(() => ready.length === loss + 1);
      void workers[loss - 1]?.terminate();
    }
    await until(() => ready.length === 5);
    expect(delays).toEqual([0, 0, 0, 50, 50]);
  });
});

describe('a module that does not load', () => {
  test.each([1, 2])(
    'three times for each of %i threads is a failure, once, and all end',
    async (count) => {
      const delays = noteDelays();
      const attempts = new Int32Array(new SharedArrayBuffer(4));
      const workerData = { attempts, failures: 1000 };
      const { threads, failures, events } = start('modules/fails-first.mjs', {
        threads: count,
        workerData,
      });
      await until(() => failures.length > 0);
      expect(delays.length).toBeGreaterThanOrEqual(3 * count);
      expect(attempts[0]).toBeGreaterThanOrEqual(3 * count);
      await threads.destroy();
      expect(failures).toHaveLength(1);
      expect(failures[0]).toMatchObject({ code: 'ERR_MODULE_LOAD', started: false });
      expect(events).not.toContain('ready');
      expect(threads).toMatchObject({ ready: 0, lost: 0, recycled: 0 });
      const ended = attempts[0];
      for (let turn = 0; turn < 10; turn += 1) await macrotask();
      expect(attempts[0], 'nobody tries again').toBe(ended);
    },
  );

  test('twice, and then does, is none', async () => {
    noteDelays();
    const attempts = new Int32Array(new SharedArrayBuffer(4));
    const { ready, events } = start('modules/fails-first.mjs', {
      threads: 1,
      workerData: { attempts, failures: 2 },
    });
    await until(() => ready.length === 1);
    expect(events).toEqual(['stopped', 'stopped', 'ready']);
    expect(attempts[0]).toBe(3);
  });
});

test('a thread that Piscina does not replace is started all the same', async () => {
  noteDelays();
  const boots = new Int32Array(new SharedArrayBuffer(4));
  const { threads, ready, events } = start('jobs.js', {
    threads: 1,
    workerData: { boots, failing: 2 },
    execArgv: ['--import', fixture('modules/preload-throws-first.mjs').href],
  });
  // The first dies booting, and so does its replacement: there Piscina gives up.
  await until(() => ready.length === 1);
  expect(events).toEqual(['lost', 'lost', 'ready']);
  expect([workers.length, boots[0]]).toEqual([3, 3]);
  expect(threads).toMatchObject({ ready: 1, lost: 0, recycled: 0 });
});

test('threads that are about to be ready are not ended before they are', async () => {
  const latch = new Latch();
  const { threads, events } = start('modules/gated.mjs', {
    threads: 1,
    workerData: { latch: latch.cells },
  });
  await latch.arrived();
  const exited = once(workers[0] as Worker, 'exit');
  let isOver = false;
  const destroyed = threads.destroy().then(() => (isOver = true));
  for (let turn = 0; turn < 5; turn += 1) await macrotask();
  expect(isOver).toBe(false);
  latch.open();
  await destroyed;
  await exited;
  expect(events, 'nobody uses it').toEqual(['stopped']);
});

test('an option that Node refuses is named at once', () => {
  const error = thrownBy(() => start('jobs.js', { execArgv: ['--title=x'] }));
  expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', option: 'execArgv' });
  expect(workers).toEqual([]);
});
