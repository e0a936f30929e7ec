/**
 * Checks of plain values that somebody has written into a file, to be put together as the file is.
 *
 * Invariants: what is wrong is a `UsageError` that names the file, the place in it, the value and
 * what is valid; a key that nothing reads is wrong, too; a key whose value is undefined is not there.
 */
import { UsageError } from '../../options/flags.js';
import { isObject } from '../../store/flaws.js';
import { didYouMean } from '../../options/nearest.js';

/** Looks at a value. @throws UsageError where it is not valid */
export type Check = (value: unknown, place: Place) => void;

/** Where a value stands: a file, and the path inside it such as 'scenarios[1].thresholds.cpu'. */
export class Place {
  readonly #file: string;
  readonly #path: string;

  constructor(file: string, path = '') {
    this.#file = file;
    this.#path = path;
  }

  key(name: string): Place {
    const key = /^[\w$]+$/.test(name) ? name : JSON.stringify(name);
    return new Place(this.#file, this.#path === '' ? key : `${this.#path}.${key}`);
  }

  item(index: number): Place {
    return new Place(this.#file, `${this.#path}[${index}]`);
  }

  /** @param valid - 'a text' @throws UsageError always */
  refuse(value: unknown, valid: string): never {
    this.fail(`is ${shown(value)}; valid is ${valid}.`);
  }

  /** @param rest - Of the sentence. @throws UsageError always */
  fail(rest: string): never {
    const subject = this.#path === '' ? `'${this.#file}'` : `'${this.#file}': ${this.#path}`;
    throw new UsageError(`${subject} ${rest}`);
  }
}

/** One line that is not empty, and can be shown in a terminal without moving its cursor. */
export const text: Check = (value, place) => {
  const isText = typeof value === 'string' && value !== '' && !/\p{Cc}/u.test(value);
  if (!isText) place.refuse(value, 'a text of one line');
};

export const flag: Check = (value, place) => {
  if (typeof value !== 'boolean') place.refuse(value, 'true or false');
};

/** @param note - What it means: '0.05 is 5 %'. */
export function number({
  min = -Infinity,
  max = Infinity,
  isWhole = false,
  note,
}: {
  readonly min?: number;
  readonly max?: number;
  readonly isWhole?: boolean;
  readonly note?: string;
} = {}): Check {
  const kind = isWhole ? 'a whole number' : 'a number';
  const range = min === -Infinity ? '' : ` from ${min} to ${max}`;
  const valid = `${kind}${range}${note === undefined ? '' : ` (${note})`}`;
  return (value, place) => {
    const isNumber = isWhole ? Number.isInteger(value) : Number.isFinite(value);
    if (!isNumber || (value as number) < min || (value as number) > max) place.refuse(value, valid);
  };
}

export function oneOf(names: readonly string[]): Check {
  return (value, place) => {
    if (typeof value === 'string' && names.includes(value)) return;
    const hint = typeof value === 'string' ? didYouMean(value, names) : '';
    place.fail(`is ${shown(value)}; valid is one of ${names.join(', ')}.${hint}`);
  };
}

export function list(item: Check, { least = 0 }: { readonly least?: number } = {}): Check {
  return (value, place) => {
    if (!Array.isArray(value)) return place.refuse(value, 'a list');
    if (value.length < least) place.refuse(value, 'a list that is not empty');
    for (const [index, each] of value.entries()) item(each, place.item(index));
  };
}

/** An object with keys of these names. */
export function object(
  keys: Readonly<Record<string, Check>>,
  { required = [] }: { readonly required?: readonly string[] } = {},
): Check {
  const names = Object.keys(keys);
  return (value, place) => {
    if (!isObject(value)) return place.refuse(value, 'an object');
    for (const [name, each] of Object.entries(value)) {
      if (each === undefined) continue;
      const check = Object.hasOwn(keys, name) ? keys[name] : undefined;
      if (check === undefined) {
        const hint = didYouMean(name, names);
        return place.key(name).fail(`is unknown; valid is one of ${names.join(', ')}.${hint}`);
      }
      check(each, place.key(name));
    }
    const missing = required.find((name) => value[name] === undefined);
    if (missing !== undefined) place.fail(`lacks '${missing}'.`);
  };
}

const SHOWN_LENGTH = 60;

/** A value as a message names it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    const line = value.replaceAll(/\p{Cc}/gu, '�');
    return `'${line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}…` : line}'`;
  }
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
