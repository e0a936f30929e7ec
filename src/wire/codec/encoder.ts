/**
 * Encodes plain data into shared memory: one pass proves that a value is plain and writes it.
 *
 * Invariants: what the decoder makes of it equals what structured clone would have made, or the value is
 * turned down and crosses in a message; every property is read once, in structured clone's order, also
 * when it is turned down; after a call nothing refers to the value.
 */
import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { bare, LONG_KEY, MAX_SHAPES, Tag, VIEW_NAMES } from './decoder.js';
import { isDense, isPlainArray, isPlainObject, Reading } from './reading.js';

/** Taken at the start, as a job module may replace them. */
const { getOwnPropertyDescriptor, getPrototypeOf, keys, prototype: root } = Object;
const { hasOwnProperty: hasOwn } = root;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const { isProxy, isArrayBuffer } = types;
const { isBuffer } = Buffer;
const { charCodeAt } = String.prototype;
const { exec } = RegExp.prototype;
const { asIntN } = BigInt;
const { setBigInt64, setFloat64 } = DataView.prototype;
const { set } = Uint8Array.prototype;
const { write } = Buffer.prototype;
const Bytes = Uint8Array;

/** Returns a built-in getter, which tells the truth even if a class or an instance shadows it. */
function getterOf(prototype: object, name: string | symbol): (this: object) => unknown {
  return getOwnPropertyDescriptor(prototype, name)?.get ?? (() => undefined);
}
const typedArray = getPrototypeOf(Uint8Array.prototype) as object;
const kindOf = getterOf(typedArray, Symbol.toStringTag);
const memoryOf = getterOf(typedArray, 'buffer');
const startOf = getterOf(typedArray, 'byteOffset');
const bytesOf = getterOf(typedArray, 'byteLength');
const memoryBytesOf = getterOf(ArrayBuffer.prototype, 'byteLength');
const isResizable = getterOf(ArrayBuffer.prototype, 'resizable');

/** Returned by `encode` for a value that has to be posted. */
const NO = -1;
/** Containers in containers; deeper values are rare, and the stack is not ours alone. */
const MAX_DEPTH = 100;
/** Larger views are cheaper to hand over in a message (payload.ts). */
const MAX_VIEW_BYTES = 16 * 1024;
/** Bytes that any value may take beside its text, its memory or its keys. */
const HEAD_BYTES = 16;
/** Shorter text is quicker to write one character after the other. */
const FEW_CHARACTERS = 24;
const MAX_SHORT_TEXT = 255;

/** The first character of two bytes. V8 knows at once that a text of one-byte characters has none. */
const WIDE = /[^\0-\u00ff]/;
const NOTHING = /^/;

/** In `VIEW_NAMES`. */
const BUFFER_KIND = 0;
const BYTES_KIND = 1;

export class Encoder {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #reading = new Reading();
  /** The keys of the value's shapes. */
  readonly #shapes: Array<readonly string[] | undefined> = bare();
  #shapeCount = 0;
  #end = 0;
  #isBusy = false;
  #substituted: unknown;
  #substitute: unknown;

  /** @param memory - On a SharedArrayBuffer; positions count from its start. */
  constructor(memory: Buffer) {
    this.#bytes = memory;
    this.#view = new DataView(memory.buffer, memory.byteOffset, memory.length);
  }

  /**
   * Writes a value between two positions. What a getter throws is thrown on.
   *
   * @returns The position after the last byte, or -1 if the value does not fit, or might not come out as
   *   its clone; then `takeSubstitute` must be posted.
   */
  encode(value: unknown, start: number, end: number): number {
    // A getter of the value that is being encoded submits another one.
    if (this.#isBusy) return NO;
    this.#end = end;
    if (typeof value !== 'object' || value === null) return this.#value(value, start, 0);
    this.#isBusy = true;
    const reading = this.#reading;
    try {
      if (isView(value)) return this.#wholeView(value, start);
      const at = this.#value(value, start, 0);
      if (at !== NO && reading.areEmptyProven()) return at;
      const substitute = reading.substitute(value);
      if (substitute !== value) {
        this.#substituted = value;
        this.#substitute = substitute;
      }
      return NO;
    } finally {
      this.#forget();
    }
  }

  /**
   * What to post for the value that `encode` has just turned down: the value itself, or a copy that has
   * what its getters gave.
   */
  takeSubstitute(value: unknown): unknown {
    if (value === undefined || this.#substituted !== value) return value;
    const substitute = this.#substitute;
    this.#substituted = this.#substitute = undefined;
    return substitute;
  }

  #forget(): void {
    this.#reading.end();
    for (let index = 0; index < this.#shapeCount; index += 1) this.#shapes[index] = undefined;
    this.#shapeCount = 0;
    this.#isBusy = false;
  }

  /** Like all that write: returns the position behind, or `NO`. */
  #value(value: unknown, at: number, depth: number): number {
    if (at + HEAD_BYTES > this.#end) return NO;
    switch (typeof value) {
      case 'number':
        return this.#number(value, at);
      case 'string':
        return this.#text(value, at);
      case 'object':
        return value === null ? this.#tag(Tag.null, at) : this.#container(value, at, depth);
      case 'boolean':
        return this.#tag(value ? Tag.true : Tag.false, at);
      case 'undefined':
        return this.#tag(Tag.undefined, at);
      case 'bigint':
        return this.#bigint(value, at);
      default:
        return NO;
    }
  }

  #tag(tag: number, at: number): number {
    this.#bytes[at] = tag;
    return at + 1;
  }

  #integer(value: number, at: number): number {
    const bytes = this.#bytes;
    bytes[at] = value;
    bytes[at + 1] = value >> 8;
    bytes[at + 2] = value >> 16;
    bytes[at + 3] = value >> 24;
    return at + 4;
  }

  #number(value: number, at: number): number {
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      if (value >= 0 && value < 256 - Tag.digit) return this.#tag(Tag.digit + value, at);
      return this.#integer(value, this.#tag(Tag.integer, at));
    }
    setFloat64.call(this.#view, this.#tag(Tag.double, at), value, true);
    return at + 9;
  }

  #bigint(value: bigint, at: number): number {
    if (asIntN(64, value) !== value) return NO;
    setBigInt64.call(this.#view, this.#tag(Tag.bigint, at), value, true);
    return at + 9;
  }

  #text(text: string, at: number): number {
    const { length } = text;
    if (at + HEAD_BYTES + length > this.#end) return NO;
    if (length < FEW_CHARACTERS) {
      const end = this.#characters(text, at + 2);
      if (end !== NO) {
        this.#bytes[at] = Tag.shortText;
        this.#bytes[at + 1] = length;
        return end;
      }
    } else if (isNarrow(text)) {
      let start = at + 2;
      if (length <= MAX_SHORT_TEXT) {
        this.#bytes[at] = Tag.shortText;
        this.#bytes[at + 1] = length;
      } else start = this.#integer(length, this.#tag(Tag.text, at));
      return start + write.call(this.#bytes, text, start, length, 'latin1');
    }
    if (at + HEAD_BYTES + 2 * length > this.#end) return NO;
    const start = this.#integer(length, this.#tag(Tag.wideText, at));
    return start + write.call(this.#bytes, text, start, 2 * length, 'ucs2');
  }

  /** Writes text of one byte per character, or `NO`. */
  #characters(text: string, start: number): number {
    const bytes = this.#bytes;
    const { length } = text;
    for (let index = 0; index < length; index += 1) {
      const code = charCodeAt.call(text, index);
      if (code > 0xff) return NO;
      bytes[start + index] = code;
    }
    return start + length;
  }

  #container(value: object, at: number, depth: number): number {
    if (depth === MAX_DEPTH) return NO;
    if (isView(value)) return this.#nestedView(value, at);
    if (isProxy(value)) return NO;
    return isArray(value) ? this.#array(value, at, depth) : this.#object(value, at, depth);
  }

  #array(array: readonly unknown[], at: number, depth: number): number {
    const { length } = array;
    // Seen before anything is read.
    if (at + HEAD_BYTES + length > this.#end || !isPlainArray(array)) return NO;
    const reading = this.#reading;
    if (!reading.meet(array, length)) return NO;
    let end = this.#integer(length, this.#tag(Tag.array, at));
    let hasContainers = false;
    for (let index = 0; index < length; index += 1) {
      // Missing from the start, or since a getter ran.
      if (!hasOwn.call(array, index)) return NO;
      const value = array[index];
      reading.read(value);
      if (typeof value === 'object' && !hasContainers) {
        // A getter in it could fill holes, which structured clone would not notice.
        hasContainers = true;
        if (!isDense(array)) return NO;
      }
      end = this.#value(value, end, depth + 1);
      if (end === NO) return NO;
    }
    return isDense(array) ? end : NO;
  }

  #object(object: object, at: number, depth: number): number {
    if (!isPlainObject(object)) return NO;
    const names = keys(object);
    const { length } = names;
    const reading = this.#reading;
    if (!reading.meet(object, names)) return NO;
    if (length === 0) {
      reading.meetEmpty(object);
      return this.#tag(Tag.emptyObject, at);
    }
    let end = this.#shape(names, at);
    if (end === NO) return NO;
    let count = 0;
    // V8 reads properties several times faster in such a loop than by a list of names.
    for (const name in object) {
      if (!hasOwn.call(object, name)) continue;
      // A getter has changed what was not read yet.
      if (name !== names[count]) return NO;
      count += 1;
      const value = (object as Readonly<Record<string, unknown>>)[name];
      reading.read(value);
      end = this.#value(value, end, depth + 1);
      if (end === NO) return NO;
    }
    return count === length ? end : NO;
  }

  #shape(names: readonly string[], at: number): number {
    const count = this.#shapeCount;
    for (let index = 0; index < count; index += 1) {
      if (areSame(this.#shapes[index] as readonly string[], names)) {
        this.#bytes[at] = Tag.objectLike;
        this.#bytes[at + 1] = index;
        return at + 2;
      }
    }
    if (count < MAX_SHAPES) {
      this.#shapes[count] = names;
      this.#shapeCount = count + 1;
    }
    const start = this.#integer(0, this.#tag(Tag.object, at));
    let end = start;
    for (let index = 0; index < names.length; index += 1) {
      end = this.#key(names[index] as string, end);
      if (end === NO) return NO;
    }
    this.#integer(end - start, start - 4);
    return end;
  }

  #key(name: string, at: number): number {
    const { length } = name;
    if (at + HEAD_BYTES + 2 * length > this.#end) return NO;
    if (2 * length < LONG_KEY) {
      const end = this.#characters(name, at + 1);
      if (end !== NO) {
        this.#bytes[at] = 2 * length;
        return end;
      }
    }
    // Long keys and others are rare: they take two bytes per character, and a head of five.
    const start = this.#integer(2 * length + 1, this.#tag(LONG_KEY, at));
    return start + write.call(this.#bytes, name, start, 2 * length, 'ucs2');
  }

  /** A view that is the whole value: only its part of the memory crosses, and a Buffer stays one. */
  #wholeView(view: object, at: number): number {
    const kind = viewKind(view);
    if (!isBuffer(view)) return this.#viewBytes(view, kind, at);
    return kind === BYTES_KIND ? this.#viewBytes(view, BUFFER_KIND, at) : NO;
  }

  /** Structured clone carries all of a nested view's memory, and whatever shares it. */
  #nestedView(view: object, at: number): number {
    const kind = viewKind(view);
    if (kind === NO) return NO;
    const memory = memoryOf.call(view) as ArrayBuffer;
    if (!isArrayBuffer(memory) || bytesOf.call(view) !== memoryBytesOf.call(memory)) return NO;
    return this.#reading.meetBuffer(memory) ? this.#viewBytes(view, kind, at) : NO;
  }

  #viewBytes(view: object, kind: number, at: number): number {
    if (kind === NO) return NO;
    const memory = memoryOf.call(view) as ArrayBuffer;
    const length = bytesOf.call(view) as number;
    if (length >= MAX_VIEW_BYTES || at + HEAD_BYTES + length > this.#end) return NO;
    if (!isArrayBuffer(memory) || isResizable.call(memory) === true || isDetached(memory))
      return NO;
    const start = this.#integer(length, this.#tag(kind, this.#tag(Tag.view, at)));
    set.call(this.#bytes, new Bytes(memory, startOf.call(view) as number, length), start);
    return start + length;
  }
}

/** Whether all characters have one byte. */
function isNarrow(text: string): boolean {
  if (exec.call(WIDE, text) === null) return true;
  // The engine keeps the text that was matched last.
  exec.call(NOTHING, '');
  return false;
}

function areSame(some: readonly string[], others: readonly string[]): boolean {
  const { length } = some;
  if (others.length !== length) return false;
  for (let index = 0; index < length; index += 1) if (some[index] !== others[index]) return false;
  return true;
}

/** The number of a view's kind in the bytes, whatever its prototype says; `NO` if it has none. */
function viewKind(view: object): number {
  const name = kindOf.call(view);
  for (let kind = BYTES_KIND; kind < VIEW_NAMES.length; kind += 1) {
    if (VIEW_NAMES[kind] === name) return kind;
  }
  return NO;
}

function isDetached(memory: ArrayBuffer): boolean {
  if (memoryBytesOf.call(memory) !== 0) return false;
  try {
    return new Bytes(memory).length > 0;
  } catch {
    return true;
  }
}
