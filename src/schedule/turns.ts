/**
 * Shares what room the pool has left among those that feed it from a source of their own (`pool.map`), in turns.
 *
 * Feeders leave room for others: they go on only while the backlog is less than half full and nobody waits. One that
 * has nothing in flight waits as a submission does: it takes any place that is free, and no later waiter goes before
 * it.
 *
 * Invariants: a feeder holds no place while it waits, and keeps nobody out; turns are taken outside of any call, but
 * for an item that was pulled already; after `close` nobody gets a turn.
 */
import type { MillraceError } from '../api/errors.js';
import { inMicrotask } from '../api/timers.js';
import type { JobRecord } from '../job/job.js';
import { List, type Listed } from '../job/list.js';
import { JOB_OVERHEAD_BYTES } from '../wire/payload.js';
import type { Backlog } from './backlog.js';

/** Someone who feeds the pool. */
export interface Feeder extends Listed<Feeder> {
  /** How many jobs had been submitted when it was left with nothing in flight; infinite while something is. */
  readonly idleSince: number;
  /** Charged bytes of the item that was pulled and not submitted yet; undefined if its next step is to pull. */
  readonly keptBytes: number | undefined;
  /** Pulls or submits one item; it asks for the next turn itself. */
  takeTurn(): void;
  /** The pool takes no more jobs. Called in the middle of things: it must not call back. */
  onClosed(error: MillraceError): void;
}

export class Turns {
  readonly #backlog: Backlog<JobRecord>;
  readonly #highJobs: number;
  readonly #highBytes: number;
  /** Those who want a turn, the next one first. */
  readonly #wanting = new List<Feeder>();
  /** Those who want none now, as they wait for their sources. */
  readonly #pulling = new Set<Feeder>();
  #closedBy: (() => MillraceError) | undefined;
  #isScheduled = false;

  constructor(backlog: Backlog<JobRecord>, slots: number) {
    this.#backlog = backlog;
    this.#highJobs = slots + Math.floor(backlog.limits.jobs / 2);
    this.#highBytes = backlog.limits.bytes / 2;
  }

  /** Whether anybody wants a turn. */
  get areWanted(): boolean {
    return this.#wanting.length > 0;
  }

  /** Asks for a turn, in a microtask at the earliest. Ignored if the feeder has asked before. */
  want(feeder: Feeder): void {
    if (this.#closedBy !== undefined) return feeder.onClosed(this.#closedBy());
    if (feeder.list === undefined) this.#wanting.push(feeder);
    this.onRoom();
  }

  /** Wants no turn any more. */
  leave(feeder: Feeder): void {
    if (feeder.list !== undefined) this.#wanting.remove(feeder);
    this.#pulling.delete(feeder);
  }

  /** Has to be told if the pool closes meanwhile. */
  startPull(feeder: Feeder): void {
    this.#pulling.add(feeder);
  }

  endPull(feeder: Feeder): void {
    this.#pulling.delete(feeder);
  }

  /** Whether an item that has just been pulled can be submitted now. */
  mayGo(feeder: Feeder, bytes: number): boolean {
    if (!this.#backlog.hasPlace(bytes)) return false;
    return this.#hasSlack || this.#isBefore(feeder, this.#backlog.firstWaiter?.id ?? Infinity);
  }

  /** Lets those submit what they have pulled who wait longer than the first waiter; that is asked next. */
  admitBefore(waiterId: number): void {
    for (let feeder = this.#wanting.first; feeder !== undefined;) {
      const { next, keptBytes } = feeder;
      if (
        keptBytes !== undefined &&
        this.#isBefore(feeder, waiterId) &&
        this.#backlog.hasPlace(keptBytes)
      ) {
        this.#wanting.remove(feeder);
        feeder.takeTurn();
      }
      feeder = next;
    }
  }

  /** There may be room: whoever wants a turn gets it in a microtask. */
  onRoom(): void {
    if (this.#isScheduled || this.#wanting.length === 0) return;
    this.#isScheduled = true;
    inMicrotask(this.#giveTurns);
  }

  /** Gives no turn from now on. */
  close(reason: () => MillraceError): void {
    this.#closedBy = reason;
    const feeders = new Set(this.#pulling);
    for (let each = this.#wanting.first; each !== undefined; each = each.next) feeders.add(each);
    for (const feeder of feeders) {
      this.leave(feeder);
      feeder.onClosed(reason());
    }
  }

  readonly #giveTurns = (): void => {
    this.#isScheduled = false;
    // As long as somebody in the round takes his turn.
    for (let passed = 0; passed < this.#wanting.length;) {
      const feeder = this.#wanting.shift() as Feeder;
      if (this.#hasTurn(feeder)) {
        passed = 0;
        feeder.takeTurn();
      } else {
        passed += 1;
        this.#wanting.push(feeder);
      }
    }
  };

  #hasTurn(feeder: Feeder): boolean {
    const { keptBytes } = feeder;
    if (keptBytes !== undefined) return this.mayGo(feeder, keptBytes);
    if (this.#hasSlack) return true;
    const { firstWaiter } = this.#backlog;
    // The next place is this one's, and pulling takes none.
    if (firstWaiter !== undefined) return this.#isBefore(feeder, firstWaiter.id);
    return feeder.idleSince < Infinity && this.#backlog.hasPlace(JOB_OVERHEAD_BYTES);
  }

  get #hasSlack(): boolean {
    const { accepted, bytes, waiting } = this.#backlog;
    return accepted < this.#highJobs && bytes < this.#highBytes && waiting === 0;
  }

  /** Whether it has nothing in flight, and had not when that waiter came. */
  #isBefore(feeder: Feeder, waiterId: number): boolean {
    return feeder.idleSince < waiterId;
  }
}
