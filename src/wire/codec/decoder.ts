/**
 * Reads the values that `encoder.ts` writes, and defines their bytes.
 *
 * A tag says what follows it: nothing, a number, text, bytes, or the values of a container. An object
 * begins with its shape, that is its keys: in full if it is the first object of the value with these
 * keys, else as the shape's index.
 *
 * Invariants: every property is an own one, whatever the prototypes of this thread have become; no
 * code of a user runs; reading ends, whatever the bytes are. The cache of shapes is bounded.
 */
import { Buffer } from 'node:buffer';

export const Tag = {
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  /** A signed integer of 32 bits. */
  integer: 4,
  double: 5,
  /** A bigint of 64 bits. */
  bigint: 6,
  /** Text with one byte per character, of at most 255. */
  shortText: 7,
  /** Text with one byte per character. */
  text: 8,
  /** Text with two bytes per character. */
  wideText: 9,
  array: 10,
  emptyObject: 11,
  /** An object of new keys. */
  object: 12,
  /** An object with the keys of an earlier one. */
  objectLike: 13,
  /** A view on memory of its own. */
  view: 14,
  /** From here on: an integer from 0 to 127. */
  digit: 128,
} as const;

/** The shapes of one value that get an index; objects of further ones have their keys in full. */
export const MAX_SHAPES = 16;

/** In the place of a key's head: it has four bytes, which follow. */
export const LONG_KEY = 255;

/** The kinds of views by their number in the bytes; 0 is a Buffer. */
export const VIEW_NAMES = [
  'Buffer',
  'Uint8Array',
  'Int8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
] as const;

/** Taken at the start, as a job module may replace them. */
const VIEW_CLASSES = VIEW_NAMES.map((name) =>
  name === 'Buffer' ? Buffer : globalThis[name],
) as unknown as ReadonlyArray<new (memory: ArrayBuffer) => ArrayBufferView>;
const { fromCharCode } = String;
const { defineProperty, prototype: objectPrototype, setPrototypeOf } = Object;
const { prototype: arrayPrototype } = Array;
const { getFloat64, getBigInt64 } = DataView.prototype;
const { toString } = Buffer.prototype;
const Bytes = Uint8Array;
const toBuffer: (memory: ArrayBuffer) => Buffer = Buffer.from;

/** Shorter text is quicker to read one character after the other. */
const FEW_CHARACTERS = 8;
/** A power of two. */
const CACHED_SHAPES = 256;
/** Bytes of keys; shapes with more are not kept. */
const MAX_CACHED_BYTES = 256;

interface Shape {
  /** The keys as they are written, to know them again; undefined if they are not kept. */
  readonly bytes: Uint8Array | undefined;
  readonly keys: readonly string[];
}

export class Decoder {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #cache: Array<Shape | undefined> = bare();
  /** The shapes of the value that is being read. */
  readonly #shapes: Shape[] = bare();
  /** Whether a shape's keys can be assigned to, as no object inherits one of them. */
  readonly #isAssignable: boolean[] = bare();
  #shapeCount = 0;
  #at = 0;

  constructor(memory: Buffer) {
    this.#bytes = memory;
    this.#view = new DataView(memory.buffer, memory.byteOffset, memory.length);
  }

  /**
   * Reads the value that begins at a position.
   *
   * @throws RangeError if there is none.
   */
  decode(start: number): unknown {
    this.#at = start;
    this.#shapeCount = 0;
    return this.#value();
  }

  #value(): unknown {
    const tag = this.#byte();
    if (tag >= Tag.digit) return tag - Tag.digit;
    switch (tag) {
      case Tag.undefined:
        return undefined;
      case Tag.null:
        return null;
      case Tag.true:
        return true;
      case Tag.false:
        return false;
      case Tag.integer:
        return this.#count() | 0;
      case Tag.double:
        return getFloat64.call(this.#view, this.#pass(8), true);
      case Tag.bigint:
        return getBigInt64.call(this.#view, this.#pass(8), true);
      case Tag.shortText:
        return this.#text(this.#byte());
      case Tag.text:
        return this.#text(this.#count());
      case Tag.wideText:
        return this.#wideText(this.#count());
      case Tag.array:
        return this.#array(this.#count());
      case Tag.emptyObject:
        return {};
      case Tag.object:
        return this.#newObject(this.#count());
      case Tag.objectLike:
        return this.#objectLike(this.#byte());
      case Tag.view:
        return this.#memoryView(this.#byte(), this.#count());
      default:
        throw corrupted();
    }
  }

  /** Passes over some bytes, and returns where they begin. */
  #pass(count: number): number {
    const start = this.#at;
    this.#at = start + count;
    if (this.#at > this.#bytes.length) throw corrupted();
    return start;
  }

  #byte(): number {
    return this.#bytes[this.#pass(1)] as number;
  }

  #count(): number {
    const at = this.#pass(4);
    const bytes = this.#bytes as ArrayLike<number> as Readonly<Record<number, number>>;
    const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    const high = ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
    return (low | high) >>> 0;
  }

  #text(length: number): string {
    const start = this.#pass(length);
    if (length > FEW_CHARACTERS) return toString.call(this.#bytes, 'latin1', start, start + length);
    let text = '';
    for (let at = start; at < start + length; at += 1) {
      text += fromCharCode(this.#bytes[at] as number);
    }
    return text;
  }

  #wideText(length: number): string {
    const start = this.#pass(2 * length);
    return toString.call(this.#bytes, 'ucs2', start, start + 2 * length);
  }

  #array(length: number): unknown[] {
    const array: unknown[] = [];
    for (let index = 0; index < length; index += 1) {
      const value = this.#value();
      if (index in arrayPrototype) define(array, index, value);
      else array[index] = value;
    }
    return array;
  }

  #newObject(byteLength: number): object {
    const start = this.#pass(byteLength);
    const shape = this.#shape(start, byteLength);
    this.#at = start + byteLength;
    // No code runs before the value is complete that could change it.
    const isAssignable = !areAnyInherited(shape.keys);
    if (this.#shapeCount < MAX_SHAPES) {
      this.#shapes[this.#shapeCount] = shape;
      this.#isAssignable[this.#shapeCount] = isAssignable;
      this.#shapeCount += 1;
    }
    return this.#object(shape.keys, isAssignable);
  }

  #objectLike(index: number): object {
    if (index >= this.#shapeCount) throw corrupted();
    return this.#object((this.#shapes[index] as Shape).keys, this.#isAssignable[index] as boolean);
  }

  #object(keys: readonly string[], isAssignable: boolean): object {
    const object: Record<string, unknown> = {};
    const { length } = keys;
    if (isAssignable) {
      for (let index = 0; index < length; index += 1) {
        object[keys[index] as string] = this.#value();
      }
    } else {
      for (let index = 0; index < length; index += 1) {
        define(object, keys[index] as string, this.#value());
      }
    }
    return object;
  }

  #shape(start: number, byteLength: number): Shape {
    if (byteLength > MAX_CACHED_BYTES)
      return { bytes: undefined, keys: this.#keys(start, byteLength) };
    const bytes = this.#bytes;
    let hash = byteLength;
    for (let at = start; at < start + byteLength; at += 1) {
      hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    }
    const slot = (hash ^ (hash >>> 8) ^ (hash >>> 16)) & (CACHED_SHAPES - 1);
    const known = this.#cache[slot];
    if (known !== undefined && isWritten(known.bytes as Uint8Array, bytes, start, byteLength))
      return known;
    const copy = new Bytes(byteLength);
    for (let at = 0; at < byteLength; at += 1) copy[at] = bytes[start + at] as number;
    const shape = { bytes: copy, keys: this.#keys(start, byteLength) };
    this.#cache[slot] = shape;
    return shape;
  }

  /** Before each key is twice its length, and 1 more if its characters have two bytes. */
  #keys(start: number, byteLength: number): readonly string[] {
    const keys: string[] = bare();
    this.#at = start;
    while (this.#at < start + byteLength) {
      const byte = this.#byte();
      const head = byte === LONG_KEY ? this.#count() : byte;
      keys[keys.length] = head & 1 ? this.#wideText(head >>> 1) : this.#text(head >>> 1);
    }
    return keys;
  }

  #memoryView(kind: number, byteLength: number): ArrayBufferView {
    const View = VIEW_CLASSES[kind];
    if (View === undefined) throw corrupted();
    const { buffer, byteOffset } = this.#bytes;
    const start = byteOffset + this.#pass(byteLength);
    // A copy, in memory of its own that is not shared.
    const copy = new Bytes(new Bytes(buffer, start, byteLength));
    if (View === Bytes) return copy;
    return kind === 0 ? toBuffer(copy.buffer) : new View(copy.buffer);
  }
}

function isWritten(known: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let at = 0; at < length; at += 1) {
    if (known[at] !== bytes[start + at]) return false;
  }
  return true;
}

/** Whether assigning to one of these keys could do anything but make an own property. */
function areAnyInherited(keys: readonly string[]): boolean {
  for (let index = 0; index < keys.length; index += 1) {
    if ((keys[index] as string) in objectPrototype) return true;
  }
  return false;
}

/** Makes an own property, whatever is inherited. */
export function define(owner: object, key: string | number, value: unknown): void {
  defineProperty(owner, key, {
    // Nor may the descriptor inherit anything.
    __proto__: null,
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  } as PropertyDescriptor);
}

/** A list that inherits no setters of indices, which anybody may add to all arrays. */
export function bare<Item>(): Item[] {
  return setPrototypeOf([], null) as Item[];
}

function corrupted(): RangeError {
  return new RangeError('No value begins at this position.');
}
