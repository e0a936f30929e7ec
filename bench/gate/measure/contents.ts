/**
 * Determines what an object consists of, as far as structured clone preserves it: its kind and its parts.
 *
 * Invariant: two objects of the same kind with equal parts are equal, whatever their classes, getters, symbols and
 * hidden properties, as a clone has none of these. An error's stack is not a part: it contains paths. An object has no
 * contents if its parts can't be read, or if others can change them at any time.
 */
import { types } from 'node:util';
import { digestOf } from './byte-stack.js';

export interface Contents {
  readonly kind: string;
  readonly parts: Iterator<unknown>;
  /** True if the parts of equal objects may come in different orders. */
  readonly isUnordered?: boolean;
}

/** The contents of an object; undefined for shared memory, ports, promises, proxies, instances of classes … */
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

/** True if the prototype is the last of its chain, which holds in every realm. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** An array with holes or named properties is listed by its keys, as it can consist of very many holes. */
function arrayContents(array: readonly unknown[]): Contents {
  const keys = Object.keys(array);
  const isDense = keys.length === array.length && (keys.at(-1) ?? '-1') === `${array.length - 1}`;
  if (isDense) return ordered('Array', array);
  return ordered(`Array of ${array.length}`, propertiesOf(array));
}

/** The bytes of a view; their position in the buffer does not matter. */
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

/** Names and values alternately, in the order of the names. */
function* propertiesOf(object: object): Iterable<unknown> {
  for (const key of Object.keys(object).toSorted()) {
    yield key;
    yield (object as Record<string, unknown>)[key];
  }
}
