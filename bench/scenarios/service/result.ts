/**
 * What came of one arm: plain data, what `--json` writes and what the printed report is made from.
 *
 * Invariants: offered = accepted + refused + unanswered; completed + failed <= accepted. Every offered
 * document ends in exactly one way: offered = completed + failed + refused + cutOff.
 */
import type { DocumentSummary } from './load/corpus.js';
import type { LatencySummary } from '../../load/latencies.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import type { Trend } from '../../math/statistics.js';

/** How an arm came to its end. */
export interface ArmEnding {
  /**
   * survived: it was driven to its end. ceiling: killed when it crossed its memory ceiling. died: it
   * ended by itself. interrupted: the user stopped the run.
   */
  readonly how: 'survived' | 'ceiling' | 'died' | 'interrupted';
  /** From the first request. */
  readonly afterSeconds: number;
  /** How it ended by itself. */
  readonly detail?: string;
}

/** One instant of an arm; all but the resident set as the service reported it last. */
export interface Moment {
  readonly seconds: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly externalBytes: number;
  /** The longest delay of the service's event loop shortly before. */
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
  /** Requests that were due until the end. */
  readonly intended: number;
  /** Requests that were sent; fewer where the generator could not hold the rate. */
  readonly offered: number;
  readonly accepted: number;
  readonly refused: number;
  /** Neither accepted nor refused when the arm ended. */
  readonly unanswered: number;
  readonly completed: number;
  /** Accepted, and the job ended with an error. */
  readonly failed: number;
  /** Neither completed, failed nor refused when the arm ended: waiting, in work, or without an answer. */
  readonly cutOff: number;
  /**
   * Completed documents per second: the median of two-second windows after the warm-up, as a measured
   * capacity is; the mean of its life where it was too short for one.
   */
  readonly goodputPerSecond: number;
  /** The windows; none where it was too short for one. */
  readonly goodputWindows: readonly number[];
  /** Goodput ÷ capacity; absent where the capacity is not known. */
  readonly goodputShare?: number;
  readonly peakRssBytes: number;
  /** The most that the service reported. */
  readonly peaks: { readonly heapUsedBytes: number; readonly externalBytes: number };
  /** Absent where the arm did not live through all of its time. */
  readonly memoryTrend?: Trend;
  /**
   * Processor time of the service's process (user and system, all threads), from the moment it was
   * ready, ÷ completed; absent where nothing was completed.
   */
  readonly cpuMsPerJob?: number;
  /** How late the service's event loop was: the p99 of all looks, and the longest. */
  readonly loopDelayMs: { readonly p99: number; readonly max: number };
  /** Milliseconds from the intended start to the answer, of what was answered. */
  readonly answerMs: LatencySummary;
  /** Milliseconds from the intended start to the end of the job, of what was completed. */
  readonly completionMs: LatencySummary;
  /** How late the generator sent, in milliseconds. */
  readonly latenessMs: LatencySummary;
  readonly timeline: readonly Moment[];
}

/** What the result of every experiment with a service has. */
export interface ServiceResult extends ScenarioResult {
  readonly settings: { readonly seconds: number; readonly ceilingBytes: number };
  readonly documents: DocumentSummary;
  readonly arms: readonly ArmResult[];
}
