/**
 * Ends jobs, wherever they are: when their answer comes, by a signal, a timeout, a cancellation.
 *
 * Invariants: a job is settled once, and from then on is in no list, holds no bytes, no listener and no
 * deadline; `started` in its error is what its claim says and nothing else. Whoever ends jobs by
 * himself gives their places away afterwards: all jobs of one signal end before any of their places
 * goes to a waiter.
 */
import type { Backlog } from './backlog.js';
import type { Deadlines } from '../job/deadlines.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import { JobTimeoutError, type TimeoutPhase, withoutStack } from '../api/errors.js';
import type { Ending, JobOwner, JobRecord } from '../job/job.js';
import { Signals } from '../job/signals.js';
import type { Stats } from '../job/stats.js';
import { Timeouts } from './timeouts.js';

/** What it asks of its owner. */
export interface SettlingOwner {
  /** Places are free. */
  refill(): void;
  /** A job failed whose result nobody has read. Called in the middle of things: it must not call back. */
  failedUnread(job: JobRecord): void;
}

/** The endings that a caller did not ask for. */
const FAILURES: ReadonlySet<Ending> = new Set(['rejected', 'timedOut', 'dropped']);

export class Settling implements JobOwner {
  readonly #owner: SettlingOwner;
  readonly #backlog: Backlog<JobRecord>;
  readonly #dispatcher: Dispatcher;
  readonly #stats: Stats;
  readonly #timeouts: Timeouts;
  readonly #signals = new Signals<JobRecord>((jobs, reason) => this.#abort(jobs, reason));

  constructor(
    owner: SettlingOwner,
    backlog: Backlog<JobRecord>,
    dispatcher: Dispatcher,
    stats: Stats,
    deadlines: Deadlines,
    now: () => number,
  ) {
    this.#owner = owner;
    this.#backlog = backlog;
    this.#dispatcher = dispatcher;
    this.#stats = stats;
    this.#timeouts = new Timeouts(deadlines, now, (job, phase, timeoutMs) =>
      this.#expire(job, phase, timeoutMs),
    );
  }

  /** From here on the job's signal and its timeouts can end it. */
  watch(job: JobRecord): void {
    if (job.timeouts !== undefined) this.#timeouts.add(job);
    if (job.signal !== undefined) this.#listen(job, job.signal);
  }

  #listen(job: JobRecord, signal: AbortSignal): void {
    this.#signals.add(signal, job);
    // A getter of the input may have aborted it since the check.
    if (signal.aborted) this.cancel(job, signal.reason);
  }

  /** The job has moved on: another of its timeouts counts. */
  moved(job: JobRecord): void {
    this.#timeouts.move(job);
  }

  /** Ends a job that has not ended, wherever it is. */
  cancel(job: JobRecord, reason: unknown): boolean {
    if (job.ending !== undefined) return false;
    this.withdraw(job);
    this.settle(job, 'cancelled', reason);
    this.#owner.refill();
    return true;
  }

  /**
   * Takes a job off its thread, because it is about to be settled.
   *
   * @returns Whether the thread had started it. Only the claim knows: a look before it may be late.
   */
  withdraw(job: JobRecord): boolean {
    if (job.carrier === undefined || this.#dispatcher.takeBack(job)) return false;
    this.#dispatcher.abandon(job);
    return true;
  }

  /** Ends a job: its place, its bytes and all that watched it are free, and its promise settles. */
  settle(job: JobRecord, ending: Ending, value: unknown): void {
    if (job.ending !== undefined) return;
    this.#backlog.leave(job);
    if (job.acceptedMs >= 0) this.#backlog.release(job);
    this.finish(job, ending, value);
  }

  /** The part of settling that has nothing to do with the backlog. */
  finish(job: JobRecord, ending: Ending, value: unknown): void {
    this.#timeouts.remove(job);
    if (job.signal !== undefined) this.#signals.remove(job.signal, job);
    this.#stats.endings[ending] += 1;
    job.settle(ending, value);
    // Who submitted it was told if it was never accepted.
    if (FAILURES.has(ending) && job.acceptedMs >= 0 && !job.isWatched) {
      this.#owner.failedUnread(job);
    }
  }

  /** A signal has aborted. */
  #abort(jobs: ReadonlySet<JobRecord>, reason: unknown): void {
    for (const job of jobs) {
      this.withdraw(job);
      this.settle(job, 'cancelled', reason);
    }
    this.#owner.refill();
  }

  /** A timeout has passed. What a thread has started meanwhile has no time in the queue to exceed. */
  #expire(job: JobRecord, phase: TimeoutPhase, timeoutMs: number): void {
    if (phase === 'queue' && job.carrier !== undefined && !this.#dispatcher.takeBack(job)) {
      this.#timeouts.move(job);
      return;
    }
    const started = this.withdraw(job);
    const error = withoutStack(() => new JobTimeoutError(job.name, phase, timeoutMs, started));
    this.settle(job, 'timedOut', error);
    this.#owner.refill();
  }
}
