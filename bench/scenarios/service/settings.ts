/**
 * Declares the options that all service scenarios share, and builds their settings.
 *
 * Invariant: the settings are valid; later code does not check them again.
 */
import type { DefaultedNumber } from '../../harness/options.js';
import { type NumberOption, type OptionValues, SEED } from '../../options/table.js';

/** The settings that all service scenarios share. */
export interface ServiceSettings {
  /** Time that each variant is driven for. */
  readonly seconds: number;
  readonly ceilingBytes: number;
  readonly seed: number;
}

const MB = 1024 ** 2;
/** Far more than one generator process can send. */
export const MAX_RATE = 100_000;

/** The shared options; each scenario adds its own. */
export const SERVICE_OPTIONS: Readonly<Record<'seconds' | 'memory' | 'seed', DefaultedNumber>> = {
  seconds: {
    kind: 'number',
    min: 1,
    max: 3600,
    default: 18,
    meaning: 'duration of the load on each variant',
  },
  memory: {
    kind: 'number',
    argument: 'MB',
    min: 128,
    max: 1_048_576,
    isWhole: true,
    default: 512,
    meaning: 'memory limit of the service (RSS)',
  },
  seed: { ...SEED, default: 1, meaning: 'seed of the choice of documents' },
};

/** Builds the settings. @throws UsageError */
export function serviceSettings({
  seconds,
  memory,
  seed,
}: OptionValues<typeof SERVICE_OPTIONS>): ServiceSettings {
  return { seconds, ceilingBytes: memory * MB, seed };
}

/** The option for requests per second. @param shownDefault - Describes the default rate. */
export function rateOption(shownDefault: string): NumberOption {
  return { kind: 'number', min: 1, max: MAX_RATE, shownDefault, meaning: 'documents per second' };
}
