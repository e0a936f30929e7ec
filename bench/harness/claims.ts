/**
 * Says what the rounds of comparisons agree on, and how surely: the verdict that a report begins with.
 *
 * Invariant: a difference is claimed by the rule of `claimOf` and no other; where it isn't, the sentence says
 * whether the rounds disagree or are too few, and what would help.
 */
import { formatFigure, formatList } from '../report/format.js';
import { claimOf, type Figure, LEAST_ROUNDS } from './figures.js';

/** A ratio, and the measurement that it comes from: '16'. */
export interface Compared {
  readonly at: string;
  readonly ratio: Figure;
}

/** How a sentence begins, by the way a comparison came out: 'No-ops: millrace is faster than piscina'. */
export interface ClaimWords {
  readonly more: string;
  readonly less: string;
  /** What the rounds would have to agree on: 'No-ops: which is faster, millrace or piscina'. */
  readonly open: string;
  /** Where the measurements are named: 'with 1, 16 and 64 in flight'. Default: nowhere. */
  where?(names: string): string;
}

/** A sentence for each way that the comparisons came out. */
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
            'A quieter machine or longer measurements may tell.',
        ]),
    ...(few.length === 0
      ? []
      : [
          `Too few rounds to say ${words.open}${where(few)}: ${describeRatios(few.map(({ ratio }) => ratio))}. It takes ` +
            `--rounds ${LEAST_ROUNDS} or more.`,
        ]),
  ];
}

/** Of the other one to this one: who is slower by 0.6 times is outdone by 1.67 times. */
function inverse({ median, min, max, rounds }: Figure): Figure {
  return { median: 1 / median, min: 1 / max, max: 1 / min, rounds: rounds.map((each) => 1 / each) };
}

/** '15.3 times in all 5 rounds (min 14.1, max 16.2)', of several from the least median to the most. */
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
