/**
 * Declares the options of `bench sparse` and builds its settings from the given flags.
 *
 * Invariant: the settings are complete and valid; later code does not check them again.
 */
import {
  comparisonOptions,
  type ComparisonSettings,
  comparisonSettings,
} from '../../harness/options.js';
import { checkFilter } from '../../harness/filter.js';
import { type Flags, readOptions } from '../../options/flags.js';
import { type OptionTable, optionTable } from '../../options/table.js';

/** The variants in the order of the report; the last one is a reference, not a pool. */
export const SPARSE_ARMS = ['millrace', 'piscina', 'postMessage'] as const;

export type SparseArm = (typeof SPARSE_ARMS)[number];

/** How jobs arrive: one at a time, or many at once. */
export const PATTERNS = ['single', 'burst'] as const;

export type Pattern = (typeof PATTERNS)[number];

/** The complete settings. */
export interface SparseSettings extends ComparisonSettings {
  readonly patterns: readonly Pattern[];
  /** Number of jobs in each measurement of single jobs. */
  readonly jobs: number;
  /** Number of bursts in each measurement of bursts. */
  readonly bursts: number;
}

/** Pause from the end of a job to the next one. */
export const SINGLE_EVERY_MS = 50;
/** Pause from the end of a burst to the next one. */
export const BURST_EVERY_MS = 1000;
export const BURST_JOBS = 100;

const OPTIONS = optionTable({
  patterns: { kind: 'list', of: PATTERNS },
  jobs: {
    kind: 'number',
    min: 1,
    max: 100_000,
    isWhole: true,
    default: 60,
    meaning: 'single jobs per measurement',
  },
  bursts: {
    kind: 'number',
    min: 1,
    max: 10_000,
    isWhole: true,
    default: 5,
    meaning: 'bursts per measurement',
  },
  ...comparisonOptions(5),
});

export const SPARSE_OPTIONS: OptionTable = OPTIONS;

/** Reads the flags and fills in the defaults. @throws UsageError */
export function sparseSettings(flags: Flags): SparseSettings {
  const values = readOptions(flags, OPTIONS);
  const settings: SparseSettings = {
    ...comparisonSettings(values),
    patterns: values.patterns,
    jobs: values.jobs,
    bursts: values.bursts,
  };
  const descriptions = settings.patterns.flatMap((pattern) =>
    SPARSE_ARMS.map((arm) => describeMeasurement(pattern, arm)),
  );
  checkFilter(descriptions, settings.filter);
  return settings;
}

/** Names one measurement. */
export function describeMeasurement(pattern: Pattern, arm: SparseArm): string {
  return `${arm}, ${pattern}`;
}
