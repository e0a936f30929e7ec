/**
 * Determines which effect sizes decide, for each metric of each scenario.
 *
 * Invariants: `minEffect` never exceeds `maxEffect`, as an effect between the two could otherwise neither fail nor
 * pass; a scenario's own threshold replaces the general one as a whole.
 */
import type { GateConfig, ScenarioConfig } from './config.js';
import type { MetricName } from './metrics.js';

/** Effect sizes that decide. Shares: 0.05 is 5 %. */
export interface Limits {
  /** A FAIL exceeds it. */
  readonly minEffect: number;
  /** A PASS excludes it. */
  readonly maxEffect: number;
}

/** The limits of a metric, and whether it affects the verdict. */
export interface Judgement extends Limits {
  readonly isJudged: boolean;
}

/** Default limits: a FAIL exceeds 3 %, a PASS excludes 5 %. */
export const DEFAULT_THRESHOLDS: Limits = { minEffect: 0.03, maxEffect: 0.05 };

/**
 * Default limits of Vitest benchmarks: a FAIL exceeds 5 %, a PASS excludes 8.3 %, in the usual ratio. They are judged
 * by wall-clock time, whose noise has not been calibrated like that of the other scenarios.
 */
export const VITEST_THRESHOLDS: Limits = { minEffect: 0.05, maxEffect: 0.05 * (5 / 3) };

/**
 * Determines how a metric is judged.
 *
 * @param byDefault - Whether it affects the verdict if nothing is configured.
 * @param scenario - Absent for one that is not configured.
 * @param defaults - Limits if nothing is configured; a single missing limit follows from their ratio.
 */
export function judgementOf(
  metric: MetricName,
  byDefault: boolean,
  config: Pick<GateConfig, 'thresholds'>,
  scenario?: Pick<ScenarioConfig, 'thresholds'>,
  defaults: Limits = DEFAULT_THRESHOLDS,
): Judgement {
  const threshold = scenario?.thresholds?.[metric] ?? config.thresholds?.[metric];
  const isJudged = threshold === undefined ? byDefault : threshold !== false;
  const { minEffect, maxEffect } = threshold || {};
  const { minEffect: least, maxEffect: most } = defaults;
  return {
    isJudged,
    minEffect: minEffect ?? (maxEffect === undefined ? least : (maxEffect * least) / most),
    // By the ratio, a minEffect of 0 would give a maxEffect of 0, which noise never lets a PASS exclude.
    maxEffect: maxEffect ?? (minEffect ? (minEffect * most) / least : most),
  };
}
