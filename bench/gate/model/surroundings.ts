/**
 * Defines where a gate runs: the screen, the signal and the folder of its caller, and who cleans up after it.
 */
import type { Surroundings } from '../../harness/scenario.js';
import type { Janitor } from '../cleanup/janitor.js';

/** Where a gate runs. */
export interface GateSurroundings extends Surroundings {
  readonly janitor: Janitor;
  /** The caller's folder. */
  readonly directory: string;
}
