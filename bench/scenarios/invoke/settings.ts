/**
 * Declares the options of `bench invoke` and builds its settings from the given flags.
 *
 * Invariant: the settings are complete and valid; later code does not check them again. Threads × concurrency
 * always equals the number of slots.
 */
import { type Flags, readOptions, UsageError } from '../../options/flags.js';
import { type OptionTable, optionTable } from '../../options/table.js';
import {
  MAX_RATE,
  rateOption,
  SERVICE_OPTIONS,
  type ServiceSettings,
  serviceSettings,
} from '../service/settings.js';
import { defaultThreads } from '../../../src/api/parallelism.js';
import { ARM_NAMES, type ArmName } from './arms.js';

/** The complete settings. */
export interface InvokeSettings extends ServiceSettings {
  readonly ratePerSecond: number;
  /** Number of calls that the second service serves at once, and that the pools make at once. */
  readonly slots: number;
  /** Mean time that the second service takes for a call. */
  readonly delayMs: number;
  readonly threads: number;
  /** Calls at once on each thread. */
  readonly concurrency: number;
  readonly backlogJobs: number;
  readonly arms: readonly ArmName[];
}

/** Offered load as a multiple of the second service's capacity. */
const OVERLOAD_FACTOR = 2;
/** Jobs that wait for responses need few threads. */
const MAX_THREADS = 4;

const OPTIONS = optionTable({
  seconds: SERVICE_OPTIONS.seconds,
  rate: rateOption(`${OVERLOAD_FACTOR} × the capacity of the second service`),
  slots: {
    kind: 'number',
    min: 1,
    max: 10_000,
    isWhole: true,
    default: 100,
    meaning: 'calls that the second service serves at once',
  },
  'delay-ms': {
    kind: 'number',
    min: 1,
    max: 60_000,
    default: 250,
    meaning: 'mean duration of such a call',
  },
  arms: { kind: 'list', of: ARM_NAMES },
  memory: SERVICE_OPTIONS.memory,
  seed: SERVICE_OPTIONS.seed,
});

export const INVOKE_OPTIONS: OptionTable = OPTIONS;

/** Reads the flags and fills in the defaults. @throws UsageError */
export function invokeSettings(flags: Flags): InvokeSettings {
  const values = readOptions(flags, OPTIONS);
  const { slots, 'delay-ms': delayMs } = values;
  const threads = threadsFor(slots);
  return {
    ...serviceSettings(values),
    ratePerSecond: values.rate ?? overloadRate(slots, delayMs),
    slots,
    delayMs,
    threads,
    concurrency: slots / threads,
    // As many as run: an accepted job waits for the duration of about one call.
    backlogJobs: slots,
    arms: values.arms,
  };
}

/** Capacity of the second service. */
export function servedPerSecond({ slots, delayMs }: { slots: number; delayMs: number }): number {
  return (slots / delayMs) * 1000;
}

function overloadRate(slots: number, delayMs: number): number {
  const rate = OVERLOAD_FACTOR * servedPerSecond({ slots, delayMs });
  if (rate >= 1 && rate <= MAX_RATE) return rate;
  throw new UsageError(
    `Options '--slots' and '--delay-ms' are '${slots}' and '${delayMs}', so ${OVERLOAD_FACTOR} × the capacity is ` +
      `${Number(rate.toFixed(3))} documents per second; valid is from 1 to ${MAX_RATE}, or set '--rate'.`,
  );
}

/** Returns the largest thread count, up to the default and `MAX_THREADS`, that divides the slots evenly. */
function threadsFor(slots: number): number {
  let threads = Math.min(defaultThreads(), MAX_THREADS);
  while (slots % threads !== 0) threads -= 1;
  return threads;
}
