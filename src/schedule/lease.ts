/**
 * Keeps the process alive while jobs or waiters are pending, plus a short lease. Holding and releasing
 * the process for each job that comes alone would cost that job more than its promise and its record do
 * (docs/design.md).
 *
 * Invariants: changes are reported at edges only; while there is a job or a waiter the process is held;
 * without any it is released within two tenths of a second.
 */
import { Deadline, type Deadlines, nextBeatMs } from '../job/deadlines.js';
import type { JobRecord } from '../job/job.js';
import type { Backlog } from './backlog.js';

export class Lease {
  readonly #backlog: Backlog<JobRecord>;
  readonly #deadlines: Deadlines;
  readonly #now: () => number;
  readonly #onChange: (isHeld: boolean) => void;
  readonly #lapse = new Deadline(() => this.#check());
  #isHeld = false;
  /** Whether a job has come since the last check. */
  #wasTouched = false;

  /** @param onChange - Called in the middle of things: it must not call back. */
  constructor(
    backlog: Backlog<JobRecord>,
    deadlines: Deadlines,
    now: () => number,
    onChange: (isHeld: boolean) => void,
  ) {
    this.#backlog = backlog;
    this.#deadlines = deadlines;
    this.#now = now;
    this.#onChange = onChange;
  }

  /** Takes the lease, or renews it: a job was accepted or has begun to wait. */
  touch(): void {
    this.#wasTouched = true;
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#onChange(true);
    this.#renew();
  }

  #check(): void {
    const { accepted, waiting } = this.#backlog;
    if (this.#wasTouched || accepted + waiting > 0) {
      this.#wasTouched = false;
      this.#renew();
      return;
    }
    this.#isHeld = false;
    this.#onChange(false);
  }

  #renew(): void {
    this.#deadlines.set(this.#lapse, nextBeatMs(this.#now()));
  }
}
