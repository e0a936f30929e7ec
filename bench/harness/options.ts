/**
 * What all scenarios that compare arms in rounds can be told.
 *
 * Invariant: one meaning and one range for each of these options, whatever the scenario.
 */
import { type Flags, type FlagTable, numberFlag, textFlag } from '../options/flags.js';

/** The settings that they share, complete. */
export interface ComparisonSettings {
  readonly rounds: number;
  readonly threads: number;
  readonly seed: number;
  /** Only the measurements whose description contains it are made. */
  readonly filter?: string;
}

/** The options behind them. */
export const COMPARISON_FLAGS: FlagTable = {
  rounds: 'text',
  threads: 'text',
  seed: 'text',
  filter: 'text',
};

const DEFAULT_THREADS = 2;

/** One line of help for each. @param rounds - How many there are by default. */
export function comparisonOptions(rounds: number): Array<readonly [string, string]> {
  return [
    ['--rounds N', `how often each arm is measured (${rounds})`],
    ['--threads N', `of every arm (${DEFAULT_THREADS})`],
    ['--seed N', 'orders the measurements (1)'],
    ['--filter TEXT', "only measurements that are called so, such as '16 in flight' (all)"],
  ];
}

/** Reads and completes them. @throws UsageError */
export function comparisonSettings(flags: Flags, rounds: number): ComparisonSettings {
  const filter = textFlag(flags, 'filter');
  return {
    rounds: numberFlag(flags, 'rounds', { min: 1, max: 1000, isWhole: true }) ?? rounds,
    threads: numberFlag(flags, 'threads', { min: 1, max: 256, isWhole: true }) ?? DEFAULT_THREADS,
    seed: numberFlag(flags, 'seed', { min: 0, max: 2 ** 32 - 1, isWhole: true }) ?? 1,
    ...(filter !== undefined && { filter }),
  };
}
