/**
 * Computes the advice for a pool: settings for a wanted p99 of the total latency (`sizing.ts`), each with the
 * rule that gave it (`rules.ts`), and the highest rate at which it holds (`rate.ts`).
 *
 * Invariants: pure arithmetic on measured values; no advice on an unsteady machine; an unattainable p99 is
 * reported with the reason. Sources of the formulas: `queueing.ts`.
 */
import { formatDuration } from '../../../report/format.js';
import { rateForP99Wait } from './queueing.js';
import { rateByCurve, roundDown } from './rate.js';
import { rateRule, type Rule, rulesFor } from './rules.js';
import { type AdvisedSettings, expectedPeakBytes, type Measured, settingsFor } from './sizing.js';
import { type Steadiness, steadinessOf } from './steadiness.js';
import type { Verification } from './verification.js';

/** The advice that follows from the measurements. */
export type Advice =
  | {
      readonly kind: 'unsteady';
      readonly wantedP99Ms: number;
      readonly steadiness: Steadiness;
    }
  | {
      readonly kind: 'impossible';
      readonly wantedP99Ms: number;
      readonly reason: string;
    }
  | {
      readonly kind: 'advised';
      readonly wantedP99Ms: number;
      readonly settings: AdvisedSettings;
      readonly rules: readonly Rule[];
      readonly steadiness: Steadiness;
      /** Jobs per second, not yet verified. */
      readonly ratePerSecond: number;
      readonly expectedPeakBytes: number;
    };

/** The advice and the outcome of its verification. */
export type AdviceResult =
  | Exclude<Advice, { readonly kind: 'advised' }>
  | (Advice & {
      readonly kind: 'advised';
      readonly verifications: readonly Verification[];
      /** The rate of the last verifying run; if there is none, the advised rate. */
      readonly promisedPerSecond: number;
      readonly isVerified: boolean;
      /** The settings as code to copy. */
      readonly snippet: string;
    });

/** Computes the advice. */
export function advise(measured: Measured): Advice {
  const { wantedP99Ms, service, chosen } = measured;
  const { time } = service;
  const steadiness = steadinessOf(chosen, measured.loads);
  if (!steadiness.isSteady) return { kind: 'unsteady', wantedP99Ms, steadiness };
  if (wantedP99Ms <= time.p99) {
    return {
      kind: 'impossible',
      wantedP99Ms,
      reason:
        `A p99 of ${formatDuration(wantedP99Ms)} can't be met: the job alone takes ` +
        `${formatDuration(time.p99)} (p99), before any wait. No setting of a pool makes a job ` +
        'faster; make the job shorter, or choose a longer --p99.',
    };
  }
  const waitMs = wantedP99Ms - time.p99;
  const byFormula = rateForP99Wait(
    {
      slots: chosen.threads * chosen.concurrency,
      saturationPerSecond: chosen.jobsPerSecond.median,
      variation: time.variation,
    },
    waitMs,
  );
  const byCurve = rateByCurve(measured.loads, wantedP99Ms);
  const rate = Math.min(byFormula, byCurve?.ratePerSecond ?? Infinity);
  const ratePerSecond = roundDown(rate);
  if (!(ratePerSecond > 0)) {
    return {
      kind: 'impossible',
      wantedP99Ms,
      reason: `A p99 of ${formatDuration(wantedP99Ms)} leaves ${formatDuration(waitMs)} for the wait, too little at any rate.`,
    };
  }
  const settings = settingsFor(measured, waitMs);
  return {
    kind: 'advised',
    wantedP99Ms,
    settings,
    steadiness,
    ratePerSecond,
    rules: [...rulesFor(settings, measured, waitMs), rateRule(ratePerSecond, byFormula, byCurve)],
    expectedPeakBytes: expectedPeakBytes(settings, measured),
  };
}
