/**
 * What `--json` writes: one run of `millrace bench`, all that it measured and where. The published
 * schema is `bench/millrace-bench.schema.json`.
 *
 * Invariant: `schema` is raised when a reader of the old form would misread the new one; fields are
 * added without.
 */
import type { NamedFigure } from '../report/document.js';
import type { Environment } from '../process/environment.js';
import type { ScenarioResult } from './scenario.js';

export const SCHEMA = 'millrace-bench/1';

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
