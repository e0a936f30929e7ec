/**
 * Compares a trial with a stored run, if no base can be measured side by side.
 *
 * Method: the rounds of both runs are compared by an exact rank-sum test, the size of the effect by the Hodges–Lehmann
 * shift; each twice, as measured and divided by the duration of the reference work. Jobs whose duration is set by the
 * clock don't change with the machine, others do: to fail, head has to be worse in both comparisons, and to pass, it
 * has to exclude maxEffect in both. Only like is compared: another CPU, another Node version or a drift of the
 * reference work makes the result incomparable, as dividing by it would be a guess: kinds of work drift apart
 * (arithmetic by 0.1 % where memory-bound work moved by 14 to 27 %).
 *
 * Invariant: measurements one after the other prove less than interleaved ones, so effects have to be three times as
 * large as with a base.
 */
import type { Environment } from '../../process/environment.js';
import { median } from '../../math/statistics.js';
import { shareOf } from './decision.js';
import { differenceOf, driftOf } from './comparability.js';
import { figuresOf } from './evidence.js';
import { hodgesLehmannShift } from '../../math/hodges-lehmann.js';
import { holm } from '../../math/holm.js';
import { type MetricName, METRICS } from '../model/metrics.js';
import { rankSum } from '../../math/rank-sum.js';
import type {
  Effect,
  GateReport,
  MetricReport,
  RoundFigures,
  ScenarioReport,
  Verdict,
} from '../model/report.js';
import { DEFAULT_THRESHOLDS, type Limits } from '../model/thresholds.js';
import type { Trial } from './trial.js';
import { formatMetricEffect } from '../model/wording.js';

/** A stored report, and the file that it comes from. */
export interface Baseline {
  readonly path: string;
  readonly report: GateReport;
}

/** Number of rounds that are measured for the comparison. */
export const BASELINE_ROUNDS = 10;
/** Multiplies the limits: runs of the same code an hour apart differ that much more than those side by side. */
const CAUTION = 3;
const FAIL_ALPHA = 0.008;
const PASS_CONFIDENCE = 0.95;

/** Judges a trial against the same scenario of the baseline. */
export function reportAgainst(
  { path, report }: Baseline,
  trial: Trial,
  environment: Environment,
): ScenarioReport {
  const rounds = trial.rounds.map(figuresOf);
  const stored = report.scenarios.find(({ name }) => name === trial.plan.name);
  const before = stored?.rounds ?? [];
  const measured = { name: trial.plan.name, stage: 'single', controls: [], rounds } as const;
  const { seconds } = trial;
  const each = (isOnlyMeasured: boolean): MetricReport[] =>
    trial.metrics().map((metric) => compare(metric, trial, before, rounds, isOnlyMeasured));
  if (stored === undefined) {
    const reason = `'${path}' has no such scenario: measured, not judged.`;
    return { ...measured, seconds, metrics: each(true), verdict: 'new', reason };
  }
  const obstacle = obstacleOf(report.environment, environment) ?? driftOf(before, rounds);
  if (obstacle !== undefined) {
    return {
      ...measured,
      seconds,
      metrics: each(true),
      verdict: 'incomparable',
      reason: obstacle,
    };
  }
  const { metrics, verdict } = judge(each(false));
  if (!trial.plan.mayDiffer && answersDiffer(before, rounds)) {
    const reason = "The results differ from the baseline's for the same inputs.";
    return { ...measured, seconds, metrics, verdict: 'fail', reason, cause: 'results' };
  }
  return { ...measured, seconds, metrics, verdict, reason: formatReason(metrics, verdict) };
}

/** The reason why values from another environment can't be compared; undefined if it is the same. */
function obstacleOf(before: Environment, now: Environment): string | undefined {
  const difference = differenceOf(before, now);
  if (difference === undefined) return undefined;
  return `The baseline is from another environment: ${difference}. Store a new one here with --json.`;
}

/** True if each run agrees with itself, and not with the other. */
function answersDiffer(before: readonly RoundFigures[], now: readonly RoundFigures[]): boolean {
  const [then, today] = [before, now].map(
    (rounds) => new Set(rounds.flatMap(({ checksum }) => checksum ?? [])),
  );
  if (then?.size !== 1 || today?.size !== 1) return false;
  return [...then][0] !== [...today][0];
}

function compare(
  metric: MetricName,
  trial: Trial,
  before: readonly RoundFigures[],
  now: readonly RoundFigures[],
  isOnlyMeasured: boolean,
): MetricReport {
  const own = trial.plan.judged.get(metric);
  const { minEffect, maxEffect } = cautious(own ?? DEFAULT_THRESHOLDS);
  const of = (rounds: readonly RoundFigures[]): number | undefined =>
    median(rounds.flatMap(({ head }) => head[metric] ?? []));
  const base = of(before);
  const shared = { metric, isJudged: own !== undefined, minEffect, maxEffect };
  const head = of(now) ?? 0;
  if (isOnlyMeasured || base === undefined) {
    const verdict = base === undefined ? 'new' : 'incomparable';
    return { ...shared, ...(base !== undefined && { base }), head, verdict, rounds: [] };
  }
  const views = [true, false].map((isNormalised) =>
    viewOf(metric, values(before, metric, isNormalised), values(now, metric, isNormalised)),
  );
  // The comparison in which head does better: what it shows, both show.
  const [milder, other] = views.toSorted((a, b) => a.effect.estimate - b.effect.estimate);
  if (milder === undefined || other === undefined) {
    return { ...shared, base, head, verdict: 'incomparable', rounds: [] };
  }
  const isKept = views.every(({ effect, isSure }) => isSure && effect.high < maxEffect);
  return {
    ...shared,
    base,
    head,
    effect: milder.effect,
    p: Math.max(milder.p, other.p),
    verdict: isKept ? 'pass' : 'inconclusive',
    rounds: milder.rounds,
  };
}

/** Comparison of two samples. Effects are shares. */
interface View {
  readonly effect: Effect;
  /** True if the interval reaches the wanted confidence. */
  readonly isSure: boolean;
  readonly p: number;
  readonly rounds: readonly number[];
}

function viewOf(metric: MetricName, then: readonly number[], now: readonly number[]): View {
  const isRatio = METRICS[metric].scale === 'ratio';
  const share = (effect: number): number => shareOf(effect, isRatio);
  const wanted = 2 * PASS_CONFIDENCE - 1;
  const { estimate, low, high, confidence } = hodgesLehmannShift(now, then, wanted) ?? NOTHING;
  const middle = median(then) ?? 0;
  return {
    effect: { estimate: share(estimate), low: share(low), high: share(high), level: wanted },
    isSure: confidence >= wanted,
    p: rankSum(now, then, 'greater').p,
    rounds: now.map((value) => share(value - middle)),
  };
}

const NOTHING = { estimate: 0, low: 0, high: 0, confidence: 0 };

/**
 * Logarithms of a metric, or plain values if it can be 0, with the sign such that more is worse; a timed metric may be
 * normalized by the reference work.
 */
function values(
  rounds: readonly RoundFigures[],
  metric: MetricName,
  isNormalised: boolean,
): number[] {
  const { scale, better, unit } = METRICS[metric];
  const worse = better === 'less' ? 1 : -1;
  const isTimed = unit === 'milliseconds' || unit === 'perSecond';
  return rounds.flatMap(({ head, references }) => {
    const figure = head[metric];
    if (figure === undefined || references === undefined) return [];
    if (scale === 'difference') return [figure * worse];
    const machine = (Math.log(references.spin) + Math.log(references.memory)) / 2;
    return [Math.log(figure) * worse - (isNormalised && isTimed ? machine : 0)];
  });
}

/** Fails the metrics whose effect is significant over all judged metrics together, and large enough. */
function judge(compared: readonly MetricReport[]): {
  readonly metrics: readonly MetricReport[];
  readonly verdict: Verdict;
} {
  const judged = compared.filter(({ isJudged, verdict }) => isJudged && verdict !== 'new');
  const adjusted = holm(judged.map(({ p = 1 }) => p));
  const metrics = compared.map((each): MetricReport => {
    const at = judged.indexOf(each);
    const isWorse =
      at >= 0 &&
      (adjusted[at] as number) <= FAIL_ALPHA &&
      (each.effect?.estimate ?? 0) >= each.minEffect;
    return isWorse ? { ...each, verdict: 'fail' } : each;
  });
  const verdicts = metrics.filter(({ isJudged }) => isJudged).map(({ verdict }) => verdict);
  if (verdicts.includes('fail')) return { metrics, verdict: 'fail' };
  const isKept = verdicts.every((verdict) => verdict === 'pass' || verdict === 'new');
  return { metrics, verdict: isKept ? 'pass' : 'inconclusive' };
}

function formatReason(metrics: readonly MetricReport[], verdict: Verdict): string {
  const told = metrics
    .filter((each) => each.isJudged && (verdict !== 'fail' || each.verdict === 'fail'))
    .map(formatMetricEffect);
  const words = { pass: 'No regression', fail: 'Regression against the baseline' } as const;
  const lead = verdict === 'pass' || verdict === 'fail' ? words[verdict] : 'Not decided';
  return `${lead}: ${told.join('; ')}.`;
}

function cautious({ minEffect, maxEffect }: Limits): Limits {
  return { minEffect: minEffect * CAUTION, maxEffect: maxEffect * CAUTION };
}
