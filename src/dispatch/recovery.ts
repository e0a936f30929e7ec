/**
 * Takes jobs back from a thread that they can't stay on: what has not started returns to the backlog, what has is
 * rejected.
 *
 * Invariants: what was sent and not started survives its thread, unless its input is gone or deadly; what was started
 * is rejected, once.
 */
import { ThreadLostError, withoutStack } from '../api/errors.js';
import type { JobRecord, Settler } from '../job/job.js';
import { Held } from '../wire/values.js';
import type { Lane, Loss } from './lane.js';

/** Give up on a job after this many threads died just before starting it. */
const MAX_THREADS_LOST = 3;

export class Recovery {
  readonly #settler: Settler;

  constructor(settler: Settler) {
    this.#settler = settler;
  }

  /** Takes back all that a thread has not started. What was transferred stays: it can't be sent again. */
  recall(lane: Lane): void {
    this.#recall(lane, () => true);
  }

  /** The same for the jobs whose inputs lie in their cells: reading a large one may be what keeps the thread. */
  recallSmall(lane: Lane): void {
    this.#recall(lane, (job) => lane.rings.forms[job.cell] !== Held.none);
  }

  #recall(lane: Lane, which: (job: JobRecord) => boolean): void {
    // The newest first: each goes back to the very front.
    for (const job of [...lane.unstarted()].toReversed()) {
      if (job.transfer !== undefined || !which(job)) continue;
      if (lane.takeBack(job)) this.#giveBack(job, undefined);
    }
  }

  /** A thread ended, or had to be ended, when a job was the next that it had to start: reading it may be deadly. */
  blame(next: JobRecord | undefined): void {
    if (next !== undefined) next.threadsLost += 1;
  }

  /**
   * Takes every job off a thread that starts no more: it is gone, about to be ended by force, or had an exception that
   * nobody has caught. Unless it is gone, an answer that is under way still arrives.
   */
  takeAll(lane: Lane, { cause, isDeliberate }: Loss, isGone: boolean): void {
    const jobs = lane.unsettled().filter((job) => isGone || !job.isFinished);
    const [next] = jobs;
    // It ended on its own with nothing running: reading the next input may have been too much for it.
    if (!isDeliberate && !jobs.some((job) => job.isStarted)) this.blame(next);
    for (const job of jobs.toReversed()) {
      // The claim decides; the thread may still be running.
      const wasStarted = !lane.takeBack(job);
      job.carrier = undefined;
      if (wasStarted) this.#settler.settle(job, 'rejected', lostError(job, true, cause));
      else this.#giveBack(job, cause);
    }
  }

  /** Returns a sent job that never started to the backlog, unless its input is gone or deadly. */
  #giveBack(job: JobRecord, cause: unknown): void {
    const canGoOn = job.transfer === undefined && job.threadsLost < MAX_THREADS_LOST;
    if (canGoOn) this.#settler.putBack(job);
    else this.#settler.settle(job, 'rejected', lostError(job, false, cause));
  }
}

function lostError(job: JobRecord, started: boolean, cause: unknown): ThreadLostError {
  return withoutStack(() => new ThreadLostError(job.name, started, cause));
}
