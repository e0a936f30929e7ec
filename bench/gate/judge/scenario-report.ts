/**
 * Reports what became of a trial: every metric with its interval, the controls, and the
 * reason in a sentence.
 *
 * Invariant: the verdict is the judge's, or stricter: different answers fail whatever the times say.
 */
import { formatPercent } from '../../report/format.js';
import { median } from '../../math/statistics.js';
import {
  advise,
  controlsOf,
  type Decision,
  type LookErrors,
  shareOf,
  shareOfEstimate,
} from './decision.js';
import { alignedEstimate } from '../../math/aligned-interval.js';
import { effectIn, figuresOf, gatherMetric } from './evidence.js';
import type { Outcome } from './schedule.js';
import { type MetricName, METRICS } from '../model/metrics.js';
import { detectableEffect } from './power.js';
import type { MetricReport, RoundFigures, ScenarioReport, Verdict } from '../model/report.js';
import { DEFAULT_THRESHOLDS, type Limits } from '../model/thresholds.js';
import type { Trial } from './trial.js';
import { formatMetricEffect } from '../model/wording.js';

/** How surely advice is given: nothing hangs on it. */
const ADVICE: LookErrors = { failAlpha: 0.01, passAlpha: 0.02 };

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
    controls: trial.isCompared && trial.rounds.length > 0 ? controlsOf(trial.evidence()) : [],
    seconds: trial.seconds,
    rounds,
  };
}

/** What an interruption leaves of a trial. */
export function reportInterrupted(trial: Trial): ScenarioReport {
  const report = reportScenario({
    trial,
    stage: 'single',
    verdict: 'inconclusive',
    why: { kind: 'looks' },
    errors: ADVICE,
  });
  const reason = `Interrupted after ${formatRounds(trial)}.`;
  return { ...report, verdict: 'inconclusive', reason };
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
  const { isRatio } = evidence;
  const effects = evidence.rounds.map(effectIn);
  const alpha = errors.failAlpha / Math.max(1, trial.plan.judged.size);
  const detectable = detectableEffect(effects, { alpha });
  const effect = shareOfEstimate(alignedEstimate(evidence.rounds), isRatio);
  const decided =
    decision?.metrics.find((each) => each.metric === metric) ?? advise(evidence, ADVICE);
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
  { trial, verdict, why, decision }: Outcome,
  metrics: readonly MetricReport[],
): { readonly verdict: Verdict; readonly reason: string } {
  const judged = metrics.filter(({ isJudged }) => isJudged);
  const rounds = formatRounds(trial);
  switch (why.kind) {
    case 'new':
      return { verdict: 'new', reason: 'Base has no such scenario: it was measured, not judged.' };
    case 'wrongAnswers':
      return {
        verdict: 'fail',
        reason:
          'Head answers otherwise than base for the same inputs; a wrong result is no speed. Where that is ' +
          "intended, say 'allowDifferentResults' in the configuration.",
      };
    case 'broken':
      return { verdict, reason: `It could not be measured. ${why.error.message}` };
    case 'time': {
      const needed = Math.ceil(why.neededSeconds);
      const open = `The next look would take ${needed} s in all: give it '--seconds ${needed}' or more.`;
      return { verdict, reason: `The time was over after ${rounds}. ${open}` };
    }
    case 'looks':
      return { verdict, reason: formatLooks(verdict, rounds, judged, decision) };
  }
}

function formatLooks(
  verdict: Outcome['verdict'],
  rounds: string,
  judged: readonly MetricReport[],
  decision: Decision | undefined,
): string {
  const [moved] = decision?.moved ?? [];
  if (moved !== undefined) {
    return (
      `What can't have changed moved as well: ${moved.name}, ${formatMetricEffect(moved)}. ` +
      'The machine or the setup favours one side.'
    );
  }
  if (verdict === 'fail') {
    const worse = judged.filter((each) => each.verdict === 'fail').map(formatMetricEffect);
    return `Worse in ${rounds}: ${worse.join('; ')}.`;
  }
  if (verdict === 'pass') {
    const limits = judged.map(
      ({ metric, maxEffect }) => `${formatPercent(maxEffect)} of ${labelOf(metric)}`,
    );
    return `Excluded in ${rounds}: a loss of ${limits.join(' and of ')}.`;
  }
  const open = judged.filter((each) => each.verdict === 'inconclusive').map(formatMetricEffect);
  const seen = judged.flatMap(({ metric, detectable }) =>
    detectable === undefined ? [] : [`${formatPercent(detectable)} of ${labelOf(metric)}`],
  );
  return (
    `Not decided by ${rounds}: ${open.join('; ')}.` +
    (seen.length === 0 ? '' : ` This run could have seen a loss of ${seen.join(' or ')}.`)
  );
}

function labelOf(metric: MetricName): string {
  return METRICS[metric].label;
}

function formatRounds({ rounds }: Trial): string {
  return rounds.length === 1 ? '1 round' : `${rounds.length} rounds`;
}
