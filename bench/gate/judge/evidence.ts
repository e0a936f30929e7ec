/**
 * Reduces a round to its evidence: for each metric one number per process, how much worse it was than the round's mean.
 *
 * Method: in each turn, the mean of the logarithms of all blocks is subtracted from them, so that what the machine did
 * in that turn cancels out; of the differences, the median over the turns is taken. The effect is head minus the mean
 * of the two runs of base, the control is the difference between these two.
 *
 * Invariants: the round, never a block or a job, is the unit of evidence, as blocks of one process resemble each other;
 * effects are logarithms of ratios (0.0488 is 5 %), or differences if a metric can be 0, and more is worse.
 */
import { mean, median } from '../../math/statistics.js';
import type { AlignedRound } from '../../math/aligned-rank.js';
import { type Figures, METRIC_NAMES, type MetricName, METRICS } from '../model/metrics.js';
import type { References } from '../model/references.js';
import type { RoundFigures } from '../model/report.js';
import { checksumOf } from '../measure/answers.js';
import type { ArmRound, Round } from '../measure/round.js';
import type { Limits } from '../model/thresholds.js';

/** The evidence of a round. */
export interface RoundEvidence {
  /** Absent for a metric that one of the processes lacks. */
  readonly contrasts: Readonly<Partial<Record<MetricName, AlignedRound>>>;
  /** The same for the reference work. */
  readonly reference: AlignedRound;
}

/** The evidence on a metric. */
export interface MetricEvidence extends Limits {
  readonly metric: MetricName;
  /** True if effects are logarithms of ratios rather than differences. */
  readonly isRatio: boolean;
  readonly rounds: readonly AlignedRound[];
}

export interface Evidence {
  readonly metrics: readonly MetricEvidence[];
  /** The rounds of the reference work. */
  readonly references: readonly AlignedRound[];
}

/** The evidence of a round; undefined if head has nothing to be compared with. */
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

/** Collects the evidence on the judged metrics. A judged metric that no round has prevents a pass. */
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

/** How much base differed from itself; undefined if it ran once. */
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

/** Contrast of the reference work: arithmetic and memory, as the duration of messages depends on the scheduler. */
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

/** Head first, then the runs of base; undefined if head has nothing to be compared with. */
function armsOf({ base, control, head }: Round): readonly ArmRound[] | undefined {
  if (base === undefined || head === undefined) return undefined;
  return control === undefined ? [head, base] : [head, base, control];
}

/**
 * Values of a metric turn by turn, with the sign such that more is worse; one value if only the whole process has it.
 */
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

/** The metrics of a round as a report stores them. */
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
