/**
 * The memory that the main thread shares with one worker thread: a cell for each job that is out on it, a
 * ring of submissions and a ring of completions, modeled on io_uring.
 *
 *     main ── submissions: cells in the order of sending ──▶ host
 *     main ◀── completions: cells in the order of ending ─── host
 *
 * A message is only a bell: it is rung when the other side may be asleep. While both are busy, jobs
 * and results cross without one.
 *
 * The layout, for n cells (a power of two); `i32` and `f64` are single words, and only a claim and the
 * control words are accessed atomically:
 *
 *     control       8 lines      one i32 on each: submitted consumed completed hostAwake bellRung collected
 *                                servedAsync ended
 *     submissions   n × i32      cell numbers, a ring: place = counter mod n
 *     completions   n × i32      the same
 *     ┌─ a cell, spread over arrays ──────────────────────────────────────────────────────────────┐
 *     │ id            f64          main, before `submit`                                          │
 *     │ times         2 × f64      host: started (before the claim), finished (before `finish`)   │
 *     │ function      i32          main; the host overwrites it with ASYNC                        │
 *     │ form          i32          how the cell holds its value: main for the input, then host    │
 *     │ claim         i32          see below                                                      │
 *     │ told          i32          main; whether the job is to stop (`job-words.ts`)              │
 *     │ progress      i32          both; values that are under way or kept (`job-words.ts`)       │
 *     │ earlier       i32          main; how many attempts there were before (`job-words.ts`)     │
 *     │ input         f64, 2 × i32  a number, or where its bytes begin and end (`values.ts`)      │
 *     │ result        f64, 2 × i32  the same                                                      │
 *     └───────────────────────────────────────────────────────────────────────────────────────────┘
 *     inputs        224 KB       a ring of bytes that main writes and the host reads (`arena.ts`)
 *     results       224 KB       the other way round
 *
 *     claim:  offered ─main─▶ takenBack
 *                └────host──▶ started ──▶ (answering ──▶) finished
 *
 * What each atomic operation publishes, and the one that it pairs with on the other side. All are
 * sequentially consistent.
 *
 *     main  submitted := s+1       the cell and its place in the ring        host  reads submitted in `next`
 *     host  offered → started      when it started                           main  reads the claim
 *     main  offered → takenBack    (compare-and-exchange: one of two wins)   host  fails to start it
 *     host  claim := finished      result, form, when it finished            main  reads the claim
 *     host  completed := c+1       the cell's place in the ring              main  reads completed in `collect`
 *     host  hostAwake := 0, then reads submitted                             main  writes submitted, then reads hostAwake
 *     main  bellRung := 0, then reads completed                              host  writes completed, then reads bellRung
 *     main  collected := c         a hint: these need no bell any more       host  reads it in `unannounced`
 *     host  consumed := c          a hint, not atomic: claims decide         main  reads it in `waiting`
 *     main  told := reason         the order to stop                         host  reads it when the job looks
 *     reader  read := position     so many bytes of an arena are free        writer  reads it before the next value
 *     host  ended := 1, notifies   its event loop is empty                   main  waits for it when the process exits
 *
 * Invariants:
 * - A cell is the main thread's until `submit`, and again after it has come back through the
 *   ring of completions (or its thread is gone). So no message and no claim can be for an earlier job.
 * - A cell that was taken back comes back, too.
 * - A side that goes to sleep says so first and then looks once more; the other side writes first and
 *   then looks whether to ring. So no job and no result is left lying.
 */
import { JobWords } from './job-words.js';
import { Values } from './values.js';

/** The values of a cell's claim. */
const Claim = { offered: 1, started: 2, answering: 3, finished: 4, takenBack: 5 } as const;

/** The distance of control words, so that each has a cache line of its own. */
const LINE = 16;
const Control = {
  /** Main: how many cells were submitted, ever. Counters wrap around at 32 bits. */
  submitted: 0,
  /** Host: how many of them it has looked at. */
  consumed: LINE,
  /** Host: how many cells have come back. */
  completed: 2 * LINE,
  /** 0 while the host sleeps, or is about to. */
  hostAwake: 3 * LINE,
  /** 1 while a bell is on its way to the main thread. */
  bellRung: 4 * LINE,
  /** Main: how many cells it has collected, or is about to. */
  collected: 5 * LINE,
  /** Host: 1 once a job has returned a promise. */
  servedAsync: 6 * LINE,
  /** Host: 1 when the thread's event loop has ended. */
  ended: 7 * LINE,
  words: 8 * LINE,
} as const;

/** Bytes of a cell outside its value and its job words, its places in the two rings included. */
const CELL_BYTES = 2 * 4 + 3 * 8 + 3 * 4;

/** Cells beyond a thread's slots, for jobs that wait there and for those that were taken back there. */
export const AHEAD_CELLS = 256;

/** Stands for a cell's function once the job has returned a promise. */
const ASYNC = -1;

/** Describes the memory to the host. */
export interface SharedRings {
  readonly memory: SharedArrayBuffer;
  readonly cells: number;
}

export class Rings implements SharedRings {
  readonly memory: SharedArrayBuffer;
  readonly cells: number;
  /** The inputs of the cells' jobs, if they are small: main writes them, the host reads them. */
  readonly inputs: Values;
  /** The results, if they are small: the host writes them, main reads them. */
  readonly results: Values;
  /** The control words of the job that runs in a cell. */
  readonly jobWords: JobWords;
  /** For each cell its job's number. */
  readonly ids: Float64Array;
  /** For each cell when its job was started and finished, on the clock of `sharedNowMs`. */
  readonly times: Float64Array;
  /** For each cell its job's function, as the host counts them. */
  readonly functions: Int32Array;
  /** For each cell how it holds its input, then its result: a `Held`. */
  readonly forms: Int32Array;
  readonly #claims: Int32Array;
  readonly #control: Int32Array;
  readonly #submissions: Int32Array;
  readonly #completions: Int32Array;
  readonly #mask: number;
  /** This side's place in the rings. */
  #submitted = 0;
  #consumed = 0;
  #completed = 0;
  #announced = 0;
  #collected = 0;

  constructor({ memory, cells }: SharedRings) {
    const size = ringSize(cells);
    let offset = 0;
    const int32 = (length: number): Int32Array => {
      const array = new Int32Array(memory, offset, length);
      offset += 4 * length;
      return array;
    };
    const float64 = (length: number): Float64Array => {
      const array = new Float64Array(memory, offset, length);
      offset += 8 * length;
      return array;
    };
    this.memory = memory;
    this.cells = cells;
    this.#mask = size - 1;
    this.#control = int32(Control.words);
    this.#submissions = int32(size);
    this.#completions = int32(size);
    this.ids = float64(size);
    this.times = float64(2 * size);
    this.functions = int32(size);
    this.forms = int32(size);
    this.#claims = int32(size);
    this.jobWords = new JobWords(memory, offset, size);
    offset += JobWords.byteLength(size);
    this.inputs = new Values(memory, offset, cells);
    this.results = new Values(memory, offset + Values.byteLength(cells), cells);
  }

  /** Main: new shared memory for this many cells. The system gives it pages as they are used. */
  static allocate(cells: number): Rings {
    const size = ringSize(cells);
    const bytes =
      4 * Control.words +
      CELL_BYTES * size +
      JobWords.byteLength(size) +
      2 * Values.byteLength(cells);
    return new Rings({ memory: new SharedArrayBuffer(bytes), cells });
  }

  /** Main: makes the cell's claim winnable, for a new job that is still to be submitted. */
  offer(cell: number): void {
    Atomics.store(this.#claims, cell, Claim.offered);
  }

  /** Main: submits a cell. Whether the host is awake to see it is another question: `rouse`. */
  submit(cell: number): void {
    const place = this.#submitted;
    const next = (place + 1) | 0;
    this.#submissions[place & this.#mask] = cell;
    this.#submitted = next;
    Atomics.store(this.#control, Control.submitted, next);
  }

  /**
   * Main: takes note that the host is about to be woken. Called after `submit`, or before a message that
   * wakes the host anyway.
   *
   * @returns Whether the host has to be woken: then the caller rings the bell.
   */
  rouse(): boolean {
    if (Atomics.load(this.#control, Control.hostAwake) === 1) return false;
    Atomics.store(this.#control, Control.hostAwake, 1);
    return true;
  }

  /** Main: whether the host sees without a bell what is submitted now. It may be about to sleep. */
  get isHostAwake(): boolean {
    return Atomics.load(this.#control, Control.hostAwake) === 1;
  }

  /** Main: makes the cell's job the main thread's again. Returns whether it was still unclaimed. */
  takeBack(cell: number): boolean {
    return this.#move(cell, Claim.offered, Claim.takenBack);
  }

  /** Main: the next cell that has come back, or -1. */
  collect(): number {
    if (this.#collected === Atomics.load(this.#control, Control.completed)) return -1;
    const cell = this.#completions[this.#collected & this.#mask] as number;
    this.#collected = (this.#collected + 1) | 0;
    return cell;
  }

  /**
   * Main: promises to collect all that has come back until now; what comes back from now on may ring again.
   * Called before `collect`.
   */
  answerBell(): void {
    Atomics.store(this.#control, Control.collected, Atomics.load(this.#control, Control.completed));
    Atomics.store(this.#control, Control.bellRung, 0);
  }

  /** Main: the cells that were submitted and that the host has not looked at, the oldest first. */
  *waiting(): Generator<number, void, undefined> {
    const consumed = Atomics.load(this.#control, Control.consumed);
    for (let at = consumed; at !== this.#submitted; at = (at + 1) | 0) {
      yield this.#submissions[at & this.#mask] as number;
    }
  }

  /** Main: whether the host has looked at all that was submitted, and all that came back was collected. */
  get areEmpty(): boolean {
    return (
      Atomics.load(this.#control, Control.consumed) === this.#submitted &&
      Atomics.load(this.#control, Control.completed) === this.#collected
    );
  }

  /** Main: the cell that the host has looked at last, or -1. */
  get latest(): number {
    const consumed = Atomics.load(this.#control, Control.consumed);
    return consumed === 0 ? -1 : (this.#submissions[(consumed - 1) & this.#mask] as number);
  }

  /** Main: whether the host has started the cell's job (and may have finished it). */
  isStarted(cell: number): boolean {
    const claim = Atomics.load(this.#claims, cell);
    return claim >= Claim.started && claim <= Claim.finished;
  }

  /** Main: whether the job's function has ended, so that its result is in the cell or under way. */
  isFinished(cell: number): boolean {
    return Atomics.load(this.#claims, cell) === Claim.finished;
  }

  /** Main: whether any job has been started and has not ended. */
  isAnyRunning(): boolean {
    for (let cell = 0; cell < this.cells; cell += 1) {
      const claim = Atomics.load(this.#claims, cell);
      if (claim === Claim.started || claim === Claim.answering) return true;
    }
    return false;
  }

  /** Main: whether a synchronous job runs, which keeps the thread's event loop from turning. */
  isBlocked(): boolean {
    for (let cell = 0; cell < this.cells; cell += 1) {
      const claim = Atomics.load(this.#claims, cell);
      if (claim === Claim.answering || (claim === Claim.started && !this.isAsync(cell)))
        return true;
    }
    return false;
  }

  /** Main: whether the host could start a job now: no synchronous one runs, and of this many slots one is free. */
  couldStart(slots: number): boolean {
    if (this.isBlocked()) return false;
    let running = 0;
    for (let cell = 0; cell < this.cells; cell += 1) {
      if (Atomics.load(this.#claims, cell) === Claim.started) running += 1;
    }
    return running < slots;
  }

  /** When the cell's job was started, on the clock of `sharedNowMs`. */
  startedMs(cell: number): number {
    return this.times[2 * cell] as number;
  }

  /** When the cell's job was finished, on the clock of `sharedNowMs`. */
  finishedMs(cell: number): number {
    return this.times[2 * cell + 1] as number;
  }

  /** Host: the next cell that was submitted, or -1. */
  next(): number {
    if (this.#consumed === Atomics.load(this.#control, Control.submitted)) return -1;
    const cell = this.#submissions[this.#consumed & this.#mask] as number;
    this.#consumed = (this.#consumed + 1) | 0;
    // The main thread may read this late: the claims decide.
    this.#control[Control.consumed] = this.#consumed;
    return cell;
  }

  /** Host: how many submitted cells it has not looked at. */
  get left(): number {
    return (Atomics.load(this.#control, Control.submitted) - this.#consumed) | 0;
  }

  /** Host: claims the cell's job. Returns whether it was still unclaimed and is the host's to run. */
  start(cell: number, nowMs: number): boolean {
    // Written before the claim, which publishes it.
    this.times[2 * cell] = nowMs;
    return this.#move(cell, Claim.offered, Claim.started);
  }

  /** Host: notes that the cell's job has returned a promise. */
  markAsync(cell: number): void {
    this.functions[cell] = ASYNC;
    this.#control[Control.servedAsync] = 1;
  }

  /** Main: whether any job here has returned a promise: it may have left native work behind. */
  get hasServedAsync(): boolean {
    return Atomics.load(this.#control, Control.servedAsync) === 1;
  }

  /** Host: publishes that the thread's event loop has ended. */
  end(): void {
    Atomics.store(this.#control, Control.ended, 1);
    Atomics.notify(this.#control, Control.ended);
  }

  /** Main: blocks until the thread's event loop has ended, for this long at most. Returns whether it has. */
  waitForEnd(limitMs: number): boolean {
    return Atomics.wait(this.#control, Control.ended, 0, Math.max(0, limitMs)) !== 'timed-out';
  }

  /** Main: whether the host has not looked at everything that was submitted. */
  get areUnread(): boolean {
    return Atomics.load(this.#control, Control.consumed) !== this.#submitted;
  }

  /** Main: how many submitted cells the host has looked at, ever. */
  get consumed(): number {
    return Atomics.load(this.#control, Control.consumed);
  }

  /** Main: whether the cell's job has returned a promise. */
  isAsync(cell: number): boolean {
    return this.functions[cell] === ASYNC;
  }

  /** Host: publishes that the job's function has ended; the cell holds its result, or a message will. */
  finish(cell: number, nowMs: number): void {
    this.times[2 * cell + 1] = nowMs;
    Atomics.store(this.#claims, cell, Claim.finished);
  }

  /** Host: publishes that the function has ended and its result is about to be posted, which may run getters. */
  answer(cell: number, nowMs: number): void {
    this.times[2 * cell + 1] = nowMs;
    Atomics.store(this.#claims, cell, Claim.answering);
  }

  /** Host: publishes that the result was posted. By then the cell may be the main thread's again. */
  answered(cell: number): void {
    this.#move(cell, Claim.answering, Claim.finished);
  }

  /** Main: whether the job's function has ended; its result may still be in the making. */
  hasEnded(cell: number): boolean {
    const claim = Atomics.load(this.#claims, cell);
    return claim === Claim.answering || claim === Claim.finished;
  }

  /** Host: gives a cell back. */
  complete(cell: number): void {
    const place = this.#completed;
    const next = (place + 1) | 0;
    this.#completions[place & this.#mask] = cell;
    this.#completed = next;
    Atomics.store(this.#control, Control.completed, next);
  }

  /** Host: how many cells have come back that the main thread neither has collected nor was rung for. */
  get unannounced(): number {
    const collected = Atomics.load(this.#control, Control.collected);
    return Math.min((this.#completed - this.#announced) | 0, (this.#completed - collected) | 0);
  }

  /**
   * Host: announces all that has come back until now. Called before the bell is rung, or before a message is
   * posted, which counts as a bell.
   *
   * @returns Whether the main thread has to be woken: then the caller rings the bell.
   */
  ring(): boolean {
    this.#announced = this.#completed;
    if (Atomics.load(this.#control, Control.bellRung) === 1) return false;
    Atomics.store(this.#control, Control.bellRung, 1);
    return true;
  }

  /** Host: goes to sleep. Returns false, and stays awake, if something was submitted meanwhile. */
  sleep(): boolean {
    Atomics.store(this.#control, Control.hostAwake, 0);
    if (this.left === 0) return true;
    Atomics.store(this.#control, Control.hostAwake, 1);
    return false;
  }

  #move(cell: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.#claims, cell, from, to) === from;
  }
}

/** A power of two, so that places wrap around by a mask. At most as many cells are out at a time. */
function ringSize(cells: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(cells, 2)));
}
