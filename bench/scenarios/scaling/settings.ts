/**
 * Declares the options of `bench scaling` and builds its settings from the given flags.
 *
 * Invariant: the settings are complete and valid; later code does not check them again.
 */
import { availableParallelism } from 'node:os';
import { comparisonOptions, threadsOption, windowOptions } from '../../harness/options.js';
import { checkFilter } from '../../harness/filter.js';
import { type Flags, readOptions } from '../../options/flags.js';
import { type OptionTable, optionTable } from '../../options/table.js';
import { JOB_KINDS, type JobKind } from '../overhead/settings.js';

/** The complete settings. */
export interface ScalingSettings {
  readonly jobs: readonly JobKind[];
  /** All thread counts from 1 up to this one are measured. */
  readonly maxThreads: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  readonly rounds: number;
  readonly seed: number;
  /** Only measurements whose description contains this are made. */
  readonly filter?: string;
}

/** More points take long and add little: the fit rests on the first ones. */
const MAX_DEFAULT_THREADS = 16;
const JOB_NAMES = JOB_KINDS.map(({ name }) => name);
/** Without `threads`, as the scenario varies the thread count. */
const { threads: _, ...SHARED_OPTIONS } = comparisonOptions(5);

const OPTIONS = optionTable({
  jobs: { kind: 'list', of: JOB_NAMES, default: ['100us', '1ms'] },
  'max-threads': {
    ...threadsOption('measure 1, 2, 3, … N threads'),
    default: maxThreads(),
    shownDefault: `CPUs, max ${MAX_DEFAULT_THREADS}; here ${maxThreads()}`,
  },
  ...windowOptions({ windowMs: 300, warmUpMs: 800 }),
  ...SHARED_OPTIONS,
});

export const SCALING_OPTIONS: OptionTable = OPTIONS;

/** Reads the flags and fills in the defaults. @throws UsageError */
export function scalingSettings(flags: Flags): ScalingSettings {
  const values = readOptions(flags, OPTIONS);
  const { jobs, filter, rounds, seed } = values;
  const settings: ScalingSettings = {
    rounds,
    seed,
    ...(filter !== undefined && { filter }),
    jobs: JOB_KINDS.filter(({ name }) => jobs.includes(name)),
    maxThreads: values['max-threads'],
    windowMs: values['window-ms'],
    warmUpMs: values['warm-up-ms'],
  };
  const descriptions = settings.jobs.flatMap((kind) =>
    threadsOf(settings).map((count) => describeMeasurement(kind, count)),
  );
  checkFilter(descriptions, filter);
  return settings;
}

/** Lists the thread counts to measure. */
export function threadsOf({ maxThreads: most }: ScalingSettings): number[] {
  return Array.from({ length: most }, (_each, at) => at + 1);
}

/** Names one measurement. */
export function describeMeasurement(kind: JobKind, threads: number): string {
  return `${kind.name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}

/**
 * Jobs in flight per thread, so that no thread runs dry: 10 ms of work, but 16 to 256 jobs, a turn of which is
 * shorter than a window.
 */
export function inFlightPerThread({ us }: JobKind): number {
  return Math.min(256, Math.max(16, Math.ceil(10_000 / Math.max(1, us))));
}

function maxThreads(): number {
  return Math.min(availableParallelism(), MAX_DEFAULT_THREADS);
}
