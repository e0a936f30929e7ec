/**
 * Declares the options of `bench overload` and builds its settings from the given flags.
 *
 * Invariant: the settings are complete and valid; later code does not check them again.
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

/** The complete settings. */
export interface OverloadSettings extends ServiceSettings {
  /** Undefined: twice the measured capacity. */
  readonly ratePerSecond: number | undefined;
  readonly threads: number;
  readonly backlogJobs: number;
  readonly arms: readonly ArmName[];
}

/** Offered load as a multiple of the capacity. */
export const OVERLOAD_FACTOR = 2;

/** At twice the capacity it fills up within 0.1 s, and adds about as much waiting time. */
const DEFAULT_BACKLOG = 128;
/** With more threads the single generator process would be the bottleneck. */
const MAX_DEFAULT_THREADS = 4;

const OPTIONS = optionTable({
  seconds: SERVICE_OPTIONS.seconds,
  rate: rateOption(`${OVERLOAD_FACTOR} × the capacity, which is measured first`),
  threads: {
    ...threadsOption('threads of both pools'),
    default: threads(),
    shownDefault: `CPUs - 1, max ${MAX_DEFAULT_THREADS}; here ${threads()}`,
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

/** Reads the flags and fills in the defaults. @throws UsageError */
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
