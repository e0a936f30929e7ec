/**
 * Defines the result of `bench payload`: plain data, which `--json` writes and the report is made from.
 */
import { type Figure, figureOf } from '../../harness/figures.js';
import type { Measurements } from '../../harness/rounds.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import { ratiosWithin } from '../../math/series.js';
import { PAYLOAD_ARMS, type PayloadArm, type Way } from './arms.js';
import type { PayloadReply } from './program.js';
import type { PayloadPoint, PayloadSettings } from './settings.js';

export interface PayloadPointResult {
  readonly way: Way;
  readonly size: string;
  readonly bytes: number;
  readonly inFlight: number;
  readonly arms: ReadonlyArray<{ readonly arm: PayloadArm; readonly jobsPerSecond: Figure }>;
  /** Millrace ÷ each of the others, within rounds. */
  readonly ratios: ReadonlyArray<{ readonly to: PayloadArm; readonly ratio: Figure }>;
}

export interface PayloadResult extends ScenarioResult {
  readonly scenario: 'payload';
  readonly settings: PayloadSettings;
  readonly points: readonly PayloadPointResult[];
}

/** Summarizes one point. */
export function payloadPointResult(
  point: PayloadPoint,
  measurements: Measurements<PayloadPoint, PayloadArm, PayloadReply>,
): PayloadPointResult {
  const rate = (arm: PayloadArm) =>
    measurements.series(point, arm, ({ throughput }) => throughput.perSecond);
  return {
    way: point.way,
    size: point.size.name,
    bytes: point.size.bytes,
    inFlight: point.inFlight,
    arms: PAYLOAD_ARMS.flatMap((arm) => {
      const jobsPerSecond = figureOf(rate(arm));
      return jobsPerSecond === undefined ? [] : [{ arm, jobsPerSecond }];
    }),
    ratios: PAYLOAD_ARMS.flatMap((to) => {
      const ratio = figureOf(ratiosWithin(rate('millrace'), rate(to)));
      return to === 'millrace' || ratio === undefined ? [] : [{ to, ratio }];
    }),
  };
}
