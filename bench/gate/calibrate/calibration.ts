/**
 * Describes what a calibration has measured: whole gates whose truth is known, because nothing was changed or a
 * known amount of work was added. The file can be stopped and taken up again.
 *
 * Invariant: the evidence of every round is kept, so that other settings can be tried on it without
 * measuring again.
 */
import type { Environment } from '../../process/environment.js';
import type { RoundEvidence } from '../judge/evidence.js';
import type { MetricName } from '../model/metrics.js';

/** Version 1 measured all sides in one folder. */
export const CALIBRATION_SCHEMA = 'millrace-gate-calibration/2';

/** One gate. */
export interface CalibrationGate {
  /** The work that head had more: 0.1 is ten percent. 0 for the same code on both sides. */
  readonly slowdown: number;
  readonly verdict: 'fail' | 'pass' | 'inconclusive';
  /** The metrics that failed by themselves. */
  readonly failed: readonly MetricName[];
  /** Whether a control moved. */
  readonly hasMoved: boolean;
  readonly seconds: number;
  readonly rounds: readonly RoundEvidence[];
}

export interface Calibration {
  readonly schema: typeof CALIBRATION_SCHEMA;
  readonly command: string;
  /** ISO 8601, of the first part. */
  readonly startedAt: string;
  readonly environment: Environment;
  readonly settings: CalibrationSettings;
  readonly gates: readonly CalibrationGate[];
}

/** What was asked for; a file can only be taken up with the same. */
export interface CalibrationSettings {
  /** Gates of the same code on both sides. */
  readonly gates: number;
  /** Gates for each slowdown. */
  readonly slowerGates: number;
  readonly slowdowns: readonly number[];
  /** Of each metric that decides: a FAIL exceeds it. 0.03 is three percent. */
  readonly minEffect: number;
  /** CPUs that other processes keep busy meanwhile. */
  readonly hogs: number;
  /** Of each gate. */
  readonly limitSeconds: number;
  readonly seed: number;
}
