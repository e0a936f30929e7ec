/**
 * A submission's way from the call to its settling. Synchronous; it knows jobs, the backlog and
 * links, but neither Piscina nor how a thread is made, so that all of it can be tested step by step.
 *
 * Invariants, at every instant between two calls:
 * - submitted = waiting + queued + running + fulfilled + rejected + cancelled + timedOut + dropped
 *   + refused; a job is in exactly one of them.
 * - No thread is idle while a job is queued, and no place is free that the first waiter fits into.
 * - A settled job is in no list, holds no bytes, no listener and no deadline.
 */
import { Admission } from './admission.js';
import { Backlog } from './backlog.js';
import { Deadlines } from './deadlines.js';
import { Dispatcher, type Loss } from './dispatcher.js';
import {
  type BacklogLimit,
  JobDroppedError,
  JobTimeoutError,
  type MillraceError,
  NotCloneableError,
  PoolClosedError,
  type TimeoutPhase,
  withoutStack,
} from './errors.js';
import { Functions } from './functions.js';
import type { Ending, JobRecord } from './job.js';
import type { Link } from './lane.js';
import type { Settings, SubmitOptions } from './options.js';
import { makeRoom } from './overflow.js';
import { compact, detach } from './payload.js';
import { Pressure, type PressureEvents } from './pressure.js';
import { Signals } from './signals.js';
import { type PoolStats, snapshot, type ThreadTotals } from './snapshot.js';
import { Stats } from './stats.js';
import { Timeouts } from './timeouts.js';

/** What the scheduler tells its surroundings. Called in the middle of things: they must not call back. */
export interface SchedulerEvents extends PressureEvents {
  /** A job failed whose result nobody has read. */
  failedUnread(job: JobRecord): void;
  /** Closing, and the last accepted job has settled. */
  drained(): void;
}

/** A job that the closing deadline cut off. */
export interface UnfinishedJob {
  /** The name of the job function. */
  readonly name: string;
  /** As it was submitted; undefined where it was transferred. */
  readonly input: unknown;
  /** Whether a thread had started it. */
  readonly started: boolean;
  /** Whether the input went to a thread for good (`transfer`), so that it can't be submitted again. */
  readonly transferred: boolean;
}

/** The settings that the scheduler needs. */
export type SchedulerSettings = Pick<
  Settings,
  'threads' | 'concurrency' | 'coalesce' | 'backlog' | 'overflow'
>;

/** The endings that a caller did not ask for. */
const FAILURES: ReadonlySet<Ending> = new Set(['rejected', 'timedOut', 'dropped']);

export class Scheduler {
  readonly #settings: SchedulerSettings;
  readonly #events: SchedulerEvents;
  readonly #now: () => number;
  readonly #slots: number;
  readonly #backlog: Backlog<JobRecord>;
  readonly #functions = new Functions();
  readonly #stats: Stats;
  readonly #deadlines: Deadlines;
  readonly #timeouts: Timeouts;
  readonly #dispatcher: Dispatcher;
  readonly #admission: Admission;
  readonly #pressure: Pressure;
  readonly #signals = new Signals<JobRecord>((jobs, reason) => this.#abort(jobs, reason));
  #isClosing = false;
  #isRefilling = false;

  constructor(
    settings: SchedulerSettings,
    events: SchedulerEvents,
    now: () => number = () => performance.now(),
  ) {
    this.#settings = settings;
    this.#events = events;
    this.#now = now;
    this.#slots = settings.threads * settings.concurrency;
    this.#stats = new Stats(now());
    this.#backlog = new Backlog(this.#slots, settings.backlog);
    this.#pressure = new Pressure(this.#backlog, this.#slots, events);
    this.#admission = new Admission(this.#backlog, this.#slots, this.#functions, this.#stats);
    this.#deadlines = new Deadlines(now);
    this.#timeouts = new Timeouts(this.#deadlines, now, (job, phase, timeoutMs) =>
      this.#expire(job, phase, timeoutMs),
    );
    this.#dispatcher = new Dispatcher(
      this,
      settings,
      this.#functions,
      this.#deadlines,
      this.#stats,
      now,
    );
  }

  /**
   * Takes a submission in: accepted or, with `overflow: 'wait'`, waiting.
   *
   * @throws MillraceError where it is refused; `signal.reason` where the signal has aborted.
   */
  submit(name: string, input: unknown, options: SubmitOptions | undefined): JobRecord {
    const bytes = this.#admission.check(name, input, options);
    const blocker = this.#backlog.blocker(bytes);
    if (blocker === undefined) return this.#enter(this.#record(name, input, options, bytes));
    if (this.#isToWait(blocker, bytes)) {
      return this.#wait(this.#record(name, input, options, bytes));
    }
    const job = this.#enter(this.#record(name, input, options, bytes));
    // Jobs that were dropped may have left their slots.
    this.refill();
    return job;
  }

  /**
   * Takes a submission in where there is room for it now.
   *
   * @returns Undefined where there is none.
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
    this.#pressure.overflowed();
    return undefined;
  }

  /** Ends a job that has not ended, wherever it is. */
  cancel(job: JobRecord, reason: unknown): boolean {
    if (job.ending !== undefined) return false;
    this.#withdraw(job);
    this.#settleOnce(job, 'cancelled', reason);
    this.refill();
    return true;
  }

  /** A thread is ready. */
  addThread(link: Link): void {
    this.#dispatcher.add(link);
  }

  /**
   * A thread is gone, whether it was ready or not.
   *
   * @returns How many jobs it had started and not answered.
   */
  loseThread(link: Link, loss: Loss): number {
    return this.#dispatcher.lose(link, loss);
  }

  /** No more submissions; the waiting are refused, the accepted go on. `drained` follows. */
  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#refuseAll(closedRefusal);
    this.refill();
  }

  /** The closing deadline has passed: rejects what is left. Their threads are the caller's to stop. */
  cutOff(): UnfinishedJob[] {
    this.#dispatcher.collect();
    const jobs = [...this.#dispatcher.sent(), ...this.#queued()].toSorted((a, b) => a.id - b.id);
    // What has ended on its thread is as good as done; its answer is on its way.
    const unfinished = jobs
      .filter((job) => !job.isFinished)
      .map((job) => {
        const { name, input } = job;
        const transferred = job.carrier !== undefined && job.transfer !== undefined;
        const started = this.#withdraw(job);
        const error = withoutStack(() => cutOffError(started));
        this.#settleOnce(job, 'rejected', error);
        return { name, input: transferred ? undefined : input, started, transferred };
      });
    this.refill();
    return unfinished;
  }

  /** The job module can't be loaded: nothing will ever run. */
  fail(error: MillraceError): void {
    for (const job of this.#queued()) this.#settleOnce(job, 'rejected', error);
    this.#refuseAll(() => error);
    this.refill();
  }

  /** Calls no deadline any more. */
  stop(): void {
    this.#deadlines.stop();
  }

  /** The totals by ending, now. */
  endings(): Readonly<Record<Ending, number>> {
    return { ...this.#stats.endings };
  }

  stats(threads: ThreadTotals): PoolStats {
    this.#dispatcher.collect();
    this.refill();
    const retryAfterMs = this.#pressure.isSaturated ? this.#admission.retryAfterMs() : 0;
    return snapshot(
      this.#settings,
      this.#backlog,
      this.#dispatcher,
      this.#stats,
      threads,
      retryAfterMs,
      this.#now(),
    );
  }

  /** For the dispatcher: a job that was sent has ended. */
  settle(job: JobRecord, ending: Ending, value: unknown): void {
    this.#settleOnce(job, ending, value);
  }

  /** For the dispatcher: whether accepted jobs wait for a thread, or submissions for room. */
  get hasQueued(): boolean {
    return this.#backlog.queued > 0 || this.#backlog.waiting > 0;
  }

  /** For the dispatcher: a job that was sent has not started. */
  putBack(job: JobRecord): void {
    this.#backlog.putBack(job);
    this.#timeouts.move(job);
  }

  /** Lets waiters in and sends jobs out, as long as there is room for either. */
  refill(): void {
    // Not entered twice: settling a job in here asks for it again, and the loop below sees to it.
    if (this.#isRefilling) return;
    this.#isRefilling = true;
    try {
      do {
        while (this.#admitWaiter());
      } while (this.#sendNext());
    } finally {
      this.#dispatcher.ring();
      this.#isRefilling = false;
    }
    this.#pressure.fell();
    if (this.#isClosing && this.#backlog.accepted === 0) this.#events.drained();
  }

  /** What becomes of a submission that finds no room: it waits, others are dropped for it, or it is refused. */
  #isToWait(blocker: BacklogLimit, bytes: number): boolean {
    this.#pressure.overflowed();
    const { overflow } = this.#settings;
    if (overflow === 'wait') {
      const waitBlocker = this.#backlog.waitBlocker(bytes);
      if (waitBlocker === undefined) return true;
      throw this.#admission.refuse(() => this.#admission.fullError(waitBlocker));
    }
    if (overflow === 'reject' || !this.#drop(bytes, overflow)) {
      throw this.#admission.refuse(() => this.#admission.fullError(blocker));
    }
    return false;
  }

  #drop(bytes: number, overflow: 'drop-oldest' | 'drop-newest'): boolean {
    const which = overflow === 'drop-oldest' ? 'oldest' : 'newest';
    const victims = makeRoom(bytes, which, this.#backlog, this.#dispatcher);
    if (victims === undefined) {
      this.refill();
      return false;
    }
    for (const victim of victims) {
      const error = withoutStack(() => new JobDroppedError(victim.name, overflow));
      this.#finish(victim, 'dropped', error);
    }
    return true;
  }

  #record(
    name: string,
    input: unknown,
    options: SubmitOptions | undefined,
    bytes: number,
  ): JobRecord {
    return this.#admission.record(this, name, input, options, bytes, this.#now());
  }

  #wait(job: JobRecord): JobRecord {
    this.#backlog.wait(job);
    this.#watch(job);
    this.#pressure.rose();
    return job;
  }

  /** A newcomer for which there is room. */
  #enter(job: JobRecord): JobRecord {
    this.#backlog.accept(job);
    try {
      takeOver(job);
    } catch (error) {
      this.#backlog.release(job);
      // Jobs may have been dropped to make room.
      this.refill();
      throw this.#admission.refuse(() => new NotCloneableError(job.name, 'input', error));
    }
    job.accepted(job.submittedMs);
    // Behind nobody and with a thread that has room it goes at once: bookkeeping before the message is latency.
    const lane = this.#backlog.queued === 0 ? this.#dispatcher.laneFor(job) : undefined;
    if (lane === undefined) this.#backlog.queue(job);
    else this.#dispatcher.send(job, lane, true);
    if (job.ending === undefined) this.#watch(job);
    this.#pressure.rose();
    if (job.ending !== undefined) this.#pressure.fell();
    return job;
  }

  /** Lets the first waiter in, if there is room for it now; one that can't be taken over is refused. */
  #admitWaiter(): boolean {
    const waiter = this.#backlog.takeWaiter();
    if (waiter === undefined) return false;
    this.#backlog.accept(waiter);
    try {
      takeOver(waiter);
      waiter.accepted(this.#now());
      this.#backlog.queue(waiter);
      this.#timeouts.move(waiter);
    } catch (error) {
      this.#backlog.release(waiter);
      const refusal = withoutStack(() => new NotCloneableError(waiter.name, 'input', error));
      this.#finish(waiter, 'refused', refusal);
    }
    return true;
  }

  #sendNext(): boolean {
    const job = this.#backlog.next;
    if (job === undefined) return false;
    const lane = this.#dispatcher.laneFor(job);
    if (lane === undefined) return false;
    this.#backlog.take();
    this.#dispatcher.send(job, lane, false);
    this.#timeouts.move(job);
    return true;
  }

  /** A signal has aborted: ends all its jobs before any of the places that they leave is given away. */
  #abort(jobs: ReadonlySet<JobRecord>, reason: unknown): void {
    for (const job of jobs) {
      this.#withdraw(job);
      this.#settleOnce(job, 'cancelled', reason);
    }
    this.refill();
  }

  /** A timeout has passed. What a thread has started meanwhile has no time in the queue to exceed. */
  #expire(job: JobRecord, phase: TimeoutPhase, timeoutMs: number): void {
    if (phase === 'queue' && job.carrier !== undefined && !this.#dispatcher.takeBack(job)) {
      this.#timeouts.move(job);
      return;
    }
    const started = this.#withdraw(job);
    const error = withoutStack(() => new JobTimeoutError(job.name, phase, timeoutMs, started));
    this.#settleOnce(job, 'timedOut', error);
    this.refill();
  }

  /**
   * Takes a job off its thread, because it is about to be settled.
   *
   * @returns Whether the thread had started it. Only the claim knows: a look before it may be late.
   */
  #withdraw(job: JobRecord): boolean {
    if (job.carrier === undefined || this.#dispatcher.takeBack(job)) return false;
    this.#dispatcher.abandon(job);
    return true;
  }

  /** Ends a job: its place, its bytes and all that watched it are free, and its promise settles. */
  #settleOnce(job: JobRecord, ending: Ending, value: unknown): void {
    if (job.ending !== undefined) return;
    this.#backlog.leave(job);
    if (job.acceptedMs >= 0) this.#backlog.release(job);
    this.#finish(job, ending, value);
  }

  /** The part of settling that has nothing to do with the backlog. */
  #finish(job: JobRecord, ending: Ending, value: unknown): void {
    this.#timeouts.remove(job);
    if (job.signal !== undefined) this.#signals.remove(job.signal, job);
    this.#stats.endings[ending] += 1;
    job.settle(ending, value);
    // Who submitted it was told if it was never accepted.
    if (FAILURES.has(ending) && job.acceptedMs >= 0 && !job.isWatched) {
      this.#events.failedUnread(job);
    }
  }

  #refuseAll(make: () => MillraceError): void {
    this.#admission.close(make);
    for (let job = this.#backlog.firstWaiter; job !== undefined; job = this.#backlog.firstWaiter) {
      this.#settleOnce(job, 'refused', withoutStack(make));
    }
  }

  #queued(): JobRecord[] {
    const jobs: JobRecord[] = [];
    for (let job = this.#backlog.next; job !== undefined; job = job.next) jobs.push(job);
    return jobs;
  }

  /** From here on the job's signal and its timeouts can end it. */
  #watch(job: JobRecord): void {
    if (job.signal !== undefined) this.#signals.add(job.signal, job);
    this.#timeouts.add(job);
    // A getter of the input may have aborted it since the check.
    if (job.signal?.aborted) this.cancel(job, job.signal.reason);
  }
}

/**
 * Makes the input the pool's own: what is transferred is detached now, a view gets its own memory.
 * Cloning may run getters of the input, which may submit: its place is taken before.
 */
function takeOver(job: JobRecord): void {
  if (job.transfer === undefined) {
    job.input = compact(job.input);
    return;
  }
  const moved = detach(job.input, job.transfer);
  job.input = moved.value;
  job.transfer = moved.list;
}

function closedRefusal(): PoolClosedError {
  return new PoolClosedError(
    'The pool is closed and takes no more jobs. Submit before close(), or make a new pool.',
    false,
  );
}

function cutOffError(started: boolean): PoolClosedError {
  return new PoolClosedError(
    `The pool closed at its deadline ${started ? 'while this job ran; it may have done part of its work' : 'before this job started'}.`,
    started,
  );
}
