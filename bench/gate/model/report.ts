/**
 * Defines the report of a gate as plain data: `--json` writes it, and every other output is rendered from it.
 *
 * Invariants: `schema` changes if a reader of the old form would misread the new one; effects are shares (0.05 is 5 %),
 * of which more is worse for every metric; every verdict has a reason, a sentence that is true without the table beside
 * it; every text is one line (`one-line.ts`).
 */
import type { Unit } from '../../report/document.js';
import type { Environment } from '../../process/environment.js';
import type { Figures, MetricName } from './metrics.js';
import type { References } from './references.js';

export const GATE_SCHEMA = 'millrace-gate/1';

/**
 * - pass: an effect above `maxEffect` is excluded, or a budget is kept
 * - fail: a significant effect of at least `minEffect`; different results; or a budget that is broken or not measured
 * - inconclusive: neither could be shown, a control moved, or a measurement failed
 * - incomparable: the stored baseline was measured under other conditions
 * - new: there is nothing to compare with; only measured
 * - waived: a FAIL that the configuration excuses until a date
 */
export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'incomparable' | 'new' | 'waived';

/** An estimate (Hodges–Lehmann) with its confidence interval. */
export interface Effect {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** The interval's confidence level; default: 0.95. */
  readonly level?: number;
}

/** One metric of one scenario. */
export interface MetricReport {
  readonly metric: MetricName;
  /** True if it affects the verdict. */
  readonly isJudged: boolean;
  /**
   * Levels in the metric's unit, with both runs of base pooled: medians over the rounds; if a ratio was estimated, they
   * differ by exactly the estimate. `base` is absent if there is none.
   */
  readonly base?: number;
  readonly head: number;
  /** Absent without a base, and before the first analysis. */
  readonly effect?: Effect;
  /** P-value of the one-sided exact test that head is no worse than base. */
  readonly p?: number;
  /** A FAIL exceeds `minEffect`, a PASS excludes `maxEffect`. */
  readonly minEffect: number;
  readonly maxEffect: number;
  /** The minimum detectable effect, at a power of 80 %. */
  readonly detectable?: number;
  /** Verdict of this metric alone. */
  readonly verdict: Verdict;
  /** The effect of each round, in order. */
  readonly rounds: readonly number[];
}

/** A control: a comparison of what can't have changed, measured along with the rest. */
export interface ControlReport {
  /** 'A/A check' (base against itself) or 'reference work'. */
  readonly name: string;
  readonly metric: MetricName;
  readonly effect: Effect;
  /** P-value of the two-sided test. */
  readonly p: number;
  readonly hasMoved: boolean;
}

/** Metrics of each process of a round: medians over its blocks. */
export interface RoundFigures {
  readonly base?: Figures;
  /** The second run of base. */
  readonly control?: Figures;
  readonly head: Figures;
  /** Reference work measured along with head; a later run is normalized by it. */
  readonly references?: References;
  /** Checksum of head's results, by which a later run detects that its own differ. */
  readonly checksum?: string;
}

/**
 * - results: head's results differ from base's
 * - control: a control moved
 * - time: the time budget was exhausted
 * - broken: a process failed
 * - interrupted
 */
export type Cause = 'results' | 'control' | 'time' | 'broken' | 'interrupted';

export interface ScenarioReport {
  readonly name: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** Cause of the verdict, if it is not just the outcome of the analyses. */
  readonly cause?: Cause;
  /** 'screened': ended in screening; 'confirmed': judged on fresh rounds; 'single': not screened. */
  readonly stage: 'screened' | 'confirmed' | 'single';
  readonly metrics: readonly MetricReport[];
  readonly controls: readonly ControlReport[];
  readonly seconds: number;
  /** The rounds that the verdict rests on, so that it can be recomputed. */
  readonly rounds: readonly RoundFigures[];
  /** The waiver that excuses the FAIL, if any. */
  readonly waiver?: WaiverReport;
}

export interface WaiverReport {
  readonly reason: string;
  /** Last day in force, in UTC: '2026-12-31'. */
  readonly until: string;
}

/** Result of a budget. */
export interface BudgetReport {
  /** 'no-op jobs at 256 in flight'. */
  readonly name: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** Median and range over the rounds; absent if not measured. */
  readonly value?: { readonly median: number; readonly min: number; readonly max: number };
  /** Unit of value and limits; absent if it was not measured and the budget doesn't determine it. */
  readonly unit?: Unit;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly waiver?: WaiverReport;
}

/** One side of the comparison. */
export interface SideReport {
  /** The ref as given: 'main', 'HEAD'; 'baseline.json' for a stored run, 'this folder' for the run compared with it. */
  readonly ref: string;
  /** 40 hex digits, or 64 for SHA-256; absent for a folder, and for a stored run of one. */
  readonly commit?: string;
}

export interface GateReport {
  readonly schema: typeof GATE_SCHEMA;
  /** Command line that repeats the run exactly, including its seed. */
  readonly command: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly environment: Environment;
  readonly base?: SideReport;
  readonly head?: SideReport;
  /**
   * Overall verdict: fail before inconclusive (and incomparable) before pass. A run that was interrupted or could not
   * measure something never passes.
   */
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  /** 1: something could not be measured, its reason says why; 2: FAIL; 3: INCONCLUSIVE with `--strict`. */
  readonly exitCode: 0 | 1 | 2 | 3;
  /** True with `--strict`: INCONCLUSIVE ends with exit code 3. */
  readonly isStrict: boolean;
  /** True if the run was interrupted, so that some measurements are missing. */
  readonly isInterrupted: boolean;
  readonly scenarios: readonly ScenarioReport[];
  readonly budgets: readonly BudgetReport[];
  /** Notes besides the verdicts: a busy machine, an expired waiver … */
  readonly notes: readonly string[];
}
