/**
 * Creates the forest plots of a gate.
 *
 * Invariant: the rows are metrics that were compared by their ratio, as they share a scale in percent; the plot of
 * several scenarios is kept short by showing only those that decide.
 */
import type { ForestBlock, ForestRow } from '../../report/document.js';
import { METRICS } from '../model/metrics.js';
import type { MetricReport, ScenarioReport } from '../model/report.js';
import {
  formatChangeOf,
  formatConfidence,
  formatMetricVerdict,
  meaningOf,
} from '../model/wording.js';

const MARKS = ['FAIL exceeds it', 'PASS excludes it'];

/** The metrics of several scenarios that decide; undefined if none was compared. */
export function overviewForest(scenarios: readonly ScenarioReport[]): ForestBlock | undefined {
  const rows = scenarios.flatMap(({ name, metrics }) =>
    metrics.filter(({ isJudged }) => isJudged).flatMap((metric) => rowsOf(metric, name)),
  );
  return forestOf(
    'of what decides; ',
    rows,
    scenarios.flatMap(({ metrics }) => metrics),
  );
}

/** All metrics of one scenario; undefined if none was compared. */
export function scenarioForest({ metrics }: ScenarioReport): ForestBlock | undefined {
  return forestOf(
    '',
    metrics.flatMap((metric) => rowsOf(metric)),
    metrics,
  );
}

function forestOf(
  what: string,
  rows: readonly ForestRow[],
  metrics: readonly MetricReport[],
): ForestBlock | undefined {
  if (rows.length === 0) return undefined;
  const [effect] = metrics.flatMap((metric) => metric.effect ?? []);
  const title = `Change of head against base (${formatConfidence(effect)}), ${what}right is worse`;
  return { kind: 'forest', title, marks: MARKS, rows };
}

/** Empty if the metric was not compared by its ratio. */
function rowsOf(report: MetricReport, group?: string): ForestRow[] {
  const { metric, effect, rounds, minEffect, maxEffect, isJudged, verdict } = report;
  if (effect === undefined || METRICS[metric].scale !== 'ratio') return [];
  const meaning = isJudged ? meaningOf(verdict) : 'faint';
  return [
    {
      ...(group !== undefined && { group }),
      name: METRICS[metric].label,
      ...effect,
      change: formatChangeOf(metric, effect.estimate),
      rounds,
      marks: [minEffect, maxEffect],
      ending: formatMetricVerdict(report),
      ...(meaning && { meaning }),
    },
  ];
}
