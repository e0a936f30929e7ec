/**
 * Records a distribution of latencies in an HdrHistogram (three significant digits at any scale, constant memory):
 * recorded in microseconds, reported in milliseconds.
 *
 * Invariant: latencies are never sampled or averaged before their percentiles are taken.
 */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** Percentiles of a distribution, in milliseconds; all 0 if nothing was recorded. */
export interface LatencySummary {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** The summary of nothing. */
export const NO_LATENCIES: LatencySummary = { count: 0, p50: 0, p95: 0, p99: 0, p999: 0, max: 0 };

const US_PER_MS = 1000;

/** Records latencies. Cost: about 0.2 µs each. */
export class Latencies {
  readonly #histogram: RecordableHistogram = createHistogram();

  /** Adds a latency; less than a microsecond counts as one. */
  record(latencyUs: number): void {
    this.#histogram.record(Math.max(1, Math.round(latencyUs)));
  }

  /** Discards all latencies, so that the next distribution needs no new allocation. */
  clear(): void {
    this.#histogram.reset();
  }

  summary(): LatencySummary {
    const { count, max } = this.#histogram;
    if (count === 0) return NO_LATENCIES;
    const percentile = (percent: number) => this.#histogram.percentile(percent) / US_PER_MS;
    return {
      count,
      p50: percentile(50),
      p95: percentile(95),
      p99: percentile(99),
      p999: percentile(99.9),
      max: max / US_PER_MS,
    };
  }
}
