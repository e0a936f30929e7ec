/**
 * Defines the options of all scenarios that compare variants in rounds.
 *
 * Invariant: each of these options has one meaning and one range, whatever the scenario.
 */
import { type NumberOption, type OptionValues, SEED, type TextOption } from '../options/table.js';

/** The settings that these scenarios share, complete. */
export interface ComparisonSettings {
  readonly rounds: number;
  readonly threads: number;
  readonly seed: number;
  /** Only measurements whose description contains this text are made. */
  readonly filter?: string;
}

/** An option that always has a value. */
export type DefaultedNumber = NumberOption & { readonly default: number };

type ComparisonOptions = Readonly<Record<'rounds' | 'threads' | 'seed', DefaultedNumber>> & {
  readonly filter: TextOption;
};

export const DEFAULT_THREADS = 2;
export const DEFAULT_SEED = 1;

/** The options for `ComparisonSettings`. @param rounds - Default number of rounds. */
export function comparisonOptions(rounds: number): ComparisonOptions {
  return {
    rounds: roundsOption(rounds, 'number of rounds per variant'),
    threads: threadsOption('threads of each variant'),
    seed: { ...SEED, meaning: 'seed of the order of the measurements', default: DEFAULT_SEED },
    filter: {
      kind: 'text',
      meaning: 'only measurements whose name contains TEXT',
      shownDefault: 'all',
    },
  };
}

/** The options of a closed loop: how long it is measured, and how long it warms up before. */
export function windowOptions(defaults: {
  readonly windowMs: number;
  readonly warmUpMs: number;
}): Readonly<Record<'window-ms' | 'warm-up-ms', DefaultedNumber>> {
  return {
    'window-ms': {
      kind: 'number',
      min: 20,
      max: 60_000,
      default: defaults.windowMs,
      meaning: 'duration of each measurement',
    },
    'warm-up-ms': {
      kind: 'number',
      min: 0,
      max: 60_000,
      default: defaults.warmUpMs,
      meaning: 'duration of the warm-up before it',
    },
  };
}

export function roundsOption(rounds: number, meaning: string): DefaultedNumber {
  return { kind: 'number', min: 1, max: 1000, isWhole: true, default: rounds, meaning };
}

export function threadsOption(meaning: string): DefaultedNumber {
  return { kind: 'number', min: 1, max: 256, isWhole: true, default: DEFAULT_THREADS, meaning };
}

/** Takes the settings from the values of the options. @throws UsageError */
export function comparisonSettings({
  filter,
  rounds,
  threads,
  seed,
}: OptionValues<ComparisonOptions>): ComparisonSettings {
  return { rounds, threads, seed, ...(filter !== undefined && { filter }) };
}
