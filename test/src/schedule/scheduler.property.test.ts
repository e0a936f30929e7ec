import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Job } from '../../../src/job/job.js';
import type { Overflow } from '../../../src/api/options.js';
import { JOB_OVERHEAD_BYTES } from '../../../src/wire/payload.js';
import { Scheduler } from '../../../src/schedule/scheduler.js';
import { repeats } from '../../helpers/extent.js';
import { ScriptedLink } from '../dispatch/scripted-link.js';

/**
 * The bounds and the conservation of jobs, at every step of random histories. What the scheduler
 * says of itself is compared with a tally that knows only what callers and threads can see: what was
 * called, how promises settled, and what each scripted thread has started.
 */

interface Setup {
  threads: number;
  concurrency: number;
  jobs: number;
  places: number;
  waiters: number;
  overflow: Overflow;
  coalesce: boolean;
  /** Cells of a thread beyond its slots. */
  spareCells: number;
}

type Step =
  | { do: 'submit' | 'trySubmit'; size: number; signal: number; timeout: number; transfer: boolean }
  | { do: 'abort'; signal: number }
  | { do: 'cancel'; pick: number }
  | {
      do: 'start' | 'fulfil' | 'fulfilQuietly' | 'throw' | 'announce' | 'lose' | 'die' | 'boot';
      pick: number;
    }
  | { do: 'uncloneable' }
  | { do: 'pass'; ms: number }
  | { do: 'close' | 'cutOff' };

const pick = fc.nat({ max: 1000 });
const submission = {
  size: fc.constantFrom(1, 1, 1, 2, 3, 9),
  signal: fc.nat({ max: 3 }),
  timeout: fc.constantFrom(0, 0, 0, 1, 2, 3, 4),
  transfer: fc.boolean(),
};
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 300, arbitrary: fc.record({ do: fc.constant('submit' as const), ...submission }) },
  { weight: 80, arbitrary: fc.record({ do: fc.constant('trySubmit' as const), ...submission }) },
  { weight: 200, arbitrary: fc.record({ do: fc.constant('start' as const), pick }) },
  { weight: 160, arbitrary: fc.record({ do: fc.constant('fulfil' as const), pick }) },
  { weight: 120, arbitrary: fc.record({ do: fc.constant('fulfilQuietly' as const), pick }) },
  { weight: 60, arbitrary: fc.record({ do: fc.constant('announce' as const), pick }) },
  { weight: 60, arbitrary: fc.record({ do: fc.constant('throw' as const), pick }) },
  { weight: 30, arbitrary: fc.record({ do: fc.constant('die' as const), pick }) },
  { weight: 50, arbitrary: fc.record({ do: fc.constant('cancel' as const), pick }) },
  {
    weight: 30,
    arbitrary: fc.record({ do: fc.constant('abort' as const), signal: submission.signal }),
  },
  { weight: 40, arbitrary: fc.record({ do: fc.constant('lose' as const), pick }) },
  { weight: 80, arbitrary: fc.record({ do: fc.constant('boot' as const), pick }) },
  { weight: 30, arbitrary: fc.record({ do: fc.constant('uncloneable' as const) }) },
  {
    weight: 60,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat({ max: 30 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('close' as const, 'cutOff' as const) }) },
);
const anySetup: fc.Arbitrary<Setup> = fc.record({
  threads: fc.integer({ min: 1, max: 3 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  jobs: fc.nat({ max: 6 }),
  places: fc.integer({ min: 8, max: 16 }),
  waiters: fc.nat({ max: 4 }),
  overflow: fc.constantFrom('wait', 'reject', 'drop-oldest'),
  coalesce: fc.boolean(),
  spareCells: fc.nat({ max: 5 }),
});

/** Bytes of one `size`. Large beside the overhead, so that sizes decide. */
const UNIT = 10_000;
const bytesOf = (size: number): number => size * UNIT;
const TIMEOUTS = [undefined, { acceptMs: 9 }, { queueMs: 7 }, { runMs: 5 }, 20] as const;

interface Entry {
  readonly serial: number;
  readonly size: number;
  job: Job<unknown> | undefined;
  isAccepted: boolean;
  outcome: string | undefined;
  settledTimes: number;
  starts: number;
  isCloneable: boolean;
  isTransferred: boolean;
}

class History {
  readonly entries: Entry[] = [];
  readonly links: ScriptedLink[] = [];
  readonly signals = Array.from({ length: 4 }, () => new AbortController());
  readonly scheduler: Scheduler;
  isClosed = false;
  isLive = false;
  /** When there was last a job or waiter, or a submission came. */
  #usedAtMs = -Infinity;
  #submitted = 0;
  drained = 0;
  /** Jobs whose thread ended right after they did. */
  readonly saved: Entry[] = [];
  readonly setup: Setup;
  readonly limitBytes: number;

  constructor(given: Setup) {
    this.setup = given;
    this.limitBytes = given.places * UNIT;
    this.scheduler = new Scheduler(
      {
        threads: given.threads,
        concurrency: given.concurrency,
        backlog: { jobs: given.jobs, bytes: this.limitBytes, waiters: given.waiters },
        overflow: given.overflow,
        coalesce: given.coalesce,
      },
      {
        live: (isLive) => (this.isLive = isLive),
        saturated() {},
        available() {},
        failedUnread() {},
        drained: () => (this.drained += 1),
      },
    );
  }

  get capacity(): number {
    return this.setup.threads * this.setup.concurrency + this.setup.jobs;
  }

  get accepted(): Entry[] {
    return this.entries.filter((entry) => entry.isAccepted && entry.outcome === undefined);
  }

  get waiting(): Entry[] {
    return this.entries.filter((entry) => !entry.isAccepted && entry.outcome === undefined);
  }

  run(step: Step): void {
    switch (step.do) {
      case 'submit':
      case 'trySubmit':
        return this.submit(step);
      case 'abort':
        this.signals[step.signal]?.abort(new Error('aborted'));
        this.signals[step.signal] = new AbortController();
        return;
      case 'cancel': {
        const live = this.accepted;
        live[step.pick % live.length]?.job?.cancel(new Error('aborted'));
        return;
      }
      case 'uncloneable':
        return this.submit(
          { size: 1, signal: 0, timeout: 0, transfer: false, do: 'submit' },
          () => {},
        );
      case 'pass':
        vi.advanceTimersByTime(step.ms);
        return;
      case 'boot':
        if (this.links.length === this.setup.threads) return;
        this.links.push(new ScriptedLink(this.setup.concurrency + this.setup.spareCells));
        this.scheduler.addThread(this.links.at(-1) as ScriptedLink);
        return;
      case 'close':
        this.isClosed = true;
        return this.scheduler.close();
      case 'cutOff':
        if (this.isClosed) this.scheduler.cutOff();
        return;
      default:
        this.#onThread(step.do, this.links[step.pick % this.links.length], step.pick);
    }
  }

  #onThread(
    what: 'start' | 'fulfil' | 'fulfilQuietly' | 'throw' | 'announce' | 'lose' | 'die',
    link: ScriptedLink | undefined,
    choice: number,
  ): void {
    if (link === undefined) return;
    const index = choice % link.running.length;
    if (what === 'lose') this.lose(link);
    else if (what === 'start') this.start(link);
    else if (what === 'announce') link.announce();
    else if (link.running.length > 0) {
      const entry = this.#entryOf(link.running[index]);
      if (what === 'throw') return link.end(index, { error: new Error('thrown') });
      if (what === 'die') {
        // The result is in its cell: it must not be lost with the thread.
        this.saved.push(entry);
        link.endUnannounced(index, entry.serial);
        return this.lose(link);
      }
      link.end(index, { value: entry.serial });
      if (what === 'fulfil') link.announce();
    }
  }

  /** A thread goes to sleep only when it has told all it has to tell. */
  rest(): void {
    for (const link of this.links) {
      if (link.running.length > 0 && link.left > 0) continue;
      if (link.left > 0) {
        expect(link.isWoken, 'nothing is left lying for a thread that sleeps').toBe(true);
        continue;
      }
      link.announce();
      link.sleep();
    }
  }

  start(link: ScriptedLink): void {
    if (link.running.length === this.setup.concurrency) return;
    const arrival = link.start();
    if (arrival === undefined) return;
    const entry = this.#entryOf(arrival);
    entry.starts += 1;
    expect(entry.outcome, 'no job starts after it was settled').toBeUndefined();
    expect(link.running.length).toBeLessThanOrEqual(this.setup.concurrency);
  }

  lose(link: ScriptedLink): void {
    this.links.splice(this.links.indexOf(link), 1);
    this.scheduler.loseThread(link, {
      cause: new Error('lost'),
      isUncaught: false,
      isDeliberate: link.isStopped,
    });
  }

  #entryOf(arrival: { readonly input: unknown } | undefined): Entry {
    const { serial } = (arrival as { input: unknown }).input as { serial: number };
    return this.entries[serial] as Entry;
  }

  submit(step: Extract<Step, { do: 'submit' | 'trySubmit' }>, extra?: () => void): void {
    const entry: Entry = {
      serial: this.entries.length,
      size: step.size,
      job: undefined,
      isAccepted: false,
      outcome: undefined,
      settledTimes: 0,
      starts: 0,
      isCloneable: extra === undefined,
      isTransferred: step.transfer,
    };
    const expected = this.#expect(step);
    this.entries.push(entry);
    const buffer = new ArrayBuffer(8);
    const settled = (outcome: string): void => {
      entry.settledTimes += 1;
      entry.outcome ??= outcome;
    };
    const rejected = (error: unknown): void => settled(endingOf(error, entry));
    try {
      const submitted = this.scheduler[step.do](
        'job',
        { serial: entry.serial, buffer, extra },
        {
          signal: (this.signals[step.signal] as AbortController).signal,
          bytes: bytesOf(step.size) - JOB_OVERHEAD_BYTES,
          ...(TIMEOUTS[step.timeout] !== undefined && {
            timeout: TIMEOUTS[step.timeout] as number,
          }),
          ...(step.transfer && extra === undefined && { transfer: [buffer] }),
        },
      );
      if (submitted === undefined) settled('refused');
      else if (submitted.state === 'waiting') {
        submitted.acceptance().then((job) => {
          entry.isAccepted = true;
          entry.job = job;
          job.result.then(() => settled('fulfilled'), rejected);
        }, rejected);
      } else {
        entry.isAccepted = true;
        entry.job = submitted;
        submitted.result.then(() => settled('fulfilled'), rejected);
      }
      expect(submitted === undefined ? 'refused' : entry.isAccepted ? 'accepted' : 'waiting').toBe(
        expected,
      );
      expect(buffer.detached ?? buffer.byteLength === 0).toBe(
        step.transfer && extra === undefined && entry.isAccepted,
      );
    } catch (error) {
      if ((error as { code?: string }).code?.startsWith('ERR_') !== true) throw error;
      expect(expected).toBe('refused');
      settled('refused');
    }
  }

  /** What the design says must become of a submission now. */
  #expect(step: Extract<Step, { do: 'submit' | 'trySubmit' }>): string {
    const { overflow, waiters } = this.setup;
    if (this.isClosed || bytesOf(step.size) > this.limitBytes) return 'refused';
    const { accepted, waiting } = this;
    const held = sum(accepted);
    const fits = accepted.length < this.capacity && held + bytesOf(step.size) <= this.limitBytes;
    if (fits && waiting.length === 0) return 'accepted';
    if (step.do === 'trySubmit' || overflow === 'reject') return 'refused';
    if (overflow === 'wait') {
      const mayWait =
        waiting.length < waiters && sum(waiting) + bytesOf(step.size) <= this.limitBytes;
      return mayWait ? 'waiting' : 'refused';
    }
    // What has started can't be dropped, nor what was sent with memory that is gone with it.
    const sent = new Set(
      this.links.flatMap((link) => link.arrived().map((input) => this.#entryOf({ input }))),
    );
    const kept = accepted.filter(
      (entry) => entry.starts > 0 || (entry.isTransferred && sent.has(entry)),
    );
    const fitsBeside =
      kept.length < this.capacity && sum(kept) + bytesOf(step.size) <= this.limitBytes;
    return fitsBeside ? 'accepted' : 'refused';
  }

  async check(): Promise<void> {
    // Takes what lies ready; their promises settle in a microtask.
    this.scheduler.stats({ lost: 0, recycled: 0 });
    this.rest();
    await flush();
    const { accepted, waiting, entries, setup } = this;
    const { jobs, backlog } = this.scheduler.stats({ lost: 0, recycled: 0 });
    const started = accepted.filter((entry) => entry.starts > 0);
    // The bounds.
    expect(accepted.length).toBeLessThanOrEqual(this.capacity);
    expect(sum(accepted)).toBeLessThanOrEqual(this.limitBytes);
    expect(waiting.length).toBeLessThanOrEqual(setup.waiters);
    expect(sum(waiting)).toBeLessThanOrEqual(this.limitBytes);
    expect(started.length).toBeLessThanOrEqual(setup.threads * setup.concurrency);
    // The first waiter waits only as long as it has to.
    const [first] = waiting;
    if (first !== undefined) {
      const fits =
        accepted.length < this.capacity && sum(accepted) + bytesOf(first.size) <= this.limitBytes;
      expect(fits).toBe(false);
    }
    // Conservation.
    const count = (outcome: string): number =>
      entries.filter((entry) => entry.outcome === outcome).length;
    expect(jobs).toEqual({
      submitted: entries.length,
      waiting: waiting.length,
      queued: accepted.length - started.length,
      running: started.length,
      fulfilled: count('fulfilled'),
      rejected: count('rejected'),
      cancelled: count('cancelled'),
      timedOut: count('timedOut'),
      dropped: count('dropped'),
      refused: count('refused'),
    });
    expect(backlog.bytes).toBe(sum(accepted));
    // The process stays for live jobs and waiters, and for a moment longer.
    if (accepted.length + waiting.length > 0 || entries.length > this.#submitted) {
      this.#usedAtMs = performance.now();
    }
    this.#submitted = entries.length;
    const idleMs = performance.now() - this.#usedAtMs;
    if (accepted.length + waiting.length > 0) expect(this.isLive).toBe(true);
    if (idleMs > 200) expect(this.isLive).toBe(false);
    // Alone on its thread, a job that was cut short is stopped with it; beside others it goes on.
    for (const link of this.links) {
      const isCutShort = link.running.some(
        (arrival) => this.#entryOf(arrival).outcome !== undefined,
      );
      if (!isCutShort) continue;
      expect(setup.concurrency === 1 ? link.isStopped : link.pings > 0).toBe(true);
    }
    for (const entry of this.saved) {
      expect(['fulfilled', 'cancelled', 'timedOut', 'rejected']).toContain(entry.outcome);
      if (!this.isClosed) expect(entry.outcome).not.toBe('rejected');
    }
    // No thread is idle while a job is in the backlog.
    const onThreads = new Set(
      this.links
        .flatMap((link) => link.arrived().map((input) => this.#entryOf({ input })))
        .filter((entry) => entry.outcome === undefined),
    );
    const inBacklog = accepted.filter((entry) => entry.starts === 0 && !onThreads.has(entry));
    const isAnyIdle = this.links.some(
      (link) => !link.isStopped && link.running.length === 0 && link.left === 0,
    );
    if (isAnyIdle) expect(inBacklog).toEqual([]);
    expect(entries.filter(({ starts, settledTimes }) => starts > 1 || settledTimes > 1)).toEqual(
      [],
    );
  }

  /** Lets everything that is left come to its end. */
  finish(): void {
    this.scheduler.close();
    for (let round = 0; round < 200; round += 1) {
      this.run({ do: 'boot', pick: 0 });
      for (const link of this.links.slice()) {
        if (link.isStopped) this.lose(link);
        while (link.left > 0 && link.running.length < this.setup.concurrency) {
          this.start(link);
        }
        if (link.running.length > 0) this.run({ do: 'fulfil', pick: this.links.indexOf(link) });
      }
      this.rest();
    }
  }
}

function sum(entries: readonly Entry[]): number {
  return entries.reduce((total, entry) => total + bytesOf(entry.size), 0);
}

/** The ending that an error stands for, told by the caller's side alone. */
function endingOf(error: unknown, entry: Entry): string {
  const { code, message } = error as { code?: string; message: string };
  if (message === 'aborted') return 'cancelled';
  if (code === 'ERR_NOT_CLONEABLE') expect(entry.isCloneable).toBe(false);
  if (code === 'ERR_JOB_TIMEOUT') return 'timedOut';
  if (code === 'ERR_JOB_DROPPED') return 'dropped';
  return entry.isAccepted ? 'rejected' : 'refused';
}

const flush = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const HISTORIES = repeats(200, 1000);

test(`holds its bounds and loses nothing, at every step of ${HISTORIES} random histories`, async () => {
  await fc.assert(
    fc.asyncProperty(
      anySetup,
      fc.array(anyStep, { minLength: 50, maxLength: 90, size: 'max' }),
      async (given, steps) => {
        const history = new History(given);
        for (let thread = 0; thread < given.threads; thread += 1)
          history.run({ do: 'boot', pick: 0 });
        for (const each of steps) {
          history.run(each);
          history.rest();
          await flush();
          await history.check();
        }
        history.finish();
        await flush();
        await history.check();
        expect(history.entries.filter((entry) => entry.settledTimes !== 1)).toEqual([]);
        expect(history.drained).toBeGreaterThan(0);
      },
    ),
    { numRuns: HISTORIES },
  );
}, 300_000);
