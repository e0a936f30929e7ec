/**
 * One ready thread as the main thread sees it: its cells, the jobs in them, and how busy it is.
 *
 * Invariants:
 * - A cell is free or holds one posting, from `occupy` until the cell has come back from the thread,
 *   even if its job was settled or taken back long before.
 * - `occupied` counts the jobs that the thread has to run or is running, not those taken back.
 */
import { Deadline } from '../job/deadlines.js';
import type { JobFunction } from '../job/functions.js';
import type { Carrier, JobRecord } from '../job/job.js';
import type { Rings } from '../wire/rings.js';

/** Takes what a thread says about its jobs. */
export interface Receiver {
  /** Handles a bell, a `done` or a `pong`. */
  receive(message: unknown): void;
  /** Handles a message that could not be deserialized. */
  unreadable(error: unknown): void;
}

/** A thread that has loaded the job module. */
export interface Link {
  readonly rings: Rings;
  /** The names of the module's jobs, in the order in which the thread counts them. */
  readonly names: readonly string[];
  /** Turns the times in the cells into times of this thread's `performance.now()` when added to them. */
  readonly clockOffsetMs: number;
  /** Hands the thread's messages about its jobs to the receiver from now on. */
  deliverTo(receiver: Receiver): void;
  /** @throws What structured clone throws. */
  post(message: unknown, transfer?: readonly unknown[]): void;
  /** Ends the thread; its loss is reported later, like any other. */
  stop(): void;
}

/** Why a thread is gone. */
export interface Loss {
  /** The reason if it is known: an error, or undefined. */
  readonly cause: unknown;
  /** Whether `cause` is an uncaught exception of code on the thread. */
  readonly isUncaught: boolean;
  /** Whether the pool itself ended it. */
  readonly isDeliberate: boolean;
}

/** How threads are filled. */
export interface DispatchSettings {
  readonly concurrency: number;
  readonly coalesce: boolean;
}

/** How long a job may take before it can count as overdue, and how often the watch looks. */
export const WATCH_MS = 4;

export class Lane implements Carrier {
  readonly link: Link;
  readonly rings: Rings;
  /** By cell; undefined if the cell is free or its job was taken back. */
  readonly jobs: Array<JobRecord | undefined>;
  readonly grace: Deadline;
  occupied = 0;
  /** The expected time of the occupied jobs whose duration can be estimated. */
  workMs = 0;
  /** Jobs on this thread whose duration cannot be estimated; nothing is queued behind them. */
  unforeseeable = 0;
  /** Jobs that were sent without checking whether the thread sleeps. */
  unheard = 0;
  isStopping = false;
  isAnswering = true;
  /** Whether its current job takes much longer than expected; nothing is queued behind it then. */
  isHeldUp = false;
  readonly #indexes: number[] = [];
  readonly #freeCells: Int32Array;
  #free: number;
  /** By cell the expected time of its job; negative if it cannot be estimated. */
  readonly #costs: Float64Array;

  /** @param functions - The thread's functions, in the order in which it counts them. */
  constructor(link: Link, functions: readonly (JobFunction | undefined)[], graceOver: () => void) {
    const { cells } = link.rings;
    this.link = link;
    this.rings = link.rings;
    this.jobs = Array.from({ length: cells }, () => undefined);
    this.grace = new Deadline(graceOver);
    // The lowest cells are used first and again, so that memory that is not needed is never touched.
    this.#freeCells = Int32Array.from({ length: cells }, (_, index) => cells - 1 - index);
    this.#free = cells;
    this.#costs = new Float64Array(cells);
    for (const [index, each] of functions.entries()) {
      if (each !== undefined) this.#indexes[each.number] = index;
    }
  }

  /** Whether a job may be sent here at all, whether the thread is busy or not. */
  get isOpen(): boolean {
    return !this.isStopping && this.#free > 0;
  }

  /** Whether jobs wait on the thread for others there to end, or have ended and were not collected. */
  get hasWaiting(): boolean {
    return this.occupied > 1 && !this.rings.areEmpty;
  }

  /** How the thread counts a function, or undefined if it has no such function. */
  indexOf(jobFunction: JobFunction): number | undefined {
    return this.#indexes[jobFunction.number];
  }

  /** Gives a job a cell. */
  occupy(job: JobRecord): number {
    this.#free -= 1;
    const cell = this.#freeCells[this.#free] as number;
    this.jobs[cell] = job;
    job.carrier = this;
    job.cell = cell;
    this.occupied += 1;
    if (job.function.isEstimable) this.workMs += this.#costs[cell] = job.function.meanMs;
    else {
      this.#costs[cell] = -1;
      this.unforeseeable += 1;
    }
    return cell;
  }

  /**
   * Makes a sent job the main thread's again, unless the thread has started it. Its place on the thread
   * is free at once: the host, which finds the claim gone, skips the job.
   */
  takeBack(job: JobRecord): boolean {
    const { cell } = job;
    if (!this.rings.takeBack(cell)) return false;
    this.#vacate(cell);
    job.carrier = undefined;
    return true;
  }

  /** Frees a cell that has come back. Returns the job that ended in it, if it was not taken back. */
  release(cell: number): JobRecord | undefined {
    const job = this.jobs[cell];
    if (job !== undefined) this.#vacate(cell);
    this.#freeCells[this.#free] = cell;
    this.#free += 1;
    return job;
  }

  /** The cell's job counts no more; the cell itself still has to come back. */
  #vacate(cell: number): void {
    this.jobs[cell] = undefined;
    this.occupied -= 1;
    const cost = this.#costs[cell] as number;
    if (cost < 0) this.unforeseeable -= 1;
    else this.workMs = this.occupied === 0 ? 0 : this.workMs - cost;
  }

  /** Whether the cell's job is still the caller's to settle. */
  carries(job: JobRecord, cell: number): boolean {
    return job.carrier === this && job.cell === cell;
  }

  isStarted(cell: number): boolean {
    return this.rings.isStarted(cell);
  }

  isFinished(cell: number): boolean {
    return this.rings.isFinished(cell);
  }

  startedMs(cell: number): number {
    return this.rings.startedMs(cell) + this.link.clockOffsetMs;
  }

  /** The jobs here that are not settled, the oldest first; a cancelled one that still runs is not among them. */
  unsettled(): JobRecord[] {
    const jobs = this.jobs.filter(
      (job, cell): job is JobRecord => job !== undefined && this.carries(job, cell),
    );
    return jobs.toSorted((a, b) => a.id - b.id);
  }

  /** The jobs here that the thread has not started, in the order of sending. */
  *unstarted(): Generator<JobRecord, void, undefined> {
    for (const cell of this.rings.waiting()) {
      const job = this.jobs[cell];
      if (job !== undefined && this.carries(job, cell) && !this.isStarted(cell)) yield job;
    }
  }

  /** When the jobs that run here were started; abandoned ones run, too. */
  *runningSinceMs(): Generator<number, void, undefined> {
    for (const [cell, job] of this.jobs.entries()) {
      if (job !== undefined && this.isStarted(cell) && !this.isFinished(cell)) {
        yield this.startedMs(cell);
      }
    }
  }

  /**
   * In how many milliseconds the job that the thread has started last takes longer than its function does;
   * `WATCH_MS` if none runs.
   */
  overdueInMs(nowMs: number): number {
    const cell = this.rings.latest;
    const job = cell < 0 ? undefined : this.jobs[cell];
    if (job === undefined || !this.isStarted(cell) || this.isFinished(cell)) return WATCH_MS;
    return this.startedMs(cell) + Math.max(WATCH_MS, job.function.longMs) - nowMs;
  }
}
