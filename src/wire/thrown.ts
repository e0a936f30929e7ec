/**
 * How something thrown crosses a link. Structured clone loses an Error's `code`, custom names and
 * other fields, and fails on one field that can't be cloned; so errors are taken apart here.
 *
 * Invariants: encoding never throws, whatever was thrown; what it makes can always be cloned;
 * decoding gives an instance of the same built-in class.
 */

import { types } from 'node:util';

/** A thrown value, ready to be cloned. */
export type EncodedError =
  | { readonly value: unknown }
  | {
      readonly error: string;
      readonly name: string;
      readonly message: string;
      readonly stack: string;
      /** Own fields that can be cloned; `cause` and `errors` among them, errors encoded in turn. */
      readonly fields: ReadonlyArray<readonly [key: string, value: EncodedField]>;
      /** Names of the own fields that can't be cloned; the error has them as `notCloned`. */
      readonly omitted: readonly string[];
    };

type EncodedField =
  | { readonly plain: unknown }
  | { readonly encoded: EncodedError }
  | { readonly list: readonly EncodedField[] };

const BUILT_IN = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AggregateError,
} as const;

const MAX_DEPTH = 8;

/** Takes a thrown value apart. Errors in `cause`, `errors` and other fields are followed eight levels deep. */
export function encodeThrown(thrown: unknown): EncodedError {
  try {
    return encode(thrown, []);
  } catch {
    return lastResort(thrown);
  }
}

function encode(thrown: unknown, path: readonly unknown[]): EncodedError {
  if (!isError(thrown)) {
    if (isCloneable(thrown)) return { value: thrown };
    return lastResort(thrown);
  }
  const fields: Array<[string, EncodedField]> = [];
  const omitted: string[] = [];
  const inner = [...path, thrown];
  for (const key of Object.getOwnPropertyNames(thrown)) {
    if (key === 'stack' || key === 'message' || key === 'name') continue;
    const field = inner.length < MAX_DEPTH ? encodeField(thrown, key, inner) : undefined;
    if (field === undefined) omitted.push(key);
    else fields.push([key, field]);
  }
  return {
    error: builtInName(thrown),
    name: String(thrown.name),
    message: String(thrown.message),
    stack: typeof thrown.stack === 'string' ? thrown.stack : `${thrown.name}: ${thrown.message}`,
    fields,
    omitted,
  };
}

function encodeField(
  owner: object,
  key: string,
  path: readonly unknown[],
): EncodedField | undefined {
  try {
    return encodeValue((owner as Record<string, unknown>)[key], path);
  } catch {
    return undefined;
  }
}

function encodeValue(value: unknown, path: readonly unknown[]): EncodedField | undefined {
  if (isError(value)) return path.includes(value) ? undefined : { encoded: encode(value, path) };
  if (Array.isArray(value) && value.some(isError)) {
    const list = value.map((entry) => encodeValue(entry, path));
    return list.includes(undefined) ? undefined : { list: list as EncodedField[] };
  }
  return isCloneable(value) ? { plain: value } : undefined;
}

/** Puts a thrown value together again. */
export function decodeThrown(encoded: EncodedError): unknown {
  if ('value' in encoded) return encoded.value;
  const error = create(encoded.error, encoded.message, encoded.name);
  define(error, 'stack', encoded.stack);
  if (error.name !== encoded.name) define(error, 'name', encoded.name);
  for (const [key, field] of encoded.fields) {
    const hidden = key === 'cause' || key === 'errors';
    define(error, key, decodeField(field), !hidden);
  }
  if (encoded.omitted.length > 0) define(error, 'notCloned', encoded.omitted, true);
  return error;
}

function decodeField(field: EncodedField): unknown {
  if ('encoded' in field) return decodeThrown(field.encoded);
  return 'list' in field ? field.list.map(decodeField) : field.plain;
}

function create(className: string, message: string, name: string): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    if (className === 'DOMException') return new DOMException(message, name);
    if (className === 'AggregateError') return new AggregateError([], message);
    const Class = BUILT_IN[className as Exclude<keyof typeof BUILT_IN, 'AggregateError'>] ?? Error;
    return new Class(message);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function define(error: Error, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
}

/** Also an error of another realm, such as a `vm` context. */
function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

/** The nearest built-in class on the error's prototype chain; by name, as every realm has its own. */
function builtInName(error: Error): string {
  if (error instanceof DOMException) return 'DOMException';
  for (let p: unknown = error; p !== null; p = Object.getPrototypeOf(p)) {
    const { constructor } = p as { readonly constructor?: { readonly name?: unknown } };
    const name = String(constructor?.name);
    if (Object.hasOwn(p as object, 'constructor') && Object.hasOwn(BUILT_IN, name)) return name;
  }
  return 'Error';
}

function isCloneable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) {
    return typeof value !== 'function' && typeof value !== 'symbol';
  }
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** For what can't cross: an Error that says what it was. */
function lastResort(thrown: unknown): EncodedError {
  const message = `A job threw a value that can't be cloned: ${describe(thrown)}`;
  return {
    error: 'Error',
    name: 'Error',
    message,
    stack: `Error: ${message}`,
    fields: [],
    omitted: [],
  };
}

function describe(value: unknown): string {
  if (typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return 'a function';
  try {
    return Object.prototype.toString.call(value);
  } catch {
    return 'an object';
  }
}
