/**
 * Creates the test cases that a CI server counts: each judged metric of a scenario, each budget, and whatever no single
 * one of them shows.
 *
 * Invariant: a case fails only if the gate does: what can't be judged is skipped, but fails with `--strict`; a gate
 * that could not measure something has an error.
 */
import { METRICS } from '../model/metrics.js';
import { isOpen, formatHeadline, UNMEASURED } from './headline.js';
import type {
  BudgetReport,
  GateReport,
  MetricReport,
  ScenarioReport,
  Verdict,
} from '../model/report.js';
import {
  formatAmount,
  formatDetectable,
  formatEffect,
  formatLevel,
  formatLimit,
  formatMetricEffect,
  formatValue,
  withWaiver,
} from '../model/wording.js';

/** A test case in the list of a CI server. */
export interface Case extends Finding {
  readonly outcome: Outcome;
}

export type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

interface Finding {
  readonly group: string;
  readonly name: string;
  readonly seconds: number;
  readonly verdict: Verdict;
  readonly reason: string;
  /** The measured values, a line each. */
  readonly output: readonly string[];
}

export const SUITE = 'millrace gate';
const BUDGETS = 'budgets';
/** Name of the case for what no single metric shows, such as different results. */
const WHOLE = 'scenario';
/** Name of the case for what no scenario shows. */
const GATE = 'gate';

/** All cases of a gate. */
export function casesOf(report: GateReport): readonly Case[] {
  const { scenarios, budgets } = report;
  const findings = [...scenarios.flatMap(findingsOfScenario), ...budgets.map(findingOfBudget)];
  return [...findings.map((finding) => caseOf(finding, report)), ...casesOfGate(report)];
}

function caseOf(finding: Finding, report: GateReport): Case {
  return { ...finding, outcome: outcomeOf(finding.verdict, report) };
}

function outcomeOf(verdict: Verdict, { isStrict }: GateReport): Outcome {
  if (verdict === 'pass') return 'passed';
  if (verdict === 'fail') return 'failure';
  return isOpen(verdict) && isStrict ? 'failure' : 'skipped';
}

/** The case for what no scenario and no budget shows: a failed measurement, an interruption. */
function casesOfGate(report: GateReport): Case[] {
  const { verdict, exitCode, scenarios, budgets, notes } = report;
  const shared = { group: SUITE, name: GATE, seconds: 0, verdict, output: notes };
  if (exitCode === 1) return [{ ...shared, outcome: 'error', reason: UNMEASURED }];
  const isShown = [...scenarios, ...budgets].some((each) => isOpen(each.verdict));
  if (verdict !== 'inconclusive' || isShown) return [];
  return [{ ...shared, outcome: outcomeOf(verdict, report), reason: formatHeadline(report) }];
}

/** The findings of a scenario. Its verdict has a case of its own if none of its metrics has the same. */
function findingsOfScenario(scenario: ScenarioReport): Finding[] {
  const { name: group, verdict, reason, waiver } = scenario;
  const judged = scenario.metrics.filter(({ isJudged }) => isJudged);
  const verdicts = judged.map((metric) => verdictWithin(metric, scenario));
  const isShown = verdicts.includes(verdict);
  const seconds = scenario.seconds / (judged.length + (isShown ? 0 : 1));
  const whole = { group, name: WHOLE, seconds, verdict, output: [] };
  return [
    ...(isShown ? [] : [{ ...whole, reason: withWaiver(reason, waiver) }]),
    ...judged.map((metric, at) => {
      const { label } = METRICS[metric.metric];
      const own = verdicts[at] ?? verdict;
      const why = withWaiver(reasonOf(metric, scenario), waiver);
      return { group, name: label, seconds, verdict: own, reason: why, output: outputOf(metric) };
    }),
  ];
}

/** The reason of the metric if it keeps the scenario from passing, else the scenario's. */
function reasonOf(report: MetricReport, { verdict, reason, controls }: ScenarioReport): string {
  const { metric, effect, verdict: own, minEffect, detectable } = report;
  const isHeldUp = controls.some(({ hasMoved }) => hasMoved) && isOpen(verdict);
  if (effect === undefined || isHeldUp) return reason;
  const change = formatMetricEffect(report);
  if (own === 'fail') return `${change}; FAIL exceeds ${formatAmount(metric, minEffect)}.`;
  if (!isOpen(own)) return reason;
  const power = detectable === undefined ? '' : ` ${formatDetectable(metric, detectable)}`;
  return `Not decided: ${change}.${power}`;
}

/**
 * The verdict of a metric as part of its scenario. It can't fail a scenario that doesn't fail, nor hold up one that
 * isn't held up: the scenario is waived, or a control moved.
 */
function verdictWithin({ verdict }: MetricReport, { verdict: whole }: ScenarioReport): Verdict {
  if (verdict === 'fail') return whole;
  const isHeldUp = whole === 'fail' || isOpen(whole);
  return isOpen(verdict) && !isHeldUp ? whole : verdict;
}

function outputOf({
  metric,
  base,
  head,
  effect,
  minEffect,
  maxEffect,
  detectable,
}: MetricReport): string[] {
  const { unit } = METRICS[metric];
  return [
    ...(base === undefined ? [] : [`base: ${formatLevel(base, unit)}`]),
    `head: ${formatLevel(head, unit)}`,
    ...(effect === undefined ? [] : [`change: ${formatEffect(metric, effect)}; + is worse`]),
    `FAIL exceeds ${formatAmount(metric, minEffect)}, PASS excludes ${formatAmount(metric, maxEffect)}`,
    ...(detectable === undefined ? [] : [formatDetectable(metric, detectable)]),
  ];
}

function findingOfBudget(budget: BudgetReport): Finding {
  const { name, verdict, reason, value, unit, waiver } = budget;
  return {
    group: BUDGETS,
    name,
    seconds: 0,
    verdict,
    reason: withWaiver(reason, waiver),
    output: [
      `limit: ${formatLimit(budget)}`,
      ...(value === undefined ? [] : [`measured: ${formatValue(value.median, unit)}`]),
    ],
  };
}
