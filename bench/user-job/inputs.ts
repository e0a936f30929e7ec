/**
 * Loads the inputs of a job: reads them from files, or takes them from a module.
 *
 * Invariants: inputs are kept up to `limits`, in the order of their source, and it is reported if there were more;
 * each has a name by which a person can find it. If one can't be read, a `UsageError` names its place.
 */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { JOB_OVERHEAD_BYTES, weigh } from '../../src/wire/payload.js';
import { UsageError } from '../options/flags.js';
import type { InputFile, InputSource } from './input-source.js';

/** An input with its name. */
export interface Input {
  /** 'docs/a.md', 'pages.ndjson:7' or '#12'. */
  readonly name: string;
  readonly value: unknown;
}

/** Max inputs that are kept. */
export interface InputLimits {
  readonly count: number;
  readonly bytes: number;
}

/** Statistics of the inputs. A charge is what the pool counts against `backlog.bytes` for one job. */
export interface InputSummary {
  readonly count: number;
  /** Total size, as the pool computes it. */
  readonly bytes: number;
  readonly meanChargeBytes: number;
  readonly deviationChargeBytes: number;
  readonly maxChargeBytes: number;
  /** Whether the source had more inputs than were kept. */
  readonly hasMore: boolean;
}

/** An input, or only its size if that is too large to read it at all. */
interface Found extends Input {
  readonly bytes?: number;
}

export interface Inputs {
  readonly all: readonly Input[];
  readonly hasMore: boolean;
}

export const INPUT_LIMITS: InputLimits = { count: 100_000, bytes: 256 * 1024 ** 2 };

/** Loads the inputs of a source. @throws UsageError */
export async function loadInputs(
  source: InputSource,
  limits: InputLimits = INPUT_LIMITS,
): Promise<Inputs> {
  if (source.kind === 'none') {
    return { all: [{ name: 'undefined', value: undefined }], hasMore: false };
  }
  const each: AsyncGenerator<Found> =
    source.kind === 'files' ? fromFiles(source.files, limits) : fromModule(source);
  const all: Input[] = [];
  let bytes = 0;
  for await (const { name, value, bytes: own } of each) {
    bytes += own ?? weigh(value);
    if (all.length === limits.count || bytes > limits.bytes) {
      if (all.length > 0) return { all, hasMore: true };
      throw new UsageError(
        `Option '--input': '${name}' alone is larger than the ${limits.bytes} bytes that are kept of all inputs.`,
      );
    }
    all.push({ name, value });
  }
  if (all.length > 0) return { all, hasMore: false };
  throw new UsageError(
    source.kind === 'module'
      ? `Option '--input': the module '${source.name}' yields no input.`
      : "Option '--input': the files have no lines, so there is no input.",
  );
}

export function summarizeInputs({ all, hasMore }: Inputs): InputSummary {
  const weights = all.map(({ value }) => weigh(value));
  const bytes = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = bytes / weights.length;
  const variance = weights.reduce((sum, weight) => sum + (weight - mean) ** 2, 0) / weights.length;
  return {
    count: all.length,
    bytes,
    meanChargeBytes: mean + JOB_OVERHEAD_BYTES,
    deviationChargeBytes: Math.sqrt(variance),
    maxChargeBytes: weights.reduce((max, weight) => Math.max(max, weight), 0) + JOB_OVERHEAD_BYTES,
    hasMore,
  };
}

async function* fromFiles(files: readonly InputFile[], limits: InputLimits): AsyncGenerator<Found> {
  for (const file of files) {
    const { name, path, form } = file;
    if (form === 'lines') yield* fromLines(file);
    else if (form === 'path') yield { name, value: path };
    else yield await fromContent(file, form, limits);
  }
}

async function fromContent(
  { name, path }: InputFile,
  form: 'text' | 'bytes' | 'json',
  limits: InputLimits,
): Promise<Found> {
  let content: Buffer;
  try {
    const { size } = await stat(path);
    // It might not even fit into a string.
    if (size > limits.bytes) return { name, value: undefined, bytes: size };
    content = await readFile(path);
  } catch (error) {
    throw new UsageError(`Option '--input': '${name}' can't be read: ${(error as Error).message}.`);
  }
  if (form === 'bytes') return { name, value: content };
  const text = content.toString('utf8');
  return { name, value: form === 'json' ? parse(text, name) : text };
}

async function* fromLines({ path, name }: InputFile): AsyncGenerator<Input> {
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    yield { name: `${name}:${number}`, value: parse(line, name, number) };
  }
}

async function* fromModule(source: InputSource & { kind: 'module' }): AsyncGenerator<Input> {
  const { module, name } = source;
  const wrong = (what: string): UsageError =>
    new UsageError(
      `Option '--input': the module '${name}' ${what}; valid is a default export that is an ` +
        'iterable or async iterable of inputs, or a function that returns one.',
    );
  const loaded = await loadOrFail(module, name);
  if (!('default' in loaded)) throw wrong('has no default export');
  const exported = loaded['default'];
  const given: unknown = typeof exported === 'function' ? await exported() : exported;
  if (!isIterable(given)) throw wrong(`gives ${describeKind(given)}`);
  let number = 0;
  for await (const value of given) {
    number += 1;
    yield { name: `#${number}`, value };
  }
}

async function loadOrFail(module: string, name: string): Promise<Record<string, unknown>> {
  try {
    return (await import(module)) as Record<string, unknown>;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Option '--input': the module '${name}' can't be loaded: ${reason}`);
  }
}

function parse(text: string, name: string, line?: number): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const place = line === undefined ? `'${name}'` : `line ${line} of '${name}'`;
    throw new UsageError(`Option '--input': ${place} is not JSON: ${(error as Error).message}.`);
  }
}

/** Excludes strings, which would be iterated by character. */
function isIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    (Symbol.iterator in value || Symbol.asyncIterator in value)
  );
}

function describeKind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? 'an object that is not iterable' : `a ${typeof value}`;
}
