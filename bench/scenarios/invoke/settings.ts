/**
 * Describes the options of `bench invoke`, and makes its settings of what was given.
 *
 * Invariant: what leaves this file is complete and valid; nothing behind it checks again. Threads ×
 * concurrency is always exactly the number of slots.
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

/** The experiment's settings, complete. */
export interface InvokeSettings extends ServiceSettings {
  readonly ratePerSecond: number;
  /** Calls that the second service serves at once, and that the pools make at once. */
  readonly slots: number;
  /** How long the second service takes for a call, on average. */
  readonly delayMs: number;
  readonly threads: number;
  /** Calls at once on each thread. */
  readonly concurrency: number;
  readonly backlogJobs: number;
  readonly arms: readonly ArmName[];
}

/** How many times that what the second service can do is offered. */
const OVERLOAD_FACTOR = 2;
/** Jobs that wait for answers need few threads. */
const MAX_THREADS = 4;

const OPTIONS = optionTable({
  seconds: SERVICE_OPTIONS.seconds,
  rate: rateOption(`${OVERLOAD_FACTOR} × what the second service can do`),
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
    meaning: 'how long it takes for each, on average',
  },
  arms: { kind: 'list', of: ARM_NAMES },
  memory: SERVICE_OPTIONS.memory,
  seed: SERVICE_OPTIONS.seed,
});

export const INVOKE_OPTIONS: OptionTable = OPTIONS;

/** Reads and completes the settings. @throws UsageError */
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
    // As many as run: who is accepted waits for about one turn at most.
    backlogJobs: slots,
    arms: values.arms,
  };
}

/** What the second service can do. */
export function servedPerSecond({ slots, delayMs }: { slots: number; delayMs: number }): number {
  return (slots / delayMs) * 1000;
}

function overloadRate(slots: number, delayMs: number): number {
  const rate = OVERLOAD_FACTOR * servedPerSecond({ slots, delayMs });
  if (rate >= 1 && rate <= MAX_RATE) return rate;
  throw new UsageError(
    `Options '--slots' and '--delay-ms' are '${slots}' and '${delayMs}', and ${OVERLOAD_FACTOR} × what that can do is ` +
      `${Number(rate.toFixed(3))} documents per second; valid is from 1 to ${MAX_RATE}, or a '--rate' of your own.`,
  );
}

/** The most threads up to the default that all have the same number of slots. */
function threadsFor(slots: number): number {
  let threads = Math.min(defaultThreads(), MAX_THREADS);
  while (slots % threads !== 0) threads -= 1;
  return threads;
}
