/**
 * What all scenarios that compare arms in rounds can be told, and how they end.
 *
 * Invariant: one meaning and one range for each of these options, whatever the scenario.
 */
import { type Flags, type FlagTable, numberFlag, textFlag } from './flags.js';
import { checkWritable } from './json-file.js';

/** The settings that they share, complete. */
export interface ComparisonSettings {
  readonly rounds: number;
  readonly threads: number;
  readonly seed: number;
}

/** The options behind them. */
export const COMPARISON_FLAGS: FlagTable = {
  rounds: 'text',
  threads: 'text',
  seed: 'text',
  json: 'text',
};

const DEFAULT_THREADS = 2;

/** One line of help for each. @param rounds - How many there are by default. */
export function comparisonOptions(rounds: number): Array<readonly [string, string]> {
  return [
    ['--rounds N', `how often each arm is measured (${rounds})`],
    ['--threads N', `of every arm (${DEFAULT_THREADS})`],
    ['--seed N', 'orders the measurements (1)'],
    ['--json FILE', 'write the result with every round'],
  ];
}

/** Reads and completes them. @throws UsageError */
export function comparisonSettings(flags: Flags, rounds: number): ComparisonSettings {
  return {
    rounds: numberFlag(flags, 'rounds', { min: 1, max: 1000, isWhole: true }) ?? rounds,
    threads: numberFlag(flags, 'threads', { min: 1, max: 256, isWhole: true }) ?? DEFAULT_THREADS,
    seed: numberFlag(flags, 'seed', { min: 0, max: 2 ** 32 - 1, isWhole: true }) ?? 1,
  };
}

/** Where the result is to be written, if anywhere. @throws UsageError where that can't be done */
export function jsonTarget(flags: Flags): string | undefined {
  const file = textFlag(flags, 'json');
  if (file !== undefined) checkWritable('json', file);
  return file;
}
