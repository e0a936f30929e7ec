/**
 * What became of a trial, as the report has it: every metric with its interval, the controls, and the
 * reason in a sentence.
 *
 * Invariant: the verdict is the judge's, or stricter: different answers fail whatever the times say.
 */
import { formatPercent } from '../terminal/format.js';
import { median } from '../statistics.js';
import { advise, controlsOf, shareOf, shareOfEffects } from './decision.js';
import { figuresOf, gatherMetric } from './evidence.js';
import type { Outcome } from './judge.js';
import { type MetricName, METRICS } from './metrics.js';
import { detectableEffect } from './power.js';
import type { MetricReport, RoundFigures, ScenarioReport, Verdict } from './report.js';
import { DEFAULT_THRESHOLDS, type Limits } from './thresholds.js';
import type { Trial } from './trial.js';
import { sayMetricEffect } from './wording.js';

/** Of an outcome. */
export function reportScenario(outcome: Outcome): ScenarioReport {
  const { trial, stage } = outcome;
  const rounds = trial.rounds.map(figuresOf);
  const metrics = trial.metrics().map((metric) => reportMetric(metric, outcome, rounds));
  const { verdict, reason } = conclude(outcome, metrics);
  return {
    name: trial.plan.name,
    verdict,
    reason,
    stage,
    metrics,
    controls: trial.rounds.length === 0 ? [] : controlsOf(trial.evidence()),
    seconds: trial.seconds,
    rounds,
  };
}

/** What an interruption leaves of a trial. */
export function reportUnfinished(trial: Trial): ScenarioReport {
  return reportScenario({
    trial,
    stage: 'single',
    verdict: 'inconclusive',
    errors: { failAlpha: 0, passAlpha: 0 },
    isOutOfTime: false,
  });
}

function reportMetric(
  metric: MetricName,
  { trial, decision, errors }: Outcome,
  rounds: readonly RoundFigures[],
): MetricReport {
  const own = trial.plan.judged.get(metric);
  const thresholds: Limits = own ?? DEFAULT_THRESHOLDS;
  const of = (side: 'base' | 'head'): number | undefined =>
    median(rounds.flatMap((round) => round[side]?.[metric] ?? []));
  const base = of('base');
  const shared = { metric, isJudged: own !== undefined, ...thresholds };
  const head = of('head') ?? 0;
  if (base === undefined) return { ...shared, head, verdict: 'new', rounds: [] };
  const evidence = gatherMetric(trial.roundEvidence(), metric, thresholds);
  const { effects, isRatio } = evidence;
  const alpha = errors.failAlpha / Math.max(1, trial.plan.judged.size);
  const detectable = alpha === 0 ? undefined : detectableEffect(effects, { alpha });
  const effect = shareOfEffects(effects, isRatio);
  const decided =
    decision?.metrics.find((each) => each.metric === metric) ?? advise(evidence, errors);
  return {
    ...shared,
    base,
    head,
    ...(effect !== undefined && { effect }),
    p: decided.p,
    // Beyond the least that counts, as nothing smaller fails however sure it is.
    ...(detectable !== undefined && {
      detectable: Math.max(thresholds.minEffect, shareOf(detectable, isRatio)),
    }),
    verdict: decided.verdict === 'undecided' ? 'inconclusive' : decided.verdict,
    rounds: effects.map((each) => shareOf(each, isRatio)),
  };
}

function conclude(
  outcome: Outcome,
  metrics: readonly MetricReport[],
): { readonly verdict: Verdict; readonly reason: string } {
  const { trial, verdict, decision } = outcome;
  const judged = metrics.filter(({ isJudged }) => isJudged);
  const count = `${trial.rounds.length} rounds`;
  if (!trial.isCompared) {
    return { verdict: 'new', reason: 'Base has no such scenario: it was measured, not judged.' };
  }
  if (trial.hasWrongAnswers()) {
    return {
      verdict: 'fail',
      reason:
        'Head answers otherwise than base for the same inputs; a wrong result is no speed. Where that is ' +
        "intended, say 'allowDifferentResults' in the configuration.",
    };
  }
  if (judged.length === 0) {
    return {
      verdict: 'inconclusive',
      reason: `This scenario has none of the metrics that decide: ${[...trial.plan.judged.keys()].join(', ')}.`,
    };
  }
  const [moved] = decision?.moved ?? [];
  if (moved !== undefined) {
    return {
      verdict: 'inconclusive',
      reason:
        `What can't have changed moved as well: ${moved.name}, ${sayMetricEffect(moved)}. ` +
        'The machine or the setup favours one side.',
    };
  }
  if (verdict === 'fail') {
    const worse = judged.filter((each) => each.verdict === 'fail').map(sayMetricEffect);
    return { verdict, reason: `Worse in ${count}: ${worse.join('; ')}.` };
  }
  if (verdict === 'pass') {
    const limits = judged.map(
      ({ metric, maxEffect }) => `${formatPercent(maxEffect)} of ${labelOf(metric)}`,
    );
    return { verdict, reason: `Excluded in ${count}: a loss of ${limits.join(' and of ')}.` };
  }
  return { verdict: 'inconclusive', reason: describeUndecided(outcome, judged) };
}

function describeUndecided(
  { trial, isOutOfTime }: Outcome,
  judged: readonly MetricReport[],
): string {
  const open = judged.filter(({ verdict }) => verdict === 'inconclusive').map(sayMetricEffect);
  const seen = judged.flatMap(({ metric, detectable }) =>
    detectable === undefined ? [] : [`${formatPercent(detectable)} of ${labelOf(metric)}`],
  );
  return (
    `${isOutOfTime ? 'The time was over after' : 'Not decided by'} ${trial.rounds.length} rounds: ${open.join('; ')}.` +
    (seen.length === 0 ? '' : ` This run could have seen a loss of ${seen.join(' or ')}.`)
  );
}

function labelOf(metric: MetricName): string {
  return METRICS[metric].label;
}
