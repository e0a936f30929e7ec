/**
 * Command-line options: parsed by node:util, checked here, one function for each kind of value.
 *
 * Invariant: whatever is wrong becomes a `UsageError` that names the option, what was given and what
 * is valid; nothing is silently ignored or rounded.
 */
import { parseArgs } from 'node:util';
import { didYouMean } from './nearest.js';

/** The user's mistake: its message is all there is to print. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Which options there are, and whether they take a value. */
export type FlagTable = Readonly<Record<string, 'text' | 'switch'>>;

/** What was given: a text for each option with a value, true for each switch. */
export type Flags = ReadonlyMap<string, string | true>;

/** Splits arguments into words and options. @throws UsageError */
export function parseFlags(
  args: readonly string[],
  table: FlagTable,
): { words: string[]; flags: Flags } {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, kind]) => [
      name,
      {
        type: kind === 'text' ? ('string' as const) : ('boolean' as const),
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
    const kind = Object.hasOwn(table, name) ? table[name] : undefined;
    if (kind === undefined) {
      const known = Object.keys(table).map((flag) => `--${flag}`);
      throw new UsageError(`Unknown option '${rawName}'.${didYouMean(rawName, known)}`);
    }
    if (flags.has(name)) throw new UsageError(`Option '--${name}' is given twice.`);
    if (kind === 'switch') {
      if (value !== undefined) throw new UsageError(`Option '--${name}' takes no value.`);
      flags.set(name, true);
    } else {
      if (value === undefined) throw new UsageError(`Option '--${name}' needs a value.`);
      flags.set(name, value);
    }
  }
  return { words, flags };
}

/** The value of an option as it was given. @throws UsageError where it is empty */
export function textFlag(flags: Flags, name: string): string | undefined {
  const value = flags.get(name);
  if (value === undefined || value === true) return undefined;
  if (value === '') throw new UsageError(`Option '--${name}' needs a value.`);
  return value;
}

/** A number in a range, in plain decimal notation. @throws UsageError */
export function numberFlag(
  flags: Flags,
  name: string,
  { min, max, isWhole = false }: { min: number; max: number; isWhole?: boolean },
): number | undefined {
  const text = flags.get(name);
  if (text === undefined || text === true) return undefined;
  const number = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (number >= min && number <= max && (!isWhole || Number.isInteger(number))) return number;
  const kind = isWhole ? 'a whole number' : 'a number';
  throw new UsageError(`Option '--${name}' is '${text}'; valid is ${kind} from ${min} to ${max}.`);
}

/** Some of the known names, separated by commas; the answer has their usual order. @throws UsageError */
export function listFlag<Name extends string>(
  flags: Flags,
  name: string,
  known: readonly Name[],
): readonly Name[] | undefined {
  const text = flags.get(name);
  if (text === undefined || text === true) return undefined;
  const given = text.split(',').map((item) => item.trim());
  for (const item of given) {
    if ((known as readonly string[]).includes(item)) continue;
    throw new UsageError(
      `Option '--${name}' has '${item}'; valid is one or more of ${known.join(', ')}.` +
        didYouMean(item, known),
    );
  }
  return known.filter((item) => given.includes(item));
}
