/**
 * Takes submissions in and puts the parts of the schedule together. Synchronous; it knows jobs, the backlog
 * and links, but neither Piscina nor how a thread is made, so that all of it can be tested step by step.
 *
 * Invariant, at every instant between two calls: submitted = waiting + queued + running + fulfilled +
 * rejected + cancelled + timedOut + dropped + refused; a job is in exactly one of them.
 */
import type { Transferable } from 'node:worker_threads';
import type { MillraceError } from '../api/errors.js';
import type { Settings, SubmitOptions } from '../api/options.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import type { Lane, Link, Loss } from '../dispatch/lane.js';
import { Deadlines } from '../job/deadlines.js';
import { Functions } from '../job/functions.js';
import type { Ending, JobRecord } from '../job/job.js';
import { Signals } from '../job/signals.js';
import { Stats } from '../job/stats.js';
import { checkTransferable } from '../wire/transferable.js';
import { Admission } from './admission.js';
import { Backlog, type BacklogBound } from './backlog.js';
import { Cancellation } from './cancellation.js';
import { Closing, type UnfinishedJob } from './closing.js';
import { Flow } from './flow.js';
import { inputError, takeOver } from './input.js';
import { Lease } from './lease.js';
import { OverflowPolicy } from './overflow.js';
import { Pressure, type PressureEvents } from './pressure.js';
import { Settling } from './settling.js';
import { StillRunning } from './still-running.js';
import { type PoolStats, snapshot, type ThreadTotals } from './snapshot.js';
import { Timeouts } from './timeouts.js';
import { Turns } from './turns.js';

/** Receives the scheduler's reports. Called in the middle of a change: it must not call back. */
export interface SchedulerEvents extends PressureEvents {
  /** Whether the process has to stay alive: for jobs or waiters, and for a moment longer. */
  live(isLive: boolean): void;
  /** A job failed and nobody has read its result. */
  failedUnread(job: JobRecord): void;
  /** The scheduler is closing; the last accepted job has settled, and those that were told to stop had their grace. */
  drained(): void;
}

/** The settings that the scheduler needs. */
export type SchedulerSettings = Pick<
  Settings,
  'threads' | 'concurrency' | 'coalesce' | 'backlog' | 'overflow' | 'graceMs'
>;

export class Scheduler {
  readonly #settings: SchedulerSettings;
  readonly #live: (isLive: boolean) => void;
  readonly #now: () => number;
  readonly #stats: Stats;
  readonly #deadlines: Deadlines;
  readonly #backlog: Backlog<JobRecord>;
  readonly #dispatcher: Dispatcher;
  readonly #settling: Settling;
  readonly #cancellation: Cancellation;
  readonly #pressure: Pressure;
  readonly #admission: Admission;
  readonly #overflow: OverflowPolicy;
  readonly #lease: Lease;
  readonly #closing: Closing;
  readonly #flow: Flow;
  /** Maps take turns in feeding the pool. */
  readonly turns: Turns;
  /** The capacity of the pool. */
  readonly bounds: { readonly slots: number; readonly capacity: number; readonly bytes: number };
  /** One for all jobs. */
  readonly #cancel = (job: JobRecord, reason: unknown): boolean =>
    this.#cancellation.cancel(job, reason);

  constructor(
    settings: SchedulerSettings,
    events: SchedulerEvents,
    now: () => number = () => performance.now(),
  ) {
    const slots = settings.threads * settings.concurrency;
    const functions = new Functions();
    const refill = (): void => this.#flow.refill();
    const signals = new Signals<JobRecord>((jobs, reason) =>
      this.#cancellation.abort(jobs, reason),
    );
    this.#settings = settings;
    this.#live = (isLive) => events.live(isLive);
    this.#now = now;
    this.#stats = new Stats(now());
    this.#deadlines = new Deadlines(now);
    this.#backlog = new Backlog(slots, settings.backlog);
    this.#pressure = new Pressure(this.#backlog, slots, events);
    this.#admission = new Admission(this.#backlog, slots, functions, this.#stats);
    this.#lease = new Lease(this.#backlog, this.#deadlines, now, this.#live);
    const timeouts = new Timeouts(this.#deadlines, now, (job, phase, timeoutMs) =>
      this.#cancellation.expire(job, phase, timeoutMs),
    );
    this.#settling = new Settling(this.#backlog, timeouts, signals, this.#stats, (job) =>
      events.failedUnread(job),
    );
    this.#dispatcher = new Dispatcher(
      this.#settling,
      () => this.#flow.onAnswers(),
      settings,
      functions,
      this.#deadlines,
      this.#stats,
      now,
    );
    this.#cancellation = new Cancellation(
      this.#settling,
      this.#dispatcher,
      timeouts,
      signals,
      refill,
    );
    this.#overflow = new OverflowPolicy(
      settings.overflow,
      this.#admission,
      this.#backlog,
      this.#dispatcher.lanes,
      this.#settling,
      refill,
    );
    this.bounds = { slots, capacity: this.#backlog.capacity, bytes: settings.backlog.bytes };
    this.turns = new Turns(this.#backlog, slots);
    this.#closing = new Closing(
      this.#admission,
      this.#backlog,
      this.#dispatcher,
      this.#settling,
      this.turns,
    );
    this.#flow = new Flow(
      this.#backlog,
      this.#dispatcher,
      this.#settling,
      timeouts,
      this.#pressure,
      this.#closing,
      this.turns,
      now,
      () => events.drained(),
    );
  }

  /**
   * Takes a submission in: accepted or, with `overflow: 'wait'`, waiting.
   *
   * @throws MillraceError if it is refused; `signal.reason` if the signal has aborted.
   */
  submit(name: string, input: unknown, options: SubmitOptions | undefined): JobRecord {
    const bytes = this.#admission.check(name, input, options);
    const blocker = this.#backlog.blocker(bytes);
    if (blocker === undefined) return this.#enter(this.#record(name, input, options, bytes));
    return this.#submitToFull(blocker, name, input, options, bytes);
  }

  /**
   * Takes a submission in if there is room for it now.
   *
   * @returns Undefined if there is none.
   * @throws MillraceError as `submit`, but for `ERR_BACKLOG_FULL`.
   */
  trySubmit(
    name: string,
    input: unknown,
    options: SubmitOptions | undefined,
  ): JobRecord | undefined {
    const bytes = this.#admission.check(name, input, options);
    if (this.#backlog.blocker(bytes) === undefined) {
      return this.#enter(this.#record(name, input, options, bytes));
    }
    this.#stats.endings.refused += 1;
    this.#pressure.onOverflow();
    return undefined;
  }

  /**
   * Takes in the next job of a feeder, which has looked for room and has valid options.
   *
   * @param onEnded - Told of its ending, in the middle of things: it must not call back.
   * @throws MillraceError if it is refused.
   */
  feed(
    name: string,
    input: unknown,
    options: SubmitOptions | undefined,
    bytes: number,
    onEnded: (value: unknown, job: JobRecord) => void,
  ): JobRecord {
    this.#admission.count(name, bytes, undefined);
    const job = this.#record(name, input, options, bytes);
    job.follow(onEnded);
    return this.#enter(job);
  }

  /** How many jobs were submitted, ever: the number of the last one. */
  get submitted(): number {
    return this.#stats.submitted;
  }

  /** Cancels jobs; those that have ended are left alone. All end before any of their places is given away. */
  cancelAll(jobs: ReadonlySet<JobRecord>, reason: unknown): void {
    this.#cancellation.abort(jobs, reason);
  }

  /** For an owner of jobs that waits until none of their functions runs. */
  stillRunning(): StillRunning {
    return new StillRunning(this.#dispatcher, this.#live);
  }

  /** Adds a thread that is ready. */
  addThread(link: Link): void {
    this.#dispatcher.add(link);
  }

  /** Handles an exception that nobody on a thread has caught. */
  uncaught(link: Link, cause: unknown): void {
    this.#dispatcher.uncaught(link, cause);
    this.#flow.refill();
  }

  /** Handles the end of a thread, whether it was ready or not. */
  loseThread(link: Link, loss: Loss): void {
    this.#dispatcher.lose(link, loss);
    this.#flow.refill();
  }

  /** Takes no more submissions; refuses those that wait, and lets the accepted go on. `drained` follows. */
  close(): void {
    this.#closing.begin();
    this.#flow.refill();
  }

  /** How long a job may hold its thread after it was told to stop, unless it says otherwise. */
  get graceMs(): number {
    return this.#dispatcher.graceMs;
  }

  /** Tells the jobs that run to stop, shortly before the closing deadline. */
  warn(): void {
    this.#closing.warn();
    this.#flow.refill();
  }

  /** Rejects what is left, at the closing deadline. Its threads are the caller's to end. */
  cutOff(): void {
    this.#closing.cutOff();
    this.#flow.refill();
  }

  /** The jobs that the closing deadline has cut off. */
  get unfinished(): readonly UnfinishedJob[] {
    return this.#closing.unfinished;
  }

  /** Rejects everything: the job module can't be loaded, so nothing will ever run. */
  fail(error: MillraceError): void {
    this.#closing.fail(error);
    this.#flow.refill();
  }

  /** Calls no deadline any more, and waits for no function. */
  stop(): void {
    this.#deadlines.stop();
    this.#dispatcher.stop();
  }

  /** The totals by ending, now. */
  endings(): Readonly<Record<Ending, number>> {
    return { ...this.#stats.endings };
  }

  stats(threads: ThreadTotals): PoolStats {
    this.#dispatcher.collect();
    this.#flow.refill();
    const retryAfterMs = this.#pressure.isSaturated ? this.#admission.retryAfterMs() : 0;
    return snapshot(
      this.#settings,
      this.#backlog,
      this.#dispatcher.lanes,
      this.#stats,
      threads,
      retryAfterMs,
      this.#now(),
    );
  }

  /** Takes in a submission that finds the backlog full. @throws MillraceError if it is refused. */
  #submitToFull(
    blocker: BacklogBound,
    name: string,
    input: unknown,
    options: SubmitOptions | undefined,
    bytes: number,
  ): JobRecord {
    this.#pressure.onOverflow();
    if (this.#overflow.hasToWait(blocker, bytes)) {
      return this.#wait(this.#record(name, input, options, bytes));
    }
    const job = this.#enter(this.#record(name, input, options, bytes));
    // Jobs that were dropped may have left their slots.
    this.#flow.refill();
    return job;
  }

  #record(
    name: string,
    input: unknown,
    options: SubmitOptions | undefined,
    bytes: number,
  ): JobRecord {
    return this.#admission.record(this.#cancel, name, input, options, bytes, this.#now());
  }

  #wait(job: JobRecord): JobRecord {
    this.#backlog.wait(job);
    this.#cancellation.watch(job);
    this.#lease.touch();
    this.#pressure.onRise();
    return job;
  }

  /** Accepts a newcomer for which there is room. */
  #enter(job: JobRecord): JobRecord {
    this.#backlog.accept(job);
    let direct: Lane | undefined;
    try {
      // The message that takes memory along detaches it, too: that need not be done twice.
      if (job.transfer !== undefined) direct = this.#laneThatDetaches(job, job.transfer);
      if (direct === undefined) takeOver(job);
    } catch (error) {
      throw this.#refuseInput(job, error);
    }
    job.accepted(job.submittedMs);
    // At once, if it can: bookkeeping before the message is latency.
    const lane = direct ?? this.#laneNow(job);
    if (lane === undefined) this.#backlog.queue(job);
    else this.#send(job, lane, direct !== undefined);
    if (job.ending === undefined) this.#cancellation.watch(job);
    this.#lease.touch();
    this.#pressure.onRise();
    if (job.ending !== undefined) this.#pressure.onFall();
    return job;
  }

  /** The thread that can take a newcomer's memory along with its message, now. @throws TypeError if it can't go. */
  #laneThatDetaches(job: JobRecord, transfer: readonly Transferable[]): Lane | undefined {
    checkTransferable(transfer);
    return this.#laneNow(job);
  }

  /** The thread that a newcomer can go to at once: behind nobody, and with room. */
  #laneNow(job: JobRecord): Lane | undefined {
    return this.#backlog.queued === 0 ? this.#dispatcher.laneFor(job) : undefined;
  }

  /** @param isIntact - Whether a newcomer whose message can't be made has lost nothing yet, and is refused. */
  #send(job: JobRecord, lane: Lane, isIntact: boolean): void {
    try {
      this.#dispatcher.send(job, lane, true);
    } catch (error) {
      if (isIntact) throw this.#refuseInput(job, error);
      this.#settling.settle(job, 'rejected', inputError(job, error));
    }
  }

  /** Refuses a newcomer whose input can't be taken over: it was never accepted. */
  #refuseInput(job: JobRecord, error: unknown): MillraceError {
    this.#backlog.release(job);
    // Jobs may have been dropped to make room.
    this.#flow.refill();
    return this.#admission.refuse(() => inputError(job, error));
  }
}
