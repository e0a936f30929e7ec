/**
 * Defines a scenario of `millrace bench`: a name, its options, how to measure it and how to describe the result.
 *
 * Invariants: a scenario reads only the options it declares; `measure` writes only to the given screen, and when the
 * signal aborts, it ends its processes and returns what it has; a description is made from the result alone.
 */
import type { ScenarioResult } from '../report/bench-file.js';
import type { Document, NamedFigure } from '../report/document.js';
import type { Flags } from '../options/flags.js';
import type { OptionTable } from '../options/table.js';
import type { Paint } from '../report/terminal/paint.js';
import type { Screen } from '../report/terminal/screen.js';

/** The environment that a scenario runs in. */
export interface Surroundings {
  /** Shows the progress; the caller writes the report. */
  readonly screen: Screen;
  readonly paint: Paint;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

export interface Scenario<Settings = unknown, Result extends ScenarioResult = ScenarioResult> {
  readonly name: string;
  /** One line for the list of scenarios. */
  readonly summary: string;
  readonly options: OptionTable;
  /** Reads and completes the settings before anything starts. @throws UsageError */
  settings(flags: Flags): Settings;
  /** Checks what only a trial run can show, before any scenario is measured. @throws UsageError */
  check?(settings: Settings, surroundings: Surroundings): Promise<void>;
  /** @throws Error if the scenario can't run at all. */
  measure(settings: Settings, surroundings: Surroundings): Promise<Result>;
  /** Describes the result for a person. No blocks if nothing was measured. */
  describe(result: Result): Document;
  /** The metrics that other runs can be compared by. */
  figures(result: Result): NamedFigure[];
}
