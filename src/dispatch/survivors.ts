/**
 * The jobs that were settled while their functions run, as far as somebody waits for these to end.
 *
 * Invariant: whoever waits is told once: when the function has ended, when its thread is gone, or when the pool waits
 * for no thread any more.
 */
import type { JobRecord } from '../job/job.js';

export class Survivors {
  readonly #waiting = new Map<JobRecord, Array<() => void>>();

  /** Calls back when nothing of the job runs any more. The caller has seen that something does. */
  add(job: JobRecord, onEnded: () => void): void {
    const waiting = this.#waiting.get(job);
    if (waiting === undefined) this.#waiting.set(job, [onEnded]);
    else waiting.push(onEnded);
  }

  /** Nothing of this job runs any more. */
  ended(job: JobRecord): void {
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting.get(job);
    if (waiting === undefined) return;
    this.#waiting.delete(job);
    for (const onEnded of waiting) onEnded();
  }

  /** Nobody waits any more for what runs on. */
  stop(): void {
    for (const job of this.#waiting.keys()) this.ended(job);
  }
}
