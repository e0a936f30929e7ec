/**
 * One ready thread as the main thread sees it: its cells, the jobs in them, and how busy it is.
 *
 * Invariants:
 * - A cell is free or holds one posting, from `occupy` until the cell has come back from the thread,
 *   even if its job was settled or taken back long before.
 * - `occupied` counts the jobs that the thread has to run or is running, not those taken back.
 * - From its retirement on it gets no more jobs.
 */
import type { JobFunction } from '../job/functions.js';
import type { Carrier, JobRecord } from '../job/job.js';
import type { Reason } from '../wire/job-words.js';
import type { Rings } from '../wire/rings.js';
import type { Grace } from './grace.js';

/** Takes what a thread says about its jobs. */
export interface Receiver {
  /** Handles a bell, a `done` or a `pong`. */
  receive(message: unknown): void;
  /** Handles a message that could not be deserialized. */
  unreadable(error: unknown): void;
}

/** Why the pool has taken a thread out of service. */
export type RetirementReason = 'cancelled' | 'timeout' | 'stuck' | 'uncaught';

/** A thread that has loaded the job module. */
export interface Link {
  readonly rings: Rings;
  /** The names of the module's jobs, in the order in which the thread counts them. */
  readonly names: readonly string[];
  /** Turns the times in the cells into times of this thread's `performance.now()` when added to them. */
  readonly clockOffsetMs: number;
  /** How long the thread took to become ready, in milliseconds. */
  readonly bootMs: number;
  /** Hands the thread's messages about its jobs to the receiver from now on. */
  deliverTo(receiver: Receiver): void;
  /** @throws What structured clone throws. */
  post(message: unknown, transfer?: readonly unknown[]): void;
  /** Takes the thread out of service; another one boots in its place at once. */
  retire(reason: RetirementReason): void;
  /**
   * Lets the thread end when nothing is left for it to do. Its loss is reported later, like any other.
   *
   * @param isOverAbandoned - Whether jobs that were settled still run there: then it is given more time.
   */
  drain(isOverAbandoned: boolean): void;
  /** Ends the thread by force; its loss is reported later, like any other. */
  terminate(): void;
}

/** Why a thread is gone. */
export interface Loss {
  /** The reason if it is known: an error, or undefined. */
  readonly cause: unknown;
  /** Whether the pool itself ended it. */
  readonly isDeliberate: boolean;
}

/** How threads are filled. */
export interface DispatchSettings {
  readonly concurrency: number;
  readonly coalesce: boolean;
  /** How long a job that was told to stop may hold its thread; undefined for the time that a boot takes. */
  readonly graceMs: number | undefined;
}

/** How long a job may take before it can count as overdue, and how often the watch looks. */
export const WATCH_MS = 4;

/** A thread does not look at what was sent to it, though nothing runs there that could keep it. */
export interface Suspicion {
  /** How many cells it has looked at, ever. */
  readonly consumed: number;
  /** The message that it has to answer. */
  readonly ping: number;
  /** The job that it would have to start next, if reading its input may be what keeps the thread. */
  readonly next: JobRecord | undefined;
  /** How long it may go on like that. */
  grace: Grace | undefined;
}

export class Lane implements Carrier {
  readonly link: Link;
  readonly rings: Rings;
  /** By cell; undefined if the cell is free or its job was taken back. */
  readonly jobs: Array<JobRecord | undefined>;
  /** By cell, for the jobs here that were told to stop when they were settled: how long they may go on. */
  readonly abandoned: Map<number, Grace> = new Map();
  occupied = 0;
  /**
   * The expected time of the occupied jobs whose duration can be estimated. Not 0 at first: that is a small integer to
   * V8, and the first fraction would change the lane's shape.
   */
  workMs = -0;
  /** Jobs on this thread whose duration cannot be estimated; nothing is queued behind them. */
  unforeseeable = 0;
  /** Jobs that were sent without checking whether the thread sleeps. */
  unheard = 0;
  /** Whether the thread was taken out of service. */
  isRetired = false;
  /** Whether it was told to end, by force or when nothing is left to do. */
  isEnding = false;
  isGone = false;
  /** Whether it gets no jobs: it is retired, or seems to be stuck. */
  isShut = false;
  /** How many cells it had looked at, ever, at the patrol's last look; -1 if it could look at no other then. */
  consumedAtLook = -1;
  /** Why it seems to be stuck, if it does. A field that came later would change the lane's shape. */
  suspicion: Suspicion | undefined = undefined;
  /** Whether its current job takes much longer than expected; nothing is queued behind it then. */
  isHeldUp = false;
  /** Whether a job was sent here behind a newer one: what waits here may not be in the order of age. */
  isUnordered = false;
  #newestId = 0;
  /** The cells whose words say something: their jobs were told to stop, or somebody hears them. */
  readonly #worded = new Set<number>();
  readonly #indexes: number[] = [];
  readonly #freeCells: Int32Array;
  #free: number;
  /** By cell the expected time of its job; negative if it cannot be estimated. */
  readonly #costs: Float64Array;
  /** How often it was asked for a sign of life, and how often it has given one. */
  #pings = 0;
  #pongs = 0;

  /** @param functions - The thread's functions, in the order in which it counts them. */
  constructor(link: Link, functions: readonly (JobFunction | undefined)[]) {
    const { cells } = link.rings;
    this.link = link;
    this.rings = link.rings;
    this.jobs = Array.from({ length: cells }, () => undefined);
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
    return !this.isShut && this.#free > 0;
  }

  /** Posts a message that the thread answers as soon as its event loop turns. Returns its number. */
  ping(message: readonly unknown[]): number {
    this.#pings += 1;
    this.link.post(message);
    return this.#pings;
  }

  /** The thread has answered one more of these messages; it answers them in their order. */
  ponged(): void {
    this.#pongs += 1;
  }

  /** Whether the thread has answered the message of this number. */
  hasAnswered(ping: number): boolean {
    return this.#pongs >= ping;
  }

  /** Whether jobs wait on the thread for others there to end, or have ended and were not collected. */
  get hasWaiting(): boolean {
    return this.occupied > 1 && !this.rings.areEmpty;
  }

  /**
   * Whether the patrol has to look at it: it has jobs, has not looked at what was sent to it, though that was taken
   * back meanwhile, or is retired and was not told to end.
   */
  get hasToBeWatched(): boolean {
    return this.occupied > 0 || this.rings.areUnread || (this.isRetired && !this.isEnding);
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
    if (job.id < this.#newestId) this.isUnordered = true;
    else this.#newestId = job.id;
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

  /** Tells the cell's job to stop; nothing wakes it. */
  tell(cell: number, reason: Reason): void {
    this.rings.jobWords.tell(cell, reason);
    this.#worded.add(cell);
  }

  /** Lets the cell's job, which is not submitted yet, report its progress. */
  hear(cell: number): void {
    this.rings.jobWords.hear(cell);
    this.#worded.add(cell);
  }

  /** Tells the cell's job, which is not submitted yet, which attempt it is. */
  repeat(cell: number, attempt: number): void {
    this.rings.jobWords.repeat(cell, attempt);
    this.#worded.add(cell);
  }

  /** Frees a cell that has come back. Returns the job that ended in it, if it was not taken back. */
  release(cell: number): JobRecord | undefined {
    if (this.#worded.size > 0 && this.#worded.delete(cell)) this.rings.jobWords.reset(cell);
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

  /** Whether any function runs here, also one of a job that was settled. */
  get isAnyRunning(): boolean {
    return this.rings.isAnyRunning();
  }

  /** How many of the jobs here were settled, for whatever reason, while their functions run on. */
  abandonedCount(): number {
    let count = 0;
    for (const [cell, job] of this.jobs.entries()) {
      if (job !== undefined && !this.carries(job, cell) && !this.isFinished(cell)) count += 1;
    }
    return count;
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
