/**
 * What a project can tell the gate in `millrace.config.ts`, `.js` or `.json`: the subpath
 * `millrace/config`. The published schema of the JSON form is `millrace-config.schema.json`.
 *
 * Invariants: all of it is plain data, which JSON can hold; importing this file loads nothing else, so
 * that a configuration costs no time.
 */
import type { Unit } from '../../report/document.js';
import type { FileForm } from '../../user-job/input-source.js';
import type { MetricName } from './metrics.js';

export type { FileForm, MetricName, Unit };

/** A configuration of `millrace gate`. An option of the command line comes before its field here. */
export interface GateConfig {
  /** A git ref to compare with. Default: the merge base with the main branch. */
  readonly base?: string;
  /**
   * Shell commands that build each side, in its folder from which the gate was called, instead of all that is
   * detected, the install included; an empty list builds nothing. Default: the install of the lock file, then
   * the script 'build'.
   */
  readonly build?: readonly string[];
  /** What is compared. */
  readonly scenarios?: readonly ScenarioConfig[];
  /** For all scenarios; what a scenario says about a metric itself comes first. */
  readonly thresholds?: Thresholds;
  /**
   * After how many rounds the gate may decide: three numbers, the first at least 9. Default: 10, 15, 20.
   * 'millrace gate calibrate' tells what they reach.
   */
  readonly looks?: readonly number[];
  /** The time that each scenario may take, in seconds. Default: 90; 240 for the benchmarks of Vitest. */
  readonly seconds?: number;
  /** Limits that are checked within one run, as those of `--budget FILE`. */
  readonly budgets?: readonly Budget[];
  /** What may fail for a while. */
  readonly waivers?: readonly Waiver[];
}

/** Something whose speed on base and head is compared. */
export interface ScenarioConfig {
  /** What reports and waivers call it; no two scenarios may share it. Default: `run`. */
  readonly name?: string;
  /**
   * A job such as './jobs.js#render', a file with a tinybench `Bench`, a Vitest bench file, or a scenario of the
   * gate.
   */
  readonly run: string;
  /** Where the job's inputs come from, as with `millrace bench --input`. Default: no input. */
  readonly input?: string;
  /** What the job gets of an input file. Default: 'text', and NDJSON by lines. */
  readonly inputAs?: FileForm;
  /** Threads of the pool. */
  readonly threads?: number;
  /** Jobs that a closed load keeps in flight. */
  readonly inFlight?: number;
  /** Jobs per second of an open load. */
  readonly perSecond?: number;
  /** Metrics that this scenario treats otherwise. */
  readonly thresholds?: Thresholds;
  /** Whether base and head may give different results. Default: false, as a wrong result is no speed. */
  readonly allowDifferentResults?: boolean;
}

/**
 * How each metric is judged. One that is named here decides, also if it is only advice elsewhere;
 * `false` makes it advice.
 */
export type Thresholds = Readonly<Partial<Record<MetricName, Threshold | false>>>;

/**
 * Shares: 0.05 is 5 percent. Where one of them is missing it is in proportion to the other, 3 to 5; with a
 * `minEffect` of 0 alone, `maxEffect` is 0.05.
 */
export interface Threshold {
  /** What a fail has to be beyond. Default: 0.03. */
  readonly minEffect?: number;
  /** What a pass has to exclude; at least `minEffect`. Default: 0.05. */
  readonly maxEffect?: number;
}

/** A limit of a figure of `millrace bench`; it has `atLeast`, `atMost` or both. */
export interface Budget {
  /** What reports and waivers call it. */
  readonly name: string;
  /**
   * The arguments of `millrace bench` that measure the figure, of one scenario: as a line, in which
   * quotes keep words together, or word by word. Budgets with the same arguments share their run.
   */
  readonly run: string | readonly string[];
  /** The figure's name, as `millrace bench … --json FILE` writes it. */
  readonly figure: string;
  /** Another figure of the run, by which it is divided within each round. */
  readonly over?: string;
  /** The least that the figure may be, in its own unit; of a percent 0.1 is 10 %. */
  readonly atLeast?: number;
  /** The most that the figure may be. */
  readonly atMost?: number;
  /** The unit of the limits, for the reader: it has to be the figure's, and 'ratio' with `over`. */
  readonly unit?: Unit;
}

/** Excuses a fail until a date. */
export type Waiver = ScenarioWaiver | BudgetWaiver;

export interface ScenarioWaiver extends Excuse {
  /**
   * A scenario's name; or what several names begin with, before ': ': 'parse' stands for all tasks of the
   * Bench that reports call 'parse: json' and 'parse: csv'.
   */
  readonly scenario: string;
  /** The one that may fail. Default: the whole scenario, different results included. */
  readonly metric?: MetricName;
  readonly budget?: never;
}

export interface BudgetWaiver extends Excuse {
  /** The budget's name. */
  readonly budget: string;
  readonly scenario?: never;
  readonly metric?: never;
}

export interface Excuse {
  /** The last day on which it holds, in UTC: '2026-12-31'. */
  readonly until: string;
  /** Why, for those who read the report. */
  readonly reason: string;
}

/** Gives back what it gets: an editor knows the type of what is written inside. */
export function defineConfig(config: GateConfig): GateConfig {
  return config;
}
