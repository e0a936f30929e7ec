/**
 * Computes the levels of base and head that a report shows.
 *
 * Invariant: both runs of base are pooled, as in the estimate; if a ratio was estimated, the two levels differ by
 * exactly the estimate, so that no reader computes another change than the one that was judged.
 */
import { mean, median } from '../../math/statistics.js';
import { type MetricName, METRICS } from '../model/metrics.js';
import type { RoundFigures } from '../model/report.js';

/** Levels in the metric's unit. */
export interface Levels {
  /** Absent if no round has one. */
  readonly base?: number;
  readonly head: number;
}

/**
 * Computes the levels over some rounds.
 *
 * @param estimate - How much worse head is, as a logarithm of a ratio; undefined before the first analysis.
 */
export function levelsOf(
  metric: MetricName,
  rounds: readonly RoundFigures[],
  estimate: number | undefined,
): Levels {
  const { scale, better } = METRICS[metric];
  const pairs = rounds.flatMap(({ base, control, head }) => {
    const bases = [base, control].flatMap((side) => side?.[metric] ?? []);
    const own = head[metric];
    return bases.length === 0 || own === undefined ? [] : [{ bases, head: own }];
  });
  if (pairs.length === 0) {
    return { head: median(rounds.flatMap(({ head }) => head[metric] ?? [])) ?? 0 };
  }
  if (scale === 'ratio' && estimate !== undefined) {
    const half = (better === 'less' ? estimate : -estimate) / 2;
    const middle =
      median(pairs.map(({ bases, head }) => (meanLog(bases) + Math.log(head)) / 2)) ?? 0;
    return { base: Math.exp(middle - half), head: Math.exp(middle + half) };
  }
  return {
    base: median(pairs.map(({ bases }) => mean(bases) ?? 0)) ?? 0,
    head: median(pairs.map(({ head }) => head)) ?? 0,
  };
}

function meanLog(values: readonly number[]): number {
  return mean(values.map(Math.log)) ?? 0;
}
