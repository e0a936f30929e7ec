/**
 * What `bench scaling` can be told: its defaults and their ranges, in one place.
 *
 * Invariant: what leaves this file is complete and valid; nothing behind it checks again.
 */
import { availableParallelism } from 'node:os';
import { COMPARISON_FLAGS, comparisonOptions, comparisonSettings } from '../../harness/options.js';
import { checkFilter } from '../../harness/filter.js';
import { type Flags, type FlagTable, listFlag, numberFlag } from '../../options/flags.js';
import { JOB_KINDS, type JobKind } from '../overhead/settings.js';

/** The settings, complete. */
export interface ScalingSettings {
  readonly jobs: readonly JobKind[];
  /** Every number of threads from 1 up to this one is measured. */
  readonly maxThreads: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  readonly rounds: number;
  readonly seed: number;
  /** Only the measurements whose description contains it are made. */
  readonly filter?: string;
}

const DEFAULT_JOBS = ['100us', '1ms'];
/** More points than these take long and tell little: the fit rests on the first ones. */
const MAX_DEFAULT_THREADS = 16;
const DEFAULT_ROUNDS = 5;
const DEFAULT_WINDOW_MS = 300;
const DEFAULT_WARM_UP_MS = 800;
const JOB_NAMES = JOB_KINDS.map(({ name }) => name);
const { threads: _, ...SHARED_FLAGS } = COMPARISON_FLAGS;

export const SCALING_FLAGS: FlagTable = {
  jobs: 'text',
  'max-threads': 'text',
  'window-ms': 'text',
  'warm-up-ms': 'text',
  ...SHARED_FLAGS,
};

/** One line of help for each option. */
export const SCALING_OPTIONS: ReadonlyArray<readonly [option: string, meaning: string]> = [
  ['--jobs A,B', `which of ${JOB_NAMES.join(', ')} (${DEFAULT_JOBS.join(',')})`],
  [
    '--max-threads N',
    `measure 1, 2, 3, … N threads (processors, at most ${MAX_DEFAULT_THREADS}; here ${maxThreads()})`,
  ],
  ['--window-ms N', `how long each measurement takes (${DEFAULT_WINDOW_MS})`],
  ['--warm-up-ms N', `and how long the load runs before (${DEFAULT_WARM_UP_MS})`],
  ...comparisonOptions(DEFAULT_ROUNDS).filter(([option]) => !option.startsWith('--threads')),
];

/** Reads and completes the settings. @throws UsageError */
export function scalingSettings(flags: Flags): ScalingSettings {
  const jobs = listFlag(flags, 'jobs', JOB_NAMES) ?? DEFAULT_JOBS;
  const { rounds, seed, filter } = comparisonSettings(flags, DEFAULT_ROUNDS);
  const settings: ScalingSettings = {
    rounds,
    seed,
    ...(filter !== undefined && { filter }),
    jobs: JOB_KINDS.filter(({ name }) => jobs.includes(name)),
    maxThreads:
      numberFlag(flags, 'max-threads', { min: 1, max: 256, isWhole: true }) ?? maxThreads(),
    windowMs: numberFlag(flags, 'window-ms', { min: 20, max: 60_000 }) ?? DEFAULT_WINDOW_MS,
    warmUpMs: numberFlag(flags, 'warm-up-ms', { min: 0, max: 60_000 }) ?? DEFAULT_WARM_UP_MS,
  };
  const descriptions = settings.jobs.flatMap((kind) =>
    threadsOf(settings).map((count) => describeMeasurement(kind, count)),
  );
  checkFilter(descriptions, filter);
  return settings;
}

/** The numbers of threads that are measured. */
export function threadsOf({ maxThreads: most }: ScalingSettings): number[] {
  return Array.from({ length: most }, (_each, at) => at + 1);
}

/** What one measurement is called. */
export function describeMeasurement(kind: JobKind, threads: number): string {
  return `${kind.name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}

/**
 * Jobs in flight for each thread, so that none ever waits for the next one: 10 ms of work, and not so
 * many that a turn of all of them outlasts the window.
 */
export function inFlightPerThread({ us }: JobKind): number {
  return Math.min(256, Math.max(16, Math.ceil(10_000 / Math.max(1, us))));
}

function maxThreads(): number {
  return Math.min(availableParallelism(), MAX_DEFAULT_THREADS);
}
