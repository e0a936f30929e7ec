/**
 * Whether the process has to stay for the pool: while there are live jobs or waiters, and for a moment
 * longer. To hold it and to let it go again for each job that comes alone would cost that job more than
 * its promise and its record do (docs/design.md).
 *
 * Invariants: told at edges only; while there is a job or a waiter the process is held; without any it is
 * let go within two tenths of a second.
 */
import type { Backlog } from './backlog.js';
import { Deadline, type Deadlines } from '../job/deadlines.js';
import type { JobRecord } from '../job/job.js';

/** How often it is asked whether the process may go. */
const LEASE_MS = 100;

export class Liveness {
  readonly #backlog: Backlog<JobRecord>;
  readonly #deadlines: Deadlines;
  readonly #now: () => number;
  readonly #tell: (isLive: boolean) => void;
  readonly #lapse = new Deadline(() => this.#look());
  #isLive = false;
  /** Whether a job has come since it was last asked. */
  #wasUsed = false;

  /** @param tell - Called in the middle of things: it must not call back. */
  constructor(
    backlog: Backlog<JobRecord>,
    deadlines: Deadlines,
    now: () => number,
    tell: (isLive: boolean) => void,
  ) {
    this.#backlog = backlog;
    this.#deadlines = deadlines;
    this.#now = now;
    this.#tell = tell;
  }

  /** A job was accepted or has begun to wait. */
  used(): void {
    this.#wasUsed = true;
    if (this.#isLive) return;
    this.#isLive = true;
    this.#tell(true);
    this.#renew();
  }

  #look(): void {
    const { accepted, waiting } = this.#backlog;
    if (this.#wasUsed || accepted + waiting > 0) {
      this.#wasUsed = false;
      this.#renew();
      return;
    }
    this.#isLive = false;
    this.#tell(false);
  }

  #renew(): void {
    this.#deadlines.set(this.#lapse, this.#now() + LEASE_MS);
  }
}
