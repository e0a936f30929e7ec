/**
 * Which effect decides, for each metric of each scenario.
 *
 * Invariants: `minEffect` is never above `maxEffect`, as an effect between the two would otherwise
 * neither fail nor ever pass; a scenario's own threshold replaces that for all and isn't mixed with it.
 */
import type { GateConfig, ScenarioConfig } from './config.js';
import { type MetricName, METRICS } from './metrics.js';

/** What a fail has to be beyond where nothing is configured: 3 %. */
export const DEFAULT_MIN_EFFECT = 0.03;
/** What a pass has to exclude where nothing is configured: 5 %. */
export const DEFAULT_MAX_EFFECT = 0.05;

/** A threshold, complete. Shares: 0.05 is 5 percent. */
export interface Judgement {
  /** Whether the metric decides. */
  readonly isJudged: boolean;
  readonly minEffect: number;
  readonly maxEffect: number;
}

/** How a metric is judged. @param scenario - Absent for one that is not configured. */
export function judgementOf(
  metric: MetricName,
  config: Pick<GateConfig, 'thresholds'>,
  scenario?: Pick<ScenarioConfig, 'thresholds'>,
): Judgement {
  const threshold = scenario?.thresholds?.[metric] ?? config.thresholds?.[metric];
  const isJudged = threshold === undefined ? METRICS[metric].isJudged : threshold !== false;
  const { minEffect, maxEffect } = threshold || {};
  const proportion = DEFAULT_MIN_EFFECT / DEFAULT_MAX_EFFECT;
  return {
    isJudged,
    minEffect: minEffect ?? (maxEffect === undefined ? DEFAULT_MIN_EFFECT : maxEffect * proportion),
    maxEffect: maxEffect ?? (minEffect === undefined ? DEFAULT_MAX_EFFECT : minEffect / proportion),
  };
}
