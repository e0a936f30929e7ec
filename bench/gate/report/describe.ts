/**
 * Describes a gate for people: first the overall verdict, then the evidence, last the command that repeats it.
 *
 * Invariant: every scenario and every budget is listed with its verdict and its reason.
 */
import { type Block, type Cell, type Document, heading, text } from '../../report/document.js';
import { formatSeconds } from '../../report/format.js';
import { changeHead, describeEvidence, LEGEND } from './describe-scenario.js';
import { overviewForest, scenarioForest } from './forest.js';
import { METRICS } from '../model/metrics.js';
import { formatHeadline, formatState } from './headline.js';
import { formatNext, formatReasons } from './next.js';
import type { BudgetReport, GateReport, MetricReport, ScenarioReport } from '../model/report.js';
import {
  effectCell,
  formatValue,
  formatLimit,
  formatSide,
  formatVerdict,
  verdictCell,
  withWaiver,
} from '../model/wording.js';

/** The whole report, for a terminal. */
export function describeGate(report: GateReport): Document {
  const { scenarios, notes, command } = report;
  return {
    title: `${formatVerdict(report.verdict)}: ${formatHeadline(report)}`,
    blocks: [
      text(formatRun(report)),
      ...describeState(report),
      ...describeOverview(scenarios),
      ...scenarios.flatMap((scenario) => describeScenario(scenario, scenarios.length === 1)),
      ...describeBudgets(report),
      ...describeNotes(notes),
      heading('Run it again'),
      { kind: 'code', text: `npx ${command}`, language: 'sh' },
    ],
  };
}

/** 'HEAD (d6c45c5) against main (7290fa0). The gate took 132 s.' */
export function formatRun({ base, head, seconds }: GateReport): string {
  const sides = [head, base].filter((side) => side !== undefined).map((side) => formatSide(side));
  const what = sides.length === 0 ? 'This installation' : sides.join(' against ');
  return `${what}. The gate took ${formatSeconds(seconds)}.`;
}

/** The state of the run, the reasons and the next step, which the reader should know first. */
export function describeState(report: GateReport): Block[] {
  const next = formatNext(report);
  return [
    ...formatState(report).map((words) => text(words)),
    ...formatReasons(report).map((words) => text(words, 'point')),
    ...(next === undefined ? [] : [text(next)]),
  ];
}

/** A row for each scenario if there are several; nothing for one. */
export function describeOverview(scenarios: readonly ScenarioReport[]): Block[] {
  if (scenarios.length < 2) return [];
  const forest = overviewForest(scenarios);
  return [
    {
      kind: 'table',
      head: [
        'scenario',
        'verdict',
        'most affected',
        changeHead(scenarios.flatMap(({ metrics }) => metrics)),
      ],
      rows: scenarios.map((scenario) => overviewRow(scenario)),
    },
    text(LEGEND, 'faint'),
    ...(forest === undefined ? [] : [forest]),
  ];
}

function overviewRow(scenario: ScenarioReport): (Cell | string)[] {
  const worst = mostAffected(scenario);
  return [
    scenario.name,
    verdictCell(scenario.verdict),
    worst === undefined ? '-' : METRICS[worst.metric].label,
    worst === undefined ? '-' : effectCell(worst),
  ];
}

/** Of the metrics that decide, the one with the greatest effect, preferably among those with the scenario's verdict. */
function mostAffected({ metrics, verdict }: ScenarioReport): MetricReport | undefined {
  const judged = metrics.filter(({ isJudged }) => isJudged);
  const deciding = judged.filter((metric) => metric.verdict === verdict);
  const candidates = deciding.length === 0 ? judged : deciding;
  return candidates.toSorted((one, other) => estimateOf(other) - estimateOf(one))[0];
}

function estimateOf({ effect }: MetricReport): number {
  return effect?.estimate ?? -1;
}

function describeScenario(scenario: ScenarioReport, isOnly: boolean): Block[] {
  const { name, verdict, reason } = scenario;
  const forest = isOnly ? scenarioForest(scenario) : undefined;
  return [
    heading(`${name}: ${formatVerdict(verdict)}`),
    text(reason),
    ...(forest === undefined ? [] : [forest]),
    ...describeEvidence(scenario, isOnly),
  ];
}

/** A table of the measurements, and the reasons of those that do not pass. */
export function describeBudgets({ budgets }: GateReport): Block[] {
  if (budgets.length === 0) return [];
  const rest = budgets.filter(({ verdict }) => verdict !== 'pass');
  return [
    heading('Budgets'),
    {
      kind: 'table',
      head: ['', 'limit', 'measured', 'verdict'],
      rows: budgets.map((budget) => budgetRow(budget)),
    },
    ...rest.map(({ reason, waiver }) => text(withWaiver(reason, waiver), 'point')),
  ];
}

function budgetRow(budget: BudgetReport): (Cell | string)[] {
  return [budget.name, formatLimit(budget), measuredCell(budget), verdictCell(budget.verdict)];
}

function measuredCell({ value, unit }: BudgetReport): Cell | string {
  if (value === undefined) return '-';
  const [median, min, max] = [value.median, value.min, value.max].map((each) =>
    formatValue(each, unit),
  ) as [string, string, string];
  return min === max ? median : { text: median, range: `${min}–${max}` };
}

/** Notes besides the verdicts. */
export function describeNotes(notes: readonly string[]): Block[] {
  if (notes.length === 0) return [];
  return [heading('Notes'), ...notes.map((note) => text(note, 'point'))];
}
