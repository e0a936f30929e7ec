/**
 * Describes the options of `bench overload`, and makes its settings of what was given.
 *
 * Invariant: what leaves this file is complete and valid; nothing behind it checks again.
 */
import { threadsOption } from '../../harness/options.js';
import { type Flags, readOptions } from '../../options/flags.js';
import { type OptionTable, optionTable } from '../../options/table.js';
import {
  rateOption,
  SERVICE_OPTIONS,
  type ServiceSettings,
  serviceSettings,
} from '../service/settings.js';
import { defaultThreads } from '../../../src/api/parallelism.js';
import { ARM_NAMES, type ArmName } from './arms.js';

/** The experiment's settings, complete. */
export interface OverloadSettings extends ServiceSettings {
  /** Undefined: twice the measured capacity. */
  readonly ratePerSecond: number | undefined;
  readonly threads: number;
  readonly backlogJobs: number;
  readonly arms: readonly ArmName[];
}

/** How many times the capacity the arms are offered. */
export const OVERLOAD_FACTOR = 2;

/** At twice the capacity it is full within a tenth of a second, and costs as much waiting. */
const DEFAULT_BACKLOG = 128;
/** With more threads than these, one generator process would be what is measured. */
const MAX_DEFAULT_THREADS = 4;

const OPTIONS = optionTable({
  seconds: SERVICE_OPTIONS.seconds,
  rate: rateOption(`${OVERLOAD_FACTOR} × the capacity, which is measured first`),
  threads: {
    ...threadsOption('of both pools'),
    default: threads(),
    shownDefault: `processors - 1, at most ${MAX_DEFAULT_THREADS}; here ${threads()}`,
  },
  backlog: {
    kind: 'number',
    min: 0,
    max: 1_000_000,
    isWhole: true,
    default: DEFAULT_BACKLOG,
    meaning: 'jobs that millrace queues beyond its threads',
  },
  arms: { kind: 'list', of: ARM_NAMES },
  memory: SERVICE_OPTIONS.memory,
  seed: SERVICE_OPTIONS.seed,
});

export const OVERLOAD_OPTIONS: OptionTable = OPTIONS;

/** Reads and completes the settings. @throws UsageError */
export function overloadSettings(flags: Flags): OverloadSettings {
  const values = readOptions(flags, OPTIONS);
  return {
    ...serviceSettings(values),
    ratePerSecond: values.rate,
    threads: values.threads,
    backlogJobs: values.backlog,
    arms: values.arms,
  };
}

function threads(): number {
  return Math.min(defaultThreads(), MAX_DEFAULT_THREADS);
}
