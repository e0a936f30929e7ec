/**
 * Knows what the encoder has read of one value: proves that its containers are plain, and records what
 * their properties gave.
 *
 * Structured clone reads every property once, and a getter may answer differently the second time. So a
 * value that is turned down half-way is not simply posted if a getter has run: `substitute` continues
 * from what was read.
 *
 * Invariants: what is proven plain is cloned by its own properties alone; the record is in the order of
 * reading, depth first; after `end` nothing refers to the value.
 */
import { types } from 'node:util';
import { bare, define } from './decoder.js';

/** Taken at the start, as a job module may replace them. */
const { getOwnPropertyDescriptor, getPrototypeOf, hasOwn, is, keys, prototype: root } = Object;
const { isArray, prototype: arrayPrototype } = Array;
const { toString: toTag } = root;
const { toStringTag } = Symbol;
const { add, has } = Set.prototype;
const { isAnyArrayBuffer, isMap, isPromise, isProxy, isSet } = types;
const clone: unknown = Reflect.get(globalThis, 'structuredClone');

/** Up to this many containers are compared one by one. */
const FEW_CONTAINERS = 16;
const MAX_BUFFERS = 128;
/** The lists keep their memory for this many entries. */
const KEPT_ENTRIES = 4096;
/** The copy goes no deeper: what lies below is posted as it is. */
const MAX_COPIED_DEPTH = 500;

/** Of an object its keys, of an array its length. */
export type Contents = readonly string[] | number;

export class Reading {
  readonly #containers: object[] = bare();
  readonly #contents: Contents[] = bare();
  #containerCount = 0;
  /** All containers, if they are many. */
  #met: Set<object> | undefined;
  readonly #values: unknown[] = bare();
  #valueCount = 0;
  readonly #empty: object[] = bare();
  #emptyCount = 0;
  readonly #buffers: object[] = bare();
  #bufferCount = 0;
  /** Where the record is read again: the next container and the next value. */
  #container = 0;
  #value = 0;

  /** Records a container whose properties are read next; false if it was met before. */
  meet(container: object, contents: Contents): boolean {
    const count = this.#containerCount;
    if (count < FEW_CONTAINERS) {
      if (isAmong(this.#containers, count, container)) return false;
    } else {
      this.#met ??= asSet(this.#containers, count);
      if (has.call(this.#met, container)) return false;
      add.call(this.#met, container);
    }
    this.#containers[count] = container;
    this.#contents[count] = contents;
    this.#containerCount = count + 1;
    return true;
  }

  /** Records what the next property gave. */
  read(value: unknown): void {
    this.#values[this.#valueCount] = value;
    this.#valueCount += 1;
  }

  /** Records the memory of a view; false if it was met before, or if there are too many to tell. */
  meetBuffer(buffer: object): boolean {
    const count = this.#bufferCount;
    if (count === MAX_BUFFERS || isAmong(this.#buffers, count, buffer)) return false;
    this.#buffers[count] = buffer;
    this.#bufferCount = count + 1;
    return true;
  }

  /** Records an object without properties that are cloned. `areEmptyProven` must be asked in the end. */
  meetEmpty(object: object): void {
    this.#empty[this.#emptyCount] = object;
    this.#emptyCount += 1;
  }

  /** Whether clones of all empty objects are plain objects without properties. Cost: 1 µs if there are any. */
  areEmptyProven(): boolean {
    const count = this.#emptyCount;
    return count === 0 || areClonedAsEmpty(this.#empty, count);
  }

  /** Forgets the value. */
  end(): void {
    clear(this.#containers, this.#containerCount);
    clear(this.#contents, this.#containerCount);
    clear(this.#values, this.#valueCount);
    clear(this.#empty, this.#emptyCount);
    clear(this.#buffers, this.#bufferCount);
    this.#containerCount = this.#valueCount = this.#emptyCount = this.#bufferCount = 0;
    this.#met = undefined;
  }

  /**
   * What to post for a value that was read in part: the value itself if that gives the same again, else
   * a copy of its plain objects and arrays. Runs getters that have not run yet.
   */
  substitute(value: unknown): unknown {
    this.#container = this.#value = 0;
    if (this.#containerCount === 0 || this.#isUnchanged()) return value;
    this.#container = this.#value = 0;
    return this.#copy(value, new Map(), 0);
  }

  /** Whether the next container, and those in it, still have what was read of them as plain data. */
  #isUnchanged(): boolean {
    const container = this.#containers[this.#container] as object;
    const contents = this.#contents[this.#container] as Contents;
    this.#container += 1;
    const isList = typeof contents === 'number';
    if (!isList && keys(container).length !== contents.length) return false;
    const length = isList ? contents : contents.length;
    for (let index = 0; index < length && this.#value < this.#valueCount; index += 1) {
      const key = isList ? index : (contents[index] as string);
      const property = getOwnPropertyDescriptor(container, key);
      const value = this.#values[this.#value];
      this.#value += 1;
      if (property === undefined || !hasOwn(property, 'value')) return false;
      if (!is(property.value, value)) return false;
      if (this.#isNext(value) && !this.#isUnchanged()) return false;
    }
    return true;
  }

  #copy(value: unknown, copies: Map<object, object>, depth: number): unknown {
    if (typeof value !== 'object' || value === null || depth > MAX_COPIED_DEPTH) return value;
    const known = copies.get(value);
    if (known !== undefined) return known;
    let contents = this.#isNext(value) ? this.#contents[this.#container] : undefined;
    if (contents !== undefined) this.#container += 1;
    else if (!isContainer(value)) return value;
    const isList = isArray(value);
    contents ??= isList ? value.length : keys(value);
    const copy: unknown[] | object = isList ? [] : {};
    copies.set(value, copy);
    const take = (key: string | number): void => {
      let held;
      if (this.#value < this.#valueCount) {
        held = this.#values[this.#value];
        this.#value += 1;
      } else if (hasOwn(value, key)) held = (value as Record<string | number, unknown>)[key];
      else return;
      define(copy, key, this.#copy(held, copies, depth + 1));
    };
    if (typeof contents !== 'number') {
      for (let index = 0; index < contents.length; index += 1) take(contents[index] as string);
      return copy;
    }
    (copy as unknown[]).length = contents;
    for (let index = 0; index < contents; index += 1) take(index);
    for (const name of keys(value)) if (`${Number(name) >>> 0}` !== name) take(name);
    return copy;
  }

  #isNext(value: unknown): boolean {
    return this.#container < this.#containerCount && this.#containers[this.#container] === value;
  }
}

function isAmong(list: readonly object[], count: number, sought: object): boolean {
  for (let index = 0; index < count; index += 1) if (list[index] === sought) return true;
  return false;
}

function asSet(list: readonly object[], count: number): Set<object> {
  const set = new Set<object>();
  for (let index = 0; index < count; index += 1) add.call(set, list[index]);
  return set;
}

function clear(list: unknown[], count: number): void {
  if (count > KEPT_ENTRIES) list.length = 0;
  else for (let index = 0; index < count; index += 1) list[index] = undefined;
}

function isContainer(value: object): boolean {
  if (isProxy(value)) return false;
  return isArray(value) ? isPlainArray(value) : isPlainObject(value);
}

/** Whether an array that is no proxy is cloned as what it is. */
export function isPlainArray(array: readonly unknown[]): boolean {
  return getPrototypeOf(array) === arrayPrototype;
}

/** Whether an array has all of its elements, and no other properties that are cloned. */
export function isDense(array: readonly unknown[]): boolean {
  const { length } = array;
  const names = keys(array);
  // Indices come first, in ascending order.
  return names.length === length && (length === 0 || names[length - 1] === `${length - 1}`);
}

/**
 * Whether an object that is neither an array nor a proxy is cloned by its properties: no built-in kind in disguise.
 * Each question costs every object 10 ns, so of one with properties only those about the kinds with a clone of their
 * own are asked, and about promises; any kind without properties is found by `areEmptyProven`.
 */
export function isPlainObject(object: object): boolean {
  const prototype: unknown = getPrototypeOf(object);
  if (prototype !== root && prototype !== null) return false;
  // The tag tells arguments, errors, dates, patterns and boxed primitives, unless a property overrides it.
  if (toStringTag in object || toTag.call(object) !== '[object Object]') return false;
  return !isDisguised(object);
}

function isDisguised(object: object): boolean {
  return isMap(object) || isSet(object) || isPromise(object) || isAnyArrayBuffer(object);
}

/** Asks structured clone itself, which knows kinds that nothing else can tell. */
function areClonedAsEmpty(objects: readonly object[], count: number): boolean {
  if (typeof clone !== 'function') return false;
  const list = [objects[0] as object];
  for (let index = 0; index < count; index += 1) {
    const object = objects[index] as object;
    // A getter that ran later may have added some.
    if (keys(object).length > 0) return false;
    if (index > 0) define(list, index, object);
  }
  try {
    const clones = clone(list) as object[];
    for (let index = 0; index < count; index += 1) {
      if (getPrototypeOf(clones[index]) !== root) return false;
    }
    return true;
  } catch {
    return false;
  }
}
