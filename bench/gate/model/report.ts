/**
 * What a gate found, as plain data: what `--json` writes, and what every other output is drawn from.
 *
 * Invariants: `schema` is raised when a reader of the old form would misread the new one; effects are
 * shares (0.05 is five percent) of which more is worse, whatever the metric; a verdict always has its
 * reason, a sentence that is true without the table beside it; every text is one line (`one-line.ts`).
 */
import type { Unit } from '../../report/document.js';
import type { Environment } from '../../process/environment.js';
import type { Figures, MetricName } from './metrics.js';
import type { References } from './references.js';

export const GATE_SCHEMA = 'millrace-gate/1';

/**
 * - pass: an effect above `maxEffect` is excluded, or a limit is kept
 * - fail: significant and beyond `minEffect`; or results differ; or a limit is broken
 * - inconclusive: neither could be shown, or the controls moved
 * - incomparable: the stored baseline is from other conditions
 * - new: there is nothing to compare it with, it was only measured
 * - waived: would be a fail, which the configuration excuses until a date
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
  /** Whether it decides. */
  readonly isJudged: boolean;
  /**
   * In the metric's unit: what was compared, with both runs of base pooled. Medians over the rounds; of a ratio that
   * was estimated, the two are apart by exactly that. `base` is absent if there is none.
   */
  readonly base?: number;
  readonly head: number;
  /** Absent without a base, and before the first analysis. */
  readonly effect?: Effect;
  /** Of the one-sided exact test that head is no worse than base. */
  readonly p?: number;
  /** A FAIL exceeds the first, a PASS excludes the second. */
  readonly minEffect: number;
  readonly maxEffect: number;
  /** The minimum detectable effect, at a power of 80 %. */
  readonly detectable?: number;
  /** Of this metric alone. */
  readonly verdict: Verdict;
  /** The effect of each round, in their order. */
  readonly rounds: readonly number[];
}

/** Something that can't have changed and was measured beside the rest. */
export interface ControlReport {
  /** 'A/A check' (base against itself) or 'reference work'. */
  readonly name: string;
  readonly metric: MetricName;
  readonly effect: Effect;
  /** Two-sided. */
  readonly p: number;
  readonly hasMoved: boolean;
}

/** The figures of each process of a round: medians over its blocks. */
export interface RoundFigures {
  readonly base?: Figures;
  /** Base once more. */
  readonly control?: Figures;
  readonly head: Figures;
  /** What the reference work took beside head: what a later run is normalised by. */
  readonly references?: References;
  /** Of head's answers, by which a later run can tell that it answers otherwise. */
  readonly checksum?: string;
}

/**
 * - results: head's differ from base's
 * - control: one has moved
 * - time: the budget was exhausted
 * - broken: a process failed
 * - interrupted
 */
export type Cause = 'results' | 'control' | 'time' | 'broken' | 'interrupted';

export interface ScenarioReport {
  readonly name: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** What ended it, other than an analysis or the last round. */
  readonly cause?: Cause;
  /** 'screened': passed by the first rounds; 'confirmed': judged on fresh ones; 'single': no screening. */
  readonly stage: 'screened' | 'confirmed' | 'single';
  readonly metrics: readonly MetricReport[];
  readonly controls: readonly ControlReport[];
  readonly seconds: number;
  /** Each round that the verdict rests on, so that it can be computed again. */
  readonly rounds: readonly RoundFigures[];
  /** Where the configuration excuses it. */
  readonly waiver?: WaiverReport;
}

export interface WaiverReport {
  readonly reason: string;
  /** The last day on which it holds: '2026-12-31'. */
  readonly until: string;
}

/** A limit of `--budget`. */
export interface BudgetReport {
  /** 'no-op jobs at 256 in flight'. */
  readonly name: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** The figure, median and range of its rounds; absent where it was not measured. */
  readonly value?: { readonly median: number; readonly min: number; readonly max: number };
  /** Of value and limits; absent where it was not measured and the budget doesn't tell. */
  readonly unit?: Unit;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly waiver?: WaiverReport;
}

/** One side of the comparison. */
export interface SideReport {
  /** As it was given: 'main', 'HEAD'; 'baseline.json' for a stored run, 'this folder' beside one. */
  readonly ref: string;
  /** 40 hex digits, or 64 of SHA-256; absent for a folder, and for a run of one that was stored. */
  readonly commit?: string;
}

export interface GateReport {
  readonly schema: typeof GATE_SCHEMA;
  /** A line that repeats the run exactly, its seed included. */
  readonly command: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly environment: Environment;
  readonly base?: SideReport;
  readonly head?: SideReport;
  /**
   * Of all: fail before inconclusive (and incomparable) before pass; what was interrupted or could not be
   * measured is no pass.
   */
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  /** 1: something could not be measured, its reason says why; 2: fail; 3: inconclusive where strict. */
  readonly exitCode: 0 | 1 | 2 | 3;
  /** Whether inconclusive is not good enough. */
  readonly isStrict: boolean;
  /** Whether it has only the first part of what was to be measured. */
  readonly isInterrupted: boolean;
  readonly scenarios: readonly ScenarioReport[];
  readonly budgets: readonly BudgetReport[];
  /** What a person should know beside the verdicts: a busy machine, an expired waiver … */
  readonly notes: readonly string[];
}
