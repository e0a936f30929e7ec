/**
 * Decides whether advice holds: judges one run at the promised rate with exactly the advised settings.
 *
 * Invariant: an arrival is in time if its result came within the wanted p99; one that was rejected, too late or
 * cut off is not, and one that failed by itself does not count.
 */
import { probabilityOfAtLeast } from '../../../math/binomial.js';
import { arrivalsOf, type Endings } from '../../../load/endings.js';
import type { ArrivalReply } from '../measure/program.js';
import { shareOf } from '../measure/figures.js';

/** A verifying run. */
export interface Verification {
  readonly ratePerSecond: number;
  /** Time during which arrivals counted. */
  readonly seconds: number;
  readonly arrivals: number;
  readonly endings: Endings;
  /** Number of arrivals whose result came within the wanted p99. */
  readonly inTime: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** Share of the arrivals that were rejected, too late or cut off. */
  readonly unservedShare: number;
  /** Share of the due arrivals that the generator sent. */
  readonly sentShare: number;
  /** Lateness of the generator (p99), which the latencies include. */
  readonly latenessP99: number;
  readonly peakBytes: number;
  /** True if there were enough arrivals for a p99. */
  readonly isEnough: boolean;
  readonly isP99Held: boolean;
  /** Confidence that at least 99 % of all such arrivals are in time, as far as this run can tell. */
  readonly confidence: number;
  readonly isMemoryHeld: boolean;
}

/** Max share of arrivals that are not in time: the promise covers 99 % of them. */
const MAX_MISSED = 0.01;
/** A generator that sent less than this share of the due arrivals did not test the rate. */
export const MIN_SENT = 0.99;
/** Min confidence of a verified promise; below it, the promise only held in a run. */
export const VERIFIED_CONFIDENCE = 0.95;
/**
 * The fewest arrivals, none of them late, that show with 95 % confidence that 99 % are in time: the least n with
 * 0.99ⁿ ≤ 0.05 (S. S. Wilks, Annals of Mathematical Statistics 12, 1941).
 */
export const WANTED_ARRIVALS = 299;
/** Factor by which a rate that did not hold is lowered. */
const LOWERED = 0.6;

/** Returns the next rate to verify. */
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
  // Failed jobs have no latency, whatever the rate.
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
