/**
 * Checks values that were read from a file, by small functions that are combined like the file's structure.
 *
 * Invariants: an invalid value is a `UsageError` that names the file, the place in it, the valid values and the
 * actual one: "'run.json' is damaged: results[0].figures[3].median must be a number, but is null."; a string that
 * passes can be shown in a terminal without moving its cursor; a number that passes is finite.
 */
import { UsageError } from '../options/flags.js';
import { didYouMean } from '../options/nearest.js';

/** Checks a value. @throws UsageError if it is not valid */
export type Check = (value: unknown, place: Place) => void;

/** The facts about a file that are known before it is checked. */
interface Origin {
  readonly file: string;
  /** Whether a program has written the file, so that an invalid value in it means damage. */
  readonly isStored: boolean;
}

/** The place of a value: a file and the path inside it, such as 'scenarios[1].thresholds.cpu'. */
export class Place {
  readonly #origin: Origin;
  readonly #path: string;

  private constructor(origin: Origin, path: string) {
    this.#origin = origin;
    this.#path = path;
  }

  /** The root of a file that a person has written. */
  static ofWritten(file: string): Place {
    return new Place({ file, isStored: false }, '');
  }

  /** The root of a file that this program has written. */
  static ofStored(file: string): Place {
    return new Place({ file, isStored: true }, '');
  }

  key(name: string): Place {
    const key = /^[\w$]+$/.test(name) ? name : JSON.stringify(name);
    return new Place(this.#origin, this.#path === '' ? key : `${this.#path}.${key}`);
  }

  item(index: number): Place {
    return new Place(this.#origin, `${this.#path}[${index}]`);
  }

  /**
   * @param valid - The valid values: 'a string'.
   * @param hint - A sentence to follow, with a space before it.
   * @throws UsageError always
   */
  reject(value: unknown, valid: string, hint = ''): never {
    this.fail(`must be ${valid}, but is ${shown(value)}.${hint}`);
  }

  /** @param rest - The rest of the sentence. @throws UsageError always */
  fail(rest: string): never {
    const { file, isStored } = this.#origin;
    const subject = `'${file}'${isStored ? ' is damaged' : ''}`;
    throw new UsageError(`${subject}${this.#path === '' ? '' : `: ${this.#path}`} ${rest}`);
  }
}

/** Accepts every value. */
export const anything: Check = () => {};

/** A string without control characters; may be empty. */
export const string: Check = (value, place) => {
  if (typeof value !== 'string') return place.reject(value, 'a string');
  if (/\p{Cc}/u.test(value)) place.reject(value, 'a string without control characters');
};

/** A string that `string` accepts and that is not empty. */
export const text: Check = (value, place) => {
  string(value, place);
  if (value === '') place.reject(value, 'a string that is not empty');
};

export const flag: Check = (value, place) => {
  if (typeof value !== 'boolean') place.reject(value, 'true or false');
};

/** @param note - An explanation of the value: '0.05 is 5 %'. */
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
    if (!isNumber || (value as number) < min || (value as number) > max) place.reject(value, valid);
  };
}

export function oneOf(known: ReadonlyArray<string | number>): Check {
  const names = known.filter((each) => typeof each === 'string');
  return (value, place) => {
    if (known.some((each) => each === value)) return;
    const hint = typeof value === 'string' ? didYouMean(value, names) : '';
    place.reject(value, `one of ${known.join(', ')}`, hint);
  };
}

export function list(item: Check, { least = 0 }: { readonly least?: number } = {}): Check {
  return (value, place) => {
    if (!Array.isArray(value)) return place.reject(value, 'a list');
    if (value.length < least) place.reject(value, 'a list that is not empty');
    for (const [index, each] of value.entries()) item(each, place.item(index));
  };
}

/** An object with these keys and no others; a key whose value is undefined counts as missing. */
export function object(
  keys: Readonly<Record<string, Check>>,
  { required = [] }: { readonly required?: readonly string[] } = {},
): Check {
  const names = Object.keys(keys);
  return (value, place) => {
    if (!isObject(value)) return place.reject(value, 'an object');
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

/** An object that has at least these fields, except for those that are `optional`. */
export function fields(checks: Readonly<Record<string, Check>>): Check {
  return (value, place) => {
    if (!isObject(value)) return place.reject(value, 'an object');
    for (const [name, check] of Object.entries(checks)) check(value[name], place.key(name));
  };
}

/** An object whose fields all pass the same check, whatever their names. */
export function fieldsOf(check: Check): Check {
  return (value, place) => {
    if (!isObject(value)) return place.reject(value, 'an object');
    for (const [name, each] of Object.entries(value)) check(each, place.key(name));
  };
}

/** A field that may be missing. */
export function optional(check: Check): Check {
  return (value, place) => {
    if (value !== undefined) check(value, place);
  };
}

/** True for an object that is neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SHOWN_LENGTH = 60;

/** Formats a value for a message. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') {
    const line = value.replaceAll(/\p{Cc}/gu, '�');
    return `'${line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}…` : line}'`;
  }
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
