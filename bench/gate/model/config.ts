/**
 * Defines the configuration of the gate, `millrace.config.ts`, `.js` or `.json`: the subpath `millrace/config`. The
 * published schema of the JSON form is `millrace-config.schema.json`.
 *
 * Invariants: a configuration is plain data that JSON can hold; importing this file loads nothing else, so a
 * configuration costs no time.
 */
import type { Unit } from '../../report/document.js';
import type { FileForm } from '../../user-job/input-source.js';
import type { MetricName } from './metrics.js';

export type { FileForm, MetricName, Unit };

/** A configuration of `millrace gate`. A command-line option takes precedence over its field here. */
export interface GateConfig {
  /** A git ref to compare with. Default: the merge base with the main branch. */
  readonly base?: string;
  /**
   * Shell commands that build each side, run in its copy of the folder that the gate was called in. They replace
   * everything that is detected, including the install; an empty list builds nothing. Default: install from the
   * lockfile, then run the script 'build'.
   */
  readonly build?: readonly string[];
  /** The scenarios to compare. */
  readonly scenarios?: readonly ScenarioConfig[];
  /** Thresholds of all scenarios; a scenario's own threshold of a metric takes precedence. */
  readonly thresholds?: Thresholds;
  /**
   * Numbers of rounds after which the gate may decide: three, rising, the first at least 7. Default: 10, 15, 20; 10,
   * 20, 36 for Vitest benchmarks. `millrace gate calibrate` measures how reliable they are.
   */
  readonly looks?: readonly number[];
  /**
   * Time budget of a scenario in seconds, for its screening and its confirmation each. Default: 90; 240 for Vitest
   * benchmarks.
   */
  readonly seconds?: number;
  /** Limits that are checked within one run, like those of `--budget FILE`. */
  readonly budgets?: readonly Budget[];
  /** Scenarios, metrics and budgets that may fail until a date. */
  readonly waivers?: readonly Waiver[];
}

/** A scenario whose speed is compared between base and head. */
export interface ScenarioConfig {
  /** Name in reports and waivers, unique among the scenarios. Default: `run`. */
  readonly name?: string;
  /** A job such as './jobs.js#render', a file with a tinybench `Bench`, a Vitest bench file, or a built-in scenario. */
  readonly run: string;
  /** Source of the job's inputs, as in `millrace bench --input`. Default: no input. */
  readonly input?: string;
  /** Form in which the job receives an input file. Default: 'text'; NDJSON line by line. */
  readonly inputAs?: FileForm;
  /** Number of threads of the pool. */
  readonly threads?: number;
  /** Jobs that a closed loop keeps in flight. */
  readonly inFlight?: number;
  /** Arrivals per second of an open loop. */
  readonly perSecond?: number;
  /** Thresholds of this scenario. */
  readonly thresholds?: Thresholds;
  /**
   * True if base and head may return different results. Default: false, as the speed of a wrong result means nothing.
   */
  readonly allowDifferentResults?: boolean;
}

/**
 * Threshold of each metric. A metric that is named here affects the verdict, even if it is informational by default;
 * `false` makes it informational.
 */
export type Thresholds = Readonly<Partial<Record<MetricName, Threshold | false>>>;

/**
 * Effect sizes as shares: 0.05 is 5 %. If one is missing, it follows from the other in the ratio 3 to 5; if only
 * `minEffect` is set, and to 0, `maxEffect` keeps its default.
 */
export interface Threshold {
  /** A FAIL exceeds it. Default: 0.03; 0.05 for Vitest benchmarks. */
  readonly minEffect?: number;
  /** A PASS excludes it; at least `minEffect`. Default: 0.05; 0.083 for Vitest benchmarks. */
  readonly maxEffect?: number;
}

/** A limit of a metric that `millrace bench` measures: `atLeast`, `atMost` or both. */
export interface Budget {
  /** Name in reports and waivers. */
  readonly name: string;
  /**
   * Arguments of `millrace bench` that measure the metric with one scenario: a line, in which quotes keep words
   * together, or a list of words. Budgets with the same arguments share a run.
   */
  readonly run: string | readonly string[];
  /** Name of the metric, as `millrace bench … --json FILE` writes it. */
  readonly figure: string;
  /** Name of another metric of the run, by which it is divided within each round. */
  readonly over?: string;
  /** Lower limit, in the metric's own unit; a percentage is a share: 0.1 is 10 %. */
  readonly atLeast?: number;
  /** Upper limit. */
  readonly atMost?: number;
  /** Unit of the limits, for the reader: it has to be the metric's, or 'ratio' with `over`. */
  readonly unit?: Unit;
}

/** Excuses a FAIL until a date. */
export type Waiver = ScenarioWaiver | BudgetWaiver;

export interface ScenarioWaiver extends Excuse {
  /**
   * Name of a scenario, or the part before ': ' that several names share: 'parse' covers 'parse: json' and 'parse:
   * csv', the tasks of a `Bench`.
   */
  readonly scenario: string;
  /** The metric that may fail. Default: the whole scenario, including different results. */
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
  /** Last day in force, in UTC: '2026-12-31'. */
  readonly until: string;
  /** The reason, shown in the report. */
  readonly reason: string;
}

/** Returns its argument. It gives editors the type of the configuration. */
export function defineConfig(config: GateConfig): GateConfig {
  return config;
}
