/**
 * Advises on a pool: settings for a wanted p99 of the total latency (`sizing.ts`), each with the rule that
 * gave it (`rules.ts`), and the highest rate at which it holds (`rate.ts`).
 *
 * Invariants: pure arithmetic on measured figures; nothing is advised on a machine that was not steady, and
 * what can't be met is said with the reason. Sources of the formulas: `queueing.ts`.
 */
import { formatDuration } from '../../../report/format.js';
import { rateForP99Wait } from './queueing.js';
import { rateByCurve, roundDown } from './rate.js';
import { rateRule, type Rule, rulesFor } from './rules.js';
import { type AdvisedSettings, expectedPeakBytes, type Measured, settingsFor } from './sizing.js';
import { type Steadiness, steadinessOf } from './steadiness.js';
import type { Verification } from './verification.js';

/** What follows from the measurements. */
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
      /** Jobs per second, before anything was verified. */
      readonly ratePerSecond: number;
      readonly expectedPeakBytes: number;
    };

/** The advice with what its verification came to. */
export type AdviceResult =
  | Exclude<Advice, { readonly kind: 'advised' }>
  | (Advice & {
      readonly kind: 'advised';
      readonly verifications: readonly Verification[];
      /** The rate of the last verifying run; before any, the advised one. */
      readonly promisedPerSecond: number;
      readonly isVerified: boolean;
      /** Ready to be copied. */
      readonly snippet: string;
    });

/** The advice. */
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
        'faster; make the job shorter, or want more time.',
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
