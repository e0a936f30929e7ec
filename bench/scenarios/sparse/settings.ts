/**
 * What `bench sparse` can be told: its defaults and their ranges, in one place.
 *
 * Invariant: what leaves this file is complete and valid; nothing behind it checks again.
 */
import {
  COMPARISON_FLAGS,
  comparisonOptions,
  type ComparisonSettings,
  comparisonSettings,
} from '../../harness/options.js';
import { checkFilter } from '../../harness/filter.js';
import { type Flags, type FlagTable, listFlag, numberFlag } from '../../options/flags.js';

/** The arms, in the order in which they are shown; the last is a reference and no pool. */
export const SPARSE_ARMS = ['millrace', 'piscina', 'postMessage'] as const;

export type SparseArm = (typeof SPARSE_ARMS)[number];

/** How the jobs come: one by one, or many at the same instant. */
export const PATTERNS = ['single', 'burst'] as const;

export type Pattern = (typeof PATTERNS)[number];

/** The settings, complete. */
export interface SparseSettings extends ComparisonSettings {
  readonly patterns: readonly Pattern[];
  /** Of each measurement of single jobs. */
  readonly jobs: number;
  /** Of each measurement of bursts. */
  readonly bursts: number;
}

/** From the end of one job to the next. */
export const SINGLE_EVERY_MS = 50;
/** From the end of one burst to the next. */
export const BURST_EVERY_MS = 1000;
export const BURST_JOBS = 100;

const DEFAULT_ROUNDS = 5;
const DEFAULT_JOBS = 60;
const DEFAULT_BURSTS = 5;

export const SPARSE_FLAGS: FlagTable = {
  patterns: 'text',
  jobs: 'text',
  bursts: 'text',
  ...COMPARISON_FLAGS,
};

/** One line of help for each option. */
export const SPARSE_OPTIONS: ReadonlyArray<readonly [option: string, meaning: string]> = [
  ['--patterns A,B', `which of ${PATTERNS.join(', ')} (all)`],
  ['--jobs N', `single jobs of each measurement (${DEFAULT_JOBS})`],
  ['--bursts N', `bursts of each measurement (${DEFAULT_BURSTS})`],
  ...comparisonOptions(DEFAULT_ROUNDS),
];

/** Reads and completes the settings. @throws UsageError */
export function sparseSettings(flags: Flags): SparseSettings {
  const settings: SparseSettings = {
    ...comparisonSettings(flags, DEFAULT_ROUNDS),
    patterns: listFlag(flags, 'patterns', PATTERNS) ?? PATTERNS,
    jobs: numberFlag(flags, 'jobs', { min: 1, max: 100_000, isWhole: true }) ?? DEFAULT_JOBS,
    bursts: numberFlag(flags, 'bursts', { min: 1, max: 10_000, isWhole: true }) ?? DEFAULT_BURSTS,
  };
  const descriptions = settings.patterns.flatMap((pattern) =>
    SPARSE_ARMS.map((arm) => describeMeasurement(pattern, arm)),
  );
  checkFilter(descriptions, settings.filter);
  return settings;
}

/** What one measurement is called. */
export function describeMeasurement(pattern: Pattern, arm: SparseArm): string {
  return `${arm}, ${pattern}`;
}
