/**
 * The jobs of one owner (a map, a group) whose functions run on though the jobs were settled, and the wait for their end.
 *
 * Invariant: a job counts from its ending until its function has ended or its thread is gone.
 */
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { JobRecord } from '../job/job.js';

export class StillRunning {
  readonly #dispatcher: Dispatcher;
  #count = 0;
  #waiting: Array<() => void> = [];

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  /** Takes note of a job that was settled just now. */
  add(job: JobRecord): void {
    if (!this.#dispatcher.isSurvivor(job)) return;
    this.#count += 1;
    this.#dispatcher.onceEnded(job, () => this.#ended());
  }

  /** Fulfils when none of them runs. */
  async none(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #ended(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
