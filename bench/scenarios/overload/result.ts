/**
 * The result of the experiment: plain data, what `--json` writes and what the printed report is made
 * from.
 *
 * Invariants, for every arm: offered = accepted + refused + unanswered; completed + failed <= accepted.
 */
import type { DocumentSummary } from '../../documents.js';
import type { LatencySummary } from '../../latencies.js';
import type { ScenarioResult } from '../../scenario.js';
import type { Trend } from '../../statistics.js';
import type { ArmName } from './arms/arm.js';
import type { Capacity } from './capacity.js';
import type { OverloadSettings } from './settings.js';

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

/** One instant of an arm. */
export interface Moment {
  readonly seconds: number;
  readonly rssBytes: number;
  readonly offered: number;
  readonly accepted: number;
  readonly refused: number;
  readonly completed: number;
}

export interface ArmResult {
  readonly name: ArmName;
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
  /**
   * Completed documents per second: the median of two-second windows after the warm-up, as the
   * capacity is; the mean of its life where it was too short for one.
   */
  readonly goodputPerSecond: number;
  /** Goodput ÷ capacity; absent where the capacity was not measured. */
  readonly goodputShare?: number;
  readonly peakRssBytes: number;
  /** Absent where the arm did not live through all of its time. */
  readonly memoryTrend?: Trend;
  /** Milliseconds from the intended start to the answer, of what was answered. */
  readonly answerMs: LatencySummary;
  /** Milliseconds from the intended start to the end of the job, of what was completed. */
  readonly completionMs: LatencySummary;
  /** How late the generator sent, in milliseconds. */
  readonly latenessMs: LatencySummary;
  readonly timeline: readonly Moment[];
}

export interface OverloadResult extends ScenarioResult {
  readonly scenario: 'overload';
  readonly settings: OverloadSettings;
  readonly documents: DocumentSummary;
  /** Null where it was not needed (`--rate` without the millrace arm). */
  readonly capacity: Capacity | null;
  readonly arms: readonly ArmResult[];
}
