/**
 * Defines the file that `--json` writes: one run of `millrace bench`, with everything that it measured and its
 * environment. Reports and comparisons read nothing else. The published schema is `bench/millrace-bench.schema.json`.
 *
 * Invariant: `schema` is raised when a reader of the old format would misread the new one; adding fields does not
 * raise it.
 */
import type { NamedFigure } from './document.js';
import type { Environment } from '../process/environment.js';

export const SCHEMA = 'millrace-bench/1';

/** The fields that every result has; the others depend on the scenario and are plain data. */
export interface ScenarioResult {
  /** The scenario's name. */
  readonly scenario: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly isInterrupted: boolean;
  readonly settings: object;
  /** Measurements that failed, one sentence each; they are missing from the result. */
  readonly failures: readonly string[];
  /** Descriptions of measurements whose warm-up did not become stable; they are included in the result. */
  readonly unstable?: readonly string[];
}

/** A scenario's result with the metrics that other runs can be compared by. */
export type FileResult = ScenarioResult & { readonly figures: readonly NamedFigure[] };

export interface BenchFile {
  readonly schema: typeof SCHEMA;
  /** The command that repeats the run, such as 'millrace bench overhead --rounds 3'. */
  readonly command: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly environment: Environment;
  readonly results: readonly FileResult[];
}
