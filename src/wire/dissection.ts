/**
 * Takes something thrown apart into data that can always be cloned: errors with their fields, and the arrays,
 * plain objects, Maps and Sets that hold an error or something that can't be cloned. Everything else is
 * cloned as a whole, so that circles and shared references in it stay.
 *
 * Invariants: nothing here throws, whatever was thrown; what can't be cloned loses itself only, and is noted;
 * what is taken apart has its circles cut, and is bounded in depth and in number.
 */
import { MORE, Omissions } from './omissions.js';
import {
  builtInName,
  type ContainerKind,
  containerKind,
  isError,
  keysOf,
  membersOf,
  namesOf,
  pairsOf,
  read,
  readText,
} from './probes.js';

/** A thrown value, ready to be cloned. */
export type EncodedError =
  | { readonly value: unknown }
  | {
      readonly parts: Encoded;
      /** Paths of what can't be cloned; what arrives has them as `notCloned`. */
      readonly omitted: readonly string[];
    }
  | DissectedError;

export interface DissectedError {
  /** The name of its built-in class. */
  readonly error: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Own fields, as far as they can be cloned; `cause` and `errors` among them. */
  readonly fields: Entries;
  /** Paths of what can't be cloned, from the error on; what arrives has them as `notCloned`. */
  readonly omitted: readonly string[];
}

export type Encoded =
  | { readonly plain: unknown }
  | { readonly object: Entries }
  | { readonly array: Entries; readonly length: number }
  | { readonly map: ReadonlyArray<readonly [key: Encoded, value: Encoded]> }
  | { readonly set: readonly Encoded[] }
  | DissectedError;

export type Entries = ReadonlyArray<readonly [key: string, value: Encoded]>;

/** Makes a clone, or throws. */
export type Clone = (value: unknown) => unknown;

/** How deep errors in errors are followed. */
const MAX_ERRORS_DEEP = 8;
/** How deep anything is. Two thousand levels are cloned here and can't be read on the main thread (Node 20). */
const MAX_DEPTH = 100;
/**
 * Values that are looked at: some 10 ms, or 0.3 s where the code is not compiled yet. A field that goes beyond
 * crosses as a whole, as structured clone has it, or not at all.
 */
const MAX_VALUES = 100_000;

/** These have places of their own in what crosses. */
const SET_APART = new Set(['stack', 'message', 'name']);

export class Dissection {
  readonly #clone: Clone;
  /** The errors and containers that are being taken apart, from the outermost on. */
  readonly #open: object[] = [];
  #openErrors = 0;
  #valuesLeft = MAX_VALUES;
  /** Values that were cloned as a whole, so that shared ones stay shared. */
  readonly #wholes = new Map<object, Encoded>();

  constructor(clone: Clone) {
    this.#clone = clone;
  }

  /** Takes what was thrown apart; undefined if it is nothing that could cross. */
  thrown(thrown: unknown): EncodedError | undefined {
    if (isError(thrown)) return this.#error(thrown);
    const omissions = new Omissions();
    const parts = this.#field(thrown, omissions);
    if (parts === undefined) return undefined;
    return 'plain' in parts ? { value: parts.plain } : { parts, omitted: omissions.paths };
  }

  #error(error: object): DissectedError {
    const omissions = new Omissions();
    this.#open.push(error);
    this.#openErrors += 1;
    const keys = namesOf(error)?.filter((key) => !SET_APART.has(key)) ?? [];
    const fields = this.#entries(error, keys, omissions, (value) => this.#field(value, omissions));
    this.#openErrors -= 1;
    this.#open.pop();
    const className = builtInName(error);
    const name = readText(error, 'name') ?? className;
    const message = readText(error, 'message') ?? "(its message can't be read)";
    const stack = read(error, 'stack');
    return {
      error: className,
      name,
      message,
      stack: typeof stack === 'string' ? stack : `${name}: ${message}`,
      fields,
      // At the limit nothing more was inspected.
      omitted: omissions.isTooMuch ? [MORE] : omissions.paths,
    };
  }

  /** A field of an error, or a thrown value that is none: as a whole if it can be, else taken apart. */
  #field(value: unknown, omissions: Omissions): Encoded | undefined {
    const before = omissions.paths.length;
    omissions.isDivided = omissions.isTooMuch = false;
    const parts = this.#take(value, omissions);
    const { isTooMuch } = omissions;
    omissions.isTooMuch = false;
    const isDone = omissions.isDivided || parts === undefined || 'plain' in parts;
    if (isDone && !isTooMuch) return parts;
    const whole = this.#whole(value as object);
    if (whole === undefined && !isTooMuch) return parts;
    omissions.paths.length = before;
    return whole ?? omissions.omit();
  }

  #take(value: unknown, omissions: Omissions): Encoded | undefined {
    if (typeof value === 'function' || typeof value === 'symbol') return omissions.omit();
    if (typeof value !== 'object' || value === null) return { plain: value };
    const isOpen = this.#open.includes(value);
    const isTooDeep = this.#open.length >= MAX_DEPTH;
    if (isError(value)) {
      omissions.isDivided = true;
      const isLeftOut = isOpen || isTooDeep || this.#openErrors >= MAX_ERRORS_DEEP;
      return isLeftOut ? omissions.omit() : this.#error(value);
    }
    const kind = containerKind(value);
    if (kind === undefined) return this.#whole(value) ?? omissions.omit();
    if (isOpen) return omissions.cut();
    if (isTooDeep) return omissions.omit();
    this.#open.push(value);
    const parts = this.#parts(value, kind, omissions);
    this.#open.pop();
    return parts;
  }

  /** Returns the cloneable contents of a container; undefined if it can't be read. */
  #parts(value: object, kind: ContainerKind, omissions: Omissions): Encoded | undefined {
    const take = (held: unknown): Encoded | undefined => this.#take(held, omissions);
    if (kind === 'map') {
      const pairs = pairsOf(value);
      return { map: this.#each(pairs, omissions, (pair) => pairOf(pair, take)) };
    }
    if (kind === 'set') return { set: this.#each(membersOf(value), omissions, take) };
    if (kind === 'object') {
      const keys = keysOf(value);
      return keys ? { object: this.#entries(value, keys, omissions, take) } : omissions.omit();
    }
    const length = read(value, 'length');
    if (typeof length !== 'number') return omissions.omit();
    // To list the keys of a long array would take longer than to clone it.
    omissions.isTooMuch ||= length > this.#valuesLeft;
    const keys = omissions.isTooMuch ? [] : keysOf(value);
    return keys ? { array: this.#entries(value, keys, omissions, take), length } : omissions.omit();
  }

  #entries(
    owner: object,
    keys: readonly string[],
    omissions: Omissions,
    take: (value: unknown) => Encoded | undefined,
  ): Entries {
    const entryOf = (key: string): readonly [string, Encoded] | undefined => {
      const value = take(read(owner, key));
      return value && [key, value];
    };
    return this.#each(keys, omissions, entryOf, (key) => key);
  }

  /** Takes members one by one, and leaves out what can't be cloned. */
  #each<Member, Part>(
    members: readonly Member[],
    omissions: Omissions,
    take: (member: Member) => Part | undefined,
    stepTo: (member: Member, position: number) => string | number = byPosition,
  ): Part[] {
    omissions.isTooMuch ||= members.length > this.#valuesLeft;
    const parts: Part[] = [];
    for (const [position, member] of members.entries()) {
      if (omissions.isTooMuch) break;
      this.#valuesLeft -= 1;
      const part = omissions.at(stepTo(member, position), () => take(member));
      if (part !== undefined) parts.push(part);
    }
    return parts;
  }

  /** A clone, which has no getters any more: it can be cloned again. */
  #whole(value: object): Encoded | undefined {
    const known = this.#wholes.get(value);
    if (known !== undefined) return known;
    try {
      const whole = { plain: this.#clone(value) };
      this.#wholes.set(value, whole);
      return whole;
    } catch {
      return undefined;
    }
  }
}

function pairOf(
  [key, value]: readonly [unknown, unknown],
  take: (value: unknown) => Encoded | undefined,
): readonly [Encoded, Encoded] | undefined {
  const encodedKey = take(key);
  const encodedValue = encodedKey && take(value);
  return encodedKey && encodedValue && [encodedKey, encodedValue];
}

function byPosition(_: unknown, position: number): number {
  return position;
}
