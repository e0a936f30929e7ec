/**
 * Defines the metrics of a scenario, in two families: the cost of a job, and the service that it gets.
 *
 * Invariant: head and base are compared by the logarithm of their ratio, or by their difference if the metric can be 0,
 * with the sign such that more is worse; an informational metric never decides, unless the configuration gives it a
 * threshold.
 */
import type { Unit } from '../../report/document.js';

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
  /** Name in reports: 'CPU per job'. */
  readonly label: string;
  readonly family: 'cost' | 'service';
  readonly better: 'more' | 'less';
  readonly unit: Unit;
  /** How head and base are compared: by their ratio, or by their difference if the metric can be 0. */
  readonly scale: 'ratio' | 'difference';
  /** Words for a change: what takes time is slower or faster, what is counted more or less. */
  readonly words: { readonly worse: string; readonly better: string };
}

const TIMED = { worse: 'slower', better: 'faster' };
const COUNTED = { worse: 'more', better: 'less' };

export const METRICS: Readonly<Record<MetricName, Metric>> = {
  cpu: ratio('CPU per job', 'cost', 'less', 'milliseconds', COUNTED),
  throughput: ratio('throughput', 'service', 'more', 'perSecond', TIMED),
  p50: ratio('p50 latency', 'service', 'less', 'milliseconds', TIMED),
  p99: ratio('p99 latency', 'service', 'less', 'milliseconds', TIMED),
  rss: ratio('peak memory', 'service', 'less', 'bytes', COUNTED),
  memorySlope: difference('growth per 1,000 jobs', 'service', 'less', 'percent'),
  messages: difference('messages per job', 'service', 'less', 'ratio'),
  refused: difference('refused', 'service', 'less', 'percent'),
};

/** Metrics of one block or process; absent if not measured. */
export type Figures = Readonly<Partial<Record<MetricName, number>>>;

/**
 * The metrics that decide by default, if the scenario measures them. They are few, as each further one takes a share of
 * the error of the whole gate. CPU time is what a busy machine affects least. The throughput of a closed loop reflects
 * the service time including slow jobs, which a median would miss; if the load fixes the throughput, the median has to
 * do.
 */
export function judgedByDefault(isClosed: boolean): readonly MetricName[] {
  return isClosed ? ['cpu', 'throughput'] : ['cpu', 'p50'];
}

/** The metrics that are measured of a load, of a task of a `Bench`, or of a Vitest benchmark. */
export function metricsOf(
  kind: 'closed' | 'open' | 'paced' | 'task' | 'vitest',
): readonly MetricName[] {
  const unmeasured: Readonly<Record<typeof kind, readonly MetricName[]>> = {
    closed: ['refused'],
    open: [],
    paced: ['throughput', 'memorySlope', 'refused'],
    task: ['messages', 'refused'],
    vitest: ['cpu', 'rss', 'memorySlope', 'messages', 'refused'],
  };
  return METRIC_NAMES.filter((metric) => !unmeasured[kind].includes(metric));
}

function ratio(
  label: string,
  family: Metric['family'],
  better: Metric['better'],
  unit: Unit,
  words: Metric['words'],
): Metric {
  return { label, family, better, unit, words, scale: 'ratio' };
}

function difference(
  label: string,
  family: Metric['family'],
  better: Metric['better'],
  unit: Unit,
): Metric {
  return { label, family, better, unit, words: COUNTED, scale: 'difference' };
}
