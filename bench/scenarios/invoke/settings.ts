/**
 * What the experiment can be told: its defaults and their ranges, in one place.
 *
 * Invariant: what leaves this file is complete and valid; nothing behind it checks again. Threads ×
 * concurrency is always exactly the number of slots.
 */
import {
  type Flags,
  type FlagTable,
  listFlag,
  numberFlag,
  UsageError,
} from '../../options/flags.js';
import {
  MAX_RATE,
  rateFlag,
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
const DEFAULT_SLOTS = 100;
const DEFAULT_DELAY_MS = 250;
/** Jobs that wait for answers need few threads. */
const MAX_THREADS = 4;

export const INVOKE_FLAGS: FlagTable = {
  seconds: 'text',
  rate: 'text',
  slots: 'text',
  'delay-ms': 'text',
  arms: 'text',
  memory: 'text',
  seed: 'text',
};

/** One line of help for each option. */
export const INVOKE_OPTIONS: ReadonlyArray<readonly [option: string, meaning: string]> = [
  SERVICE_OPTIONS.seconds,
  ['--rate N', `documents per second (${OVERLOAD_FACTOR} × what the second service can do)`],
  ['--slots N', `calls that the second service serves at once (${DEFAULT_SLOTS})`],
  ['--delay-ms N', `how long it takes for each, on average (${DEFAULT_DELAY_MS})`],
  ['--arms A,B', `which of ${ARM_NAMES.join(', ')} (all)`],
  SERVICE_OPTIONS.memory,
  SERVICE_OPTIONS.seed,
];

/** Reads and completes the settings. @throws UsageError */
export function invokeSettings(flags: Flags): InvokeSettings {
  const slots = numberFlag(flags, 'slots', { min: 1, max: 10_000, isWhole: true }) ?? DEFAULT_SLOTS;
  const delayMs = numberFlag(flags, 'delay-ms', { min: 1, max: 60_000 }) ?? DEFAULT_DELAY_MS;
  const threads = threadsFor(slots);
  return {
    ...serviceSettings(flags),
    ratePerSecond: rateFlag(flags) ?? overloadRate(slots, delayMs),
    slots,
    delayMs,
    threads,
    concurrency: slots / threads,
    // As many as run: who is accepted waits for about one turn at most.
    backlogJobs: slots,
    arms: listFlag(flags, 'arms', ARM_NAMES) ?? ARM_NAMES,
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
