/**
 * Parses the command line by a table of options (`table.ts`): node:util splits it, the values are checked here.
 *
 * Invariant: every error becomes a `UsageError` that names the option, the given value and the valid values; nothing
 * is silently ignored or rounded.
 */
import { parseArgs } from 'node:util';
import { didYouMean } from './nearest.js';
import type { ListOption, NumberOption, Option, OptionTable, OptionValues } from './table.js';

/** A mistake of the user, reported by its message alone. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The given options: a text for each option with a value, true for each switch. */
export type Flags = ReadonlyMap<string, string | true>;

/** Splits arguments into words and options. @throws UsageError */
export function parseFlags(
  args: readonly string[],
  table: OptionTable,
): { words: string[]; flags: Flags } {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, { kind }]) => [
      name,
      {
        type: kind === 'switch' ? ('boolean' as const) : ('string' as const),
        ...(name === 'help' ? { short: 'h' } : {}),
      },
    ]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const words: string[] = [];
  const flags = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    const option = Object.hasOwn(table, name) ? table[name] : undefined;
    if (option === undefined) {
      const known = Object.keys(table).map((flag) => `--${flag}`);
      throw new UsageError(`Unknown option '${rawName}'.${didYouMean(rawName, known)}`);
    }
    if (flags.has(name)) throw new UsageError(`Option '--${name}' is given twice.`);
    if (option.kind === 'switch') {
      if (value !== undefined) throw new UsageError(`Option '--${name}' takes no value.`);
      flags.set(name, true);
    } else {
      if (value === undefined) throw new UsageError(`Option '--${name}' needs a value.`);
      flags.set(name, value);
    }
  }
  return { words, flags };
}

/**
 * Returns the values of a table's options, with their defaults. Each is checked when it is read, so that the caller
 * decides which of several mistakes is reported.
 *
 * @throws UsageError when an invalid value is read.
 */
export function readOptions<Table extends OptionTable>(
  flags: Flags,
  table: Table,
): OptionValues<Table> {
  const values = {};
  for (const [name, option] of Object.entries(table)) {
    Object.defineProperty(values, name, {
      enumerable: true,
      get: () => readOption(flags.get(name), name, option),
    });
  }
  return values as OptionValues<Table>;
}

function readOption(given: string | true | undefined, name: string, option: Option): unknown {
  if (option.kind === 'switch') return given !== undefined;
  const text = given === true ? undefined : given;
  switch (option.kind) {
    case 'text':
      return text === undefined ? undefined : readText(text, name);
    case 'number':
      return text === undefined ? option.default : readNumber(text, name, option);
    case 'list':
      return text === undefined ? (option.default ?? option.of) : readList(text, name, option);
  }
}

function readText(text: string, name: string): string {
  if (text === '') throw new UsageError(`Option '--${name}' needs a value.`);
  return text;
}

function readNumber(text: string, name: string, { min, max, isWhole }: NumberOption): number {
  const number = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
  const isKind = isWhole !== true || Number.isInteger(number);
  if (number >= min && number <= max && isKind) return number;
  const kind = isWhole === true ? 'a whole number' : 'a number';
  throw new UsageError(`Option '--${name}' is '${text}'; valid is ${kind} from ${min} to ${max}.`);
}

/** Returns the items in the order of the table, whatever the given order. */
function readList(text: string, name: string, { of: known }: ListOption): readonly string[] {
  const given = text.split(',').map((item) => item.trim());
  for (const item of given) {
    if (known.includes(item)) continue;
    throw new UsageError(
      `Option '--${name}' has '${item}'; valid is one or more of ${known.join(', ')}.` +
        didYouMean(item, known),
    );
  }
  return known.filter((item) => given.includes(item));
}
