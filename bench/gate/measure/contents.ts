/**
 * What an object consists of, as far as it outlives structured clone: its kind and its parts.
 *
 * Invariant: two objects of the same kind with equal parts are equal, whatever their classes, getters,
 * symbols and hidden properties were, as a clone has none of these. Of an error the stack is no part: it
 * has paths. What has parts that can't be read, or that others can change at any time, has no contents.
 */
import { types } from 'node:util';
import { digestOf } from './byte-stack.js';

export interface Contents {
  readonly kind: string;
  readonly parts: Iterator<unknown>;
  /** Whether the parts of equal objects may come in different orders. */
  readonly isUnordered?: boolean;
}

/** Undefined for shared memory, ports, promises, proxies, instances of classes … */
export function contentsOf(object: object): Contents | undefined {
  if (types.isProxy(object)) return undefined;
  if (Array.isArray(object)) return arrayContents(object);
  if (isPlain(object)) return ordered('Object', propertiesOf(object));
  if (types.isMap(object)) return { kind: 'Map', parts: object.entries(), isUnordered: true };
  if (types.isSet(object)) return { kind: 'Set', parts: object.values(), isUnordered: true };
  if (types.isDate(object)) return ordered('Date', [object.getTime()]);
  if (types.isRegExp(object)) return ordered('RegExp', [object.source, object.flags]);
  if (types.isBoxedPrimitive(object)) return ordered('boxed', [object.valueOf()]);
  if (types.isArrayBuffer(object))
    return ordered('ArrayBuffer', [digestOf(new Uint8Array(object))]);
  if (ArrayBuffer.isView(object)) return viewContents(object);
  if (types.isNativeError(object) || object instanceof Error) return errorContents(object);
  return undefined;
}

/** Of any realm: the prototype is the last one. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Holes and named properties are rare, and an array of nothing but holes can be very long. */
function arrayContents(array: readonly unknown[]): Contents {
  const keys = Object.keys(array);
  const isDense = keys.length === array.length && (keys.at(-1) ?? '-1') === `${array.length - 1}`;
  if (isDense) return ordered('Array', array);
  return ordered(`Array of ${array.length}`, propertiesOf(array));
}

/** The bytes that it shows; where these are in its buffer is no content. */
function viewContents(view: ArrayBufferView): Contents | undefined {
  const { buffer, byteOffset, byteLength } = view;
  if (types.isSharedArrayBuffer(buffer)) return undefined;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return ordered(Object.prototype.toString.call(view), [digestOf(bytes)]);
}

function errorContents(error: Error): Contents {
  const { name, message } = error;
  const cause = Object.hasOwn(error, 'cause') ? [error.cause] : [];
  return ordered('Error', [name, message, (error as NodeJS.ErrnoException).code, ...cause]);
}

function ordered(kind: string, parts: Iterable<unknown>): Contents {
  return { kind, parts: parts[Symbol.iterator]() };
}

/** Names and values by turns, in the order of the names. */
function* propertiesOf(object: object): Iterable<unknown> {
  for (const key of Object.keys(object).toSorted()) {
    yield key;
    yield (object as Record<string, unknown>)[key];
  }
}
