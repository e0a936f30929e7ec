/**
 * Describes the options of every experiment with a service, and completes the settings behind them.
 *
 * Invariant: what leaves this file is valid; nothing behind it checks again.
 */
import type { DefaultedNumber } from '../../harness/options.js';
import { type NumberOption, type OptionValues, SEED } from '../../options/table.js';

/** The settings that all of them have. */
export interface ServiceSettings {
  /** How long each arm is driven. */
  readonly seconds: number;
  readonly ceilingBytes: number;
  readonly seed: number;
}

const MB = 1024 ** 2;
/** Far more than a generator process can send. */
export const MAX_RATE = 100_000;

/** The options behind them; each experiment adds its own. */
export const SERVICE_OPTIONS: Readonly<Record<'seconds' | 'memory' | 'seed', DefaultedNumber>> = {
  seconds: {
    kind: 'number',
    min: 1,
    max: 3600,
    default: 18,
    meaning: 'how long each arm is driven',
  },
  memory: {
    kind: 'number',
    argument: 'MB',
    min: 128,
    max: 1_048_576,
    isWhole: true,
    default: 512,
    meaning: "the service's ceiling, resident set",
  },
  seed: { ...SEED, default: 1, meaning: 'chooses the documents' },
};

/** Completes them. @throws UsageError */
export function serviceSettings({
  seconds,
  memory,
  seed,
}: OptionValues<typeof SERVICE_OPTIONS>): ServiceSettings {
  return { seconds, ceilingBytes: memory * MB, seed };
}

/** Requests per second. @param shownDefault - What is offered without it. */
export function rateOption(shownDefault: string): NumberOption {
  return { kind: 'number', min: 1, max: MAX_RATE, shownDefault, meaning: 'documents per second' };
}
