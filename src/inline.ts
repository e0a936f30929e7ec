/**
 * Small values in shared memory: an input or a result that fits into a job's cell crosses to the
 * other thread without a message, so without structured clone's fixed cost.
 *
 * Invariants: what is read equals what structured clone would have made of what was written, and
 * shares no identity with any other value; what does not fit, or might not come out the same, is not
 * written, and crosses in a message of its own.
 */
import { types } from 'node:util';

/** Bytes that a cell has for a value. */
export const INLINE_BYTES = 256;

/** Strings and properties beyond these are not looked at: the message is as cheap. */
const MOST_PROPERTIES = 16;

/** How a cell holds a value. */
export const Inline = {
  /** It does not; a message brings it. */
  none: 0,
  undefined: 1,
  null: 2,
  true: 3,
  false: 4,
  number: 5,
  /** ASCII text. */
  string: 6,
  /** The ASCII text of a flat object, as JSON. */
  object: 7,
  /** The bytes of a `Uint8Array`. */
  bytes: 8,
  /** The bytes of a Buffer. */
  buffer: 9,
} as const;

/** The values of one thread's cells. */
export class InlineValues {
  readonly #numbers: Float64Array;
  readonly #lengths: Int32Array;
  readonly #bytes: Buffer;

  /** The bytes of shared memory that so many cells take; a multiple of 8. */
  static byteLength(cells: number): number {
    return cells * (INLINE_BYTES + 16);
  }

  /** @param offset - A multiple of 8. */
  constructor(memory: SharedArrayBuffer, offset: number, cells: number) {
    this.#numbers = new Float64Array(memory, offset, cells);
    this.#bytes = Buffer.from(memory, offset + 8 * cells, INLINE_BYTES * cells);
    this.#lengths = new Int32Array(memory, offset + (8 + INLINE_BYTES) * cells, cells);
  }

  /**
   * Writes a value into a cell.
   *
   * @returns How the cell holds it; `Inline.none` where it does not.
   */
  write(cell: number, value: unknown): number {
    switch (typeof value) {
      case 'undefined':
        return Inline.undefined;
      case 'boolean':
        return value ? Inline.true : Inline.false;
      case 'number':
        this.#numbers[cell] = value;
        return Inline.number;
      case 'string':
        return this.#writeText(cell, value) ? Inline.string : Inline.none;
      case 'object':
        return value === null ? Inline.null : this.#writeObject(cell, value);
      default:
        return Inline.none;
    }
  }

  /** Reads what `write` has written. */
  read(cell: number, form: number): unknown {
    switch (form) {
      case Inline.undefined:
        return undefined;
      case Inline.null:
        return null;
      case Inline.true:
        return true;
      case Inline.false:
        return false;
      case Inline.number:
        return this.#numbers[cell];
      case Inline.string:
        return this.#readText(cell);
      case Inline.object:
        return JSON.parse(this.#readText(cell));
      case Inline.bytes:
        return this.#readBytes(cell);
      default:
        return Buffer.from(this.#readBytes(cell).buffer);
    }
  }

  #writeText(cell: number, text: string): boolean {
    const { length } = text;
    if (length > INLINE_BYTES) return false;
    this.#lengths[cell] = length;
    // In UTF-8 a text has as many bytes as characters if and only if all of them are ASCII.
    return this.#bytes.write(text, cell * INLINE_BYTES, INLINE_BYTES, 'utf8') === length;
  }

  #readText(cell: number): string {
    const start = cell * INLINE_BYTES;
    return this.#bytes.toString('latin1', start, start + (this.#lengths[cell] as number));
  }

  #writeObject(cell: number, value: object): number {
    if (ArrayBuffer.isView(value)) return this.#writeBytes(cell, value);
    if (!isFlat(value)) return Inline.none;
    return this.#writeText(cell, JSON.stringify(value)) ? Inline.object : Inline.none;
  }

  #writeBytes(cell: number, view: ArrayBufferView): number {
    if (view.byteLength > INLINE_BYTES || !(view.buffer instanceof ArrayBuffer)) return Inline.none;
    const isBuffer = Buffer.isBuffer(view);
    if (!isBuffer && view.constructor !== Uint8Array) return Inline.none;
    this.#lengths[cell] = view.byteLength;
    this.#bytes.set(view as Uint8Array, cell * INLINE_BYTES);
    return isBuffer ? Inline.buffer : Inline.bytes;
  }

  #readBytes(cell: number): Uint8Array<ArrayBuffer> {
    const length = this.#lengths[cell] as number;
    const own = new Uint8Array(length);
    const start = cell * INLINE_BYTES;
    for (let index = 0; index < length; index += 1)
      own[index] = this.#bytes[start + index] as number;
    return own;
  }
}

/**
 * Whether JSON gives an object back exactly as structured clone does: a plain one whose few
 * properties are strings, finite numbers but -0, booleans or null.
 */
function isFlat(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  let properties = 0;
  let textLength = 0;
  for (const name in value) {
    properties += 1;
    textLength += name.length;
    const property = (value as Record<string, unknown>)[name];
    switch (typeof property) {
      case 'string':
        textLength += property.length;
        break;
      case 'number':
        if (!Number.isFinite(property) || Object.is(property, -0)) return false;
        break;
      case 'boolean':
        break;
      default:
        if (property !== null) return false;
    }
    if (properties > MOST_PROPERTIES || textLength > INLINE_BYTES) return false;
  }
  // Structured clone refuses a proxy, and knows nothing of toJSON.
  return !('toJSON' in value) && !types.isProxy(value) && !types.isModuleNamespaceObject(value);
}
