/**
 * Describes what the rounds of comparisons agree on, and how strongly: the verdict at the start of a report.
 *
 * Invariant: a difference is claimed by the rule of `claimOf` and no other; if none is claimed, the sentence says
 * whether the rounds disagree or are too few, and what would help.
 */
import { formatFigure, formatList } from '../report/format.js';
import { claimOf, type Figure, LEAST_ROUNDS } from './figures.js';

/** A ratio and the name of the measurement that it comes from: '16'. */
export interface Compared {
  readonly at: string;
  readonly ratio: Figure;
}

/** Beginnings of the sentence for each outcome of a comparison: 'No-ops: millrace is faster than piscina'. */
export interface ClaimWords {
  readonly more: string;
  readonly less: string;
  /** What the rounds don't agree on, for an open outcome: 'No-ops: which is faster, millrace or piscina'. */
  readonly open: string;
  /** Formats the names of the measurements: 'with 1, 16 and 64 in flight'. Default: they are not named. */
  where?(names: string): string;
}

/** Returns one sentence for each outcome that occurs. */
export function describeClaims(all: readonly Compared[], words: ClaimWords): string[] {
  const where = (some: readonly Compared[]): string => {
    const names = formatList(some.map(({ at }) => at));
    return words.where === undefined ? '' : ` ${words.where(names)}`;
  };
  const claimed = (['more', 'less'] as const).flatMap((claim) => {
    const own = all.filter(({ ratio }) => claimOf(ratio) === claim);
    const ratios = own.map(({ ratio }) => (claim === 'more' ? ratio : inverse(ratio)));
    return own.length === 0 ? [] : [`${words[claim]}${where(own)}: ${describeRatios(ratios)}.`];
  });
  const open = all.filter(({ ratio }) => claimOf(ratio) === undefined);
  const few = open.filter(({ ratio }) => ratio.rounds.length < LEAST_ROUNDS);
  const split = open.filter((each) => !few.includes(each));
  return [
    ...claimed,
    ...(split.length === 0
      ? []
      : [
          `The rounds do not agree on ${words.open}${where(split)}: ${describeRatios(split.map(({ ratio }) => ratio))}. ` +
            'A quieter machine or longer measurements may decide it.',
        ]),
    ...(few.length === 0
      ? []
      : [
          `Too few rounds to tell ${words.open}${where(few)}: ${describeRatios(few.map(({ ratio }) => ratio))}. It takes ` +
            `--rounds ${LEAST_ROUNDS} or more.`,
        ]),
  ];
}

/** Inverts a ratio: 0.6 times the other side is 1.67 times seen from there. */
function inverse({ median, min, max, rounds }: Figure): Figure {
  return { median: 1 / median, min: 1 / max, max: 1 / min, rounds: rounds.map((each) => 1 / each) };
}

/** '15.3 times in all 5 rounds (min 14.1, max 16.2)'; of several ratios the range of their medians. */
function describeRatios(all: readonly Figure[]): string {
  const medians = all.map(({ median }) => median);
  const [least, most] = [Math.min(...medians), Math.max(...medians)].map(formatFigure);
  const rounds = Math.min(...all.map((ratio) => ratio.rounds.length));
  const claims = new Set(all.map(claimOf));
  const isAgreed = !claims.has(undefined);
  const times = least === most ? `${least} times` : `${least} to ${most} times`;
  const [min, max] = [
    Math.min(...all.map((ratio) => ratio.min)),
    Math.max(...all.map((ratio) => ratio.max)),
  ].map(formatFigure);
  const count = rounds === 1 ? 'one round' : `${rounds} rounds`;
  return `${times} in ${isAgreed ? `all ${count}` : count} (min ${min}, max ${max})`;
}
