/**
 * Tells producers when the backlog is full, and when they may go on.
 *
 * Invariants: reported at edges only, `saturated` and `available` in turn; `available` comes at half
 * full with nobody waiting, so that producers don't flap around a single free place.
 */
import type { JobRecord } from '../job/job.js';
import type { Backlog } from './backlog.js';

/** Receives the edges. Called in the middle of things: it must not call back. */
export interface PressureEvents {
  saturated(): void;
  available(): void;
}

export class Pressure {
  readonly #backlog: Backlog<JobRecord>;
  readonly #events: PressureEvents;
  readonly #lowJobs: number;
  readonly #lowBytes: number;
  #isSaturated = false;

  constructor(backlog: Backlog<JobRecord>, slots: number, events: PressureEvents) {
    const { capacity, limits } = backlog;
    this.#backlog = backlog;
    this.#events = events;
    this.#lowJobs = Math.min(capacity - 1, slots + Math.floor(limits.jobs / 2));
    this.#lowBytes = limits.bytes / 2;
  }

  get isSaturated(): boolean {
    return this.#isSaturated;
  }

  /** Handles a submission that found no room. */
  onOverflow(): void {
    if (this.#isSaturated) return;
    this.#isSaturated = true;
    this.#events.saturated();
  }

  /** Handles a job that was accepted or has begun to wait. */
  onRise(): void {
    if (this.#backlog.accepted >= this.#backlog.capacity) this.onOverflow();
  }

  /** Handles jobs that may have left. */
  onFall(): void {
    if (!this.#isSaturated) return;
    const { accepted, bytes, waiting } = this.#backlog;
    if (accepted > this.#lowJobs || bytes > this.#lowBytes || waiting > 0) return;
    this.#isSaturated = false;
    this.#events.available();
  }
}
