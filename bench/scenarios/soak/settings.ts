/**
 * Declares the options of `bench soak` and builds its settings from the given flags.
 *
 * Invariant: the settings are complete and valid; later code does not check them again.
 */
import { threadsOption } from '../../harness/options.js';
import { type Flags, readOptions, UsageError } from '../../options/flags.js';
import { type OptionTable, optionTable } from '../../options/table.js';
import { JOB_KINDS, type JobKind } from '../overhead/settings.js';

/** The complete settings. */
export interface SoakSettings {
  readonly minutes: number;
  /** Absent: `LOAD` × the measured saturation. */
  readonly ratePerSecond?: number;
  readonly threads: number;
  readonly job: JobKind;
}

/** Load as a share of the saturation: about what a service should be planned for. */
export const LOAD = 0.8;

const JOB_NAMES = JOB_KINDS.map(({ name }) => name);

const OPTIONS = optionTable({
  minutes: {
    kind: 'number',
    min: 0.05,
    max: 7 * 24 * 60,
    default: 10,
    meaning: 'duration of the load',
  },
  rate: {
    kind: 'number',
    min: 0.1,
    max: 1_000_000,
    shownDefault: `${LOAD * 100} % of the saturation, which is measured first`,
    meaning: 'jobs per second',
  },
  job: {
    kind: 'list',
    argument: 'A',
    of: JOB_NAMES,
    default: ['100us'],
    meaning: `one of ${JOB_NAMES.join(', ')}`,
  },
  threads: threadsOption('threads of the pool'),
});

export const SOAK_OPTIONS: OptionTable = OPTIONS;

/** Reads the flags and fills in the defaults. @throws UsageError */
export function soakSettings(flags: Flags): SoakSettings {
  const values = readOptions(flags, OPTIONS);
  const ratePerSecond = values.rate;
  return {
    minutes: values.minutes,
    ...(ratePerSecond !== undefined && { ratePerSecond }),
    threads: values.threads,
    job: chosenJob(values.job),
  };
}

function chosenJob(names: readonly string[]): JobKind {
  const job = JOB_KINDS.find(({ name }) => name === names[0]);
  if (names.length === 1 && job !== undefined) return job;
  throw new UsageError(
    `Option '--job' is '${names.join(',')}'; valid is one of ${JOB_NAMES.join(', ')}.`,
  );
}
