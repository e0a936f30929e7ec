/**
 * What limits the figures of a comparison, in sentences: its noise, what was missing, how it ended.
 *
 * Invariant: chosen by the figures; where nothing limits them nothing is said.
 */
import { type Spread, widthOfSpread } from '../math/series.js';
import { formatList, formatPercent } from '../report/format.js';

export const INTERRUPTED = 'The run was interrupted; the figures are of its first part.';

/** A wider range of the rounds than this, as a share of their median, is told. */
const NOISY = 0.2;
/** Of the measurements without a stable warm-up so many are named. */
const NAMED = 3;

/** One sentence or two for each limit. */
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
    ...(rounds === 1 ? ['With one round nothing is known of the spread of the figures.'] : []),
    ...describeNoise(spreads),
    ...describeUnstable(unstable),
    ...(missing.length === 0
      ? []
      : [
          `Not installed, so left out: ${formatList(missing)}. No dependencies of millrace; 'npm install' them to compare.`,
        ]),
    ...describeCourse({ failures, isInterrupted }),
  ];
}

/** What failed, and whether the run was cut short. */
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
    `The machine was not steady: ${noisy.length} of ${spreads.length} figures differ by more than ` +
      `${formatPercent(NOISY)} between their rounds, up to ${formatPercent(worst)} of their median. Run it again on a quieter ` +
      'machine, or with more --rounds.',
  ];
}

/** @param unstable - A description for each measurement; the same one again for another round. */
function describeUnstable(unstable: readonly string[]): string[] {
  if (unstable.length === 0) return [];
  const which = [...new Set(unstable)];
  const named = which.slice(0, NAMED).join('; ');
  const more = which.length > NAMED ? `; and ${which.length - NAMED} more` : '';
  const count = unstable.length === 1 ? 'one measurement' : `${unstable.length} measurements`;
  return [`The warm-up was not stable before ${count}: ${named}${more}.`];
}
