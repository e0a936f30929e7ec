/**
 * What a scenario of `millrace bench` is: a name, its options and how to run it.
 *
 * Invariant: a scenario reads only the options it declares and writes only to the screen it is given;
 * when the signal aborts it ends its processes and reports what it has.
 */
import type { Flags, FlagTable } from './flags.js';
import type { Paint } from './terminal/paint.js';
import type { Screen } from './terminal/progress.js';

/** Where a scenario runs. */
export interface Surroundings {
  readonly screen: Screen;
  readonly paint: Paint;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

export interface Scenario {
  readonly name: string;
  /** One line for the list of scenarios. */
  readonly summary: string;
  /** One line of help for each option. */
  readonly options: ReadonlyArray<readonly [option: string, meaning: string]>;
  readonly flags: FlagTable;
  /**
   * @throws UsageError for what the user can put right, before anything is started.
   * @throws Error where it can't be carried out.
   */
  run(flags: Flags, surroundings: Surroundings): Promise<void>;
}
