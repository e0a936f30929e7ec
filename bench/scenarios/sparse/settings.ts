/**
 * Describes the options of `bench sparse`, and makes its settings of what was given.
 *
 * Invariant: what leaves this file is complete and valid; nothing behind it checks again.
 */
import {
  comparisonOptions,
  type ComparisonSettings,
  comparisonSettings,
} from '../../harness/options.js';
import { checkFilter } from '../../harness/filter.js';
import { type Flags, readOptions } from '../../options/flags.js';
import { type OptionTable, optionTable } from '../../options/table.js';

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

const OPTIONS = optionTable({
  patterns: { kind: 'list', of: PATTERNS },
  jobs: {
    kind: 'number',
    min: 1,
    max: 100_000,
    isWhole: true,
    default: 60,
    meaning: 'single jobs of each measurement',
  },
  bursts: {
    kind: 'number',
    min: 1,
    max: 10_000,
    isWhole: true,
    default: 5,
    meaning: 'bursts of each measurement',
  },
  ...comparisonOptions(5),
});

export const SPARSE_OPTIONS: OptionTable = OPTIONS;

/** Reads and completes the settings. @throws UsageError */
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

/** What one measurement is called. */
export function describeMeasurement(pattern: Pattern, arm: SparseArm): string {
  return `${arm}, ${pattern}`;
}
