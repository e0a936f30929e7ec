/**
 * What a round is worth: one number for each metric, the median over its turns of how much worse head
 * was than base.
 *
 * Method: in each turn head is compared with the geometric mean of the two runs of base, which halves
 * the noise of that side, and the control is what these two differ by. The two contrasts are orthogonal:
 * as far as the blocks are independent of each other, so are they.
 *
 * Invariants: the round, and never a block or a job, is the unit of evidence, as blocks of one process
 * resemble each other; effects are logarithms (0.0488 is five percent more) of which more is worse.
 */
import { median } from '../statistics.js';
import type { Evidence, MetricEvidence } from './decision.js';
import { type Figures, METRIC_NAMES, type MetricName, METRICS } from './metrics.js';
import type { References } from './references.js';
import type { RoundFigures } from './report.js';
import type { Round, SideRound } from './round.js';
import type { Limits } from './thresholds.js';

/** The evidence of one round for one metric. */
export interface Contrast {
  /** Head against base. */
  readonly effect: number;
  /** Base against itself; absent where it ran once. */
  readonly control?: number;
}

/** All that a round says about how the sides compare. */
export interface RoundEvidence {
  readonly contrasts: Readonly<Partial<Record<MetricName, Contrast>>>;
  /** How much more the reference work took beside head than beside base. */
  readonly reference: number;
}

/** Undefined where there is nothing to compare head with. */
export function evidenceOf(round: Round): RoundEvidence | undefined {
  const reference = referenceContrastOf(round);
  if (reference === undefined) return undefined;
  const contrasts: Partial<Record<MetricName, Contrast>> = {};
  for (const metric of METRIC_NAMES) {
    const contrast = contrastOf(round, metric);
    if (contrast !== undefined) contrasts[metric] = contrast;
  }
  return { contrasts, reference };
}

/** What decides, of the rounds so far. A judged metric that no round has is left out. */
export function gather(
  rounds: readonly RoundEvidence[],
  judged: ReadonlyMap<MetricName, Limits>,
): Evidence {
  const metrics = [...judged].flatMap(([metric, thresholds]) => {
    const evidence = gatherMetric(rounds, metric, thresholds);
    return evidence.effects.length === 0 ? [] : [evidence];
  });
  return { metrics, references: rounds.map(({ reference }) => reference) };
}

export function gatherMetric(
  rounds: readonly RoundEvidence[],
  metric: MetricName,
  thresholds: Limits,
): MetricEvidence {
  const contrasts = rounds.flatMap((round) => round.contrasts[metric] ?? []);
  return {
    metric,
    ...thresholds,
    isRatio: METRICS[metric].scale === 'ratio',
    effects: contrasts.map(({ effect }) => effect),
    controls: contrasts.flatMap(({ control }) => control ?? []),
  };
}

function contrastOf({ base, control, head }: Round, metric: MetricName): Contrast | undefined {
  if (base === undefined || head === undefined) return undefined;
  const read = (side: SideRound): Array<number | undefined> => {
    const whole = side.whole[metric];
    return whole === undefined ? side.blocks.map((block) => block[metric]) : [whole];
  };
  const [bases, controls, heads] = [read(base), control && read(control), read(head)];
  const turns = heads.flatMap((figure, turn) => {
    const contrast = contrastWithin(metric, bases[turn], controls?.[turn], figure);
    return contrast === undefined ? [] : [contrast];
  });
  const effect = median(turns.map((turn) => turn.effect));
  const between = median(turns.flatMap((turn) => turn.control ?? []));
  if (effect === undefined) return undefined;
  return { effect, ...(between !== undefined && { control: between }) };
}

function referenceContrastOf({ base, control, head }: Round): number | undefined {
  if (base === undefined || head === undefined) return undefined;
  const bases = [base, ...(control === undefined ? [] : [control])];
  const kinds = (['spin', 'memory'] satisfies Array<keyof References>).map(
    (kind) =>
      Math.log(head.references[kind]) -
      bases.reduce((sum, { references }) => sum + Math.log(references[kind]), 0) / bases.length,
  );
  return kinds.reduce((sum, kind) => sum + kind, 0) / kinds.length;
}

/** The figures of a round as a report keeps them. */
export function figuresOf({ base, control, head }: Round): RoundFigures {
  return {
    ...(base && { base: figuresOfSide(base) }),
    ...(control && { control: figuresOfSide(control) }),
    head: head === undefined ? {} : figuresOfSide(head),
    ...(head && { references: head.references }),
  };
}

function figuresOfSide({ blocks, whole }: SideRound): Figures {
  const figures: Partial<Record<MetricName, number>> = {};
  for (const metric of METRIC_NAMES) {
    const values = blocks.flatMap((block) => block[metric] ?? []);
    const figure = whole[metric] ?? median(values);
    if (figure !== undefined) figures[metric] = figure;
  }
  return figures;
}

function contrastWithin(
  metric: MetricName,
  base: number | undefined,
  control: number | undefined,
  head: number | undefined,
): Contrast | undefined {
  if (base === undefined || head === undefined) return undefined;
  const scale = METRICS[metric].scale === 'ratio' ? Math.log : (value: number): number => value;
  const worse = METRICS[metric].better === 'less' ? 1 : -1;
  const [first, last] = [scale(base) * worse, scale(head) * worse];
  if (!Number.isFinite(first) || !Number.isFinite(last)) return undefined;
  if (control === undefined) return { effect: last - first };
  const second = scale(control) * worse;
  if (!Number.isFinite(second)) return undefined;
  return { effect: last - (first + second) / 2, control: second - first };
}
