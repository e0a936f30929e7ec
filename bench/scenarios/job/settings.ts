/**
 * Declares the options of `bench job` and builds its settings from the given flags.
 *
 * Invariant: the settings are complete, and valid as far as that can be checked without running the user's code;
 * the rest is checked before the first measurement (`probe.ts`).
 */
import { availableParallelism } from 'node:os';
import { roundsOption, threadsOption } from '../../harness/options.js';
import { type Flags, readOptions, UsageError } from '../../options/flags.js';
import { type OptionTable, optionTable, SEED } from '../../options/table.js';
import { type InputSource, readInputSource } from '../../user-job/input-source.js';
import { type JobName, readJobName } from '../../user-job/module-name.js';

/** The complete settings. */
export interface JobSettings {
  readonly job: JobName;
  readonly input: InputSource;
  readonly advise: boolean;
  /** Wanted p99 of the total latency; if absent, it is derived from the service time. */
  readonly p99Ms?: number;
  /** Max number of threads to try. */
  readonly threads: number;
  /** Max number of jobs at once on a thread to try, if a job mostly waits. */
  readonly concurrency: number;
  /** Duration of each measurement, in seconds. */
  readonly seconds: number;
  readonly rounds: number;
  readonly seed: number;
}

const OPTIONS = optionTable({
  module: {
    kind: 'text',
    argument: 'M',
    meaning: "the same as './jobs.js#render' without an option; without a name the default export",
  },
  input: {
    kind: 'text',
    argument: 'FILES',
    meaning: "a pattern such as 'docs/**/*.md', NDJSON, or a module that exports inputs",
  },
  'input-as': {
    kind: 'text',
    argument: 'FORM',
    shownDefault: 'text; NDJSON by lines',
    meaning: 'a file as text, bytes, path or json',
  },
  advise: { kind: 'switch', meaning: 'settings for a wanted p99, and a run that verifies them' },
  p99: {
    kind: 'number',
    argument: 'MS',
    min: 0.001,
    max: 3_600_000,
    shownDefault: '10 × that of the service time, min 10',
    meaning: 'the wanted p99 of the response time',
  },
  threads: {
    ...threadsOption('max threads to try'),
    default: availableParallelism(),
    shownDefault: 'number of CPUs',
  },
  concurrency: {
    kind: 'number',
    min: 1,
    max: 4096,
    isWhole: true,
    default: 64,
    meaning: 'max jobs at once on a thread, for a job that mostly waits',
  },
  seconds: {
    kind: 'number',
    min: 0.1,
    max: 3600,
    default: 3,
    meaning: 'duration of each measurement',
  },
  rounds: roundsOption(3, 'rounds of each measurement'),
  seed: { ...SEED, default: 1, meaning: 'seed of the order of measurements, inputs and arrivals' },
});

export const JOB_OPTIONS: OptionTable = OPTIONS;

/** Reads the flags and fills in the defaults. @throws UsageError */
export function jobSettings(flags: Flags, workingDirectory: string = process.cwd()): JobSettings {
  const values = readOptions(flags, OPTIONS);
  const { module } = values;
  if (module === undefined) {
    throw new UsageError(
      "Which job? Scenario 'job' needs a module and an export: millrace bench './jobs.js#render'.",
    );
  }
  const { advise, p99: p99Ms } = values;
  if (p99Ms !== undefined && !advise) {
    throw new UsageError("Option '--p99' needs '--advise', which is missing.");
  }
  return {
    job: readJobName(module, workingDirectory),
    input: readInputSource(values.input, values['input-as'], workingDirectory),
    advise,
    ...(p99Ms !== undefined && { p99Ms }),
    threads: values.threads,
    concurrency: values.concurrency,
    seconds: values.seconds,
    rounds: values.rounds,
    seed: values.seed,
  };
}
