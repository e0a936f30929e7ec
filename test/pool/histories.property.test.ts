import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { type Job, Pool, type PoolStats } from 'millrace';
import { expect, test } from 'vitest';
import { EXIT, RETURN, THROW } from '../fixtures/controlled.js';
import { repeats } from '../helpers/extent.js';

/**
 * The same properties as those of the synchronous core, on real threads. The tally knows the calls, how promises
 * settled, and the cells in which the jobs count their starts.
 */

const JOBS = 128;
const module = new URL('../fixtures/controlled.js', import.meta.url);
type Jobs = typeof import('../fixtures/controlled.js');

const pick = fc.nat({ max: 1000 });
const anyStep = fc.oneof(
  { weight: 40, arbitrary: fc.record({ do: fc.constant('submit' as const), pick }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('trySubmit' as const), pick }) },
  { weight: 20, arbitrary: fc.record({ do: fc.constant('return' as const), pick }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('throw' as const), pick }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('exit' as const), pick }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('abort' as const), pick }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), pick }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('settle one' as const), pick }) },
);
const anySetup = fc.record({
  threads: fc.integer({ min: 1, max: 2 }),
  jobs: fc.nat({ max: 5 }),
  waiters: fc.nat({ max: 5 }),
  coalesce: fc.boolean(),
  overflow: fc.constantFrom('wait' as const, 'reject' as const, 'drop-oldest' as const),
  closeEarly: fc.boolean(),
});

interface Entry {
  readonly index: number;
  readonly signal: AbortController;
  job: Job<unknown> | undefined;
  isAccepted: boolean;
  outcome: string | undefined;
  settledTimes: number;
}

const macrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class History {
  readonly entries: Entry[] = [];
  readonly starts = new Int32Array(new SharedArrayBuffer(4 * JOBS));
  readonly ends = new Int32Array(new SharedArrayBuffer(4 * JOBS));
  readonly orders = new Int32Array(new SharedArrayBuffer(4 * JOBS));
  readonly pool: Pool<Jobs>;
  readonly slots: number;
  readonly capacity: number;
  #settled: () => void = () => {};

  constructor(setup: {
    threads: number;
    jobs: number;
    waiters: number;
    overflow: 'wait';
    coalesce: boolean;
  }) {
    const { threads, jobs, waiters, overflow, coalesce } = setup;
    this.slots = threads;
    this.capacity = threads + jobs;
    this.pool = new Pool<Jobs>(module, { threads, backlog: { jobs, waiters }, overflow, coalesce });
  }

  submit(how: 'submit' | 'trySubmit'): void {
    const entry: Entry = {
      index: this.entries.length,
      signal: new AbortController(),
      job: undefined,
      isAccepted: false,
      outcome: undefined,
      settledTimes: 0,
    };
    this.entries.push(entry);
    const settled = (outcome: string): void => {
      entry.outcome ??= outcome;
      entry.settledTimes += 1;
      this.#settled();
    };
    const rejected = (error: unknown): void => settled(endingOf(error, entry));
    const accepted = (job: Job<unknown>): void => {
      entry.job = job;
      entry.isAccepted = true;
      job.result.then((result) => {
        expect(result).toBe(entry.index);
        settled('fulfilled');
      }, rejected);
    };
    const input = { starts: this.starts, ends: this.ends, orders: this.orders, index: entry.index };
    const options = { signal: entry.signal.signal };
    if (how === 'trySubmit') {
      const job = this.pool.trySubmit('controlled', input, options);
      if (job === undefined) settled('refused');
      else accepted(job);
    } else this.pool.submit('controlled', input, options).then(accepted, rejected);
  }

  order(index: number, what: number): void {
    Atomics.compareExchange(this.orders, index, 0, what);
    Atomics.notify(this.orders, index);
  }

  get live(): Entry[] {
    return this.entries.filter((entry) => entry.outcome === undefined);
  }

  get running(): Entry[] {
    return this.live.filter((entry) => Atomics.load(this.starts, entry.index) > 0);
  }

  async run(step: { do: string; pick: number }): Promise<void> {
    const of = (entries: Entry[]): Entry | undefined => entries[step.pick % entries.length];
    switch (step.do) {
      case 'submit':
      case 'trySubmit':
        if (this.entries.length < JOBS) this.submit(step.do);
        return;
      case 'abort':
        of(this.live)?.signal.abort(new Error('aborted'));
        return;
      case 'cancel':
        of(this.live)?.job?.cancel(new Error('aborted'));
        return;
      case 'settle one': {
        const [first] = this.live;
        if (first === undefined) return;
        for (const { index } of this.live) this.order(index, RETURN);
        if (this.live.length > 0) await new Promise<void>((resolve) => (this.#settled = resolve));
        return;
      }
      default: {
        const entry = of(this.running);
        const orders = { return: RETURN, throw: THROW, exit: EXIT };
        if (entry !== undefined) this.order(entry.index, orders[step.do as keyof typeof orders]);
      }
    }
  }

  /** `stats()` collects results that lie ready; their promises settle before the next turn. */
  async #steadyStats(): Promise<PoolStats> {
    for (let before = this.pool.stats(); ;) {
      await macrotask();
      const after = this.pool.stats();
      if (isDeepStrictEqual(after.jobs, before.jobs)) return after;
      before = after;
    }
  }

  async check(): Promise<void> {
    const { jobs: all, backlog } = await this.#steadyStats();
    const { abandoned, ...jobs } = all;
    const accepted = this.live.filter((entry) => entry.isAccepted);
    // Starts are read before ends, so that a job that starts in between is not counted as one too many.
    const begun = accepted.filter((entry) => Atomics.load(this.starts, entry.index) > 0);
    const started = begun.filter((entry) => Atomics.load(this.ends, entry.index) === 0);
    expect(accepted.length).toBeLessThanOrEqual(this.capacity);
    expect(started.length).toBeLessThanOrEqual(this.slots);
    expect(jobs.running).toBeLessThanOrEqual(this.slots);
    expect(abandoned).toBeLessThanOrEqual(2 * this.slots);
    const count = (outcome: string): number =>
      this.entries.filter((entry) => entry.outcome === outcome).length;
    expect({ ...jobs, queued: jobs.queued + jobs.running, running: 0 }).toEqual({
      submitted: this.entries.length,
      waiting: this.live.length - accepted.length,
      queued: accepted.length,
      running: 0,
      fulfilled: count('fulfilled'),
      rejected: count('rejected'),
      cancelled: count('cancelled'),
      timedOut: 0,
      dropped: count('dropped'),
      refused: count('refused'),
    });
    expect(backlog.waiters).toBe(jobs.waiting);
    for (const entry of this.entries) {
      expect(entry.settledTimes).toBeLessThanOrEqual(1);
      expect(Atomics.load(this.starts, entry.index)).toBeLessThanOrEqual(1);
    }
  }
}

function endingOf(error: unknown, entry: Entry): string {
  const { code, message } = error as { code?: string; message: string };
  if (message === 'aborted') return 'cancelled';
  if (code === 'ERR_JOB_DROPPED') return 'dropped';
  if (!entry.isAccepted) return 'refused';
  expect(code === 'ERR_THREAD_LOST' || error instanceof RangeError).toBe(true);
  return 'rejected';
}

const HISTORIES = repeats(20, 100);

test(`holds its bounds and loses nothing in ${HISTORIES} random histories on real threads`, async () => {
  await fc.assert(
    fc.asyncProperty(
      anySetup,
      fc.array(anyStep, { minLength: 50, maxLength: 70, size: 'max' }),
      async (setup, steps) => {
        const history = new History(setup as never);
        const { pool } = history;
        for (const step of steps) {
          await history.run(step);
          await macrotask();
          await history.check();
        }
        if (!setup.closeEarly) await pool.ready();
        const closed = pool.close();
        for (const { index } of history.entries) history.order(index, RETURN);
        await closed;
        await macrotask();
        await history.check();
        for (const entry of history.entries) {
          const starts = Atomics.load(history.starts, entry.index);
          expect(entry.settledTimes).toBe(1);
          if (entry.outcome === 'fulfilled' || entry.outcome === 'rejected') expect(starts).toBe(1);
          if (entry.outcome === 'dropped' || entry.outcome === 'refused') expect(starts).toBe(0);
        }
      },
    ),
    { numRuns: HISTORIES },
  );
}, 300_000);
