/**
 * What a scenario of `millrace bench` is: a name, its options, how to measure it and what the result
 * says.
 *
 * Invariants: a scenario reads only the options it declares; `measure` writes only to the screen it is
 * given, and when the signal aborts it ends its processes and gives what it has; what a result says is
 * made from the result alone.
 */
import type { ScenarioResult } from '../report/bench-file.js';
import type { Document, NamedFigure } from '../report/document.js';
import type { Flags } from '../options/flags.js';
import type { OptionTable } from '../options/table.js';
import type { Paint } from '../report/terminal/paint.js';
import type { Screen } from '../report/terminal/screen.js';

/** Where a scenario runs. */
export interface Surroundings {
  /** For the progress; the report is written by the caller. */
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
  /** Reads and completes the settings, before anything is started. @throws UsageError */
  settings(flags: Flags): Settings;
  /** What only running something can tell, before any scenario is measured. @throws UsageError */
  check?(settings: Settings, surroundings: Surroundings): Promise<void>;
  /** @throws Error where it can't be carried out at all. */
  measure(settings: Settings, surroundings: Surroundings): Promise<Result>;
  /** What a person wants to know of it. No blocks where nothing was measured. */
  describe(result: Result): Document;
  /** What another run can be compared by. */
  figures(result: Result): NamedFigure[];
}
