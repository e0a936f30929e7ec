/**
 * Describes what limits the validity of a comparison's metrics: noise, missing peers, failures, an interruption.
 *
 * Invariant: the sentences depend on the result alone; without a limitation there is none.
 */
import { type Spread, widthOfSpread } from '../math/series.js';
import { formatList, formatPercent } from '../report/format.js';

export const INTERRUPTED = 'The run was interrupted; the results cover its first part only.';

/** A range of the rounds wider than this, as a share of their median, is reported. */
const NOISY = 0.2;
/** Max measurements named of those without a stable warm-up. */
const NAMED = 3;

/** Returns one or two sentences for each limitation. */
export function describeLimits(
  spreads: readonly Spread[],
  {
    missing = [],
    unstable = [],
    failures,
    isInterrupted,
    settings: { rounds },
  }: {
    readonly missing?: readonly string[];
    readonly unstable?: readonly string[];
    readonly failures: readonly string[];
    readonly isInterrupted: boolean;
    readonly settings: { readonly rounds: number };
  },
): string[] {
  return [
    ...(rounds === 1 ? ['With one round the spread of the values is unknown.'] : []),
    ...describeNoise(spreads),
    ...describeUnstable(unstable),
    ...(missing.length === 0
      ? []
      : [
          `Skipped, as not installed: ${formatList(missing)}. To compare them, run 'npm install' with their names.`,
        ]),
    ...describeCourse({ failures, isInterrupted }),
  ];
}

/** Describes failures and an interruption. */
export function describeCourse({
  failures,
  isInterrupted,
}: {
  readonly failures: readonly string[];
  readonly isInterrupted: boolean;
}): string[] {
  return [
    ...failures.map((failure) => `Failed: ${failure}`),
    ...(isInterrupted ? [INTERRUPTED] : []),
  ];
}

function describeNoise(spreads: readonly Spread[]): string[] {
  const noisy = spreads.filter((spread) => widthOfSpread(spread) > NOISY);
  if (noisy.length === 0) return [];
  const worst = Math.max(...noisy.map((spread) => widthOfSpread(spread)));
  return [
    `The machine was not steady: ${noisy.length} of ${spreads.length} values differ by more than ` +
      `${formatPercent(NOISY)} between their rounds, up to ${formatPercent(worst)} of their median. Run it again on a quieter ` +
      'machine, or with more --rounds.',
  ];
}

/** @param unstable - A description for each measurement, repeated if several rounds were unstable. */
function describeUnstable(unstable: readonly string[]): string[] {
  if (unstable.length === 0) return [];
  const which = [...new Set(unstable)];
  const named = which.slice(0, NAMED).join('; ');
  const more = which.length > NAMED ? `; and ${which.length - NAMED} more` : '';
  const count = unstable.length === 1 ? 'one measurement' : `${unstable.length} measurements`;
  return [`The warm-up was not stable before ${count}: ${named}${more}.`];
}
