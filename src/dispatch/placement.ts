/**
 * Decides which thread a job goes to, and which thread has more than its share.
 *
 * A thread always has its next jobs at hand, as long as their expected time is short or a job is the only
 * one that waits there. That is safe because what waits on a thread can be taken back (`dispatcher.ts`).
 *
 * Invariants: decides only, and changes no thread and no job; no job queues behind one whose duration cannot
 * be estimated, nor behind one that takes much longer than expected.
 */
import type { JobRecord } from '../job/job.js';
import type { DispatchSettings, Lane } from './lane.js';

/** Work that may wait on a thread beside the first job that does, in expected milliseconds. */
const AHEAD_MS = 8;
/** Work that is worth waking another thread for, in expected milliseconds. */
const RELIEF_MS = 0.1;

export class Placement {
  readonly #lanes: readonly Lane[];
  readonly #concurrency: number;
  readonly #coalesce: boolean;
  /** The thread that a job was sent to last. */
  latest: Lane | undefined = undefined;

  /** @param lanes - The ready threads; the caller keeps the list up to date. */
  constructor(lanes: readonly Lane[], { concurrency, coalesce }: DispatchSettings) {
    this.#lanes = lanes;
    this.#concurrency = concurrency;
    this.#coalesce = coalesce;
  }

  /**
   * The thread that a job goes to now, or undefined if none has room for it: an idle thread, else the one with
   * the most free slots, else the one with the least work ahead. A job that takes memory along goes to an
   * idle one only if that is still awake, else see `#nextBest`.
   */
  laneFor(job: JobRecord): Lane | undefined {
    // By its index: an iterator costs more before this is compiled.
    for (let index = 0; index < this.#lanes.length; index += 1) {
      const lane = this.#lanes[index] as Lane;
      if (lane.occupied > 0 || !lane.isOpen) continue;
      if (job.transfer === undefined || lane.rings.isHostAwake) return lane;
    }
    return this.#nextBest(job);
  }

  /**
   * The choice if no thread is idle and awake. For a job that takes memory along a sleeping one may be idle: then
   * not the one that had the last job, as that is just falling asleep, and waking it takes half as long again
   * (docs/design.md).
   */
  #nextBest(job: JobRecord): Lane | undefined {
    const concurrency = this.#concurrency;
    const mayWait = this.#coalesce && job.transfer === undefined && job.function.isEstimable;
    let best: Lane | undefined;
    for (const lane of this.#lanes) {
      if (!lane.isOpen) continue;
      if (lane.occupied === 0) {
        if (best === undefined || best.occupied > 0 || best === this.latest) best = lane;
      } else if (lane.occupied < concurrency) {
        if (
          best === undefined ||
          (best.isHeldUp && !lane.isHeldUp) ||
          (best.isHeldUp === lane.isHeldUp && lane.occupied < best.occupied)
        ) {
          best = lane;
        }
      } else if (mayWait && (best === undefined || best.occupied >= concurrency)) {
        if (!hasRoom(lane, concurrency, job.function.meanMs)) continue;
        if (best === undefined || lane.workMs < best.workMs) best = lane;
      }
    }
    return best;
  }

  /** The busiest thread whose waiting jobs are worth sharing out, if another thread is idle; else undefined. */
  overloaded(): Lane | undefined {
    let isIdle = false;
    let busiest: Lane | undefined;
    for (const lane of this.#lanes) {
      if (lane.isShut) continue;
      if (lane.occupied === 0) isIdle = true;
      else if (lane.workMs >= RELIEF_MS && lane.hasWaiting) {
        if (busiest === undefined || lane.workMs > busiest.workMs) busiest = lane;
      }
    }
    return isIdle ? busiest : undefined;
  }
}

/** Whether a job with this much expected work may wait on a thread whose slots are taken. */
function hasRoom(lane: Lane, concurrency: number, meanMs: number): boolean {
  if (lane.unforeseeable > 0 || lane.isHeldUp) return false;
  return lane.occupied === concurrency || lane.workMs + meanMs <= AHEAD_MS;
}
