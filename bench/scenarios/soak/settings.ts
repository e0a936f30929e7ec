/**
 * What `bench soak` can be told: its defaults and their ranges, in one place.
 *
 * Invariant: what leaves this file is complete and valid; nothing behind it checks again.
 */
import { comparisonSettings } from '../../harness/options.js';
import {
  type Flags,
  type FlagTable,
  listFlag,
  numberFlag,
  UsageError,
} from '../../options/flags.js';
import { JOB_KINDS, type JobKind } from '../overhead/settings.js';

/** The settings, complete. */
export interface SoakSettings {
  readonly minutes: number;
  /** Absent: a share of the measured saturation. */
  readonly ratePerSecond?: number;
  readonly threads: number;
  readonly job: JobKind;
}

/** Of the saturation: about as much as a service should be planned for. */
export const LOAD = 0.8;

const DEFAULT_MINUTES = 10;
const MAX_MINUTES = 7 * 24 * 60;
const DEFAULT_JOB = '100us';
const JOB_NAMES = JOB_KINDS.map(({ name }) => name);

export const SOAK_FLAGS: FlagTable = {
  minutes: 'text',
  rate: 'text',
  job: 'text',
  threads: 'text',
};

/** One line of help for each option. */
export const SOAK_OPTIONS: ReadonlyArray<readonly [option: string, meaning: string]> = [
  ['--minutes N', `how long the load runs (${DEFAULT_MINUTES})`],
  ['--rate N', `jobs per second (${LOAD * 100} % of the saturation, which is measured first)`],
  ['--job A', `one of ${JOB_NAMES.join(', ')} (${DEFAULT_JOB})`],
  ['--threads N', `of the pool (${soakThreads(new Map())})`],
];

/** Reads and completes the settings. @throws UsageError */
export function soakSettings(flags: Flags): SoakSettings {
  const ratePerSecond = numberFlag(flags, 'rate', { min: 0.1, max: 1_000_000 });
  return {
    minutes: numberFlag(flags, 'minutes', { min: 0.05, max: MAX_MINUTES }) ?? DEFAULT_MINUTES,
    ...(ratePerSecond !== undefined && { ratePerSecond }),
    threads: soakThreads(flags),
    job: chosenJob(flags),
  };
}

function soakThreads(flags: Flags): number {
  return comparisonSettings(flags, 1).threads;
}

function chosenJob(flags: Flags): JobKind {
  const names = listFlag(flags, 'job', JOB_NAMES) ?? [DEFAULT_JOB];
  const job = JOB_KINDS.find(({ name }) => name === names[0]);
  if (names.length === 1 && job !== undefined) return job;
  throw new UsageError(
    `Option '--job' is '${names.join(',')}'; valid is one of ${JOB_NAMES.join(', ')}.`,
  );
}
