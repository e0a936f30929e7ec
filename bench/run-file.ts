/**
 * Reads what `--json` has written, for a later look at it.
 *
 * Invariant: what leaves this file has all that a comparison needs, with numbers where it says so and
 * no control characters where it is shown; a file that hasn't is a `UsageError` with path and reason.
 */
import { type BenchFile, SCHEMA } from './bench-file.js';
import { UNITS } from './document.js';
import { UsageError } from './flags.js';
import { readJson } from './read-json.js';

/** @throws UsageError */
export function readRun(path: string): BenchFile {
  const file = readJson(path);
  const schema = isObject(file) ? file['schema'] : undefined;
  if (typeof schema !== 'string' || !schema.startsWith(FAMILY)) {
    throw new UsageError(`'${path}' is not a run of 'millrace bench' that --json has written.`);
  }
  if (schema !== SCHEMA) {
    throw new UsageError(`'${path}' has the schema '${schema}'; this version reads '${SCHEMA}'.`);
  }
  const flaw = flawOf(file as Record<string, unknown>);
  if (flaw !== undefined) throw new UsageError(`'${path}' is damaged: ${flaw}.`);
  return file as unknown as BenchFile;
}

/** Of an environment; the second ones only where there is such a limit. */
const TEXTS = ['millrace', 'piscina', 'node', 'platform', 'kernel', 'cpu'];
const NUMBERS = ['processors', 'memoryBytes', 'loadAverage'];
const LIMITS = ['cpuQuota', 'memoryLimitBytes'];
const FAMILY = SCHEMA.slice(0, SCHEMA.indexOf('/') + 1);

/** What is wrong with the content, if anything: "results[0].figures[3].median is no number". */
function flawOf(file: Record<string, unknown>): string | undefined {
  const { environment, results } = file;
  if (!isObject(environment)) return 'environment is no object';
  return (
    flawOfTexts(file, ['command', 'startedAt'], '') ??
    flawOfTexts(environment, TEXTS, 'environment.') ??
    flawOfNumbers(
      environment,
      [...NUMBERS, ...LIMITS.filter((limit) => environment[limit] !== undefined)],
      'environment.',
    ) ??
    flawOfList(results, 'results', flawOfResult)
  );
}

function flawOfResult(result: Record<string, unknown>, at: string): string | undefined {
  const { settings, failures, isInterrupted, figures } = result;
  if (!isObject(settings)) return `${at}.settings is no object`;
  if (!Array.isArray(failures)) return `${at}.failures is no list`;
  if (typeof isInterrupted !== 'boolean') return `${at}.isInterrupted is neither true nor false`;
  return (
    flawOfTexts(result, ['scenario'], `${at}.`) ??
    flawOfList(figures, `${at}.figures`, flawOfFigure)
  );
}

function flawOfFigure(figure: Record<string, unknown>, at: string): string | undefined {
  const { rounds, better, unit } = figure;
  if (!(UNITS as readonly unknown[]).includes(unit)) {
    return `${at}.unit is none of ${UNITS.join(', ')}`;
  }
  if (rounds !== undefined && !(Array.isArray(rounds) && rounds.every(Number.isFinite))) {
    return `${at}.rounds is no list of numbers`;
  }
  if (better !== undefined && better !== 'more' && better !== 'less') {
    return `${at}.better is neither 'more' nor 'less'`;
  }
  return (
    flawOfTexts(figure, ['name'], `${at}.`) ??
    flawOfNumbers(figure, ['median', 'min', 'max'], `${at}.`)
  );
}

function flawOfList(
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

function flawOfTexts(
  object: Record<string, unknown>,
  keys: readonly string[],
  before: string,
): string | undefined {
  const key = keys.find((each) => !isText(object[each]));
  return key === undefined ? undefined : `${before}${key} is no text`;
}

function flawOfNumbers(
  object: Record<string, unknown>,
  keys: readonly string[],
  before: string,
): string | undefined {
  const key = keys.find((each) => !Number.isFinite(object[each]));
  return key === undefined ? undefined : `${before}${key} is no number`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One that can be shown in a terminal without moving its cursor. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && !/\p{Cc}/u.test(value);
}
