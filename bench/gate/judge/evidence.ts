/**
 * What a round is worth: for each metric one number of each process, how much worse it was than the
 * round's mean.
 *
 * Method: in each turn the logarithms of all blocks are taken less their mean, so that what the machine did
 * in that turn cancels out; of these the median over the turns. The effect is head less the mean of the two
 * runs of base, the control is what these two differ by.
 *
 * Invariants: the round, and never a block or a job, is the unit of evidence, as blocks of one process
 * resemble each other; effects are logarithms (0.0488 is five percent more) of which more is worse.
 */
import { mean, median } from '../../math/statistics.js';
import type { AlignedRound } from '../../math/aligned-rank.js';
import { type Figures, METRIC_NAMES, type MetricName, METRICS } from '../model/metrics.js';
import type { References } from '../model/references.js';
import type { RoundFigures } from '../model/report.js';
import { checksumOf } from '../measure/answers.js';
import type { ArmRound, Round } from '../measure/round.js';
import type { Limits } from '../model/thresholds.js';

/** All that a round says about how the sides compare. */
export interface RoundEvidence {
  /** What has no figure in one of the processes is absent. */
  readonly contrasts: Readonly<Partial<Record<MetricName, AlignedRound>>>;
  /** The same of the reference work. */
  readonly reference: AlignedRound;
}

/** What is known of a metric. */
export interface MetricEvidence extends Limits {
  readonly metric: MetricName;
  /** Whether effects are logarithms of ratios, and not differences. */
  readonly isRatio: boolean;
  readonly rounds: readonly AlignedRound[];
}

export interface Evidence {
  readonly metrics: readonly MetricEvidence[];
  /** Of the reference work. */
  readonly references: readonly AlignedRound[];
}

/** Undefined where there is nothing to compare head with. */
export function evidenceOf(round: Round): RoundEvidence | undefined {
  const reference = referenceContrastOf(round);
  if (reference === undefined) return undefined;
  const contrasts: Partial<Record<MetricName, AlignedRound>> = {};
  for (const metric of METRIC_NAMES) {
    const contrast = contrastOf(round, metric);
    if (contrast !== undefined) contrasts[metric] = contrast;
  }
  return { contrasts, reference };
}

/** What decides, of the rounds so far. A judged metric that no round has keeps a scenario from passing. */
export function gather(
  rounds: readonly RoundEvidence[],
  judged: ReadonlyMap<MetricName, Limits>,
): Evidence {
  return {
    metrics: [...judged].map(([metric, thresholds]) => gatherMetric(rounds, metric, thresholds)),
    references: rounds.map(({ reference }) => reference),
  };
}

export function gatherMetric(
  rounds: readonly RoundEvidence[],
  metric: MetricName,
  thresholds: Limits,
): MetricEvidence {
  return {
    metric,
    ...thresholds,
    isRatio: METRICS[metric].scale === 'ratio',
    rounds: rounds.flatMap((round) => round.contrasts[metric] ?? []),
  };
}

/** How much worse head was than base in a round. */
export function effectIn({ head, bases }: AlignedRound): number {
  return head - (mean(bases) ?? 0);
}

/** How much base differed from itself; undefined where it ran once. */
export function controlIn({ bases: [first, second] }: AlignedRound): number | undefined {
  return first === undefined || second === undefined ? undefined : second - first;
}

function contrastOf(round: Round, metric: MetricName): AlignedRound | undefined {
  const arms = armsOf(round);
  if (arms === undefined) return undefined;
  const values = arms.map((arm) => scaled(metric, arm));
  const turns = Math.min(...values.map((each) => each.length));
  const aligned = Array.from({ length: turns }, (_, turn) =>
    alignedIn(values.map((each) => each[turn] as number)),
  ).filter((turn) => turn.every(Number.isFinite));
  if (aligned.length === 0) return undefined;
  return roundOf(values.map((_, arm) => median(aligned.map((turn) => turn[arm] as number)) ?? 0));
}

/** Of arithmetic and memory; how long messages take depends on the scheduler. */
function referenceContrastOf(round: Round): AlignedRound | undefined {
  const arms = armsOf(round);
  if (arms === undefined) return undefined;
  const kinds = ['spin', 'memory'] satisfies Array<keyof References>;
  return roundOf(
    alignedIn(
      arms.map(({ references }) => mean(kinds.map((kind) => Math.log(references[kind]))) ?? 0),
    ),
  );
}

/** Head first, then the runs of base; undefined where head has nothing to be compared with. */
function armsOf({ base, control, head }: Round): readonly ArmRound[] | undefined {
  if (base === undefined || head === undefined) return undefined;
  return control === undefined ? [head, base] : [head, base, control];
}

/** Turn by turn, of which more is worse; one of what only the whole process has. */
function scaled(metric: MetricName, { blocks, whole }: ArmRound): number[] {
  const { scale, better } = METRICS[metric];
  const own = whole[metric];
  const figures = own === undefined ? blocks.map((block) => block[metric]) : [own];
  const worse = better === 'less' ? 1 : -1;
  return figures.map((figure = NaN) => worse * (scale === 'ratio' ? Math.log(figure) : figure));
}

function alignedIn(values: readonly number[]): number[] {
  const middle = mean(values) ?? 0;
  return values.map((value) => value - middle);
}

function roundOf([head = 0, ...bases]: readonly number[]): AlignedRound {
  return { head, bases };
}

/** The figures of a round as a report keeps them. */
export function figuresOf({ base, control, head }: Round): RoundFigures {
  const checksum = checksumOf(head?.answers);
  return {
    ...(base && { base: figuresOfArm(base) }),
    ...(control && { control: figuresOfArm(control) }),
    head: head === undefined ? {} : figuresOfArm(head),
    ...(head && { references: head.references }),
    ...(checksum !== undefined && { checksum }),
  };
}

function figuresOfArm({ blocks, whole }: ArmRound): Figures {
  const figures: Partial<Record<MetricName, number>> = {};
  for (const metric of METRIC_NAMES) {
    const values = blocks.flatMap((block) => block[metric] ?? []);
    const figure = whole[metric] ?? median(values);
    if (figure !== undefined) figures[metric] = figure;
  }
  return figures;
}
