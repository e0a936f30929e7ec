/**
 * What the measurement of an own job can be told: its defaults and their ranges, in one place.
 *
 * Invariant: what leaves this file is complete and valid, as far as it can be seen without running the
 * user's code; what only running can tell is checked before the first measurement (`probe.ts`).
 */
import { availableParallelism } from 'node:os';
import {
  type Flags,
  type FlagTable,
  numberFlag,
  textFlag,
  UsageError,
} from '../../options/flags.js';
import { type InputSource, readInputSource } from '../../user-job/input-source.js';
import { type JobName, readJobName } from '../../user-job/module-name.js';

/** The settings, complete. */
export interface JobSettings {
  readonly job: JobName;
  readonly input: InputSource;
  readonly advise: boolean;
  /** The wanted p99 of the total latency; absent where it is derived from the service time. */
  readonly p99Ms?: number;
  /** The most threads that are tried. */
  readonly threads: number;
  /** The most jobs at once on a thread that are tried, where a job mostly waits. */
  readonly concurrency: number;
  /** How long each measurement takes. */
  readonly seconds: number;
  readonly rounds: number;
  readonly seed: number;
}

const DEFAULT_CONCURRENCY = 64;
const DEFAULT_SECONDS = 3;
const DEFAULT_ROUNDS = 3;

export const JOB_FLAGS: FlagTable = {
  module: 'text',
  input: 'text',
  'input-as': 'text',
  advise: 'switch',
  p99: 'text',
  threads: 'text',
  concurrency: 'text',
  seconds: 'text',
  rounds: 'text',
  seed: 'text',
};

/** One line of help for each option. */
export const JOB_OPTIONS: ReadonlyArray<readonly [option: string, meaning: string]> = [
  ['--module M', "the same as the word './jobs.js#render'; without a name the default export"],
  ['--input FILES', "a pattern such as 'docs/**/*.md', NDJSON, or a module that gives inputs"],
  ['--input-as FORM', 'a file as text, bytes, path or json (text; NDJSON by lines)'],
  ['--advise', 'settings for a wanted p99, and a run that verifies them'],
  ['--p99 MS', "the wanted p99 until the result (10 × the service time's, at least 10)"],
  ['--threads N', 'the most threads that are tried (as many as processors)'],
  [
    '--concurrency N',
    `the most jobs at once on a thread, where a job mostly waits (${DEFAULT_CONCURRENCY})`,
  ],
  ['--seconds N', `how long each measurement takes (${DEFAULT_SECONDS})`],
  ['--rounds N', `how often each is repeated (${DEFAULT_ROUNDS})`],
  ['--seed N', 'orders measurements, inputs and arrivals (1)'],
];

/** Reads and completes the settings. @throws UsageError */
export function jobSettings(flags: Flags, workingDirectory: string = process.cwd()): JobSettings {
  const module = textFlag(flags, 'module');
  if (module === undefined) {
    throw new UsageError(
      "Which job? Scenario 'job' needs a module and an export: millrace bench './jobs.js#render'.",
    );
  }
  const advise = flags.has('advise');
  const p99Ms = numberFlag(flags, 'p99', { min: 0.001, max: 3_600_000 });
  if (p99Ms !== undefined && !advise) {
    throw new UsageError("Option '--p99' needs '--advise', which is missing.");
  }
  const whole = (name: string, max: number): number | undefined =>
    numberFlag(flags, name, { min: 1, max, isWhole: true });
  return {
    job: readJobName(module, workingDirectory),
    input: readInputSource(textFlag(flags, 'input'), textFlag(flags, 'input-as'), workingDirectory),
    advise,
    ...(p99Ms !== undefined && { p99Ms }),
    threads: whole('threads', 256) ?? availableParallelism(),
    concurrency: whole('concurrency', 4096) ?? DEFAULT_CONCURRENCY,
    seconds: numberFlag(flags, 'seconds', { min: 0.1, max: 3600 }) ?? DEFAULT_SECONDS,
    rounds: whole('rounds', 1000) ?? DEFAULT_ROUNDS,
    seed: numberFlag(flags, 'seed', { min: 0, max: 2 ** 32 - 1, isWhole: true }) ?? 1,
  };
}
