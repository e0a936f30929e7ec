/**
 * The planned looks of a gate: after how many rounds it may decide, and how much error each may spend.
 *
 * Invariant: the false alarms of all looks together are at most the sum of their alphas, as each look
 * spends only its own, fixed before anything was measured; a plan whose look could never speak is
 * refused.
 */
import { UsageError } from '../../options/flags.js';

export interface Look {
  /** So many rounds in all, those of earlier looks included. */
  readonly rounds: number;
  /** The one-sided error of calling something worse that is not; all judged metrics share it. */
  readonly failAlpha: number;
  /**
   * The one-sided error of excluding an effect that is there. Not shared: a gate passes where each metric
   * does, so one wrong pass is not enough.
   */
  readonly passAlpha: number;
}

/** Together they spend 1.4 %. */
export const DEFAULT_LOOKS: readonly Look[] = [
  { rounds: 10, failAlpha: 0.002, passAlpha: 0.01 },
  { rounds: 15, failAlpha: 0.004, passAlpha: 0.02 },
  { rounds: 20, failAlpha: 0.008, passAlpha: 0.02 },
];

/** A control has moved at this error (two-sided), if it moved by more than minEffect. */
export const CONTROL_ALPHA = 0.01;

/** In each round: head and two runs of base. */
const PROCESSES = 3;
/** So many metrics decide, if nothing else was wanted. */
const METRICS = 2;

/**
 * Of the benchmarks of Vitest, whose processes run one after the other, so that what the machine does meanwhile does not
 * cancel out.
 */
export const VITEST_LOOKS: readonly Look[] = looksAfter([10, 20, 36], 'The plan for Vitest');

/**
 * Looks after other numbers of rounds, with the usual errors.
 *
 * @param where - Where the numbers come from: "Option '--looks'".
 * @throws UsageError where they are not as many as usual or do not rise, or where a look has too few
 * rounds to be significant.
 */
export function looksAfter(rounds: readonly number[], where: string): readonly Look[] {
  if (rounds.length !== DEFAULT_LOOKS.length) {
    throw new UsageError(`${where} has ${rounds.length} numbers of rounds; valid are three.`);
  }
  return DEFAULT_LOOKS.map(({ failAlpha, passAlpha }, at) => {
    const look = { rounds: rounds[at] as number, failAlpha, passAlpha };
    checkRounds(look, rounds[at - 1] ?? 0, `${where}: look ${at + 1}`);
    return look;
  });
}

/**
 * How many rounds it takes until a one-sided test can reach such an alpha, with so many processes in each:
 * processes⁻ⁿ ≤ alpha. Two are those of a signed-rank test.
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
        (before === 0 ? '.' : ', the rounds of the look before it.'),
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
