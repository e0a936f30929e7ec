/**
 * What the fill of the backlog means to the world outside: is it full, may producers go on, must the
 * process stay alive.
 *
 * Invariants: told at edges only, `saturated` and `available` in turn; `available` comes at half
 * full, with nobody waiting, so that producers don't flap around a single free place.
 */
import type { Backlog } from './backlog.js';
import type { JobRecord } from './job.js';

/** Who is told. Called in the middle of things: it must not call back. */
export interface PressureEvents {
  saturated(): void;
  available(): void;
  /** Whether there are live jobs or waiters, for which the process must stay. */
  live(isLive: boolean): void;
}

export class Pressure {
  readonly #backlog: Backlog<JobRecord>;
  readonly #events: PressureEvents;
  readonly #lowJobs: number;
  readonly #lowBytes: number;
  #isSaturated = false;
  #isLive = false;

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

  /** A submission found no room. */
  overflowed(): void {
    if (this.#isSaturated) return;
    this.#isSaturated = true;
    this.#events.saturated();
  }

  /** A job was accepted or has begun to wait. */
  rose(): void {
    if (this.#backlog.accepted >= this.#backlog.capacity) this.overflowed();
    if (this.#isLive) return;
    this.#isLive = true;
    this.#events.live(true);
  }

  /** Jobs may have left. */
  fell(): void {
    const { accepted, bytes, waiting } = this.#backlog;
    if (
      this.#isSaturated &&
      accepted <= this.#lowJobs &&
      bytes <= this.#lowBytes &&
      waiting === 0
    ) {
      this.#isSaturated = false;
      this.#events.available();
    }
    if (!this.#isLive || accepted + waiting > 0) return;
    this.#isLive = false;
    this.#events.live(false);
  }
}
