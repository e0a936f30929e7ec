/**
 * Describes one scenario of a gate: its metrics, the controls beside them and the effects it could detect.
 *
 * Invariants: metrics that are informational look unlike those that decide; whatever keeps a scenario from
 * being judged is reported with the smallest effect that would have been found.
 */
import { type Block, type Cell, text } from '../../report/document.js';
import { formatChange, formatList, formatSeconds } from '../../report/format.js';
import { METRICS } from '../model/metrics.js';
import type { ControlReport, MetricReport, ScenarioReport } from '../model/report.js';
import {
  effectCell,
  meaningOf,
  formatDetectable,
  formatValue,
  formatMetricVerdict,
  formatProbability,
  formatWaiver,
} from '../model/wording.js';

const STAGES: Readonly<Record<ScenarioReport['stage'], string>> = {
  screened: 'cleared by screening',
  confirmed: 'suspected by screening, judged on fresh rounds',
  single: 'not screened',
};

/** How to read the effects of tables. */
export const LEGEND: string =
  "'Worse by' is head against base with its interval of confidence, turned so that more is worse for " +
  'every metric.';

/** All but its name, verdict and reason; with the legend where nothing before has it. */
export function describeEvidence(scenario: ScenarioReport, hasLegend: boolean): Block[] {
  const { metrics, controls, waiver, verdict } = scenario;
  const unseen = metrics.filter(
    ({ isJudged, detectable, verdict: own }) =>
      isJudged &&
      detectable !== undefined &&
      (own === 'inconclusive' || verdict === 'inconclusive'),
  );
  return [
    ...(waiver === undefined ? [] : [text(formatWaiver(waiver))]),
    ...(metrics.length === 0 ? [] : describeMetrics(metrics, hasLegend)),
    ...(controls.length === 0 ? [] : describeControls(controls)),
    ...unseen.map(({ metric, detectable = 0 }) =>
      text(formatDetectable(METRICS[metric].label, detectable), 'point'),
    ),
    text(formatExtent(scenario), 'faint'),
  ];
}

function describeMetrics(metrics: readonly MetricReport[], hasLegend: boolean): Block[] {
  const advice = metrics.filter(({ isJudged }) => !isJudged);
  const words = formatList(advice.map(({ metric }) => METRICS[metric].label));
  return [
    {
      kind: 'table',
      head: ['', 'base', 'head', 'worse by', 'verdict'],
      rows: metrics.map((metric) => describeMetric(metric)),
    },
    ...(hasLegend ? [text(LEGEND, 'faint')] : []),
    ...(advice.length === 0 ? [] : [text(`Only advice: ${words}.`, 'faint')]),
  ];
}

function describeMetric(report: MetricReport): (Cell | string)[] {
  const { metric, base, head, effect, isJudged, verdict } = report;
  const { label, unit } = METRICS[metric];
  const meaning = isJudged ? meaningOf(verdict) : 'faint';
  return [
    label,
    base === undefined ? '-' : formatValue(base, unit),
    formatValue(head, unit),
    effectCell(effect),
    { text: formatMetricVerdict(report), ...(meaning && { meaning }) },
  ];
}

/** A table where one has moved, as that decides; else a sentence. */
function describeControls(controls: readonly ControlReport[]): Block[] {
  if (!controls.some(({ hasMoved }) => hasMoved)) {
    const changes = controls.map(
      ({ name, metric, effect }) =>
        `${name} ${formatChange(effect.estimate)} in ${METRICS[metric].label}`,
    );
    return [text(`No control has moved: ${formatList(changes)}.`, 'faint')];
  }
  return [
    text('What can not have changed, measured beside it:'),
    {
      kind: 'table',
      head: ['control', 'worse by', 'p', 'it has'],
      rows: controls.map(({ name, metric, effect, p, hasMoved }) => [
        `${name}: ${METRICS[metric].label}`,
        effectCell(effect),
        formatProbability(p),
        hasMoved ? { text: 'moved', meaning: 'bad' } : 'not moved',
      ]),
    },
  ];
}

function formatExtent({ rounds, stage, seconds }: ScenarioReport): string {
  const count = rounds.length === 1 ? 'One round' : `${rounds.length} rounds`;
  return `${count}, ${STAGES[stage]}; ${formatSeconds(seconds)}.`;
}
