/**
 * The jobs of one owner (a map, a group) whose functions run on though the jobs were settled, and the wait for their
 * end.
 *
 * Invariants: a job counts from its ending until its function has ended or its thread is gone; the process stays alive
 * while somebody waits for that, though no job is outstanding any more.
 */
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { JobRecord } from '../job/job.js';

export class StillRunning {
  readonly #dispatcher: Dispatcher;
  readonly #live: (isLive: boolean) => void;
  #count = 0;
  #waiting: Array<() => void> = [];

  /** @param live - Holds the process, or lets it go. */
  constructor(dispatcher: Dispatcher, live: (isLive: boolean) => void) {
    this.#dispatcher = dispatcher;
    this.#live = live;
  }

  /** Takes note of a job that was settled just now. */
  add(job: JobRecord): void {
    if (!this.#dispatcher.isSurvivor(job)) return;
    this.#count += 1;
    this.#dispatcher.onceEnded(job, () => this.#ended());
  }

  /** Fulfils when none of them runs. */
  async none(): Promise<void> {
    if (this.#count === 0) return;
    this.#live(true);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#live(false);
  }

  #ended(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
