/**
 * Defines the result of one variant: plain data, which `--json` writes and the report is made from.
 *
 * Invariants: offered = accepted + refused + unanswered; completed + failed <= accepted. Every offered document
 * has exactly one outcome: offered = completed + failed + refused + cutOff.
 */
import type { DocumentSummary } from './load/corpus.js';
import type { LatencySummary } from '../../load/latencies.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import type { Trend } from '../../math/statistics.js';

/** How a variant ended. */
export interface ArmEnding {
  /**
   * survived: it ran for its whole time. ceiling: it was killed when it exceeded its memory limit. died: it
   * ended on its own. interrupted: the user stopped the run.
   */
  readonly how: 'survived' | 'ceiling' | 'died' | 'interrupted';
  /** Time since the first request. */
  readonly afterSeconds: number;
  /** Exit code and error of a service that ended on its own. */
  readonly detail?: string;
}

/** One moment of a variant; all values but the resident set are from the service's last report. */
export interface Moment {
  readonly seconds: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly externalBytes: number;
  /** Max delay of the service's event loop shortly before. */
  readonly loopDelayMs: number;
  readonly offered: number;
  readonly accepted: number;
  readonly refused: number;
  readonly completed: number;
}

export interface ArmResult {
  readonly name: string;
  readonly ending: ArmEnding;
  readonly ratePerSecond: number;
  /** Requests that were due by the end. */
  readonly intended: number;
  /** Requests that were sent; fewer if the generator could not hold the rate. */
  readonly offered: number;
  readonly accepted: number;
  readonly refused: number;
  /** Requests neither accepted nor rejected when the variant ended. */
  readonly unanswered: number;
  readonly completed: number;
  /** Accepted documents whose job ended with an error. */
  readonly failed: number;
  /** Documents neither completed, failed nor rejected when the variant ended: queued, running or unanswered. */
  readonly cutOff: number;
  /**
   * Completed documents per second: the median of the windows after the warm-up (goodput.ts), like a measured
   * capacity; the mean of its lifetime if that was too short for a window.
   */
  readonly goodputPerSecond: number;
  /** Goodput of each window; empty if the lifetime was too short for one. */
  readonly goodputWindows: readonly number[];
  /** Goodput ÷ capacity; absent if the capacity is unknown. */
  readonly goodputShare?: number;
  readonly peakRssBytes: number;
  /** Max values that the service reported. */
  readonly peaks: { readonly heapUsedBytes: number; readonly externalBytes: number };
  /** Absent if the variant did not run for its whole time. */
  readonly memoryTrend?: Trend;
  /**
   * CPU time of the service's process (user and system, all threads) since it was ready ÷ completed; absent if
   * nothing was completed.
   */
  readonly cpuMsPerJob?: number;
  /** Delay of the service's event loop: p99 of all samples, and max. */
  readonly loopDelayMs: { readonly p99: number; readonly max: number };
  /** Milliseconds from the scheduled request to the response, of the answered requests. */
  readonly answerMs: LatencySummary;
  /** Milliseconds from the scheduled request to the end of the job, of the completed documents. */
  readonly completionMs: LatencySummary;
  /** Lateness of the generator, in milliseconds. */
  readonly latenessMs: LatencySummary;
  readonly timeline: readonly Moment[];
}

/** The part of a result that all service scenarios share. */
export interface ServiceResult extends ScenarioResult {
  readonly settings: { readonly seconds: number; readonly ceilingBytes: number };
  readonly documents: DocumentSummary;
  readonly arms: readonly ArmResult[];
}
