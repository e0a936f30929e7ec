/**
 * Defines the planned interim analyses ("looks") of a gate: the numbers of rounds after which it may decide, and the
 * error that each may spend.
 *
 * Invariant: the false-positive rate of all analyses together is at most the sum of their alphas, as each spends only
 * its own, fixed before anything is measured; a plan with an analysis that can never be significant is rejected.
 */
import { UsageError } from '../../options/flags.js';

export interface Look {
  /** Number of rounds in all, including those of earlier analyses. */
  readonly rounds: number;
  /** One-sided error of a false FAIL; all judged metrics share it. */
  readonly failAlpha: number;
  /**
   * One-sided error of excluding an effect that exists. Not shared: a gate passes only if every metric does, so one
   * wrong exclusion is not enough.
   */
  readonly passAlpha: number;
}

/** The default analyses. Their `failAlpha` sums to 1.4 %. */
export const DEFAULT_LOOKS: readonly Look[] = [
  { rounds: 10, failAlpha: 0.002, passAlpha: 0.01 },
  { rounds: 15, failAlpha: 0.004, passAlpha: 0.02 },
  { rounds: 20, failAlpha: 0.008, passAlpha: 0.02 },
];

/** Two-sided error at which a control has moved, if it moved by more than minEffect. */
export const CONTROL_ALPHA = 0.01;

/** Processes of a round: head and two runs of base. */
const PROCESSES = 3;
/** Number of metrics that decide by default. */
const METRICS = 2;

/**
 * Interim analyses of Vitest benchmarks. Their processes run one after the other, so changes of the machine don't
 * cancel out and more rounds are needed.
 */
export const VITEST_LOOKS: readonly Look[] = looksAfter([10, 20, 36], 'The plan for Vitest');

/**
 * Plans interim analyses after other numbers of rounds, with the default errors.
 *
 * @param where - Source of the numbers, for messages: "Option '--looks'".
 * @throws UsageError if there are not three of them, if they don't rise, or if an analysis has too few rounds to be
 * significant.
 */
export function looksAfter(rounds: readonly number[], where: string): readonly Look[] {
  if (rounds.length !== DEFAULT_LOOKS.length) {
    throw new UsageError(`${where} has ${rounds.length} numbers of rounds; valid are three.`);
  }
  return DEFAULT_LOOKS.map(({ failAlpha, passAlpha }, at) => {
    const look = { rounds: rounds[at] as number, failAlpha, passAlpha };
    checkRounds(look, rounds[at - 1] ?? 0, `${where}: analysis ${at + 1}`);
    return look;
  });
}

/**
 * Number of rounds that a one-sided test needs to reach `alpha`, with this many processes in each round: processes⁻ⁿ ≤
 * alpha. A signed-rank test corresponds to two.
 */
export function leastRounds(alpha: number, processes: number = 2): number {
  let rounds = 0;
  while (processes ** -rounds > alpha) rounds += 1;
  return rounds;
}

function checkRounds({ rounds, failAlpha, passAlpha }: Look, before: number, name: string): void {
  if (!Number.isSafeInteger(rounds) || rounds <= before) {
    throw new UsageError(
      `${name} has 'rounds' ${rounds}; valid is a whole number above ${before}` +
        (before === 0 ? '.' : ', the rounds of the analysis before it.'),
    );
  }
  const error = Math.min(failAlpha / METRICS, passAlpha);
  const least = leastRounds(error, PROCESSES);
  if (rounds >= least) return;
  throw new UsageError(
    `${name} can never fail: p is at least ${(PROCESSES ** -rounds).toPrecision(2)} with ${rounds} ` +
      `rounds, and each metric may err by ${error}; valid are ${least} rounds or more.`,
  );
}
