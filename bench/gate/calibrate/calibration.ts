/**
 * Defines the results of a calibration: whole gates whose true effect is known, because nothing was changed or a known
 * amount of work was added. A calibration can be stopped and resumed.
 *
 * Invariant: the evidence of every round is kept, so that other settings can be tried on it without measuring again.
 */
import type { Environment } from '../../process/environment.js';
import type { RoundEvidence } from '../judge/evidence.js';
import type { MetricName } from '../model/metrics.js';

/** Version 1 measured all sides in one folder. */
export const CALIBRATION_SCHEMA = 'millrace-gate-calibration/2';

/** One gate. */
export interface CalibrationGate {
  /** Additional work of head: 0.1 is 10 %; 0 for the same code on both sides. */
  readonly slowdown: number;
  readonly verdict: 'fail' | 'pass' | 'inconclusive';
  /** The metrics that failed by themselves. */
  readonly failed: readonly MetricName[];
  /** True if a control moved. */
  readonly hasMoved: boolean;
  readonly seconds: number;
  readonly rounds: readonly RoundEvidence[];
}

export interface Calibration {
  readonly schema: typeof CALIBRATION_SCHEMA;
  readonly command: string;
  /** Start of the first part, in ISO 8601. */
  readonly startedAt: string;
  readonly environment: Environment;
  readonly settings: CalibrationSettings;
  readonly gates: readonly CalibrationGate[];
}

/** The requested settings; a file can only be resumed with the same ones. */
export interface CalibrationSettings {
  /** Gates of the same code on both sides. */
  readonly gates: number;
  /** Gates for each slowdown. */
  readonly slowerGates: number;
  readonly slowdowns: readonly number[];
  /** Limit of each metric that decides: a FAIL exceeds it. 0.03 is 3 %. */
  readonly minEffect: number;
  /** Number of CPUs that other processes keep busy meanwhile. */
  readonly hogs: number;
  /** Time budget of each gate. */
  readonly limitSeconds: number;
  readonly seed: number;
}
