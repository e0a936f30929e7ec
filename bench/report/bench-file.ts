/**
 * Defines what `--json` writes: one run of `millrace bench`, all that it measured and where. Reports and
 * comparisons read nothing else. The published schema is `bench/millrace-bench.schema.json`.
 *
 * Invariant: `schema` is raised when a reader of the old form would misread the new one; fields are
 * added without.
 */
import type { NamedFigure } from './document.js';
import type { Environment } from '../process/environment.js';

export const SCHEMA = 'millrace-bench/1';

/** What every result has; the rest is the scenario's own, plain data. */
export interface ScenarioResult {
  /** The scenario's name. */
  readonly scenario: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly isInterrupted: boolean;
  readonly settings: object;
  /** Measurements that failed, a sentence each: the result lacks them. */
  readonly failures: readonly string[];
  /** Measurements whose warm-up did not become stable, a description each; they are in the result. */
  readonly unstable?: readonly string[];
}

/** A scenario's result with the figures that other runs can be compared by. */
export type FileResult = ScenarioResult & { readonly figures: readonly NamedFigure[] };

export interface BenchFile {
  readonly schema: typeof SCHEMA;
  /** How to run it again, such as 'millrace bench overhead --rounds 3'. */
  readonly command: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly environment: Environment;
  readonly results: readonly FileResult[];
}
