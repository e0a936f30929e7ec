/**
 * Which effect decides, for each metric of each scenario.
 *
 * Invariants: `minEffect` is never above `maxEffect`, as an effect between the two would otherwise
 * neither fail nor ever pass; a scenario's own threshold replaces that for all and isn't mixed with it.
 */
import type { GateConfig, ScenarioConfig } from './config.js';
import type { MetricName } from './metrics.js';

/** How large an effect has to be. Shares: 0.05 is 5 percent. */
export interface Limits {
  /** A fail is beyond it. */
  readonly minEffect: number;
  /** A pass excludes it. */
  readonly maxEffect: number;
}

/** A threshold, and whether the metric decides at all. */
export interface Judgement extends Limits {
  readonly isJudged: boolean;
}

/** Where nothing is configured: a fail is beyond 3 %, a pass excludes 5 %. */
export const DEFAULT_THRESHOLDS: Limits = { minEffect: 0.03, maxEffect: 0.05 };

/**
 * Of Vitest's benchmarks: a fail is beyond 5 %, and a pass excludes 8.3 %, in the usual proportion. They are
 * judged by the time of the clock, whose noise has not been calibrated as that of the other scenarios.
 */
export const VITEST_THRESHOLDS: Limits = { minEffect: 0.05, maxEffect: 0.05 * (5 / 3) };

/**
 * How a metric is judged.
 *
 * @param byDefault - Whether it decides where nothing is configured.
 * @param scenario - Absent for one that is not configured.
 * @param defaults - The limits where nothing is configured, and the proportion of one to the other.
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
    // In proportion to 0 it would be 0, which no noise lets a pass exclude.
    maxEffect: maxEffect ?? (minEffect ? (minEffect * most) / least : most),
  };
}
