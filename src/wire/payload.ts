/**
 * Weighs one value, a job's input or its result, and makes it ready to cross a link.
 *
 * Invariants: a view never drags its larger buffer along; a Buffer that is the whole value arrives
 * as a Buffer; weighing a value costs a bounded number of steps, whatever its size.
 */
import { Blob, Buffer } from 'node:buffer';
import { types } from 'node:util';
import type { Transferable } from 'node:worker_threads';
import { cloneMoving } from './cloning.js';

/** Bytes of a job besides its payload: its record, promise and place (see docs/design.md). */
export const JOB_OVERHEAD_BYTES = 512;

/** Steps after which weighing extrapolates, and how deep it looks. */
const MAX_STEPS = 64;
const MAX_DEPTH = 4;
const SAMPLE = 8;
/** Bytes charged for a value that isn't inspected: about the clone of a small object. */
const UNSEEN_BYTES = 64;

/**
 * An estimate of the bytes that a value takes as a clone. Strings, buffers and views: their own
 * length. Objects, arrays, maps and sets: 16, plus 8 and the name's length for each entry, plus the
 * values, of which at most 64 are looked at, four levels deep; longer arrays, maps and sets are
 * extrapolated from their first eight entries. Shared memory is free, as it isn't cloned.
 *
 * Cost: 20 ns for a string or a buffer, under 1 µs for a small flat object.
 */
export function weigh(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  try {
    return Math.ceil(new Scale().weigh(value, 0));
  } catch {
    // A getter threw. The clone will meet it again and report it.
    return UNSEEN_BYTES;
  }
}

class Scale {
  #steps = 0;

  weigh(value: unknown, depth: number): number {
    this.#steps += 1;
    if (typeof value === 'string') return value.length;
    if (typeof value !== 'object' || value === null) return 8;
    // A nested view is cloned with all of its buffer.
    if (ArrayBuffer.isView(value)) return bufferBytes(value.buffer);
    // Seen at once. What else it may be is asked of Node, not of `instanceof`: every realm has classes of its own.
    const isUsual = Object.getPrototypeOf(value) === Object.prototype || Array.isArray(value);
    if (!isUsual && types.isAnyArrayBuffer(value)) return bufferBytes(value);
    if (depth >= MAX_DEPTH || this.#steps > MAX_STEPS) return UNSEEN_BYTES;
    if (Array.isArray(value)) return this.#entries(value, value.length, depth);
    if (!isUsual) {
      if (types.isMap(value)) return this.#pairs(value, depth);
      if (types.isSet(value)) return this.#entries(value, value.size, depth);
      // Node's own class, which all realms share.
      if (value instanceof Blob) return UNSEEN_BYTES;
    }
    return this.#properties(value as Readonly<Record<string, unknown>>, depth);
  }

  #properties(value: Readonly<Record<string, unknown>>, depth: number): number {
    let bytes = 16;
    for (const name in value) {
      bytes += 8 + name.length;
      if (this.#steps <= MAX_STEPS) bytes += this.weigh(value[name], depth + 1);
      else bytes += UNSEEN_BYTES;
    }
    return bytes;
  }

  #entries(values: Iterable<unknown>, count: number, depth: number): number {
    let seen = 0;
    let bytes = 0;
    for (const value of values) {
      bytes += 8 + this.weigh(value, depth + 1);
      seen += 1;
      if (seen === SAMPLE) break;
    }
    return seen === 0 ? 16 : 16 + (bytes / seen) * count;
  }

  #pairs(map: ReadonlyMap<unknown, unknown>, depth: number): number {
    const { size } = map;
    return this.#entries(map.keys(), size, depth) + this.#entries(map.values(), size, depth);
  }
}

function bufferBytes(buffer: ArrayBufferLike): number {
  return types.isSharedArrayBuffer(buffer) ? 0 : buffer.byteLength;
}

/**
 * A view of its own memory: the same one where it spans its whole buffer or shares memory, else a
 * copy of its part. `Buffer.from('hello')` is a view on a slab of 8 KB and more, and structured
 * clone would carry the slab.
 */
export function compact(value: unknown): unknown {
  return typeof value === 'object' && ArrayBuffer.isView(value) ? compactView(value) : value;
}

function compactView(view: ArrayBufferView): ArrayBufferView {
  const { buffer, byteOffset, byteLength } = view;
  if (byteLength === buffer.byteLength || types.isSharedArrayBuffer(buffer)) return view;
  const own = buffer.slice(byteOffset, byteOffset + byteLength);
  if (Buffer.isBuffer(view)) return Buffer.from(own);
  if (types.isDataView(view)) return new DataView(own);
  return new (builtIn(view as Uint8Array))(own);
}

/**
 * From so many bytes on a copy that is handed over is cheaper than a clone, which is copied on both
 * sides, and whose memory the system brings in anew each time (measured: docs/design.md).
 */
const HANDOVER_BYTES = 16 * 1024;

/** A value that is about to be posted, and the memory that goes with it. */
export interface Copy {
  readonly value: unknown;
  readonly transfer: readonly [ArrayBuffer];
}

/**
 * Of a large typed array, Buffer or ArrayBuffer: a copy that equals its clone, in memory of its own
 * that is to be transferred. Undefined for any other value. Cost: 0.1 ms for a megabyte.
 */
export function copyToHandOver(value: unknown): Copy | undefined {
  if (types.isArrayBuffer(value)) {
    if (!isLarge(value.byteLength, value)) return undefined;
    const { buffer } = new Uint8Array(new Uint8Array(value));
    return { value: buffer, transfer: [buffer] };
  }
  if (!types.isTypedArray(value) || !isLarge(value.byteLength, value.buffer)) return undefined;
  if (Buffer.isBuffer(value)) {
    const { buffer } = new Uint8Array(value);
    return { value: Buffer.from(buffer), transfer: [buffer] };
  }
  const copy = new (builtIn(value))(value as never);
  return { value: copy, transfer: [copy.buffer] };
}

/** Shared memory is not copied at all, and a resizable buffer stays one. */
function isLarge(bytes: number, buffer: ArrayBufferLike): boolean {
  if (bytes < HANDOVER_BYTES || types.isSharedArrayBuffer(buffer)) return false;
  return !(buffer as Resizable).resizable;
}

/** A property that Node 20 has, and the types of this language level lack. */
interface Resizable {
  readonly resizable?: boolean;
}

/** The built-in class of a view, which is what a clone of a subclass becomes, too. */
function builtIn(
  view: NodeJS.TypedArray,
): new (from: ArrayBuffer) => NodeJS.TypedArray<ArrayBuffer> {
  return globalThis[nameOf.call(view)] as never;
}

/** Reads the kind of a typed array, even if its class has another tag. */
const nameOf = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)?.get as (this: NodeJS.TypedArray) => NodeJS.TypedArray[typeof Symbol.toStringTag];

/** Whether a value is a Buffer. Asks the cheap question first: `instanceof` costs more than a view is rare. */
export function isBuffer(value: unknown): boolean {
  return ArrayBuffer.isView(value) && Buffer.isBuffer(value);
}

/** Turns what arrived for a Buffer back into one, over the same memory. */
export function asBuffer(value: unknown): Buffer {
  const { buffer, byteOffset, byteLength } = value as Uint8Array;
  return Buffer.from(buffer, byteOffset, byteLength);
}

/**
 * Takes the listed buffers and ports away from the caller now, and gives the value and the list
 * that hold them from here on. Cost: 5 to 7 µs.
 *
 * @throws DataCloneError where the value can't be cloned or the list not be transferred; then nothing
 *   was detached.
 */
export function detach(
  value: unknown,
  list: readonly Transferable[],
): { value: unknown; list: readonly Transferable[] } {
  const moved = cloneMoving({ value, list }, list);
  return isBuffer(value) ? { value: asBuffer(moved.value), list: moved.list } : moved;
}
