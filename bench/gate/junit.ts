/**
 * A gate as JUnit XML, in the form that GitLab, Jenkins and the reporters of GitHub read: one suite, one
 * case for each judged metric of a scenario and one for each budget.
 *
 * Invariants: a case fails where the gate does and only there: what can't be judged is skipped, but
 * fails where the gate was strict. No text can break the XML. Elements and attributes are those of
 * Jenkins' junit-10.xsd, `time` is in seconds and `timestamp` without fractions.
 */
import { formatPercent } from '../terminal/format.js';
import { METRICS } from './metrics.js';
import type { BudgetReport, GateReport, MetricReport, ScenarioReport, Verdict } from './report.js';
import { sayEffect, sayFigure, sayLimit, saySide, sayVerdict, sayWaiver } from './wording.js';

interface Case {
  readonly group: string;
  readonly name: string;
  readonly seconds: number;
  readonly verdict: Verdict;
  readonly reason: string;
  /** The figures, a line each. */
  readonly output: readonly string[];
}

const SUITE = 'millrace gate';
const BUDGETS = 'budgets';
/** A case for what no single metric shows, such as results that differ. */
const WHOLE = 'scenario';

/** The whole file. */
export function drawJunit(report: GateReport): string {
  const cases = [
    ...report.scenarios.flatMap((scenario) => casesOf(scenario)),
    ...report.budgets.map((budget) => caseOf(budget)),
  ];
  const outcomes = cases.map((each) => outcomeOf(each.verdict, report));
  const count = (wanted: Outcome): number => outcomes.filter((each) => each === wanted).length;
  const totals = {
    tests: cases.length,
    failures: count('failure'),
    errors: 0,
    time: report.seconds.toFixed(3),
  };
  const suite = {
    name: SUITE,
    ...totals,
    skipped: count('skipped'),
    timestamp: report.startedAt.slice(0, 'yyyy-mm-ddThh:mm:ss'.length),
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: SUITE, ...totals })}>`,
    `  <testsuite${attributes(suite)}>`,
    '    <properties>',
    ...propertiesOf(report).map(
      ([name, value]) => `      <property${attributes({ name, value })}/>`,
    ),
    '    </properties>',
    ...cases.flatMap((each, at) => drawCase(each, outcomes[at] ?? 'passed')),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

type Outcome = 'passed' | 'failure' | 'skipped';

function outcomeOf(verdict: Verdict, { exitCode }: GateReport): Outcome {
  if (verdict === 'pass') return 'passed';
  if (verdict === 'fail') return 'failure';
  const isOpen = verdict === 'inconclusive' || verdict === 'incomparable';
  return isOpen && exitCode === 3 ? 'failure' : 'skipped';
}

/** The scenario's own verdict has a case where none of its metrics has it. */
function casesOf(scenario: ScenarioReport): Case[] {
  const judged = scenario.metrics.filter(({ isJudged }) => isJudged);
  const verdicts = judged.map((metric) => verdictWithin(metric, scenario));
  const isShown = verdicts.includes(scenario.verdict);
  const seconds = scenario.seconds / (judged.length + (isShown ? 0 : 1));
  const { name: group, verdict, waiver } = scenario;
  const reason = waiver === undefined ? scenario.reason : `${scenario.reason} ${sayWaiver(waiver)}`;
  return [
    ...(isShown ? [] : [{ group, name: WHOLE, seconds, verdict, reason, output: [] }]),
    ...judged.map((metric, at): Case => {
      const own = verdicts[at] ?? verdict;
      const { label } = METRICS[metric.metric];
      return { group, name: label, seconds, verdict: own, reason, output: outputOf(metric) };
    }),
  ];
}

/** A metric alone can't fail a scenario that doesn't: it is waived, or the controls moved. */
function verdictWithin(metric: MetricReport, scenario: ScenarioReport): Verdict {
  return metric.verdict === 'fail' ? scenario.verdict : metric.verdict;
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
    ...(base === undefined ? [] : [`base: ${sayFigure(base, unit)}`]),
    `head: ${sayFigure(head, unit)}`,
    ...(effect === undefined ? [] : [`worse by: ${sayEffect(effect)}`]),
    `a fail is beyond ${formatPercent(minEffect)}, a pass excludes ${formatPercent(maxEffect)}`,
    ...(detectable === undefined ? [] : [`found in 8 of 10 cases: ${formatPercent(detectable)}`]),
  ];
}

function caseOf(budget: BudgetReport): Case {
  const { name, verdict, reason, value, unit, waiver } = budget;
  return {
    group: BUDGETS,
    name,
    seconds: 0,
    verdict,
    reason: waiver === undefined ? reason : `${reason} ${sayWaiver(waiver)}`,
    output: [
      `limit: ${sayLimit(budget)}`,
      ...(value === undefined ? [] : [`measured: ${sayFigure(value.median, unit)}`]),
    ],
  };
}

function drawCase({ group, name, seconds, verdict, reason, output }: Case, outcome: Outcome) {
  const type = sayVerdict(verdict);
  const verdictLine =
    outcome === 'passed' ? [] : [`      <${outcome}${attributes({ type, message: reason })}/>`];
  return [
    `    <testcase${attributes({ classname: group, name, time: seconds.toFixed(3) })}>`,
    ...verdictLine,
    ...(output.length === 0
      ? []
      : [`      <system-out>${escapeXml(output.join('\n'))}</system-out>`]),
    '    </testcase>',
  ];
}

function propertiesOf({ command, base, head, environment }: GateReport): [string, string][] {
  return [
    ['command', command],
    ...(base === undefined ? [] : [['base', saySide(base)] as [string, string]]),
    ...(head === undefined ? [] : [['head', saySide(head)] as [string, string]]),
    ['node', environment.node],
    ['processor', environment.cpu],
  ];
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\r': '&#13;',
};

/** Without what XML 1.0 has no way to write: most control characters, halves of surrogate pairs. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll(/[&<>"\t\r]/g, (sign) => ENTITIES[sign] as string);
}
