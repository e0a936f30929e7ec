/**
 * Ends jobs: frees the place, the bytes and everything that watched the job, and settles its promise.
 *
 * Invariant: a job is settled once, and from then on is in no list and holds no bytes, no listener and no
 * deadline.
 */
import type { Ending, JobRecord, Settler } from '../job/job.js';
import type { Signals } from '../job/signals.js';
import type { Stats } from '../job/stats.js';
import type { Backlog } from './backlog.js';
import type { Timeouts } from './timeouts.js';

/** The endings that a caller did not ask for. */
const FAILURES: ReadonlySet<Ending> = new Set(['rejected', 'timedOut', 'dropped']);

export class Settling implements Settler {
  readonly #backlog: Backlog<JobRecord>;
  readonly #timeouts: Timeouts;
  readonly #signals: Signals<JobRecord>;
  readonly #stats: Stats;
  readonly #onFailedUnread: (job: JobRecord) => void;
  /** Set while jobs are told that the pool closes: gives the error with which one that fails is rejected. */
  onRejected: ((job: JobRecord, error: unknown) => unknown) | undefined = undefined;

  /**
   * @param onFailedUnread - Called when a job failed and nobody has read its result. It is called in the
   *   middle of things and must not call back.
   */
  constructor(
    backlog: Backlog<JobRecord>,
    timeouts: Timeouts,
    signals: Signals<JobRecord>,
    stats: Stats,
    onFailedUnread: (job: JobRecord) => void,
  ) {
    this.#backlog = backlog;
    this.#timeouts = timeouts;
    this.#signals = signals;
    this.#stats = stats;
    this.#onFailedUnread = onFailedUnread;
  }

  settle(job: JobRecord, ending: Ending, value: unknown): void {
    if (job.ending !== undefined) return;
    this.#backlog.leave(job);
    if (job.acceptedMs >= 0) this.#backlog.release(job);
    const { onRejected } = this;
    if (onRejected === undefined || ending !== 'rejected') return this.finish(job, ending, value);
    this.finish(job, ending, onRejected(job, value));
  }

  putBack(job: JobRecord): void {
    this.#backlog.putBack(job);
    this.#timeouts.reschedule(job);
  }

  /** Does the part of settling that has nothing to do with the backlog. */
  finish(job: JobRecord, ending: Ending, value: unknown): void {
    this.#timeouts.remove(job);
    if (job.signal !== undefined) this.#signals.remove(job.signal, job);
    this.#stats.endings[ending] += 1;
    // The error of a job that was never accepted has gone to whoever submitted it.
    const isUnread = FAILURES.has(ending) && job.acceptedMs >= 0 && !job.isFollowed;
    job.settle(ending, value);
    if (isUnread) this.#onFailedUnread(job);
  }
}
