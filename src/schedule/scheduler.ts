/**
 * A submission's way from the call to its settling. Synchronous; it knows jobs, the backlog and
 * links, but neither Piscina nor how a thread is made, so that all of it can be tested step by step.
 *
 * Invariants, at every instant between two calls:
 * - submitted = waiting + queued + running + fulfilled + rejected + cancelled + timedOut + dropped
 *   + refused; a job is in exactly one of them.
 * - No thread is idle while a job is queued, and no place is free that the first waiter fits into.
 */
import type { Transferable } from 'node:worker_threads';
import { Admission } from './admission.js';
import { Backlog } from './backlog.js';
import { Closing, type UnfinishedJob } from './closing.js';
import { Deadlines } from '../job/deadlines.js';
import { Dispatcher, type Loss } from '../dispatch/dispatcher.js';
import {
  type BacklogLimit,
  JobDroppedError,
  type MillraceError,
  NotCloneableError,
  withoutStack,
} from '../api/errors.js';
import { Functions } from '../job/functions.js';
import type { Ending, JobRecord } from '../job/job.js';
import type { Lane, Link } from '../dispatch/lane.js';
import { Liveness } from './lease.js';
import type { Settings, SubmitOptions } from '../api/options.js';
import { makeRoom } from './overflow.js';
import { checkAttached, compact, detach } from '../wire/payload.js';
import { Pressure, type PressureEvents } from './pressure.js';
import { Settling } from './settling.js';
import { type PoolStats, snapshot, type ThreadTotals } from './snapshot.js';
import { Stats } from '../job/stats.js';

/** What the scheduler tells its surroundings. Called in the middle of things: they must not call back. */
export interface SchedulerEvents extends PressureEvents {
  /** Whether the process has to stay: for live jobs or waiters, and for a moment longer. */
  live(isLive: boolean): void;
  /** A job failed whose result nobody has read. */
  failedUnread(job: JobRecord): void;
  /** Closing, and the last accepted job has settled. */
  drained(): void;
}

/** The settings that the scheduler needs. */
export type SchedulerSettings = Pick<
  Settings,
  'threads' | 'concurrency' | 'coalesce' | 'backlog' | 'overflow'
>;

export class Scheduler {
  readonly #settings: SchedulerSettings;
  readonly #events: SchedulerEvents;
  readonly #now: () => number;
  readonly #slots: number;
  readonly #backlog: Backlog<JobRecord>;
  readonly #functions = new Functions();
  readonly #stats: Stats;
  readonly #deadlines: Deadlines;
  readonly #dispatcher: Dispatcher;
  readonly #settling: Settling;
  readonly #closing: Closing;
  readonly #admission: Admission;
  readonly #pressure: Pressure;
  readonly #liveness: Liveness;
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
    this.#liveness = new Liveness(this.#backlog, this.#deadlines, now, (isLive) =>
      events.live(isLive),
    );
    this.#dispatcher = new Dispatcher(
      this,
      settings,
      this.#functions,
      this.#deadlines,
      this.#stats,
      now,
    );
    this.#settling = new Settling(
      { refill: () => this.refill(), failedUnread: (job) => events.failedUnread(job) },
      this.#backlog,
      this.#dispatcher,
      this.#stats,
      this.#deadlines,
      now,
    );
    this.#closing = new Closing(this.#admission, this.#backlog, this.#dispatcher, this.#settling);
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
    return this.#overflow(blocker, name, input, options, bytes);
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
    this.#closing.begin();
    this.refill();
  }

  /** The closing deadline has passed: rejects what is left. Their threads are the caller's to stop. */
  cutOff(): UnfinishedJob[] {
    const unfinished = this.#closing.cutOff();
    this.refill();
    return unfinished;
  }

  /** The job module can't be loaded: nothing will ever run. */
  fail(error: MillraceError): void {
    this.#closing.fail(error);
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
    this.#settling.settle(job, ending, value);
  }

  /** For the dispatcher: whether accepted jobs wait for a thread, or submissions for room. */
  get hasQueued(): boolean {
    return this.#backlog.queued > 0 || this.#backlog.waiting > 0;
  }

  /** For the dispatcher: a job that was sent has not started. */
  putBack(job: JobRecord): void {
    this.#backlog.putBack(job);
    this.#settling.moved(job);
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
    if (this.#closing.isDrained) this.#events.drained();
  }

  /** A submission that finds no room: it waits, others are dropped for it, or it is refused. */
  #overflow(
    blocker: BacklogLimit,
    name: string,
    input: unknown,
    options: SubmitOptions | undefined,
    bytes: number,
  ): JobRecord {
    if (this.#isToWait(blocker, bytes)) {
      return this.#wait(this.#record(name, input, options, bytes));
    }
    const job = this.#enter(this.#record(name, input, options, bytes));
    // Jobs that were dropped may have left their slots.
    this.refill();
    return job;
  }

  /** Whether a submission is to wait; if not, others were dropped for it. @throws MillraceError if it is refused. */
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
      this.#settling.finish(victim, 'dropped', error);
    }
    return true;
  }

  #record(
    name: string,
    input: unknown,
    options: SubmitOptions | undefined,
    bytes: number,
  ): JobRecord {
    return this.#admission.record(this.#settling, name, input, options, bytes, this.#now());
  }

  #wait(job: JobRecord): JobRecord {
    this.#backlog.wait(job);
    this.#settling.watch(job);
    this.#liveness.used();
    this.#pressure.rose();
    return job;
  }

  /** A newcomer for which there is room. */
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
    if (job.ending === undefined) this.#settling.watch(job);
    this.#liveness.used();
    this.#pressure.rose();
    if (job.ending !== undefined) this.#pressure.fell();
    return job;
  }

  /** The thread that can take a newcomer's memory along with its message, now. @throws TypeError if it is detached. */
  #laneThatDetaches(job: JobRecord, transfer: readonly Transferable[]): Lane | undefined {
    checkAttached(transfer);
    return this.#laneNow(job);
  }

  /** @param isIntact - Whether a newcomer whose message can't be made has lost nothing yet, and is refused. */
  #send(job: JobRecord, lane: Lane, isIntact: boolean): void {
    try {
      this.#dispatcher.send(job, lane, true);
    } catch (error) {
      if (isIntact) throw this.#refuseInput(job, error);
      this.#rejectInput(job, error);
    }
  }

  /** The thread that a newcomer can go to at once: behind nobody, and where there is room. */
  #laneNow(job: JobRecord): Lane | undefined {
    return this.#backlog.queued === 0 ? this.#dispatcher.laneFor(job) : undefined;
  }

  /** The input of a newcomer can't be taken over: it was never accepted. */
  #refuseInput(job: JobRecord, error: unknown): MillraceError {
    this.#backlog.release(job);
    // Jobs may have been dropped to make room.
    this.refill();
    return this.#admission.refuse(() => inputError(job, error));
  }

  /** The input of an accepted job can't be sent. */
  #rejectInput(job: JobRecord, error: unknown): void {
    this.#settling.settle(job, 'rejected', inputError(job, error));
  }

  /** Lets the first waiter in, if there is room for it now; one that can't be taken over is refused. */
  #admitWaiter(): boolean {
    const waiter = this.#backlog.takeWaiter();
    if (waiter === undefined) return false;
    this.#backlog.accept(waiter);
    try {
      if (waiter.transfer !== undefined) checkAttached(waiter.transfer);
      takeOver(waiter);
      waiter.accepted(this.#now());
      this.#backlog.queue(waiter);
      this.#settling.moved(waiter);
    } catch (error) {
      this.#backlog.release(waiter);
      this.#settling.finish(waiter, 'refused', inputError(waiter, error));
    }
    return true;
  }

  #sendNext(): boolean {
    const job = this.#backlog.next;
    if (job === undefined) return false;
    const lane = this.#dispatcher.laneFor(job);
    if (lane === undefined) return false;
    this.#backlog.take();
    try {
      this.#dispatcher.send(job, lane, false);
    } catch (error) {
      this.#rejectInput(job, error);
    }
    this.#settling.moved(job);
    return true;
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

function inputError(job: JobRecord, cause: unknown): NotCloneableError {
  return withoutStack(() => new NotCloneableError(job.name, 'input', cause));
}
