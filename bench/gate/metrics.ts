/**
 * What the gate measures of a scenario, in two families: what a job costs, and how it is served.
 *
 * Invariant: a metric is compared as a logarithm of head ÷ base, turned so that more is worse; one that
 * is 'advice' is shown and never decides, unless the configuration gives it a threshold.
 */
import type { Unit } from '../document.js';

export const METRIC_NAMES = [
  'cpu',
  'throughput',
  'p50',
  'p99',
  'rss',
  'memorySlope',
  'messages',
  'refused',
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

export interface Metric {
  /** For people: 'CPU per job'. */
  readonly label: string;
  readonly family: 'cost' | 'service';
  readonly better: 'more' | 'less';
  readonly unit: Unit;
  /** Whether it decides where nothing is configured. */
  readonly isJudged: boolean;
}

/**
 * The judged ones are few on purpose: each further test takes its share of the error that a whole gate
 * may make. Processor time is the one that a busy machine hardly moves; throughput is what a closed load
 * has of the service time, slow jobs included, which a median would not see.
 */
export const METRICS: Readonly<Record<MetricName, Metric>> = {
  cpu: judged('CPU per job', 'cost', 'less', 'milliseconds'),
  throughput: judged('throughput', 'service', 'more', 'perSecond'),
  p50: advice('p50 latency', 'service', 'less', 'milliseconds'),
  p99: advice('p99 latency', 'service', 'less', 'milliseconds'),
  rss: advice('peak memory', 'service', 'less', 'bytes'),
  memorySlope: advice('memory slope per 1,000 jobs', 'service', 'less', 'bytes'),
  messages: advice('messages per job', 'service', 'less', 'ratio'),
  refused: advice('refused', 'service', 'less', 'percent'),
};

/** The figures of one stretch of one side; what a scenario has no figure for is absent. */
export type Figures = Readonly<Partial<Record<MetricName, number>>>;

function judged(
  label: string,
  family: Metric['family'],
  better: Metric['better'],
  unit: Unit,
): Metric {
  return { label, family, better, unit, isJudged: true };
}

function advice(
  label: string,
  family: Metric['family'],
  better: Metric['better'],
  unit: Unit,
): Metric {
  return { label, family, better, unit, isJudged: false };
}
