/**
 * Shares three words of each cell about the job that runs in it: whether the main thread has told it to stop, how far
 * its progress has come, and which attempt it is. The first two are atomic, so that a look never waits for a message.
 *
 *     told:      not ──main──▶ cancelled | timedOut | closing | ending
 *     progress:  unheard                                       nobody listens
 *                idle ──host, posts──▶ under way ──host──▶ kept
 *                 ▲─────────main──────────┴────────main──────┘ and asks for the value that was kept
 *     earlier:   how many attempts there were before; set before the cell is submitted, and not while the job runs
 *
 * Invariants: the words are about the cell's present job, as the main thread resets those that it has set when the cell
 * comes back; at most one progress value of a job is under way, and at most one is kept.
 */

/** Why the main thread has told a job to stop. */
export const Told = { not: 0, cancelled: 1, timedOut: 2, closing: 3, ending: 4 } as const;

/** A reason to tell a job to stop. */
export type Reason = Exclude<(typeof Told)[keyof typeof Told], 0>;

const Progress = { unheard: 0, idle: 1, underWay: 2, kept: 3 } as const;

export class JobWords {
  readonly #told: Int32Array;
  readonly #progress: Int32Array;
  readonly #earlier: Int32Array;

  /** The bytes of shared memory that this many cells take. */
  static byteLength(cells: number): number {
    return 12 * cells;
  }

  /** @param offset - A multiple of 4. */
  constructor(memory: SharedArrayBuffer, offset: number, cells: number) {
    this.#told = new Int32Array(memory, offset, cells);
    this.#progress = new Int32Array(memory, offset + 4 * cells, cells);
    this.#earlier = new Int32Array(memory, offset + 8 * cells, cells);
  }

  /** Main: somebody listens to the job that is about to be submitted. What publishes the cell publishes this, too. */
  hear(cell: number): void {
    this.#progress[cell] = Progress.idle;
  }

  /** Main: the job that is about to be submitted is an attempt after the first, which is 1. */
  repeat(cell: number, attempt: number): void {
    this.#earlier[cell] = attempt - 1;
  }

  /** Main: the cell's job is over: the next one was told nothing, nobody hears it, and it is the first attempt. */
  reset(cell: number): void {
    this.#told[cell] = Told.not;
    this.#progress[cell] = Progress.unheard;
    this.#earlier[cell] = 0;
  }

  /** Main: tells the cell's job to stop. From the return of this call on every look sees it. */
  tell(cell: number, reason: Reason): void {
    Atomics.store(this.#told, cell, reason);
  }

  /** Host: whether the cell's job has been told to stop, and why. */
  told(cell: number): number {
    return Atomics.load(this.#told, cell);
  }

  /** Host: which attempt the cell's job is, from 1. */
  attempt(cell: number): number {
    return (this.#earlier[cell] as number) + 1;
  }

  /** Host: whether anybody wants to hear the job's progress. */
  isHeard(cell: number): boolean {
    return Atomics.load(this.#progress, cell) !== Progress.unheard;
  }

  /** Host: whether a value may be posted now, which then is under way. */
  mayPost(cell: number): boolean {
    return this.#move(cell, Progress.idle, Progress.underWay);
  }

  /**
   * Host: notes that a newer value is kept while another one is under way.
   *
   * @returns Whether it is; if not, the main thread has just received the other one, and this may be posted.
   */
  keep(cell: number): boolean {
    if (this.#move(cell, Progress.underWay, Progress.kept)) return true;
    return Atomics.load(this.#progress, cell) === Progress.kept;
  }

  /** Main: takes note that a value has arrived. Returns whether another one is kept, to be asked for. */
  received(cell: number): boolean {
    return Atomics.exchange(this.#progress, cell, Progress.idle) === Progress.kept;
  }

  #move(cell: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.#progress, cell, from, to) === from;
  }
}
