/**
 * Values in shared memory, of one direction: inputs on their way to a thread, or results on their way back. One that
 * fits crosses without a message, and so without structured clone's fixed cost.
 *
 * Invariants: what is read equals what structured clone would have made of what was written (but for rare kinds in
 * disguise: docs/design.md), and shares no identity with any other value; what does not fit, or might not come out the
 * same, is not written, and crosses in a message of its own; values are read, or skipped, in the order in which they
 * were written.
 */
import { Arena } from './arena.js';
import { Decoder } from './codec/decoder.js';
import { Encoder } from './codec/encoder.js';

/** How a cell holds a value: not at all, by its form alone, as a number, or as bytes of the arena. */
export const Held = {
  /** It does not; a message brings it. */
  none: 0,
  undefined: 1,
  null: 2,
  true: 3,
  false: 4,
  number: 5,
  encoded: 6,
} as const;

/** The values of one thread's cells, in one direction. */
export class Values {
  readonly #numbers: Float64Array;
  /** For each cell where its bytes begin, a place of the arena. */
  readonly #starts: Int32Array;
  /** For each cell where they end, a position of the arena. */
  readonly #ends: Int32Array;
  readonly #arena: Arena;
  /** Each side has one of the two. */
  #encoder: Encoder | undefined;
  #decoder: Decoder | undefined;

  /** The bytes of shared memory that so many cells take; a multiple of 8. */
  static byteLength(cells: number): number {
    return 16 * cells + Arena.byteLength;
  }

  /** @param offset - A multiple of 8. */
  constructor(memory: SharedArrayBuffer, offset: number, cells: number) {
    this.#numbers = new Float64Array(memory, offset, cells);
    this.#starts = new Int32Array(memory, offset + 8 * cells, cells);
    this.#ends = new Int32Array(memory, offset + 12 * cells, cells);
    this.#arena = new Arena(memory, offset + 16 * cells);
  }

  /**
   * Writes a value into a cell. What a getter throws is thrown on.
   *
   * @returns How the cell holds it. `Held.none`: it does not, and what `toPost` gives is to be posted.
   */
  write(cell: number, value: unknown): number {
    switch (typeof value) {
      case 'number':
        this.#numbers[cell] = value;
        return Held.number;
      case 'string':
      case 'bigint':
        return this.#encode(cell, value);
      case 'object':
        return value === null ? Held.null : this.#encode(cell, value);
      case 'undefined':
        return Held.undefined;
      case 'boolean':
        return value ? Held.true : Held.false;
      default:
        return Held.none;
    }
  }

  /**
   * The value to post instead of one that `write` has just refused: a copy if its getters have run, as they run once.
   */
  toPost(value: unknown): unknown {
    return this.#encoder === undefined ? value : this.#encoder.takeSubstitute(value);
  }

  /** Reads what `write` has written, and gives its memory back. */
  read(cell: number, form: number): unknown {
    switch (form) {
      case Held.number:
        return this.#numbers[cell];
      case Held.encoded: {
        this.#decoder ??= new Decoder(this.#arena.bytes);
        const value = this.#decoder.decode(this.#starts[cell] as number);
        this.skip(cell, form);
        return value;
      }
      case Held.null:
        return null;
      case Held.true:
        return true;
      case Held.false:
        return false;
      default:
        return undefined;
    }
  }

  /** Gives the memory of a value back that nobody will read. */
  skip(cell: number, form: number): void {
    if (form === Held.encoded) this.#arena.release(this.#ends[cell] as number);
  }

  #encode(cell: number, value: unknown): number {
    const arena = this.#arena;
    if (!arena.open()) return Held.none;
    this.#encoder ??= new Encoder(arena.bytes);
    // A getter of the value may write another one; that is posted, as the encoder is busy.
    const { start } = arena;
    const end = this.#encoder.encode(value, start, arena.end);
    if (end < 0) return Held.none;
    this.#starts[cell] = start;
    this.#ends[cell] = arena.keep(start, end);
    return Held.encoded;
  }
}
