/**
 * What is wrong with data that was read from a file, in words: "results[0].figures[3].median is no
 * number".
 *
 * Invariant: a text that passes can be shown in a terminal without moving its cursor; a number that
 * passes is finite.
 */

/** Of an environment; the second ones only where there is such a limit. */
const TEXTS = ['millrace', 'piscina', 'node', 'platform', 'kernel', 'cpu'];
const NUMBERS = ['processors', 'memoryBytes', 'loadAverage'];
const LIMITS = ['cpuQuota', 'memoryLimitBytes'];

/** Of the machine's description, as every stored file has it. */
export function flawOfEnvironment(environment: unknown): string | undefined {
  if (!isObject(environment)) return 'environment is no object';
  const limits = LIMITS.filter((limit) => environment[limit] !== undefined);
  return (
    flawOfTexts(environment, TEXTS, 'environment.') ??
    flawOfNumbers(environment, [...NUMBERS, ...limits], 'environment.')
  );
}

/** Of the first item that has one; each has to be an object. */
export function flawOfList(
  list: unknown,
  at: string,
  flawOfItem: (item: Record<string, unknown>, at: string) => string | undefined,
): string | undefined {
  if (!Array.isArray(list)) return `${at} is no list`;
  for (const [index, item] of list.entries()) {
    const place = `${at}[${index}]`;
    const flaw = isObject(item) ? flawOfItem(item, place) : `${place} is no object`;
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

/** Of the fields that have to be texts without control characters. */
export function flawOfTexts(
  object: Record<string, unknown>,
  keys: readonly string[],
  before: string,
): string | undefined {
  const key = keys.find((each) => !isText(object[each]));
  return key === undefined ? undefined : `${before}${key} is no text`;
}

/** Of the fields that have to be numbers. */
export function flawOfNumbers(
  object: Record<string, unknown>,
  keys: readonly string[],
  before: string,
): string | undefined {
  const key = keys.find((each) => !Number.isFinite(object[each]));
  return key === undefined ? undefined : `${before}${key} is no number`;
}

/** Of the fields that have to be true or false. */
export function flawOfFlags(
  object: Record<string, unknown>,
  keys: readonly string[],
  before: string,
): string | undefined {
  const key = keys.find((each) => typeof object[each] !== 'boolean');
  return key === undefined ? undefined : `${before}${key} is neither true nor false`;
}

/** Of a field that has to be one of some words. */
export function flawOfWord(
  object: Record<string, unknown>,
  key: string,
  words: readonly string[],
  before: string,
): string | undefined {
  const value = object[key];
  const isKnown = typeof value === 'string' && words.includes(value);
  return isKnown ? undefined : `${before}${key} is none of ${words.join(', ')}`;
}

/** Of a list of numbers. */
export function flawOfNumberList(list: unknown, at: string): string | undefined {
  const isOne = Array.isArray(list) && list.every((item) => Number.isFinite(item));
  return isOne ? undefined : `${at} is no list of numbers`;
}

/** Of a list of texts without control characters. */
export function flawOfTextList(list: unknown, at: string): string | undefined {
  const isOne = Array.isArray(list) && list.every((item) => isText(item));
  return isOne ? undefined : `${at} is no list of texts`;
}

/** Neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One that can be shown in a terminal without moving its cursor. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && !/\p{Cc}/u.test(value);
}
