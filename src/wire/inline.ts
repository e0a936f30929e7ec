/**
 * Small values in shared memory: an input or a result that fits into a job's cell crosses to the
 * other thread without a message, so without structured clone's fixed cost.
 *
 * Invariants: what is read equals what structured clone would have made of what was written, and
 * shares no identity with any other value; what does not fit, or might not come out the same, is not
 * written, and crosses in a message of its own.
 */
import { Buffer } from 'node:buffer';
import { types } from 'node:util';

/** Taken at the start, as a job module may replace them. */
const { parse, stringify } = JSON;

/** Bytes that a cell has for a value. */
export const INLINE_BYTES = 256;

/** With more properties the message is as cheap. */
const MOST_PROPERTIES = 16;

/**
 * Bytes from one cell to the next. Four more than a text may have: if the text is not ASCII, more
 * bytes than characters are written, though the last character be left out for want of room.
 */
const STRIDE = INLINE_BYTES + 8;

/** How a cell holds a value. In this order: not at all, by its form alone, as a number, as text, as bytes. */
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
    return cells * (STRIDE + 16);
  }

  /** @param offset - A multiple of 8. */
  constructor(memory: SharedArrayBuffer, offset: number, cells: number) {
    this.#numbers = new Float64Array(memory, offset, cells);
    this.#bytes = Buffer.from(memory, offset + 8 * cells, STRIDE * cells);
    this.#lengths = new Int32Array(memory, offset + (8 + STRIDE) * cells, cells);
  }

  /**
   * Writes a value into a cell.
   *
   * @returns How the cell holds it; `Inline.none` where it does not.
   */
  write(cell: number, value: unknown): number {
    if (typeof value === 'number') {
      this.#numbers[cell] = value;
      return Inline.number;
    }
    if (typeof value === 'string') return this.#writeText(cell, value, Inline.string);
    if (typeof value === 'object' && value !== null) return this.#writeObject(cell, value);
    return constantForm(value);
  }

  /** Reads what `write` has written. */
  read(cell: number, form: number): unknown {
    if (form === Inline.number) return this.#numbers[cell];
    if (form <= Inline.false) return constantOf(form);
    return form <= Inline.object ? this.#readText(cell, form) : this.#readBytes(cell, form);
  }

  /** @param form - What is returned where it fits. */
  #writeText(cell: number, text: string, form: number): number {
    const { length } = text;
    if (length > INLINE_BYTES) return Inline.none;
    this.#lengths[cell] = length;
    const written = this.#bytes.write(text, cell * STRIDE, length + 4, 'utf8');
    // In UTF-8 a text has as many bytes as characters if and only if all of them are ASCII.
    return written === length ? form : Inline.none;
  }

  #readText(cell: number, form: number): unknown {
    const start = cell * STRIDE;
    const end = start + (this.#lengths[cell] as number);
    const text = this.#bytes.toString('latin1', start, end);
    return form === Inline.object ? parse(text) : text;
  }

  #writeObject(cell: number, value: object): number {
    if (ArrayBuffer.isView(value)) return this.#writeBytes(cell, value);
    const text = flatText(value);
    return text === undefined ? Inline.none : this.#writeText(cell, text, Inline.object);
  }

  #writeBytes(cell: number, view: ArrayBufferView): number {
    const { buffer } = view;
    if (view.byteLength > INLINE_BYTES || !(buffer instanceof ArrayBuffer)) return Inline.none;
    if ((buffer as { readonly resizable?: boolean }).resizable) return Inline.none;
    const isBuffer = Buffer.isBuffer(view);
    if (!isBuffer && view.constructor !== Uint8Array) return Inline.none;
    // What it really is, whatever its prototype says.
    if ((view as Uint8Array)[Symbol.toStringTag] !== 'Uint8Array') return Inline.none;
    this.#lengths[cell] = view.byteLength;
    this.#bytes.set(view as Uint8Array, cell * STRIDE);
    return isBuffer ? Inline.buffer : Inline.bytes;
  }

  #readBytes(cell: number, form: number): Uint8Array {
    const start = cell * STRIDE;
    const end = start + (this.#lengths[cell] as number);
    // A copy, in memory of its own that is not shared.
    const bytes = new Uint8Array(this.#bytes.subarray(start, end));
    return form === Inline.buffer ? Buffer.from(bytes.buffer) : bytes;
  }
}

/** How a cell holds a value that needs no memory, or `Inline.none` where it does. */
function constantForm(value: unknown): number {
  switch (value) {
    case undefined:
      return Inline.undefined;
    case null:
      return Inline.null;
    case true:
      return Inline.true;
    case false:
      return Inline.false;
    default:
      return Inline.none;
  }
}

function constantOf(form: number): unknown {
  switch (form) {
    case Inline.null:
      return null;
    case Inline.true:
      return true;
    case Inline.false:
      return false;
    default:
      return undefined;
  }
}

/**
 * A plain object whose few properties are strings, finite numbers but -0, booleans or null, as JSON:
 * that gives it back exactly as structured clone does. Reads each property once, as that does, for
 * there may be getters. Undefined for any other object.
 */
function flatText(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  // Not one of the built-in kinds in disguise, nor a proxy, which can't be cloned.
  if (toTag.call(value) !== '[object Object]' || types.isProxy(value)) return undefined;
  const names = Object.keys(value);
  if (names.length > MOST_PROPERTIES) return undefined;
  let text = '';
  for (const name of names) {
    const property = flatProperty((value as Readonly<Record<string, unknown>>)[name]);
    if (property === undefined) return undefined;
    text += `${text === '' ? '{' : ','}${stringify(name)}:${property}`;
    if (text.length > INLINE_BYTES) return undefined;
  }
  return text === '' ? '{}' : `${text}}`;
}

function flatProperty(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value.length > INLINE_BYTES ? undefined : stringify(value);
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? String(value) : undefined;
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return value === null ? 'null' : undefined;
  }
}

const toTag = Object.prototype.toString;
