/**
 * Ends jobs before their answer comes: when they are cancelled, when their signal aborts, when a timeout
 * expires.
 *
 * Invariants: `started` in a job's error is what its claim says and nothing else; all jobs of one signal end
 * before any of their places goes to a waiter, which may have been given the same signal.
 */
import { JobTimeoutError, type TimeoutPhase, withoutStack } from '../api/errors.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { JobRecord } from '../job/job.js';
import type { Signals } from '../job/signals.js';
import { Told } from '../wire/job-words.js';
import type { Settling } from './settling.js';
import type { Timeouts } from './timeouts.js';

export class Cancellation {
  readonly #settling: Settling;
  readonly #dispatcher: Dispatcher;
  readonly #timeouts: Timeouts;
  readonly #signals: Signals<JobRecord>;
  readonly #onRoom: () => void;

  /** @param onRoom - Called when jobs have ended and their places are free. */
  constructor(
    settling: Settling,
    dispatcher: Dispatcher,
    timeouts: Timeouts,
    signals: Signals<JobRecord>,
    onRoom: () => void,
  ) {
    this.#settling = settling;
    this.#dispatcher = dispatcher;
    this.#timeouts = timeouts;
    this.#signals = signals;
    this.#onRoom = onRoom;
  }

  /** Lets the job's signal and its timeouts end it from now on, until it is settled. */
  watch(job: JobRecord): void {
    if (job.terms !== undefined) this.#timeouts.add(job);
    if (job.signal !== undefined) this.#listen(job, job.signal);
  }

  #listen(job: JobRecord, signal: AbortSignal): void {
    this.#signals.add(signal, job);
    // A getter of the input may have aborted it since the check.
    if (signal.aborted) this.cancel(job, signal.reason);
  }

  /** Ends a job that has not ended, wherever it is. Returns whether this call ended it. */
  cancel(job: JobRecord, reason: unknown): boolean {
    if (job.ending !== undefined) return false;
    this.#end(job, reason);
    this.#onRoom();
    return true;
  }

  /** Ends the jobs of a signal that has aborted. */
  abort(jobs: ReadonlySet<JobRecord>, reason: unknown): void {
    for (const job of jobs) this.#end(job, reason);
    this.#onRoom();
  }

  /**
   * Ends a job whose timeout has expired, unless its function has ended: then its result is taken. A queue timeout does
   * not end a job that a thread has started meanwhile.
   */
  expire(job: JobRecord, phase: TimeoutPhase, timeoutMs: number): void {
    if (this.#wasFinished(job) || (phase === 'queue' && !this.#isTakenBack(job))) {
      this.#timeouts.reschedule(job);
      return;
    }
    const started = this.#dispatcher.withdraw(job, Told.timedOut);
    const error = withoutStack(() => new JobTimeoutError(job.name, phase, timeoutMs, started));
    this.#settling.settle(job, 'timedOut', error);
    this.#onRoom();
  }

  /**
   * Whether the job's function has ended. Its thread may never get to announce it: what the job left behind may hold
   * that up. A result that is not in its cell is under way.
   */
  #wasFinished(job: JobRecord): boolean {
    if (!job.isFinished) return false;
    this.#dispatcher.collect();
    this.#onRoom();
    return true;
  }

  #isTakenBack(job: JobRecord): boolean {
    return job.carrier === undefined || job.carrier.takeBack(job);
  }

  #end(job: JobRecord, reason: unknown): void {
    this.#dispatcher.withdraw(job, Told.cancelled);
    this.#settling.settle(job, 'cancelled', reason);
  }
}
