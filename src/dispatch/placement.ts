/**
 * Which thread a job goes to, and when it is better off on another.
 *
 * A thread always has its next jobs at hand, as far as their expected time is short or they are the
 * only ones ahead. That is safe because a job that waits on a thread can be taken back: when a thread
 * runs dry it takes over what others have not started, and a watch looks every few milliseconds for
 * threads whose current job takes longer than expected.
 *
 * Invariants: nothing is sent to wait behind a job that nobody can tell how long it takes; while jobs
 * wait on a thread, the watch is set.
 */
import { Deadline, type Deadlines } from '../job/deadlines.js';
import type { DispatcherSettings } from './dispatcher.js';
import type { JobRecord } from '../job/job.js';
import type { Lane } from './lane.js';

/** Work that may wait on a thread beside the first job that does, in expected milliseconds. */
const AHEAD_MS = 8;
/** Work that is not worth another thread's waking up for, in expected milliseconds. */
const RELIEF_MS = 0.1;
/** How often the watch looks, and how long any job may take before it can count as overdue. */
const WATCH_MS = 4;
/** How often it looks where the jobs in question are known to take long. */
const SLOW_WATCH_MS = 25;

/** What the balance asks of the dispatcher. */
export interface BalanceOwner {
  /** Takes the answers that a thread has ready. */
  collect(lane: Lane): void;
  /** Puts all that a thread has not started back into the backlog. */
  recall(lane: Lane): void;
  hasQueued(): boolean;
  refill(): void;
}

export class Balance {
  readonly #lanes: readonly Lane[];
  readonly #concurrency: number;
  readonly #coalesce: boolean;
  readonly #deadlines: Deadlines;
  readonly #now: () => number;
  readonly #owner: BalanceOwner;
  readonly #watch = new Deadline(() => this.#look());
  /** The thread that a job was sent to last. */
  #latest: Lane | undefined;

  constructor(
    lanes: readonly Lane[],
    { concurrency, coalesce }: DispatcherSettings,
    deadlines: Deadlines,
    now: () => number,
    owner: BalanceOwner,
  ) {
    this.#lanes = lanes;
    this.#concurrency = concurrency;
    this.#coalesce = coalesce;
    this.#deadlines = deadlines;
    this.#now = now;
    this.#owner = owner;
  }

  /**
   * An idle thread, else the one with the most free slots, else the one with the least work ahead. A job
   * that takes memory along goes to an idle one only if that is still awake, else see `#nextBest`.
   */
  laneFor(job: JobRecord): Lane | undefined {
    // By its index: an iterator costs more where nothing is compiled yet.
    for (let index = 0; index < this.#lanes.length; index += 1) {
      const lane = this.#lanes[index] as Lane;
      if (lane.occupied > 0 || !lane.isOpen) continue;
      if (job.transfer === undefined || lane.rings.isHostAwake) return lane;
    }
    return this.#nextBest(job);
  }

  /**
   * Where no thread is idle. For a job that takes memory along there may be, but asleep: then not the one that
   * had the last job, as that is just falling asleep, and it takes half as long again to wake it (docs/design.md).
   */
  #nextBest(job: JobRecord): Lane | undefined {
    const concurrency = this.#concurrency;
    const mayWait = this.#coalesce && job.transfer === undefined && job.function.isEstimable;
    let best: Lane | undefined;
    for (const lane of this.#lanes) {
      if (!lane.isOpen) continue;
      if (lane.occupied === 0) {
        if (best === undefined || best.occupied > 0 || best === this.#latest) best = lane;
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

  /** A job was sent to a thread. */
  sent(lane: Lane): void {
    this.#latest = lane;
    if (lane.occupied > 1 && !this.#watch.isSet) this.#setWatch(WATCH_MS);
  }

  /**
   * Shares what waits on the busiest thread out anew, if there is an idle one and nothing queued for it.
   * To be called when those who await results have had their turn: they may submit more.
   */
  relieve(): void {
    if (this.#owner.hasQueued()) return;
    let isIdle = false;
    let busiest: Lane | undefined;
    for (const lane of this.#lanes) {
      if (lane.isStopping) continue;
      if (lane.occupied === 0) isIdle = true;
      else if (lane.workMs >= RELIEF_MS && hasWaiting(lane)) {
        if (busiest === undefined || lane.workMs > busiest.workMs) busiest = lane;
      }
    }
    if (!isIdle || busiest === undefined) return;
    this.#owner.recall(busiest);
    this.#owner.refill();
  }

  /** The watch: takes answers that lie behind a long job, and takes back what waits behind one. */
  #look(): void {
    const nowMs = this.#now();
    let nextMs = SLOW_WATCH_MS;
    for (const lane of this.#lanes.slice()) {
      if (!hasWaiting(lane)) continue;
      this.#owner.collect(lane);
      const overdueMs = overdueInMs(lane, nowMs);
      nextMs = Math.min(nextMs, Math.max(overdueMs, WATCH_MS));
      if (overdueMs > 0) continue;
      lane.isHeldUp = true;
      this.#owner.recall(lane);
    }
    this.#owner.refill();
    this.relieve();
    if (!this.#watch.isSet && this.#lanes.some(hasWaiting)) this.#setWatch(nextMs);
  }

  #setWatch(inMs: number): void {
    this.#deadlines.set(this.#watch, this.#now() + inMs);
  }
}

/** Whether jobs wait on the thread for others there to end, or have ended and nobody knows yet. */
function hasWaiting(lane: Lane): boolean {
  return lane.occupied > 1 && !lane.rings.areEmpty;
}

/** Whether a job of so much expected work may wait on a thread whose slots are taken. */
function hasRoom(lane: Lane, concurrency: number, meanMs: number): boolean {
  if (lane.unforeseeable > 0 || lane.isHeldUp) return false;
  return lane.occupied === concurrency || lane.workMs + meanMs <= AHEAD_MS;
}

/** When the job that a thread has begun last takes longer than its function does; soon if none runs. */
function overdueInMs(lane: Lane, nowMs: number): number {
  const cell = lane.rings.latest;
  const job = cell < 0 ? undefined : lane.jobs[cell];
  if (job === undefined || !lane.isStarted(cell) || lane.isFinished(cell)) return WATCH_MS;
  return lane.startedMs(cell) + Math.max(WATCH_MS, job.function.longMs) - nowMs;
}
