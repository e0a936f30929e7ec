/**
 * Makes the rows of a gate's forest plots.
 *
 * Invariant: a row for each metric that was compared; that of several scenarios is kept short by those
 * that decide.
 */
import type { ForestBlock, ForestRow } from '../../report/document.js';
import { METRICS } from '../model/metrics.js';
import type { MetricReport, ScenarioReport } from '../model/report.js';
import { formatChangeOf, formatMetricVerdict, meaningOf } from '../model/wording.js';

const MARKS = ['FAIL exceeds it', 'PASS excludes it'];

/** The metrics that decide, of several scenarios; undefined where none was compared. */
export function overviewForest(scenarios: readonly ScenarioReport[]): ForestBlock | undefined {
  const rows = scenarios.flatMap(({ name, metrics }) =>
    metrics.filter(({ isJudged }) => isJudged).flatMap((metric) => rowsOf(metric, name)),
  );
  return forestOf('Change of head against base (95 % CI), of what decides; right is worse', rows);
}

/** All metrics of one scenario; undefined where none was compared. */
export function scenarioForest({ metrics }: ScenarioReport): ForestBlock | undefined {
  return forestOf(
    'Change of head against base (95 % CI); right is worse',
    metrics.flatMap((metric) => rowsOf(metric)),
  );
}

function forestOf(title: string, rows: readonly ForestRow[]): ForestBlock | undefined {
  return rows.length === 0 ? undefined : { kind: 'forest', title, marks: MARKS, rows };
}

/** None where there was nothing to compare with. */
function rowsOf(report: MetricReport, group?: string): ForestRow[] {
  const { metric, effect, rounds, minEffect, maxEffect, isJudged, verdict } = report;
  if (effect === undefined) return [];
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
