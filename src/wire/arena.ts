/**
 * Shared memory in which one side writes values and the other reads them in the same order: a ring of bytes, each
 * value in one piece.
 *
 *     ┌───────────────┬───────────────────┬───────────────┬─────────┐
 *     │ next values   │ free              │ not read yet  │ skipped │
 *     └───────────────┴───────────────────┴───────────────┴─────────┘
 *      0               start               oldest                   SIZE
 *
 * Positions count the bytes that were ever taken, skipped ones included, and wrap around at 32 bits; places are where
 * the bytes lie.
 *
 * Invariants: what was not read is not overwritten; where there is no room the writer does without, and never waits.
 */
import { Buffer } from 'node:buffer';

/** Room for 14 of the largest values; with that of the other direction and the cells less than 512 KB. */
export const ARENA_BYTES: number = 224 * 1024;
/** Max bytes of one value. The end of the memory is skipped if less than this is left. */
export const MOST_BYTES: number = 16 * 1024;
/** So much room is worth a try. */
const LEAST_BYTES = 64;
/** A cache line of its own for the word that the reader writes. */
const WORD_BYTES = 64;

export class Arena {
  /** The values; places count from its start. */
  readonly bytes: Buffer;
  /** Reader: the position up to which everything was read. */
  readonly #read: Int32Array;
  /** Writer: the position up to which everything is taken. */
  #taken = 0;
  #start = 0;
  #end = 0;

  /** The shared memory that it takes. */
  static readonly byteLength: number = WORD_BYTES + ARENA_BYTES;

  /** @param offset - A multiple of 4. */
  constructor(memory: SharedArrayBuffer, offset: number) {
    this.#read = new Int32Array(memory, offset, 1);
    this.bytes = Buffer.from(memory, offset + WORD_BYTES, ARENA_BYTES);
  }

  /** Writer: finds room for the next value: from `start` to `end`. Returns whether there is any worth a try. */
  open(): boolean {
    let free = (ARENA_BYTES - this.#taken + Atomics.load(this.#read, 0)) | 0;
    // All was read: at the beginning the memory is still in the caches.
    if (free === ARENA_BYTES) this.#start = 0;
    const left = ARENA_BYTES - this.#start;
    if (left < MOST_BYTES) {
      if (free < left + LEAST_BYTES) return false;
      this.#taken = (this.#taken + left) | 0;
      this.#start = 0;
      free -= left;
    }
    this.#end = this.#start + Math.min(MOST_BYTES, free);
    return free >= LEAST_BYTES;
  }

  /** Writer: the place at which the next value may begin. */
  get start(): number {
    return this.#start;
  }

  /** Writer: the place at which it has to end. */
  get end(): number {
    return this.#end;
  }

  /**
   * Writer: keeps what was written between two places.
   *
   * @returns The position to give to `release` once it was read.
   */
  keep(start: number, end: number): number {
    this.#start = end;
    this.#taken = (this.#taken + end - start) | 0;
    return this.#taken;
  }

  /** Reader: everything up to a position was read, or will not be. */
  release(position: number): void {
    Atomics.store(this.#read, 0, position);
  }
}
