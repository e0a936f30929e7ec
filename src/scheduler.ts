/**
 * A submission's way from the call to its settling. Synchronous; it knows jobs, the backlog and
 * links, but neither Piscina nor how a thread is made, so that all of it can be tested step by step.
 *
 * Invariants, at every instant between two calls:
 * - submitted = waiting + queued + running + fulfilled + rejected + cancelled + timedOut + dropped
 *   + refused; a job is in exactly one of them.
 * - No slot is free while a job is queued, and no place is free that the first waiter fits into.
 * - A settled job is in no list, holds no bytes, no listener and no deadline.
 */
import { Backlog } from './backlog.js';
import { Deadline, Deadlines } from './deadlines.js';
import { Dispatcher, type Link, type Loss } from './dispatcher.js';
import {
  BacklogFullError,
  type BacklogLimit,
  InvalidOptionError,
  JobDroppedError,
  JobTimeoutError,
  JobTooLargeError,
  MillraceError,
  NotCloneableError,
  PoolClosedError,
  type TimeoutPhase,
  UnknownJobError,
  withoutStack,
} from './errors.js';
import { type Ending, JobRecord } from './job.js';
import { checkSubmitOptions, type Settings, type SubmitOptions } from './options.js';
import { compact, detach, JOB_OVERHEAD_BYTES, weigh } from './payload.js';
import { Signals } from './signals.js';
import { type PoolStats, Stats } from './stats.js';

/** What the scheduler tells its surroundings. Called in the middle of things: they must not call back. */
export interface SchedulerEvents {
  /** Whether there are live jobs or waiters, for which the process must stay. */
  live(isLive: boolean): void;
  saturated(): void;
  available(): void;
  /** A job failed whose result nobody has read. */
  failedUnread(job: JobRecord): void;
  /** Closing, and the last accepted job has settled. */
  drained(): void;
}

/** A job that the closing deadline cut off. */
export interface UnfinishedJob {
  readonly name: string;
  /** As it was submitted; undefined where it was transferred. */
  readonly input: unknown;
  /** Whether a thread had started it. */
  readonly started: boolean;
  /** Whether the input went to a thread for good (`transfer`), so that it can't be submitted again. */
  readonly transferred: boolean;
}

/** The settings that the scheduler needs. */
export type SchedulerSettings = Pick<Settings, 'threads' | 'concurrency' | 'backlog' | 'overflow'>;

/** The endings that a caller did not ask for. */
const FAILURES: ReadonlySet<Ending> = new Set(['rejected', 'timedOut', 'dropped']);

export class Scheduler {
  readonly #settings: SchedulerSettings;
  readonly #events: SchedulerEvents;
  readonly #now: () => number;
  readonly #slots: number;
  readonly #backlog: Backlog<JobRecord>;
  readonly #stats = new Stats();
  readonly #deadlines: Deadlines;
  readonly #dispatcher: Dispatcher;
  readonly #signals = new Signals<JobRecord>((jobs, reason) => this.#abort(jobs, reason));
  /** The names of the module's jobs, once a thread has loaded it. */
  #names: readonly string[] | undefined;
  /** Why nothing is accepted any more. */
  #refusal: (() => MillraceError) | undefined;
  #isClosing = false;
  #isSaturated = false;
  #isLive = false;
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
    this.#backlog = new Backlog(this.#slots, settings.backlog);
    this.#deadlines = new Deadlines(now);
    this.#dispatcher = new Dispatcher(
      this,
      settings.concurrency,
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
    const bytes = this.#check(name, input, options);
    const blocker = this.#backlog.blocker(bytes);
    if (blocker === undefined) return this.#enter(this.#record(name, input, options, bytes));
    const isToWait = this.#overflow(blocker, bytes) === 'wait';
    const job = this.#record(name, input, options, bytes);
    if (isToWait) return this.#wait(job);
    this.#enter(job);
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
    const bytes = this.#check(name, input, options);
    if (this.#backlog.blocker(bytes) === undefined) {
      return this.#enter(this.#record(name, input, options, bytes));
    }
    this.#stats.endings.refused += 1;
    this.#saturate();
    return undefined;
  }

  /** Ends a job that has not ended, wherever it is. */
  cancel(job: JobRecord, reason: unknown): boolean {
    if (job.ending !== undefined) return false;
    this.#cutShort(job, 'cancelled', reason);
    this.refill();
    return true;
  }

  /** A thread is ready. */
  addThread(link: Link): void {
    this.#names = [...link.names.keys()];
    this.#dispatcher.add(link);
    this.refill();
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
    const jobs = [...this.#dispatcher.sent(), ...this.#queued()].toSorted((a, b) => a.id - b.id);
    // What has ended on its thread is as good as done; its answer is on its way.
    const unfinished = jobs
      .filter((job) => !job.posting?.isFinished())
      .map((job) => {
        const { name, input, isStarted: started } = job;
        const transferred = job.posting !== undefined && job.transfer !== undefined;
        this.#cutShort(
          job,
          'rejected',
          withoutStack(() => cutOffError(started)),
        );
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

  stats(threads: { readonly lost: number; readonly recycled: number }): PoolStats {
    const nowMs = this.#now();
    const backlog = this.#backlog;
    const unstarted = this.#dispatcher.unstarted();
    const queued = backlog.queued + unstarted.count;
    const oldest = unstarted.oldest ?? backlog.next;
    return {
      threads: { target: this.#settings.threads, ...this.#dispatcher.threads(), ...threads },
      jobs: {
        submitted: this.#stats.submitted,
        waiting: backlog.waiting,
        queued,
        running: backlog.accepted - queued,
        ...this.#stats.endings,
      },
      backlog: {
        jobs: queued,
        bytes: backlog.bytes,
        waiters: backlog.waiting,
        oldestMs: oldest === undefined ? 0 : nowMs - oldest.acceptedMs,
        limit: { ...backlog.limits },
      },
      waitMs: this.#stats.waitMs(),
      runMs: this.#stats.runMs(),
      utilization: this.#stats.meanBusySlots(nowMs) / this.#slots,
      retryAfterMs: this.#isSaturated ? this.#retryAfterMs() : 0,
    };
  }

  /** For the dispatcher: a job that was sent has ended. */
  settle(job: JobRecord, ending: Ending, value: unknown): void {
    this.#settleOnce(job, ending, value);
  }

  /** For the dispatcher: a job that was sent has not started. */
  putBack(job: JobRecord): void {
    this.#backlog.putBack(job);
    this.#setDeadline(job);
  }

  /** Lets waiters in and sends jobs out, as long as there is room for either. */
  refill(): void {
    // Not entered twice: settling a job in here asks for it again, and the loop below sees to it.
    if (this.#isRefilling) return;
    this.#isRefilling = true;
    try {
      do {
        for (let job = this.#takeWaiter(); job !== undefined; job = this.#takeWaiter()) {
          this.#accept(job, this.#now());
          this.#backlog.queue(job);
        }
      } while (this.#sendNext());
    } finally {
      this.#isRefilling = false;
    }
    this.#afterSettling();
  }

  /** What can be said before anything is allocated. Returns the bytes to charge. */
  #check(name: string, input: unknown, options: SubmitOptions | undefined): number {
    if (typeof name !== 'string') {
      throw new InvalidOptionError(
        'name',
        `The job's name is ${typeof name}, and must be a string.`,
      );
    }
    if (options !== undefined) checkSubmitOptions(options);
    this.#stats.submitted += 1;
    if (this.#refusal !== undefined) throw this.#refuse(this.#refusal);
    const names = this.#names;
    if (names !== undefined && !names.includes(name)) {
      throw this.#refuse(() => new UnknownJobError(name, names));
    }
    if (options?.signal?.aborted) {
      this.#stats.endings.cancelled += 1;
      throw options.signal.reason;
    }
    const bytes = (options?.bytes ?? weigh(input)) + JOB_OVERHEAD_BYTES;
    const limit = this.#settings.backlog.bytes;
    if (bytes > limit) throw this.#refuse(() => new JobTooLargeError(name, bytes, limit));
    return bytes;
  }

  #record(
    name: string,
    input: unknown,
    options: SubmitOptions | undefined,
    bytes: number,
  ): JobRecord {
    const timeout = options?.timeout;
    const transfer = options?.transfer;
    return new JobRecord(
      this,
      this.#stats.submitted,
      name,
      input,
      bytes,
      this.#now(),
      options?.signal,
      typeof timeout === 'number' ? { totalMs: timeout } : timeout,
      transfer === undefined || transfer.length === 0 ? undefined : transfer,
    );
  }

  /** Makes room, says that the submission has to wait, or refuses it. */
  #overflow(blocker: BacklogLimit, bytes: number): 'entered' | 'wait' {
    this.#saturate();
    const { overflow } = this.#settings;
    if (overflow === 'wait') {
      const waitBlocker = this.#backlog.waitBlocker(bytes);
      if (waitBlocker === undefined) return 'wait';
      throw this.#refuse(() => this.#fullError(waitBlocker));
    }
    if (overflow !== 'reject' && this.#drop(bytes)) return 'entered';
    throw this.#refuse(() => this.#fullError(blocker));
  }

  /**
   * Takes unstarted jobs back until the newcomer fits, and only then drops them: where it can't
   * fit, nobody is dropped in vain.
   */
  #drop(bytes: number): boolean {
    const victims: JobRecord[] = [];
    while (this.#backlog.blocker(bytes) !== undefined) {
      const victim =
        this.#settings.overflow === 'drop-oldest' ? this.#takeOldest() : this.#takeNewest();
      if (victim === undefined) {
        for (const spared of victims) {
          this.#backlog.restore(spared);
          this.#setDeadline(spared);
        }
        this.refill();
        return false;
      }
      this.#backlog.release(victim);
      victims.push(victim);
    }
    for (const victim of victims) {
      const { name } = victim;
      const error = withoutStack(() => new JobDroppedError(name, this.#settings.overflow));
      this.#finish(victim, 'dropped', error);
    }
    return true;
  }

  /** The oldest job that no thread has started. What was sent is older than what is queued. */
  #takeOldest(): JobRecord | undefined {
    return this.#dispatcher.takeBackOne('oldest') ?? this.#backlog.take();
  }

  #takeNewest(): JobRecord | undefined {
    const { newest } = this.#backlog;
    if (newest === undefined) return this.#dispatcher.takeBackOne('newest');
    this.#backlog.leave(newest);
    return newest;
  }

  #wait(job: JobRecord): JobRecord {
    this.#backlog.wait(job);
    this.#watch(job);
    this.#updateLiveness();
    return job;
  }

  /** A newcomer for which there is room. */
  #enter(job: JobRecord): JobRecord {
    try {
      takeOver(job);
    } catch (error) {
      // Jobs may have been dropped to make room.
      this.refill();
      throw this.#refuse(() => new NotCloneableError(job.name, 'input', error));
    }
    this.#accept(job, job.submittedMs);
    // Behind nobody and with a slot free it goes at once: bookkeeping before the message is latency.
    const lane = this.#backlog.queued === 0 ? this.#dispatcher.freest() : undefined;
    if (lane === undefined) this.#backlog.queue(job);
    else this.#dispatcher.send(job, lane, job.submittedMs);
    if (job.ending === undefined) this.#watch(job);
    if (this.#backlog.accepted >= this.#backlog.capacity) this.#saturate();
    this.#updateLiveness();
    return job;
  }

  /** The first waiter, if there is room for it now; one whose input can't be taken over is refused. */
  #takeWaiter(): JobRecord | undefined {
    for (
      let job = this.#backlog.takeWaiter();
      job !== undefined;
      job = this.#backlog.takeWaiter()
    ) {
      const waiter = job;
      try {
        takeOver(waiter);
        return waiter;
      } catch (error) {
        this.#finish(
          waiter,
          'refused',
          withoutStack(() => new NotCloneableError(waiter.name, 'input', error)),
        );
      }
    }
    return undefined;
  }

  #accept(job: JobRecord, nowMs: number): void {
    this.#backlog.accept(job);
    job.accepted(nowMs);
    this.#setDeadline(job);
  }

  #sendNext(): boolean {
    if (this.#backlog.next === undefined) return false;
    const lane = this.#dispatcher.freest();
    if (lane === undefined) return false;
    const job = this.#backlog.take() as JobRecord;
    this.#dispatcher.send(job, lane, this.#now());
    this.#setDeadline(job);
    return true;
  }

  /** A signal has aborted: ends all its jobs before any of the places that they leave is given away. */
  #abort(jobs: ReadonlySet<JobRecord>, reason: unknown): void {
    for (const job of jobs) this.#cutShort(job, 'cancelled', reason);
    this.refill();
  }

  /** Ends a job by somebody's wish or by the clock, wherever it is. */
  #cutShort(job: JobRecord, ending: Ending, value: unknown): void {
    if (job.posting !== undefined && !this.#dispatcher.takeBack(job)) this.#dispatcher.abandon(job);
    this.#settleOnce(job, ending, value);
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
    if (job.deadline !== undefined) this.#deadlines.clear(job.deadline);
    if (job.signal !== undefined) this.#signals.remove(job.signal, job);
    this.#stats.endings[ending] += 1;
    job.settle(ending, value);
    // Who submitted it was told if it was never accepted.
    if (FAILURES.has(ending) && job.acceptedMs >= 0 && !job.isWatched) {
      this.#events.failedUnread(job);
    }
  }

  #afterSettling(): void {
    const { accepted, bytes, waiting, capacity, limits } = this.#backlog;
    const isHalfFull =
      accepted <= Math.min(capacity - 1, this.#slots + Math.floor(limits.jobs / 2)) &&
      bytes <= limits.bytes / 2 &&
      waiting === 0;
    if (this.#isSaturated && isHalfFull) {
      this.#isSaturated = false;
      this.#events.available();
    }
    this.#updateLiveness();
    if (this.#isClosing && accepted === 0) this.#events.drained();
  }

  #updateLiveness(): void {
    const isLive = this.#backlog.accepted + this.#backlog.waiting > 0;
    if (isLive === this.#isLive) return;
    this.#isLive = isLive;
    this.#events.live(isLive);
  }

  #saturate(): void {
    if (this.#isSaturated) return;
    this.#isSaturated = true;
    this.#events.saturated();
  }

  #refuse(make: () => MillraceError): MillraceError {
    this.#stats.endings.refused += 1;
    return withoutStack(make);
  }

  #refuseAll(make: () => MillraceError): void {
    this.#refusal = make;
    for (let job = this.#backlog.firstWaiter; job !== undefined; job = this.#backlog.firstWaiter) {
      this.#settleOnce(job, 'refused', withoutStack(make));
    }
  }

  #fullError(limit: BacklogLimit): BacklogFullError {
    const { accepted, bytes, waiting, limits, capacity } = this.#backlog;
    const held = {
      jobs: `${accepted} of ${capacity} jobs accepted`,
      bytes: `${bytes} of ${limits.bytes} bytes accepted`,
      waiters: `${waiting} of ${limits.waiters} waiters`,
    }[limit];
    return new BacklogFullError(limit, held, this.#retryAfterMs());
  }

  /** When the backlog will be half full, the first moment at which `available` can tell. */
  #retryAfterMs(): number {
    const { accepted, waiting, limits } = this.#backlog;
    const excess = accepted + waiting - this.#slots - Math.floor(limits.jobs / 2);
    return this.#stats.retryAfterMs(Math.max(excess, 1), this.#slots);
  }

  #queued(): JobRecord[] {
    const jobs: JobRecord[] = [];
    for (let job = this.#backlog.next; job !== undefined; job = job.next) jobs.push(job);
    return jobs;
  }

  /** From here on the job's signal and its timeouts can end it. */
  #watch(job: JobRecord): void {
    if (job.signal !== undefined) this.#signals.add(job.signal, job);
    if (job.timeouts === undefined) return;
    job.deadline = new Deadline(() => this.#deadlineReached(job));
    this.#setDeadline(job);
  }

  #setDeadline(job: JobRecord): void {
    if (job.deadline === undefined) return;
    const { atMs } = nextTimeout(job, this.#now());
    if (atMs === Infinity) this.#deadlines.clear(job.deadline);
    else this.#deadlines.set(job.deadline, atMs);
  }

  #deadlineReached(job: JobRecord): void {
    const nowMs = this.#now();
    const { atMs, phase } = nextTimeout(job, nowMs);
    // It ended in time; the answer is on its way.
    const isTooLate = atMs <= nowMs && !job.posting?.isFinished();
    if (!isTooLate || phase === undefined) {
      this.#setDeadline(job);
      return;
    }
    const started = job.isStarted;
    const timeoutMs = job.timeouts?.[`${phase}Ms`] as number;
    const error = withoutStack(() => new JobTimeoutError(job.name, phase, timeoutMs, started));
    this.#cutShort(job, 'timedOut', error);
    this.refill();
  }
}

/**
 * When a job's next timeout expires, given what is known of it. `phase` is undefined where the time
 * is only the next moment to look: a sent job's start shows in its claim, and is not announced.
 */
function nextTimeout(
  job: JobRecord,
  nowMs: number,
): { atMs: number; phase: TimeoutPhase | undefined } {
  const { acceptMs, queueMs, runMs, totalMs } = job.timeouts ?? {};
  let atMs = Infinity;
  let phase: TimeoutPhase | undefined;
  const consider = (ms: number | undefined, fromMs: number, which: TimeoutPhase | undefined) => {
    if (ms === undefined || fromMs + ms >= atMs) return;
    atMs = fromMs + ms;
    phase = which;
  };
  consider(totalMs, job.submittedMs, 'total');
  if (job.acceptedMs < 0) consider(acceptMs, job.submittedMs, 'accept');
  else if (job.posting?.isStarted()) consider(runMs, job.posting.startedMs(), 'run');
  else {
    consider(queueMs, job.acceptedMs, 'queue');
    if (job.posting !== undefined) consider(runMs, nowMs, undefined);
  }
  return { atMs, phase };
}

/** Makes the input the pool's own: what is transferred is detached now, a view gets its own memory. */
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
