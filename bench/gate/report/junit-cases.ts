/**
 * Makes the cases that a CI server counts: each judged metric of a scenario, each budget, and whatever no
 * single one of them shows.
 *
 * Invariant: a case fails where the gate does and only there: what can't be judged is skipped, but fails where
 * the gate was strict; what could not be measured is an error.
 */
import { formatPercent } from '../../report/format.js';
import { METRICS } from '../model/metrics.js';
import { isOpen, formatHeadline, UNMEASURED } from './headline.js';
import type {
  BudgetReport,
  GateReport,
  MetricReport,
  ScenarioReport,
  Verdict,
} from '../model/report.js';
import { formatEffect, formatValue, formatLimit, formatWaiver } from '../model/wording.js';

/** One line of a CI server's list. */
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
  /** The figures, a line each. */
  readonly output: readonly string[];
}

export const SUITE = 'millrace gate';
const BUDGETS = 'budgets';
/** A case for what no single metric shows, such as results that differ. */
const WHOLE = 'scenario';
/** And for what no scenario shows. */
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

/** One for what no scenario and no budget shows: what could not be measured, an interruption. */
function casesOfGate(report: GateReport): Case[] {
  const { verdict, exitCode, scenarios, budgets, notes } = report;
  const shared = { group: SUITE, name: GATE, seconds: 0, verdict, output: notes };
  if (exitCode === 1) return [{ ...shared, outcome: 'error', reason: UNMEASURED }];
  const isShown = [...scenarios, ...budgets].some((each) => isOpen(each.verdict));
  if (verdict !== 'inconclusive' || isShown) return [];
  return [{ ...shared, outcome: outcomeOf(verdict, report), reason: formatHeadline(report) }];
}

/** The scenario's own verdict has a case where none of its metrics has it. */
function findingsOfScenario(scenario: ScenarioReport): Finding[] {
  const judged = scenario.metrics.filter(({ isJudged }) => isJudged);
  const verdicts = judged.map((metric) => verdictWithin(metric, scenario));
  const isShown = verdicts.includes(scenario.verdict);
  const seconds = scenario.seconds / (judged.length + (isShown ? 0 : 1));
  const { name: group, verdict, waiver } = scenario;
  const reason =
    waiver === undefined ? scenario.reason : `${scenario.reason} ${formatWaiver(waiver)}`;
  return [
    ...(isShown ? [] : [{ group, name: WHOLE, seconds, verdict, reason, output: [] }]),
    ...judged.map((metric, at) => {
      const { label } = METRICS[metric.metric];
      const own = verdicts[at] ?? verdict;
      return { group, name: label, seconds, verdict: own, reason, output: outputOf(metric) };
    }),
  ];
}

/**
 * A metric alone can't fail a scenario that doesn't, nor hold it up: it is waived, or the controls moved.
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
    ...(base === undefined ? [] : [`base: ${formatValue(base, unit)}`]),
    `head: ${formatValue(head, unit)}`,
    ...(effect === undefined ? [] : [`worse by: ${formatEffect(effect)}`]),
    `a fail is beyond ${formatPercent(minEffect)}, a pass excludes ${formatPercent(maxEffect)}`,
    ...(detectable === undefined ? [] : [`found in 8 of 10 cases: ${formatPercent(detectable)}`]),
  ];
}

function findingOfBudget(budget: BudgetReport): Finding {
  const { name, verdict, reason, value, unit, waiver } = budget;
  return {
    group: BUDGETS,
    name,
    seconds: 0,
    verdict,
    reason: waiver === undefined ? reason : `${reason} ${formatWaiver(waiver)}`,
    output: [
      `limit: ${formatLimit(budget)}`,
      ...(value === undefined ? [] : [`measured: ${formatValue(value.median, unit)}`]),
    ],
  };
}
