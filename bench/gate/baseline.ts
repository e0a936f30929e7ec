/**
 * A comparison with a stored run, for where nothing can be measured side by side.
 *
 * Method: figures that depend on the machine's speed are divided by what the reference work took beside
 * them, round by round; the rounds of then and now are compared by an exact rank-sum test, the size by
 * Hodges and Lehmann's shift. Only like is compared: another processor, another Node, or reference work
 * that takes otherwise than it did makes the answer incomparable, as dividing by it would be a guess:
 * kinds of work drift apart (arithmetic by 0.1 % where memory-bound work moved by 14 to 27 %).
 *
 * Invariant: what was measured one after the other proves less than what was measured in turns, so
 * effects have to be three times as large as with a base.
 */
import type { Environment } from '../environment.js';
import { median } from '../statistics.js';
import { formatPercent } from '../terminal/format.js';
import { effectOf, shareOf } from './decision.js';
import { figuresOf } from './evidence.js';
import { hodgesLehmannShift } from './hodges-lehmann.js';
import { holm } from './holm.js';
import { type MetricName, METRICS } from './metrics.js';
import { rankSum } from './rank-sum.js';
import type { References } from './references.js';
import type { GateReport, MetricReport, RoundFigures, ScenarioReport, Verdict } from './report.js';
import { DEFAULT_THRESHOLDS, type Limits } from './thresholds.js';
import type { Trial } from './trial.js';
import { sayMetricEffect } from './wording.js';

/** A stored report, and where it is from. */
export interface Baseline {
  readonly path: string;
  readonly report: GateReport;
}

/** Rounds that are measured to be compared with it. */
export const BASELINE_ROUNDS = 10;
/** Effects of a base are multiplied by this: runs of the same code an hour apart differ that much more. */
const CAUTION = 3;
const FAIL_ALPHA = 0.008;
const PASS_CONFIDENCE = 0.95;
/** Reference work that takes this much more or less means another machine, or another state of it. */
const MOST_DRIFT = 0.1;
const SAME: ReadonlyArray<keyof Environment> = ['cpu', 'processors', 'cpuQuota', 'platform'];
const KINDS: ReadonlyArray<keyof References> = ['spin', 'memory', 'messages'];

/** What a trial comes to beside the same scenario of the baseline. */
export function reportAgainst(
  { path, report }: Baseline,
  trial: Trial,
  environment: Environment,
): ScenarioReport {
  const rounds = trial.rounds.map(figuresOf);
  const stored = report.scenarios.find(({ name }) => name === trial.plan.name);
  const before = stored?.rounds ?? [];
  const reason =
    stored === undefined
      ? undefined
      : (differenceOf(report.environment, environment) ?? driftOf(before, rounds));
  const isNew = stored === undefined;
  const compared = trial
    .metrics()
    .map((metric) => compare(metric, trial, before, rounds, isNew || reason !== undefined));
  const { metrics, verdict } = isNew
    ? { metrics: compared, verdict: 'new' as const }
    : reason === undefined
      ? judge(compared)
      : { metrics: compared, verdict: 'incomparable' as const };
  return {
    name: trial.plan.name,
    verdict,
    reason: isNew
      ? `'${path}' has no such scenario: it was measured, not judged.`
      : (reason ?? describe(metrics, verdict)),
    stage: 'single',
    metrics,
    controls: [],
    seconds: trial.seconds,
    rounds,
  };
}

/** Why two machines can't be compared. */
function differenceOf(before: Environment, now: Environment): string | undefined {
  const differing = SAME.find((key) => before[key] !== now[key]);
  const [then, today] = [majorOf(before.node), majorOf(now.node)];
  if (differing === undefined && then === today) return undefined;
  const what =
    differing === undefined
      ? `Node ${then} and not ${today}`
      : `${differing} '${before[differing] ?? 'none'}' and not '${now[differing] ?? 'none'}'`;
  return `The baseline is from another environment: ${what}. Store a new one here with --json.`;
}

function majorOf(version: string): string {
  return version.replace(/^v/, '').split('.')[0] ?? version;
}

/** Why the same machine can't be compared with itself. */
function driftOf(
  before: readonly RoundFigures[],
  now: readonly RoundFigures[],
): string | undefined {
  for (const kind of KINDS) {
    const [then, today] = [usual(before, kind), usual(now, kind)];
    if (then === undefined || today === undefined) {
      return 'The baseline has no reference work, by which it could be compared.';
    }
    const drift = today / then - 1;
    if (Math.abs(drift) > MOST_DRIFT) {
      return (
        `The machine is not what it was: the reference work '${kind}' takes ` +
        `${formatPercent(drift, { isSigned: true })}, more than ${formatPercent(MOST_DRIFT)} is no comparison.`
      );
    }
  }
  return undefined;
}

function usual(rounds: readonly RoundFigures[], kind: keyof References): number | undefined {
  return median(rounds.flatMap(({ references }) => references?.[kind] ?? []));
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
  const isRatio = METRICS[metric].scale === 'ratio';
  const [then, today] = [normalised(before, metric), normalised(now, metric)];
  const shift = hodgesLehmannShift(today, then, 2 * PASS_CONFIDENCE - 1);
  const share = (effect: number): number => shareOf(effect, isRatio);
  const middle = median(then) ?? 0;
  return {
    ...shared,
    base,
    head,
    ...(shift && {
      effect: {
        estimate: share(shift.estimate),
        low: share(shift.low),
        high: share(shift.high),
      },
    }),
    p: rankSum(today, then, 'greater').p,
    verdict:
      shift !== undefined && shift.high < effectOf(maxEffect, isRatio) ? 'pass' : 'inconclusive',
    rounds: today.map((value) => share(value - middle)),
  };
}

/** Logarithms (or values, of what can be 0) of which more is worse, less what the machine made of it. */
function normalised(rounds: readonly RoundFigures[], metric: MetricName): number[] {
  const { scale, better, unit } = METRICS[metric];
  const worse = better === 'less' ? 1 : -1;
  return rounds.flatMap(({ head, references }) => {
    const figure = head[metric];
    if (figure === undefined || references === undefined) return [];
    if (scale === 'difference') return [figure * worse];
    const isTimed = unit === 'milliseconds' || unit === 'perSecond';
    const machine = (Math.log(references.spin) + Math.log(references.memory)) / 2;
    return [Math.log(figure) * worse - (isTimed ? machine : 0)];
  });
}

/** A fail needs significance over all judged metrics together, and the size. */
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

function describe(metrics: readonly MetricReport[], verdict: Verdict): string {
  const told = metrics
    .filter((each) => each.isJudged && (verdict !== 'fail' || each.verdict === 'fail'))
    .map(sayMetricEffect);
  const words = { pass: 'No loss that counts', fail: 'Worse than the baseline' } as const;
  const lead =
    verdict === 'pass' || verdict === 'fail' ? words[verdict] : 'Neither loss nor none is shown';
  return `${lead}: ${told.join('; ')}.`;
}

function cautious({ minEffect, maxEffect }: Limits): Limits {
  return { minEffect: minEffect * CAUTION, maxEffect: maxEffect * CAUTION };
}
