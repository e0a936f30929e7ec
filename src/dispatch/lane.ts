/**
 * One ready thread as the dispatcher sees it: its cells, the jobs in them, and how busy it is.
 *
 * Invariants:
 * - A cell is free or holds one posting, from `occupy` until the cell has come back from the thread;
 *   also where its job was settled or taken back long before.
 * - `occupied` counts the jobs that the thread has to run or is running; not those taken back.
 */
import { Deadline } from '../job/deadlines.js';
import type { JobFunction } from '../job/functions.js';
import type { Carrier, JobRecord } from '../job/job.js';
import type { Rings } from '../wire/rings.js';

/** A thread that has loaded the job module. */
export interface Link {
  readonly rings: Rings;
  /** The names of the module's jobs, in the order in which the thread counts them. */
  readonly names: readonly string[];
  /** Added to the times in the cells it gives times of this thread's `performance.now()`. */
  readonly clockOffsetMs: number;
  /** Called with each bell, `done` and `pong`; the dispatcher sets it. */
  onMessage: (message: unknown) => void;
  /** Called where a message could not be read; the dispatcher sets it. */
  onUnreadable: (error: unknown) => void;
  /** @throws What structured clone throws. */
  post(message: unknown, transfer?: readonly unknown[]): void;
  /** Ends the thread; its loss is reported later, as any other. */
  stop(): void;
}

/** Cells beyond the slots, for jobs that wait on the thread and for those that were taken back there. */
export const AHEAD_CELLS = 256;

export class Lane implements Carrier {
  readonly link: Link;
  readonly rings: Rings;
  /** By cell; undefined where it is free or its job was taken back. */
  readonly jobs: Array<JobRecord | undefined>;
  readonly grace: Deadline;
  occupied = 0;
  /** The expected time of the occupied jobs that can be estimated. */
  workMs = 0;
  /** The occupied jobs that nobody can tell how long they take: none is sent to wait behind them. */
  unforeseeable = 0;
  /** Jobs that were sent without looking whether the thread sleeps. */
  unheard = 0;
  isStopping = false;
  isAnswering = true;
  /** Its current job takes much longer than expected: none is sent to wait behind it. */
  isHeldUp = false;
  readonly #indexes: number[] = [];
  readonly #freeCells: Int32Array;
  #free: number;
  /** By cell the expected time of its job; negative where it is unforeseeable. */
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

  /** Whether a job may be sent here at all, be the thread busy or not. */
  get isOpen(): boolean {
    return !this.isStopping && this.#free > 0;
  }

  /** How the thread counts a function, or undefined where it has no such. */
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

  /** The cell's job was taken back; the cell itself still has to come back. */
  vacate(cell: number): void {
    this.jobs[cell] = undefined;
    this.occupied -= 1;
    const cost = this.#costs[cell] as number;
    if (cost < 0) this.unforeseeable -= 1;
    else this.workMs = this.occupied === 0 ? 0 : this.workMs - cost;
  }

  /** The cell has come back. Returns the job that ended in it, if it was not taken back. */
  release(cell: number): JobRecord | undefined {
    const job = this.jobs[cell];
    if (job !== undefined) this.vacate(cell);
    this.#freeCells[this.#free] = cell;
    this.#free += 1;
    return job;
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

  /** The jobs here that nobody has settled, the oldest first; a cancelled one that still runs is not among them. */
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
}
