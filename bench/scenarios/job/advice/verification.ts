/**
 * Whether advice holds: one run at the promised rate with exactly the advised settings, judged.
 *
 * Invariant: jobs that were refused or came too late have no latency, so that too many of them fail
 * a run whatever its p99.
 */
import { basename } from 'node:path';
import { inspect } from 'node:util';
import type { AdvisedSettings } from './sizing.js';
import type { JobName } from '../../../user-job/module-name.js';
import type { ArrivalReply } from '../measure/program.js';
import { arrivalsOf, shareOf } from '../measure/figures.js';

/** A verifying run. */
export interface Verification {
  readonly ratePerSecond: number;
  readonly arrivals: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** Of the arrivals, those that were refused, too late or cut off. A job that throws is served in time, too. */
  readonly unservedShare: number;
  /** Of the arrivals that were due, those that the generator made. */
  readonly sentShare: number;
  /** The generator's p99, which is part of the latencies. */
  readonly latenessP99: number;
  readonly peakBytes: number;
  /** Whether there were enough arrivals for a p99. */
  readonly isEnough: boolean;
  readonly isP99Held: boolean;
  readonly isMemoryHeld: boolean;
}

/** What 99 % of the arrivals get is what is promised, so that 1 % may get nothing. */
const MAX_UNSERVED = 0.01;
const MIN_SENT = 0.99;
/** Of fewer the p99 is the longest of them, if that. */
export const MIN_ARRIVALS = 100;
/** A promise that did not hold is lowered to this. */
const LOWERED = 0.6;

/** The next promise. */
export function lowered(ratePerSecond: number): number {
  return ratePerSecond * LOWERED;
}

/** Judges a run. */
export function judge(
  ratePerSecond: number,
  {
    total,
    endings,
    sent,
    intended,
    lateness,
    peakBytes,
  }: Pick<ArrivalReply, 'total' | 'endings' | 'sent' | 'intended' | 'lateness' | 'peakBytes'>,
  { wantedP99Ms, expectedPeakBytes }: { wantedP99Ms: number; expectedPeakBytes: number },
): Verification {
  const arrivals = arrivalsOf(endings);
  const unserved = endings.refused + endings.late + endings.cutOff;
  const unservedShare = shareOf(unserved, arrivals);
  const sentShare = Math.min(1, shareOf(sent, intended));
  // Those that failed have no latency, whatever the rate.
  const isEnough = arrivals - endings.failed >= MIN_ARRIVALS;
  return {
    ratePerSecond,
    arrivals,
    p50: total.p50,
    p99: total.p99,
    p999: total.p999,
    unservedShare,
    sentShare,
    latenessP99: lateness.p99,
    peakBytes,
    isEnough,
    isP99Held:
      isEnough &&
      total.count > 0 &&
      total.p99 <= wantedP99Ms &&
      unservedShare <= MAX_UNSERVED &&
      sentShare >= MIN_SENT,
    isMemoryHeld: peakBytes <= expectedPeakBytes,
  };
}

/** The settings as code. */
export function snippetOf(
  { threads, concurrency, backlog, timeouts }: AdvisedSettings,
  { path, name }: Pick<JobName, 'path' | 'name'>,
): string {
  return [
    `const pool = new Pool(new URL('./${basename(path)}', import.meta.url), {`,
    `  threads: ${threads},`,
    `  concurrency: ${concurrency},`,
    `  backlog: { jobs: ${backlog.jobs}, bytes: ${backlog.bytes} },`,
    "  overflow: 'reject',",
    '});',
    `const timeout = { queueMs: ${timeouts.queueMs}, runMs: ${timeouts.runMs} };`,
    `await pool.run(${inspect(name)}, input, { timeout });`,
  ].join('\n');
}
