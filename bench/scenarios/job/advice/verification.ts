/**
 * Whether advice holds: one run at the promised rate with exactly the advised settings, judged.
 *
 * Invariant: an arrival is in time if its result was there within the wanted p99; one that was refused,
 * too late or cut off is not, and one that failed by itself counts for neither side.
 */
import { probabilityOfAtLeast } from '../../../math/binomial.js';
import { arrivalsOf, type Endings } from '../../../load/endings.js';
import type { ArrivalReply } from '../measure/program.js';
import { shareOf } from '../measure/figures.js';

/** A verifying run. */
export interface Verification {
  readonly ratePerSecond: number;
  /** How long arrivals counted. */
  readonly seconds: number;
  readonly arrivals: number;
  readonly endings: Endings;
  /** Those whose result was there within the wanted p99. */
  readonly inTime: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** Of the arrivals, those that were refused, too late or cut off. */
  readonly unservedShare: number;
  /** Of the arrivals that were due, those that the generator made. */
  readonly sentShare: number;
  /** The generator's p99, which is part of the latencies. */
  readonly latenessP99: number;
  readonly peakBytes: number;
  /** Whether there were enough arrivals for a p99. */
  readonly isEnough: boolean;
  readonly isP99Held: boolean;
  /** With which at least 99 % of all such arrivals are in time, as far as this run can tell. */
  readonly confidence: number;
  readonly isMemoryHeld: boolean;
}

/** What 99 % of the arrivals get is what is promised, so that 1 % may get nothing. */
const MAX_MISSED = 0.01;
/** A generator that made fewer of the arrivals that were due has not tried the rate. */
export const MIN_SENT = 0.99;
/** From here on a promise counts as verified; below it has only held. */
export const VERIFIED_CONFIDENCE = 0.95;
/**
 * The fewest arrivals of which not one is late that show with 95 % confidence that 99 % are in time: the
 * least n with 0.99ⁿ ≤ 0.05 (S. S. Wilks, Annals of Mathematical Statistics 12, 1941).
 */
export const WANTED_ARRIVALS = 299;
/** A promise that did not hold is lowered to this. */
const LOWERED = 0.6;

/** The next promise. */
export function lowered(ratePerSecond: number): number {
  return ratePerSecond * LOWERED;
}

/** Judges a run. */
export function judge(
  ratePerSecond: number,
  reply: Pick<
    ArrivalReply,
    'total' | 'endings' | 'inTime' | 'sent' | 'intended' | 'lateness' | 'peakBytes' | 'seconds'
  >,
  { expectedPeakBytes }: { readonly expectedPeakBytes: number },
): Verification {
  const { total, endings, inTime, sent, intended, lateness, peakBytes, seconds } = reply;
  const arrivals = arrivalsOf(endings);
  const sentShare = Math.min(1, shareOf(sent, intended));
  // Those that failed have no latency, whatever the rate.
  const judged = arrivals - endings.failed;
  const missed = judged - inTime;
  const isEnough = judged >= WANTED_ARRIVALS;
  return {
    ratePerSecond,
    seconds,
    arrivals,
    endings,
    inTime,
    p50: total.p50,
    p99: total.p99,
    p999: total.p999,
    unservedShare: shareOf(endings.refused + endings.late + endings.cutOff, arrivals),
    sentShare,
    latenessP99: lateness.p99,
    peakBytes,
    isEnough,
    isP99Held: isEnough && missed <= MAX_MISSED * judged && sentShare >= MIN_SENT,
    confidence: probabilityOfAtLeast(missed + 1, judged, MAX_MISSED),
    isMemoryHeld: peakBytes <= expectedPeakBytes,
  };
}
