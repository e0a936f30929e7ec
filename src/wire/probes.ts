/**
 * Looks at values that anybody may have thrown: what kind they are, what they hold, what they say.
 *
 * Invariant: nothing here throws or loops without end, whatever getters, proxies and prototypes do.
 */
import { types } from 'node:util';

type ErrorClass = new (message: string) => Error;

/** The built-in classes of errors that are made of a message alone. */
export const PLAIN_ERRORS: Readonly<Record<string, ErrorClass>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** Of Node 24 and later. */
export const SuppressedError:
  | (new (error: unknown, suppressed: unknown, message: string) => Error)
  | undefined = Reflect.get(globalThis, 'SuppressedError');

/** The names of the built-in classes by their prototypes. Read from `globalThis`, as an environment may lack one. */
const NAMES: ReadonlyMap<object, string> = new Map(
  [...Object.keys(PLAIN_ERRORS), 'AggregateError', 'SuppressedError', 'DOMException'].flatMap(
    (name) => {
      const Class = Reflect.get(globalThis, name) as ErrorClass | undefined;
      return Class === undefined ? [] : [[Class.prototype, name]];
    },
  ),
);

/** More are not looked at: the trap of a proxy may give new ones for ever. */
const MAX_PROTOTYPES = 64;

/** The containers that can be taken apart. An instance of a class is not one: it may be anything. */
export type ContainerKind = 'array' | 'map' | 'set' | 'object';

/** Stands for what can't be read. A symbol, as that can't be cloned either. */
const UNREADABLE = Symbol('unreadable');

/** Whether a value is an error, also one of another realm, such as a `vm` context. */
export function isError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false;
  if (types.isNativeError(value) || prototypesOf(value).includes(Error.prototype)) return true;
  return isDOMException(value);
}

/** By its tag: the class of an environment such as jsdom inherits from no error of ours. */
function isDOMException(value: object): boolean {
  try {
    return Object.prototype.toString.call(value) === '[object DOMException]';
  } catch {
    return false;
  }
}

/** The nearest built-in class of an error: of this realm, else by its name, as every realm has its own. */
export function builtInName(error: object): string {
  if (isDOMException(error)) return 'DOMException';
  const prototypes = prototypesOf(error);
  const own = prototypes.find((prototype) => NAMES.has(prototype));
  if (own !== undefined) return NAMES.get(own) as string;
  const names = new Set(NAMES.values());
  return prototypes.map(classNameOf).find((name) => names.has(name)) ?? 'Error';
}

/** Returns the kind of container that a value is; undefined if it is not one. */
export function containerKind(value: object): ContainerKind | undefined {
  try {
    if (Array.isArray(value)) return 'array';
    if (types.isMap(value)) return 'map';
    if (types.isSet(value)) return 'set';
    const prototype: unknown = Object.getPrototypeOf(value);
    // The root of this realm, or of another one.
    const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
    return isPlain ? 'object' : undefined;
  } catch {
    return undefined;
  }
}

/** The keys that structured clone would take along; undefined if they can't be read. */
export function keysOf(value: object): string[] | undefined {
  try {
    return Object.keys(value);
  } catch {
    return undefined;
  }
}

/** The entries of a Map, whatever a class of its own makes of them. */
export function pairsOf(map: object): Array<[key: unknown, value: unknown]> {
  return [...(Map.prototype.entries.call(map) as Iterable<[unknown, unknown]>)];
}

/** The members of a Set, likewise. */
export function membersOf(set: object): unknown[] {
  return [...(Set.prototype.values.call(set) as Iterable<unknown>)];
}

/** The names of all own properties; undefined if they can't be read. */
export function namesOf(value: object): string[] | undefined {
  try {
    return Object.getOwnPropertyNames(value);
  } catch {
    return undefined;
  }
}

/** The value of a property; a symbol if it can't be read. */
export function read(owner: object, key: string): unknown {
  try {
    return (owner as Record<string, unknown>)[key];
  } catch {
    return UNREADABLE;
  }
}

/** The text of a property; undefined if it can't be read, or has none. */
export function readText(owner: object, key: string): string | undefined {
  const value = read(owner, key);
  try {
    return value === UNREADABLE ? undefined : String(value);
  } catch {
    return undefined;
  }
}

/** Says what a value is that can't be cloned. */
export function describe(value: unknown): string {
  if (typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return 'a function';
  if (types.isProxy(value)) return 'a Proxy';
  try {
    const [prototype] = prototypesOf(value as object);
    const className = prototype === undefined ? '' : classNameOf(prototype);
    const tag = Object.prototype.toString.call(value);
    return ['', 'Object'].includes(className) || tag.includes(className)
      ? tag
      : `${tag} of the class ${className}`;
  } catch {
    return 'an object';
  }
}

/** The prototypes of a value, the nearest first; as far as they can be read. */
function prototypesOf(value: object): object[] {
  const prototypes: object[] = [];
  try {
    let prototype = Object.getPrototypeOf(value) as object | null;
    while (prototype !== null && prototypes.length < MAX_PROTOTYPES) {
      prototypes.push(prototype);
      prototype = Object.getPrototypeOf(prototype) as object | null;
    }
  } catch {
    // A trap threw: what is known so far has to do.
  }
  return prototypes;
}

/** The name of the class whose prototype this is. */
function classNameOf(prototype: object): string {
  const constructor = Object.hasOwn(prototype, 'constructor')
    ? read(prototype, 'constructor')
    : undefined;
  const name = typeof constructor === 'function' ? read(constructor, 'name') : undefined;
  return typeof name === 'string' ? name : '';
}
