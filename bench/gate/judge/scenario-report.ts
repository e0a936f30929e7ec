/**
 * Reports the outcome of a trial: every metric with its interval, the controls, and the reason in a sentence.
 *
 * Invariant: the verdict is the judge's, or stricter: different results fail whatever the times say.
 */
import {
  advise,
  controlsOf,
  decide,
  type Decision,
  type LookErrors,
  shareOf,
  shareOfEstimate,
} from './decision.js';
import { alignedEstimate } from '../../math/aligned-interval.js';
import { effectIn, figuresOf, gatherMetric } from './evidence.js';
import { levelsOf } from './levels.js';
import type { Outcome } from './schedule.js';
import { type MetricName, METRICS } from '../model/metrics.js';
import { detectableEffect } from './power.js';
import type {
  Cause,
  MetricReport,
  RoundFigures,
  ScenarioReport,
  Verdict,
} from '../model/report.js';
import { DEFAULT_THRESHOLDS, type Limits } from '../model/thresholds.js';
import type { Trial } from './trial.js';
import { formatAmount, formatDetectable, formatMetricEffect } from '../model/wording.js';

/** Errors of informational metrics, which don't affect the verdict. */
const ADVICE: LookErrors = { failAlpha: 0.01, passAlpha: 0.02 };

/** Reports an outcome. */
export function reportScenario(outcome: Outcome): ScenarioReport {
  const { trial, stage } = outcome;
  const rounds = trial.rounds.map(figuresOf);
  const metrics = trial.metrics().map((metric) => reportMetric(metric, outcome, rounds));
  const { verdict, reason } = conclude(outcome, metrics);
  const cause = causeOf(outcome);
  return {
    name: trial.plan.name,
    verdict,
    reason,
    ...(cause !== undefined && { cause }),
    stage,
    metrics,
    controls: outcome.decision === undefined ? [] : controlsOf(trial.evidence()),
    seconds: trial.seconds,
    rounds,
  };
}

/** Reports the rounds of an interrupted trial. */
export function reportInterrupted(trial: Trial): ScenarioReport {
  const look = trial.plan.looks.findLast(({ rounds }) => rounds <= trial.rounds.length);
  const decision = look && trial.isCompared ? decide(trial.evidence(), look) : undefined;
  const report = reportScenario({
    trial,
    stage: 'single',
    verdict: 'inconclusive',
    why: { kind: 'looks' },
    errors: look ?? ADVICE,
    ...(decision !== undefined && { decision }),
  });
  const reason = `Interrupted after ${formatRounds(trial)}.`;
  return { ...report, verdict: 'inconclusive', reason, cause: 'interrupted' };
}

function reportMetric(
  metric: MetricName,
  { trial, decision, errors }: Outcome,
  rounds: readonly RoundFigures[],
): MetricReport {
  const own = trial.plan.judged.get(metric);
  const thresholds: Limits = own ?? DEFAULT_THRESHOLDS;
  const shared = { metric, isJudged: own !== undefined, ...thresholds };
  const evidence = gatherMetric(trial.roundEvidence(), metric, thresholds);
  const { isRatio } = evidence;
  // No estimate before the first analysis: a single round says nothing about the spread.
  const estimate = decision === undefined ? undefined : alignedEstimate(evidence.rounds);
  const { base, head } = levelsOf(metric, rounds, estimate?.estimate);
  if (base === undefined) return { ...shared, head, verdict: 'new', rounds: [] };
  const effects = evidence.rounds.map(effectIn);
  const reported = { ...shared, base, head, rounds: effects.map((each) => shareOf(each, isRatio)) };
  if (decision === undefined) return { ...reported, verdict: 'inconclusive' };
  const alpha = errors.failAlpha / Math.max(1, trial.plan.judged.size);
  const detectable = detectableEffect(effects, { alpha });
  const effect = shareOfEstimate(estimate, isRatio);
  const decided =
    decision.metrics.find((each) => each.metric === metric) ?? advise(evidence, ADVICE);
  return {
    ...reported,
    ...(effect !== undefined && { effect }),
    p: decided.p,
    // Nothing below minEffect fails, however significant it is.
    ...(detectable !== undefined && {
      detectable: Math.max(thresholds.minEffect, shareOf(detectable, isRatio)),
    }),
    verdict: decided.verdict === 'undecided' ? 'inconclusive' : decided.verdict,
  };
}

function causeOf({ why, decision }: Outcome): Cause | undefined {
  switch (why.kind) {
    case 'wrongAnswers':
      return 'results';
    case 'time':
    case 'broken':
      return why.kind;
    case 'looks':
      return decision !== undefined && decision.moved.length > 0 ? 'control' : undefined;
    case 'new':
      return undefined;
  }
}

function conclude(
  { trial, verdict, why, decision }: Outcome,
  metrics: readonly MetricReport[],
): { readonly verdict: Verdict; readonly reason: string } {
  const judged = metrics.filter(({ isJudged }) => isJudged);
  const rounds = formatRounds(trial);
  switch (why.kind) {
    case 'new':
      return { verdict: 'new', reason: 'Base has no such scenario: measured, not judged.' };
    case 'wrongAnswers':
      return { verdict: 'fail', reason: formatDifference(trial) };
    case 'broken':
      return { verdict, reason: `It could not be measured. ${why.error.message}` };
    case 'time': {
      const needed = Math.ceil(why.neededSeconds);
      const open = `The next analysis needs --seconds ${needed} or more.`;
      return { verdict, reason: `Time budget exhausted after ${rounds}. ${open}` };
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
      `A control moved as well: ${moved.name}, ${formatMetricEffect(moved)}. ` +
      'The machine or the setup favors one side.'
    );
  }
  if (verdict === 'fail') {
    const worse = judged.filter((each) => each.verdict === 'fail').map(formatMetricEffect);
    return `Regression in ${rounds}: ${worse.join('; ')}.`;
  }
  if (verdict === 'pass') {
    const limits = judged.map(
      ({ metric, maxEffect }) => `> ${formatAmount(metric, maxEffect)} in ${labelOf(metric)}`,
    );
    return `No regression ${limits.join(' or ')} (${rounds}).`;
  }
  if (judged.length === 0) return `No metric decides, or none of them was measured (${rounds}).`;
  const open = judged.filter((each) => each.verdict === 'inconclusive');
  const seen = open.flatMap(({ metric, detectable }) =>
    detectable === undefined ? [] : [formatDetectable(metric, detectable)],
  );
  return [`Not decided by ${rounds}: ${open.map(formatMetricEffect).join('; ')}.`, ...seen].join(
    ' ',
  );
}

function formatDifference(trial: Trial): string {
  const first = trial.firstDifference();
  const example =
    first === undefined
      ? "Head's results can't be compared."
      : first.base === first.head
        ? `Input ${first.input} gives ${first.base} on both; they differ further in.`
        : `Input ${first.input} gives ${first.base} on base and ${first.head} on head.`;
  return (
    `Head's results differ from base's for the same inputs. ${example} If that is intended: ` +
    "--allow-different-results, or 'allowDifferentResults' in the configuration."
  );
}

function labelOf(metric: MetricName): string {
  return METRICS[metric].label;
}

function formatRounds({ rounds }: Trial): string {
  return rounds.length === 1 ? '1 round' : `${rounds.length} rounds`;
}
