/**
 * Runs one random history of a scheduler: callers, threads and time. The scheduler's reports are compared with a tally
 * that knows only what callers and threads can see: the calls, how promises settled, and what each thread has started.
 */
import { expect, vi } from 'vitest';
import type { Overflow } from '../../../src/api/options.js';
import type { Job } from '../../../src/job/job.js';
import { Scheduler } from '../../../src/schedule/scheduler.js';
import type { PoolStats } from '../../../src/schedule/snapshot.js';
import { Told } from '../../../src/wire/job-words.js';
import { JOB_OVERHEAD_BYTES } from '../../../src/wire/payload.js';
import { macrotask } from '../../helpers/outcomes.js';
import type { Arrival } from '../dispatch/scripted-link.js';
import { ModelledThread } from './modelled-thread.js';

export interface Setup {
  readonly threads: number;
  readonly concurrency: number;
  readonly jobs: number;
  readonly places: number;
  readonly waiters: number;
  readonly overflow: Overflow;
  readonly coalesce: boolean;
  /** Cells of a thread beyond its slots. */
  readonly spareCells: number;
  readonly graceMs: number | undefined;
  readonly bootMs: number;
}

export interface Submission {
  readonly do: 'submit' | 'trySubmit';
  readonly size: number;
  readonly signal: number;
  readonly timeout: number;
  readonly transfer: boolean;
  /** True if its function returns a promise. */
  readonly isLater: boolean;
  readonly graceMs: number | undefined;
}

/** The steps that a thread can take. */
export const THREAD_STEPS = [
  'start',
  'fulfil',
  'fulfilQuietly',
  'throw',
  'announce',
  'turn',
  'stick',
  'free',
  'raise',
  'lose',
  'die',
] as const;

export type Step =
  | Submission
  | { readonly do: 'abort'; readonly signal: number }
  | { readonly do: 'cancel'; readonly pick: number; readonly isRunning: boolean }
  | { readonly do: (typeof THREAD_STEPS)[number]; readonly pick: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'boot' | 'uncloneable' | 'close' | 'warn' | 'cutOff' };

/** Bytes per unit of `size`; large compared with the overhead, so that sizes decide. */
const UNIT = 10_000;
const bytesOf = (size: number): number => size * UNIT;
export const TIMEOUTS = [
  undefined,
  { acceptMs: 9 },
  { queueMs: 7 },
  { runMs: 5 },
  { totalMs: 20 },
] as const;

/** Time passes in steps of this length, each followed by a turn of the event loop. */
const STEP_MS = 10;
/** Longer than any grace and any verdict: a stuck thread is inspected twice and given a second. */
const LONGEST_MS = 2500;

interface Entry {
  readonly serial: number;
  readonly size: number;
  readonly timeout: (typeof TIMEOUTS)[number];
  readonly submittedMs: number;
  readonly isLater: boolean;
  readonly isCloneable: boolean;
  readonly isTransferred: boolean;
  job: Job<unknown> | undefined;
  isAccepted: boolean;
  acceptedMs: number;
  outcome: string | undefined;
  settledTimes: number;
  starts: number;
  startedMs: number;
}

export class History {
  readonly entries: Entry[] = [];
  /** All threads that are not gone. */
  readonly threads: ModelledThread[] = [];
  readonly signals: AbortController[] = Array.from({ length: 4 }, () => new AbortController());
  readonly scheduler: Scheduler;
  readonly setup: Setup;
  readonly limitBytes: number;
  /** Number of times that the scheduler reported that it is drained. */
  drained = 0;
  /** Steps by which each thread that is gone left service and ended. */
  readonly ends: Array<readonly string[]> = [];
  #isClosed = false;
  #isLive = false;
  /** Time of the last job, waiter or submission. */
  #usedAtMs = -Infinity;
  #submitted = 0;
  /** Jobs whose thread ended right after they did. */
  readonly #saved: Entry[] = [];

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
        graceMs: given.graceMs,
      },
      {
        live: (isLive) => (this.#isLive = isLive),
        saturated() {},
        available() {},
        failedUnread() {},
        drained: () => (this.drained += 1),
      },
    );
  }

  get slots(): number {
    return this.setup.threads * this.setup.concurrency;
  }

  get capacity(): number {
    return this.slots + this.setup.jobs;
  }

  get accepted(): Entry[] {
    return this.entries.filter((entry) => entry.isAccepted && entry.outcome === undefined);
  }

  get waiting(): Entry[] {
    return this.entries.filter((entry) => !entry.isAccepted && entry.outcome === undefined);
  }

  get inService(): ModelledThread[] {
    return this.threads.filter((thread) => thread.isInService);
  }

  async run(step: Step): Promise<void> {
    switch (step.do) {
      case 'submit':
      case 'trySubmit':
        this.#submit(step);
        break;
      case 'abort':
        this.#abort(step.signal);
        break;
      case 'cancel': {
        const { accepted } = this;
        const running = accepted.filter(({ starts }) => starts > 0);
        const live = step.isRunning && running.length > 0 ? running : accepted;
        live[step.pick % live.length]?.job?.cancel(new Error('aborted'));
        break;
      }
      case 'uncloneable':
        this.#submit(PLAIN, () => {});
        break;
      case 'pass':
        await this.#pass(step.ms);
        break;
      case 'boot':
        this.#boot();
        break;
      case 'close':
        this.#isClosed = true;
        this.scheduler.close();
        break;
      case 'warn':
        if (this.#isClosed) this.scheduler.warn();
        break;
      case 'cutOff':
        if (this.#isClosed) this.scheduler.cutOff();
        break;
      default:
        this.#onThread(step.do, this.threads[step.pick % this.threads.length], step.pick);
    }
    // The scheduler may notice a quiet end by itself, before the thread announces it.
    if (step.do !== 'fulfilQuietly') this.#rest();
    await macrotask();
  }

  #onThread(
    what: (typeof THREAD_STEPS)[number],
    thread: ModelledThread | undefined,
    choice: number,
  ): void {
    if (thread === undefined) return;
    switch (what) {
      case 'start':
        return this.#start(thread);
      case 'announce':
        if (!thread.isStuck && !thread.isBusy) thread.announce();
        return;
      case 'turn':
        return thread.turn();
      case 'stick':
        thread.isStuck ||= !thread.isBusy;
        return;
      case 'free':
        thread.isStuck = false;
        return;
      case 'raise':
        return this.#raise(thread);
      case 'lose':
        return this.#lose(thread);
      default:
        if (thread.running.length > 0) this.#end(what, thread, thread.endable(choice));
    }
  }

  #end(
    how: 'fulfil' | 'fulfilQuietly' | 'throw' | 'die',
    thread: ModelledThread,
    index: number,
  ): void {
    const entry = this.#entryOf(thread.running[index] as Arrival);
    if (how === 'throw') return thread.end(index, { error: new Error('thrown') });
    if (how === 'die') {
      // The result is in its cell and must not be lost with the thread.
      if (entry.outcome === undefined) this.#saved.push(entry);
      thread.endUnannounced(index, entry.serial);
      return this.#lose(thread);
    }
    thread.end(index, { value: entry.serial });
    if (how === 'fulfil') thread.announce();
  }

  #rest(): void {
    for (const thread of this.threads) thread.rest(this.setup.concurrency);
  }

  /** Boots a missing thread, unless there are already twice as many as wanted. */
  #boot(): void {
    const { threads, concurrency, spareCells, bootMs } = this.setup;
    if (this.inService.length === threads || this.threads.length === 2 * threads) return;
    const thread = new ModelledThread(concurrency + spareCells);
    thread.bootMs = bootMs;
    this.threads.push(thread);
    this.scheduler.addThread(thread);
  }

  #start(thread: ModelledThread): void {
    const arrival = thread.startNext(this.setup.concurrency, (each) => this.#entryOf(each).isLater);
    if (arrival === undefined) return;
    const entry = this.#entryOf(arrival);
    entry.starts += 1;
    entry.startedMs = performance.now();
    expect(entry.outcome, 'no job starts after it was settled').toBeUndefined();
  }

  /** Raises an uncaught exception, which can be any job's. */
  #raise(thread: ModelledThread): void {
    if (thread.isStuck || thread.isBusy) return;
    thread.isStopped = true;
    this.scheduler.uncaught(thread, new Error('raised'));
    expect(thread.isInService).toBe(false);
  }

  #lose(thread: ModelledThread): void {
    this.threads.splice(this.threads.indexOf(thread), 1);
    this.ends.push(thread.isInService ? ['lost'] : thread.steps);
    this.scheduler.loseThread(thread, {
      cause: new Error('lost'),
      isDeliberate: !thread.isInService,
    });
  }

  #abort(signal: number): void {
    this.signals[signal]?.abort(new Error('aborted'));
    this.signals[signal] = new AbortController();
  }

  async #pass(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= STEP_MS) {
      vi.advanceTimersByTime(Math.min(STEP_MS, leftMs));
      await macrotask();
      this.#noteUse();
    }
  }

  #entryOf({ input }: { readonly input: unknown }): Entry {
    return this.entries[(input as { serial: number }).serial] as Entry;
  }

  #submit(step: Submission, extra?: () => void): void {
    const entry: Entry = {
      serial: this.entries.length,
      size: step.size,
      timeout: TIMEOUTS[step.timeout],
      submittedMs: performance.now(),
      isLater: step.isLater,
      isCloneable: extra === undefined,
      isTransferred: step.transfer,
      job: undefined,
      isAccepted: false,
      acceptedMs: 0,
      outcome: undefined,
      settledTimes: 0,
      starts: 0,
      startedMs: 0,
    };
    const expected = this.#expect(step);
    this.entries.push(entry);
    const buffer = new ArrayBuffer(8);
    const settled = (outcome: string): void => {
      entry.settledTimes += 1;
      entry.outcome ??= outcome;
    };
    const rejected = (error: unknown): void => settled(endingOf(error, entry));
    const accepted = (job: Job<unknown>): void => {
      entry.isAccepted = true;
      entry.acceptedMs = performance.now();
      entry.job = job;
      job.result.then(() => settled('fulfilled'), rejected);
    };
    try {
      const submitted = this.scheduler[step.do](
        step.isLater ? 'later' : 'job',
        { serial: entry.serial, buffer, extra },
        {
          signal: (this.signals[step.signal] as AbortController).signal,
          bytes: bytesOf(step.size) - JOB_OVERHEAD_BYTES,
          ...(entry.timeout !== undefined && { timeout: entry.timeout }),
          ...(step.graceMs !== undefined && { graceMs: step.graceMs }),
          ...(step.transfer && extra === undefined && { transfer: [buffer] }),
        },
      );
      if (submitted === undefined) settled('refused');
      else if (submitted.state === 'waiting') submitted.acceptance().then(accepted, rejected);
      else accepted(submitted);
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

  /** The outcome that the design requires for a submission now. */
  #expect(step: Submission): string {
    const { overflow, waiters } = this.setup;
    if (this.#isClosed || bytesOf(step.size) > this.limitBytes) return 'refused';
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
    // Started jobs can't be dropped, and neither can sent jobs whose memory went with them.
    const sent = new Set(this.threads.flatMap((thread) => this.#arrivedAt(thread)));
    const kept = accepted.filter(
      (entry) => entry.starts > 0 || (entry.isTransferred && sent.has(entry)),
    );
    const fitsBeside =
      kept.length < this.capacity && sum(kept) + bytesOf(step.size) <= this.limitBytes;
    return fitsBeside ? 'accepted' : 'refused';
  }

  /** Jobs on a thread that were neither started nor taken back. */
  #arrivedAt(thread: ModelledThread): Entry[] {
    return thread.arrived().map((input) => this.#entryOf({ input }));
  }

  /** Compares the scheduler's reports with the tally, and both with the promises of the design. */
  async check(): Promise<void> {
    // Collects results that lie ready; their promises settle in a microtask.
    this.#stats();
    this.#rest();
    await macrotask();
    const stats = this.#stats();
    this.#checkBounds();
    this.#checkConservation(stats);
    this.#checkTimeouts();
    this.#checkLease();
    for (const thread of this.threads) this.#checkThread(thread);
    for (const entry of this.#saved) {
      expect(['fulfilled', 'cancelled', 'timedOut', 'rejected']).toContain(entry.outcome);
      if (!this.#isClosed) expect(entry.outcome).not.toBe('rejected');
    }
    this.#checkIdleness();
    const twice = this.entries.filter(({ starts, settledTimes }) => starts > 1 || settledTimes > 1);
    expect(serials(twice)).toEqual([]);
  }

  #stats(): PoolStats {
    return this.scheduler.stats({ retired: 0, lost: 0, retirements: 0, terminated: 0 });
  }

  #checkBounds(): void {
    const { accepted, waiting, setup } = this;
    expect(accepted.length).toBeLessThanOrEqual(this.capacity);
    expect(sum(accepted)).toBeLessThanOrEqual(this.limitBytes);
    expect(waiting.length).toBeLessThanOrEqual(setup.waiters);
    expect(sum(waiting)).toBeLessThanOrEqual(this.limitBytes);
    // The first waiter waits only as long as it must.
    const [first] = waiting;
    if (first !== undefined) {
      const fits =
        accepted.length < this.capacity && sum(accepted) + bytesOf(first.size) <= this.limitBytes;
      expect(fits).toBe(false);
    }
    for (const { running } of this.threads) {
      expect(running.length).toBeLessThanOrEqual(setup.concurrency);
    }
    expect(this.inService.length).toBeLessThanOrEqual(setup.threads);
  }

  #checkConservation({ jobs, backlog }: PoolStats): void {
    const { accepted, waiting, entries } = this;
    const started = accepted.filter((entry) => entry.starts > 0).length;
    // A retired thread goes on with its jobs beside those of its replacement.
    const running = Math.min(started, this.slots);
    const goOn = this.threads.flatMap((thread) =>
      thread.running.map((each) => this.#entryOf(each)),
    );
    const count = (outcome: string): number =>
      entries.filter((entry) => entry.outcome === outcome).length;
    expect(jobs).toEqual({
      submitted: entries.length,
      waiting: waiting.length,
      queued: accepted.length - running,
      running,
      fulfilled: count('fulfilled'),
      rejected: count('rejected'),
      cancelled: count('cancelled'),
      timedOut: count('timedOut'),
      dropped: count('dropped'),
      refused: count('refused'),
      abandoned: goOn.filter(({ outcome }) => outcome !== undefined).length,
    });
    expect(backlog.bytes).toBe(sum(accepted));
  }

  /** Checks that nothing keeps a promise from settling at its timeout. */
  #checkTimeouts(): void {
    const nowMs = performance.now();
    for (const entry of [...this.accepted, ...this.waiting]) {
      const { acceptMs, queueMs, runMs, totalMs }: Record<string, number> = entry.timeout ?? {};
      const limits = [entry.submittedMs + (totalMs ?? Infinity)];
      if (!entry.isAccepted) limits.push(entry.submittedMs + (acceptMs ?? Infinity));
      else if (entry.starts > 0) limits.push(entry.startedMs + (runMs ?? Infinity));
      else limits.push(entry.acceptedMs + (queueMs ?? Infinity));
      expect(nowMs).toBeLessThan(Math.min(...limits) + 1);
    }
  }

  #noteUse(): void {
    if (this.accepted.length + this.waiting.length > 0 || this.entries.length > this.#submitted) {
      this.#usedAtMs = performance.now();
    }
    this.#submitted = this.entries.length;
  }

  /** Checks that the process stays alive for outstanding jobs and waiters, and only a moment longer. */
  #checkLease(): void {
    this.#noteUse();
    if (this.accepted.length + this.waiting.length > 0) expect(this.#isLive).toBe(true);
    if (performance.now() - this.#usedAtMs > 220) expect(this.#isLive).toBe(false);
  }

  #checkThread(thread: ModelledThread): void {
    expect(thread.faults).toEqual([]);
    for (const { cell, input } of thread.running) {
      const { outcome } = this.#entryOf({ input });
      const isTold = thread.host.jobWords.told(cell) !== Told.not;
      if (outcome === 'cancelled' || outcome === 'timedOut') {
        expect(isTold, 'a job that is settled while it runs is told to stop').toBe(true);
      }
      if (thread.isEnding) expect(outcome, 'nobody waits for a thread that ends').toBeDefined();
    }
    if (thread.isInService) return;
    // Jobs that wait there can't be sent again, and their thread is about to start them.
    const waiting = this.#arrivedAt(thread).filter(({ outcome }) => outcome === undefined);
    expect(waiting.every(({ isTransferred }) => isTransferred)).toBe(true);
    if (thread.isStopped || thread.isEnding) expect(serials(waiting)).toEqual([]);
  }

  /** Checks that no thread is idle while a job is in the backlog. */
  #checkIdleness(): void {
    const onThreads = new Set(this.threads.flatMap((thread) => this.#arrivedAt(thread)));
    const inBacklog = this.accepted.filter((entry) => entry.starts === 0 && !onThreads.has(entry));
    const isAnyIdle = this.inService.some(
      ({ running, left, unanswered }) => running.length === 0 && left === 0 && unanswered === 0,
    );
    if (isAnyIdle) expect(serials(inBacklog)).toEqual([]);
  }

  /**
   * Checks that nothing that jobs did or left behind takes a thread out of service forever: everything is cancelled, no
   * function ends and no thread gets unstuck; after a while as many jobs must run as there are slots.
   */
  async recover(): Promise<void> {
    if (this.#isClosed) return;
    // On threads out of service all awaited jobs end, unannounced.
    for (const thread of this.threads.filter(({ isInService }) => !isInService)) {
      const next = (): number =>
        thread.running.findIndex(
          (arrival, index) =>
            this.#entryOf(arrival).outcome === undefined && thread.endable(index) === index,
        );
      for (let index = next(); index >= 0; index = next()) {
        this.#end('fulfilQuietly', thread, index);
      }
    }
    await this.check();
    for (const signal of this.signals.keys()) this.#abort(signal);
    await macrotask();
    await this.check();
    expect([this.accepted, this.waiting].map(serials)).toEqual([[], []]);
    await this.#goOnUntil(() => this.threads.every((thread) => thread.running.length === 0));
    const count = Math.min(this.slots, this.setup.places);
    for (let probe = 0; probe < count; probe += 1) this.#submit({ ...PLAIN, isLater: true });
    const probes = this.entries.slice(-count);
    await this.#goOnUntil(() => probes.every(({ starts }) => starts === 1));
    await this.check();
  }

  /**
   * Lets threads out of service end, others boot, and all of them work, until all are in service and the condition
   * holds.
   */
  async #goOnUntil(isSo: () => boolean): Promise<void> {
    const isFull = (): boolean =>
      this.inService.length === this.setup.threads && this.threads.length === this.setup.threads;
    for (let passedMs = 0; !isSo() || !isFull(); passedMs += STEP_MS) {
      expect(passedMs, 'it does not recover').toBeLessThan(LONGEST_MS);
      for (const thread of this.threads.slice()) {
        thread.turn();
        this.#start(thread);
        if (thread.canEnd) this.#lose(thread);
      }
      this.#boot();
      this.#rest();
      await this.#pass(STEP_MS);
    }
  }

  /** Lets everything that is left end. */
  async finish(): Promise<void> {
    this.#isClosed = true;
    this.scheduler.close();
    for (let round = 0; round < 200; round += 1) {
      this.#boot();
      for (const thread of this.threads.slice()) {
        thread.isStuck = false;
        thread.turn();
        if (thread.canEnd) this.#lose(thread);
        else {
          this.#start(thread);
          if (thread.running.length > 0) this.#end('fulfil', thread, thread.endable(0));
        }
      }
      this.#rest();
    }
    await macrotask();
    await this.check();
    expect(serials(this.entries.filter((entry) => entry.settledTimes !== 1))).toEqual([]);
    expect(this.drained).toBeGreaterThan(0);
    this.scheduler.stop();
  }
}

const PLAIN: Submission = {
  do: 'submit',
  size: 1,
  signal: 0,
  timeout: 0,
  transfer: false,
  isLater: false,
  graceMs: undefined,
};

function serials(entries: readonly Entry[]): number[] {
  return entries.map(({ serial }) => serial);
}

function sum(entries: readonly Entry[]): number {
  return entries.reduce((total, entry) => total + bytesOf(entry.size), 0);
}

/** The ending that an error stands for, as far as the caller can tell. */
function endingOf(error: unknown, entry: Entry): string {
  const { code, message } = error as { code?: string; message: string };
  if (message === 'aborted') return 'cancelled';
  if (code === 'ERR_NOT_CLONEABLE') expect(entry.isCloneable).toBe(false);
  if (code === 'ERR_JOB_TIMEOUT') return 'timedOut';
  if (code === 'ERR_JOB_DROPPED') return 'dropped';
  return entry.isAccepted ? 'rejected' : 'refused';
}
