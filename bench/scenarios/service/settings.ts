/**
 * What every experiment with a service can be told: how long, how much, and how it is watched.
 *
 * Invariant: what leaves this file is valid; nothing behind it checks again.
 */
import { type Flags, numberFlag } from '../../options/flags.js';

/** The settings that all of them have. */
export interface ServiceSettings {
  /** How long each arm is driven. */
  readonly seconds: number;
  readonly ceilingBytes: number;
  readonly seed: number;
}

const DEFAULT_SECONDS = 18;
const DEFAULT_CEILING_MB = 512;
const MB = 1024 ** 2;
/** Far more than a generator process can send. */
export const MAX_RATE = 100_000;

/** One line of help for each of their options. */
export const SERVICE_OPTIONS: Readonly<
  Record<'seconds' | 'memory' | 'seed', readonly [option: string, meaning: string]>
> = {
  seconds: ['--seconds N', `how long each arm is driven (${DEFAULT_SECONDS})`],
  memory: ['--memory MB', `the service's ceiling, resident set (${DEFAULT_CEILING_MB})`],
  seed: ['--seed N', 'chooses the documents (1)'],
};

/** Reads and completes them. @throws UsageError */
export function serviceSettings(flags: Flags): ServiceSettings {
  return {
    seconds: numberFlag(flags, 'seconds', { min: 1, max: 3600 }) ?? DEFAULT_SECONDS,
    ceilingBytes:
      (numberFlag(flags, 'memory', { min: 128, max: 1_048_576, isWhole: true }) ??
        DEFAULT_CEILING_MB) * MB,
    seed: numberFlag(flags, 'seed', { min: 0, max: 2 ** 32 - 1, isWhole: true }) ?? 1,
  };
}

/** Requests per second. @throws UsageError */
export function rateFlag(flags: Flags): number | undefined {
  return numberFlag(flags, 'rate', { min: 1, max: MAX_RATE });
}
