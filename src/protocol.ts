/**
 * What the main thread and a thread's host say to each other over their link, and the claims by
 * which they agree on who has a job.
 *
 * Invariants:
 * - Every message is an array that begins with its `Kind`. Jobs and answers are laid flat, a fixed
 *   number of fields each, so that one message carries one or many and clones fast.
 * - A sent job has a cell in memory shared by both sides. It holds the job's ticket and a `Claim`,
 *   which moves offered → started → finished (the host) or offered → taken back (the main thread),
 *   by compare-and-exchange: of two that try, one succeeds. A ticket is never the same for two jobs
 *   that follow each other in a cell, so a late claim for an earlier one fails.
 */

import type { MessagePort } from 'node:worker_threads';

/** Names the protocol in the greeting, so that two versions of the library never talk past each other. */
export const PROTOCOL = 'millrace/1';

/** The first field of every message. */
export const Kind = {
  /** main → host: `[boot, moduleUrl, cells, times]`. Load the module. */
  boot: 0,
  /** main → host: `[run, …jobs]`, `JOB_FIELDS` each. */
  run: 1,
  /** main → host: `[ping, number]`. Answer at once. */
  ping: 2,
  /** host → main: `[ready, names]`. The module is loaded; job functions are known by their index here. */
  ready: 3,
  /** host → main: `[loadFailed, error]`. */
  loadFailed: 4,
  /** host → main: `[done, …answers]`, `ANSWER_FIELDS` each. */
  done: 5,
  /** host → main: `[stray, error]`. A rejection that nobody handled; the thread goes on. */
  stray: 6,
  /** host → main: `[crash, error]`. An uncaught exception; the thread ends now. */
  crash: 7,
  /** host → main: `[pong, number]`. */
  pong: 8,
  /** main → host: `[flush]`. Answer when what was written to stdout and stderr is on the main side. */
  flush: 9,
  /** host → main: `[flushed]`. */
  flushed: 10,
} as const;

/** A job in a `run` message: cell, ticket, index of its function, its number, `Form` of the input, input. */
export const JOB_FIELDS = 6;

/** An answer in a `done` message: cell, ticket, `Form` of the value, value. */
export const ANSWER_FIELDS = 4;

/** What the value in a job or an answer is. */
export const Form = {
  /** The value itself. */
  plain: 0,
  /** A `Uint8Array` that is to be a Buffer again. */
  buffer: 1,
  /** Answers only: what the job threw, as an `EncodedError`. */
  thrown: 2,
  /** Answers only: why the result could not be sent, as an `EncodedError`. */
  notCloneable: 3,
} as const;

/** What a thread's host sends through `parentPort` when it begins. */
export interface Hello {
  readonly protocol: string;
  readonly threadId: number;
  /** Milliseconds on the machine's monotonic clock at the zero of the thread's `performance.now()`. */
  readonly clockZeroMs: number;
  readonly port: MessagePort;
}

/** Whether a message through `parentPort` is our host's greeting; a job module may post there too. */
export function isHello(message: unknown): message is Hello {
  return (message as Partial<Hello> | null | undefined)?.protocol === PROTOCOL;
}

/** Where this thread's `performance.now()` begins on the clock that all threads share, in milliseconds. */
export function clockZeroMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6 - performance.now();
}

const Claim = { offered: 0, started: 1, takenBack: 2, finished: 3 } as const;

/** The claims of the jobs that are on one thread, one cell each. */
export class Claims {
  readonly cells: Int32Array;
  /** For each cell when its job was started and finished, in the thread's `performance.now()`. */
  readonly times: Float64Array;

  constructor(cells: Int32Array, times: Float64Array) {
    this.cells = cells;
    this.times = times;
  }

  /** Main: new shared memory for so many cells. */
  static allocate(cells: number): Claims {
    return new Claims(
      new Int32Array(new SharedArrayBuffer(4 * cells)),
      new Float64Array(new SharedArrayBuffer(16 * cells)),
    );
  }

  /** Main: puts a new job into a cell. Returns its ticket. */
  offer(cell: number): number {
    // The ticket counts on in the upper 30 bits, whatever claim the last job left below it.
    const ticket = ((Atomics.load(this.cells, cell) | 3) + 1) | 0;
    Atomics.store(this.cells, cell, ticket);
    return ticket;
  }

  /** Main: whether the job was still unclaimed and is the main thread's again. */
  takeBack(cell: number, ticket: number): boolean {
    return this.#move(cell, ticket, Claim.offered, Claim.takenBack);
  }

  /** Host: whether the job was still unclaimed and is the host's to run. */
  start(cell: number, ticket: number): boolean {
    // Written before the claim, which publishes it.
    this.times[2 * cell] = performance.now();
    return this.#move(cell, ticket, Claim.offered, Claim.started);
  }

  /** Host: the job's function has ended; its answer follows. */
  finish(cell: number, ticket: number): void {
    this.times[2 * cell + 1] = performance.now();
    this.#move(cell, ticket, Claim.started, Claim.finished);
  }

  /** Main: whether a thread has started the job (and may have finished it). */
  isStarted(cell: number, ticket: number): boolean {
    const claim = Atomics.load(this.cells, cell) - ticket;
    return claim === Claim.started || claim === Claim.finished;
  }

  /** Main: whether the job's function has ended, so that its answer is under way. */
  isFinished(cell: number, ticket: number): boolean {
    return Atomics.load(this.cells, cell) - ticket === Claim.finished;
  }

  /** Main: whether any job has been started and has not ended. */
  isAnyRunning(): boolean {
    for (let cell = 0; cell < this.cells.length; cell += 1) {
      if ((Atomics.load(this.cells, cell) & 3) === Claim.started) return true;
    }
    return false;
  }

  /** When the cell's job was started, in the thread's `performance.now()`. */
  startedMs(cell: number): number {
    return this.times[2 * cell] ?? 0;
  }

  /** When the cell's job was finished, in the thread's `performance.now()`. */
  finishedMs(cell: number): number {
    return this.times[2 * cell + 1] ?? 0;
  }

  #move(cell: number, ticket: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.cells, cell, ticket + from, ticket + to) === ticket + from;
  }
}
