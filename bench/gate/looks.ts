/**
 * The planned looks of a gate: after how many rounds it may decide, and how much error each may spend.
 *
 * Invariant: the false alarms of all looks together are at most the sum of their alphas, as each look
 * spends only its own, fixed before anything was measured; a plan whose look could never speak is
 * refused.
 */
import { UsageError } from '../flags.js';

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

export interface Looks {
  readonly looks: readonly Look[];
}

/** Together they spend 1.4 %. */
export const DEFAULT_LOOKS: Looks = {
  looks: [
    { rounds: 10, failAlpha: 0.002, passAlpha: 0.01 },
    { rounds: 15, failAlpha: 0.004, passAlpha: 0.02 },
    { rounds: 20, failAlpha: 0.008, passAlpha: 0.02 },
  ],
};

/**
 * Looks after other numbers of rounds, with the usual errors.
 *
 * @param where - Where the numbers come from: "Option '--looks'".
 * @throws UsageError where there are not as many as usual, and as `checkLooks`
 */
export function looksAfter(rounds: readonly number[], where: string): Looks {
  if (rounds.length !== DEFAULT_LOOKS.looks.length) {
    throw new UsageError(`${where} has ${rounds.length} numbers of rounds; valid are three.`);
  }
  const looks = DEFAULT_LOOKS.looks.map(({ failAlpha, passAlpha }, at) => ({
    rounds: rounds[at] as number,
    failAlpha,
    passAlpha,
  }));
  checkLooks({ looks }, 1, where);
  return { looks };
}

/** How many rounds it takes until a one-sided signed-rank test can reach such an alpha: 2⁻ⁿ ≤ alpha. */
export function leastRounds(alpha: number): number {
  return Math.ceil(-Math.log2(alpha));
}

/**
 * Checks a plan.
 *
 * @param judgedCount - How many judged metrics share each `failAlpha`; at least 1.
 * @param where - Where the plan comes from: "'looks' in millrace.config.json".
 * @throws UsageError where there is no look, rounds do not rise, an alpha is not between 0 and 0.5, or
 * a look has too few rounds to be significant.
 */
export function checkLooks({ looks }: Looks, judgedCount: number, where: string): void {
  if (looks.length === 0) throw new UsageError(`${where} is empty; valid is one look or more.`);
  for (const [at, look] of looks.entries()) {
    const name = `${where}: look ${at + 1}`;
    checkRounds(look.rounds, looks[at - 1]?.rounds ?? 0, name);
    checkAlpha(look.failAlpha, 'failAlpha', name);
    checkAlpha(look.passAlpha, 'passAlpha', name);
    const shared = judgedCount === 1 ? '' : ` shared by ${judgedCount} judged metrics`;
    checkReach(look.rounds, look.failAlpha / judgedCount, {
      what: `${name} can never fail`,
      alpha: `failAlpha ${look.failAlpha}${shared}`,
    });
    checkReach(look.rounds, look.passAlpha, {
      what: `${name} can never pass`,
      alpha: `passAlpha ${look.passAlpha}`,
    });
  }
}

function checkRounds(rounds: number, before: number, name: string): void {
  if (Number.isSafeInteger(rounds) && rounds > before) return;
  throw new UsageError(
    `${name} has 'rounds' ${rounds}; valid is a whole number above ${before}` +
      (before === 0 ? '.' : ', the rounds of the look before it.'),
  );
}

function checkAlpha(alpha: number, key: string, name: string): void {
  if (alpha > 0 && alpha < 0.5) return;
  throw new UsageError(`${name} has '${key}' ${alpha}; valid is a number between 0 and 0.5.`);
}

function checkReach(
  rounds: number,
  alpha: number,
  text: { readonly what: string; readonly alpha: string },
): void {
  if (rounds >= leastRounds(alpha)) return;
  throw new UsageError(
    `${text.what}: p is at least ${(2 ** -rounds).toPrecision(2)} with ${rounds} rounds, and ` +
      `${text.alpha} asks for ${alpha.toPrecision(2)}; valid are ${leastRounds(alpha)} rounds or more.`,
  );
}
