/**
 * What the gate measures of a scenario, in two families: what a job costs, and how it is served.
 *
 * Invariant: a metric is compared as a logarithm of head ÷ base, or as a difference where it can be 0,
 * turned so that more is worse; one that is advice is shown and never decides, unless the configuration
 * gives it a threshold.
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
  /** For people: 'CPU per job'. */
  readonly label: string;
  readonly family: 'cost' | 'service';
  readonly better: 'more' | 'less';
  readonly unit: Unit;
  /** Whether head and base are compared by their ratio, or by their difference: what can be 0. */
  readonly scale: 'ratio' | 'difference';
  /** How a change is called: what takes time is slower or faster, what is counted more or less. */
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

/** The figures of one stretch of one side; what a scenario has no figure for is absent. */
export type Figures = Readonly<Partial<Record<MetricName, number>>>;

/**
 * Those that decide where nothing is configured, for a scenario that measures them. They are few on
 * purpose: each further one takes its share of the error that a whole gate may make. Processor time is
 * what a busy machine moves least. Throughput is what a closed load has of the service time, slow jobs
 * included, which a median would not see; where the load fixes the throughput, the median has to do.
 */
export function judgedByDefault(isClosed: boolean): readonly MetricName[] {
  return isClosed ? ['cpu', 'throughput'] : ['cpu', 'p50'];
}

/** What is measured of a load, of a task of a Bench, or of a benchmark of Vitest. */
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
