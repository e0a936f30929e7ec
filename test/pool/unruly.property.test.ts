/**
 * Checks random histories of jobs that hang, block natively, ignore or obey their signal, crash, and leave all kinds of
 * work behind: each promise settles in time, bounds and conservation hold, and in the end all threads are there.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Job } from 'millrace';
import { expect, test } from 'vitest';
import { ENDS, LEFT } from '../fixtures/unruly.js';
import { repeats } from '../helpers/extent.js';
import { fixture, guard } from '../helpers/guard.js';
import { until } from '../helpers/outcomes.js';
import { Random } from '../helpers/random.js';
import type { TalliedPool } from '../helpers/tallied-pool.js';

const { makePool, threads } = guard();
const module = fixture('unruly.js');

const HISTORIES = repeats(16, 80);
/** Number of histories that run at the same time, as they mostly wait. */
const LANES = 4;
/** Max delay of a promise's settling after a bare timer of the same length. */
const LATE_MS = 200;
const MOST_JOBS = 40;
/** These hold up a thread until it is retired, which takes a second, so few of them are enough. */
const ENDLESS = new Set(['endless microtasks', 'endless ticks', 'an endless timer']);

interface Entry {
  readonly index: number;
  readonly ends: string;
  readonly left: string;
  readonly cancelling: AbortController;
  outcome: string | undefined;
  settledTimes: number;
  /** Time of settling, and time at which a bare timer of timeout plus grace fired. */
  settledMs: number;
  bareMs: number;
}

class History {
  readonly entries: Entry[] = [];
  readonly starts = new Int32Array(new SharedArrayBuffer(4 * MOST_JOBS));
  readonly #random: Random;
  readonly #threads: number;
  readonly #graceMs: number;
  readonly #pool: TalliedPool;
  readonly #settling: Array<Promise<unknown>> = [];

  constructor(random: Random) {
    this.#random = random;
    this.#threads = 1 + random.whole(2);
    this.#graceMs = this.#among([0, 20, 60, 150]);
    this.#pool = makePool(
      {
        threads: this.#threads,
        concurrency: this.#among([1, 1, 3]),
        backlog: { jobs: random.whole(12), waiters: random.whole(12) },
        overflow: this.#among(['wait', 'reject', 'drop-oldest'] as const),
        graceMs: this.#graceMs,
        coalesce: random.next() < 0.8,
      },
      module,
    );
  }

  #among<Value>(values: readonly Value[]): Value {
    return values[this.#random.whole(values.length)] as Value;
  }

  #left(): string {
    if (this.#random.next() < 0.6) return 'nothing';
    const left = this.#among(LEFT);
    return ENDLESS.has(left) && this.#random.next() < 0.8 ? 'a microtask' : left;
  }

  #submit(): void {
    const random = this.#random;
    const entry: Entry = {
      index: this.entries.length,
      ends: random.next() < 0.4 ? 'returns' : this.#among(ENDS),
      left: this.#left(),
      cancelling: new AbortController(),
      outcome: undefined,
      settledTimes: 0,
      settledMs: 0,
      bareMs: 0,
    };
    const { index, ends, left } = entry;
    this.entries.push(entry);
    const totalMs = 50 + random.whole(500);
    const input = { starts: this.starts, index, ends, left, ms: 10 + random.whole(200) };
    const options = {
      signal: entry.cancelling.signal,
      timeout: random.next() < 0.5 ? { totalMs } : { totalMs, runMs: 20 + random.whole(100) },
    };
    this.#settling.push(
      wait(totalMs + this.#graceMs).then(() => (entry.bareMs = performance.now())),
    );
    const settled = (outcome: string): void => {
      entry.outcome ??= outcome;
      entry.settledTimes += 1;
      entry.settledMs = performance.now();
    };
    const fulfilled = (value: unknown): void =>
      settled(value === index ? 'fulfilled' : `fulfilled with ${String(value)}`);
    const rejected = (error: any): void => settled(outcomeOf(error, index));
    if (random.next() < 0.2) {
      const job = this.#pool.trySubmit('misbehave', input, options);
      if (job === undefined) return settled('refused');
      this.#settling.push(job.result.then(fulfilled, rejected));
      if (random.next() < 0.2) this.#settling.push(this.#cancelSoon(job));
    } else {
      this.#settling.push(this.#pool.run('misbehave', input, options).then(fulfilled, rejected));
    }
  }

  async #cancelSoon(job: Job<unknown>): Promise<void> {
    await wait(this.#random.whole(100));
    job.cancel('cancelled');
  }

  async go(): Promise<void> {
    const random = this.#random;
    const jobs = 10 + random.whole(MOST_JOBS - 10);
    if (random.next() < 0.9) await this.#pool.ready();
    while (this.entries.length < jobs) {
      const dice = random.next();
      if (dice < 0.6) this.#submit();
      else if (dice < 0.65) this.#among(this.entries)?.cancelling.abort('cancelled');
      else await wait(random.whole(100));
    }
    await Promise.all(this.#settling);
    for (const entry of this.entries) expect(entry).toSatisfy(isRight);
    for (const entry of this.entries) {
      const starts = Atomics.load(this.starts, entry.index);
      expect(starts).toBeLessThanOrEqual(1);
      if (entry.outcome === 'fulfilled') expect(starts).toBe(1);
      if (entry.outcome === 'refused' || entry.outcome === 'dropped') expect(starts).toBe(0);
    }
    await until(() => {
      const {
        jobs: { abandoned },
        threads: now,
      } = this.#pool.stats();
      return now.ready === this.#threads && now.retired === 0 && now.busy === 0 && abandoned === 0;
    });
    const last = this.starts.length - 1;
    this.starts[last] = 0;
    const input = { starts: this.starts, index: last, ends: 'returns', left: 'nothing', ms: 0 };
    expect(await this.#pool.run('misbehave', input)).toBe(last);
    expect(await this.#pool.close()).toMatchObject({ unfinished: [], threadsLeft: 0 });
  }
}

function outcomeOf(error: any, index: number): string {
  if (error === 'cancelled') return 'cancelled';
  if (error instanceof RangeError && error.message === `job ${index}`) return 'thrown';
  const outcomes: Record<string, string> = {
    ERR_JOB_TIMEOUT: 'timed out',
    ERR_THREAD_LOST: 'lost',
    ERR_JOB_DROPPED: 'dropped',
    ERR_BACKLOG_FULL: 'refused',
  };
  return outcomes[error?.code] ?? `rejected with ${String(error)}`;
}

const ENDINGS: Record<string, readonly string[]> = {
  fulfilled: ['returns', 'works on', 'waits', 'blocks natively'],
  thrown: ['throws'],
};

function isRight({ outcome, ends, settledTimes, settledMs, bareMs }: Entry): boolean {
  const isOutcome =
    ['cancelled', 'timed out', 'lost', 'dropped', 'refused'].includes(outcome ?? '') ||
    (ENDINGS[outcome ?? '']?.includes(ends) ?? false);
  return isOutcome && settledTimes === 1 && settledMs - bareMs <= LATE_MS;
}

test(`${HISTORIES} histories of unruly jobs: every promise settles in time, and all threads come back`, async () => {
  const seeds = new Random();
  let done = 0;
  const lane = async (): Promise<void> => {
    while (done < HISTORIES) {
      done += 1;
      const random = new Random((seeds.seed + done) >>> 0);
      try {
        await new History(random).go();
      } catch (error) {
        // With this seed the failing history comes first.
        (error as Error).message += ` (MILLRACE_SEED=${random.seed - 1})`;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  expect(threads.length).toBeGreaterThan(HISTORIES);
}, 600_000);
