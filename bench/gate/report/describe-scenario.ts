/**
 * Describes one scenario of a gate: its metrics, the controls beside them and the effects it could detect.
 *
 * Invariants: informational metrics look unlike those that decide; judged metrics of an inconclusive result are
 * reported with their minimum detectable effect.
 */
import { type Block, type Cell, text } from '../../report/document.js';
import { formatList, formatSeconds } from '../../report/format.js';
import { CONTROL_ALPHA } from '../model/looks.js';
import { METRICS } from '../model/metrics.js';
import type { ControlReport, MetricReport, ScenarioReport } from '../model/report.js';
import {
  effectCell,
  formatChangeOf,
  formatConfidence,
  formatDetectable,
  formatLevel,
  meaningOf,
  formatMetricVerdict,
  formatProbability,
  formatWaiver,
} from '../model/wording.js';

/** Explains the changes in tables. */
export const LEGEND: string =
  'Change of head against base, with its confidence interval (CI); + is worse for every metric.';

/** Everything but its name, verdict and reason; with the legend if nothing before has it. */
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
      text(formatDetectable(metric, detectable), 'point'),
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
      head: ['metric', 'base', 'head', changeHead(metrics), 'verdict'],
      rows: metrics.map((metric) => describeMetric(metric)),
    },
    ...(hasLegend && metrics.some(({ effect }) => effect !== undefined)
      ? [text(LEGEND, 'faint')]
      : []),
    ...(advice.length === 0
      ? []
      : [text(`Informational (does not affect the verdict): ${words}.`, 'faint')]),
  ];
}

function describeMetric(report: MetricReport): (Cell | string)[] {
  const { metric, base, head, isJudged, verdict } = report;
  const { label, unit } = METRICS[metric];
  const meaning = isJudged ? meaningOf(verdict) : 'faint';
  return [
    label,
    base === undefined ? '-' : formatLevel(base, unit),
    formatLevel(head, unit),
    effectCell(report),
    { text: formatMetricVerdict(report), ...(meaning && { meaning }) },
  ];
}

/** Title of the column of changes: 'change (95 % CI)'. */
export function changeHead(metrics: readonly Pick<MetricReport, 'effect'>[]): string {
  const effects = metrics.flatMap(({ effect }) => effect ?? []);
  return effects.length === 0 ? 'change' : `change (${formatConfidence(effects[0])})`;
}

/** A table if one has moved, as that affects the verdict; else a sentence. */
function describeControls(controls: readonly ControlReport[]): Block[] {
  if (!controls.some(({ hasMoved }) => hasMoved)) {
    const changes = controls.map(
      ({ name, metric, effect, p }) =>
        `${name} of ${METRICS[metric].label}: ${formatChangeOf(metric, effect.estimate)}, ${formatSignificance(p)}`,
    );
    return [text(`Controls OK: none moved. ${changes.join('; ')}.`, 'faint')];
  }
  return [
    text('Controls, measured alongside; no code change can move them:'),
    {
      kind: 'table',
      head: ['control', changeHead(controls), 'p', 'result'],
      rows: controls.map((control) => [
        `${control.name}: ${METRICS[control.metric].label}`,
        effectCell(control),
        formatProbability(control.p),
        control.hasMoved ? { text: 'moved', meaning: 'bad' } : formatSignificance(control.p),
      ]),
    },
  ];
}

/** Significance of a control that has not moved. */
function formatSignificance(p: number): string {
  return p <= CONTROL_ALPHA ? 'significant, but small' : 'not significant';
}

function formatExtent({ rounds, stage, verdict, seconds }: ScenarioReport): string {
  if (rounds.length === 0) return 'No round was completed.';
  const count = rounds.length === 1 ? 'One round' : `${rounds.length} rounds`;
  return `${count}${formatStage(stage, verdict)}; ${formatSeconds(seconds)}.`;
}

function formatStage(stage: ScenarioReport['stage'], verdict: ScenarioReport['verdict']): string {
  if (stage === 'single') return '';
  if (stage === 'confirmed') return ', re-measured after screening';
  // A scenario that broke has not passed.
  return verdict === 'pass' ? ', passed in screening' : ' of screening';
}
