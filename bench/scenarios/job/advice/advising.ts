/**
 * Advice from what was measured, and runs that verify it.
 *
 * Invariants: the verifying runs have exactly the advised settings, and go on until they have the arrivals
 * that they need, within a limit; a promise that does not hold is lowered and verified again, a few times
 * at most; every run is in the result.
 */
import { formatUnit } from '../../../report/format.js';
import type { JobName } from '../../../user-job/module-name.js';
import type { ArriveRequest } from '../measure/arriving.js';
import type { Measurer } from '../measure/measurer.js';
import { secondsFor } from '../measure/plan.js';
import type { ArrivalReply } from '../measure/program.js';
import { advise, type AdviceResult } from './advice.js';
import { roundDown } from './rate.js';
import type { Measured } from './sizing.js';
import { snippetOf } from './snippet.js';
import { judge, lowered, type Verification, WANTED_ARRIVALS } from './verification.js';

const MAX_VERIFICATIONS = 3;
/** The longest that a verifying run is made for the sake of enough arrivals. */
const MAX_SECONDS = 300;
/** Arrivals are random: this many times the expected time nearly always has enough of them. */
const MARGIN = 1.2;
/** And this many times, where most of them fail. */
const MAX_MARGIN = 5;

/** What follows, and what verifying it came to. */
export async function adviseAndVerify(
  measured: Measured,
  load: Pick<ArriveRequest, 'seconds' | 'inFlight' | 'warmUpMs' | 'windowMs'>,
  job: JobName,
  measurer: Measurer,
): Promise<AdviceResult> {
  const advice = advise(measured);
  if (advice.kind !== 'advised') return advice;
  const { threads, concurrency, backlog, timeouts } = advice.settings;
  const verifications: Verification[] = [];
  let promisedPerSecond = advice.ratePerSecond;
  let isVerified = false;
  while (!isVerified && verifications.length < MAX_VERIFICATIONS) {
    const perSecond =
      verifications.length === 0 ? promisedPerSecond : roundDown(lowered(promisedPerSecond));
    const seconds = secondsFor(load.seconds, perSecond);
    const maxSeconds = Math.max(seconds, secondsWithEnough(perSecond, MAX_MARGIN));
    const expected = Math.max(seconds, secondsWithEnough(perSecond, MARGIN));
    const reply = await measurer.once<ArrivalReply>(
      `Verifying ${formatUnit(perSecond, 'perSecond')}, run`,
      {
        kind: 'arrive',
        pool: { threads, concurrency, backlog },
        timeouts,
        rate: { perSecond },
        ...load,
        seconds,
        extension: { arrivals: WANTED_ARRIVALS, maxSeconds },
        wantedMs: advice.wantedP99Ms,
      },
      (load.warmUpMs + load.windowMs) / 1000 + expected,
    );
    // A run that was cut short says nothing of its rate.
    if (reply === undefined) break;
    promisedPerSecond = perSecond;
    const verification = judge(perSecond, reply, advice);
    verifications.push(verification);
    isVerified = verification.isP99Held;
    // A lower rate would have even fewer.
    if (!verification.isEnough) break;
  }
  return {
    ...advice,
    verifications,
    promisedPerSecond,
    isVerified,
    snippet: snippetOf(advice.settings, job),
  };
}

/** How long it takes until this many times the wanted arrivals have come, within the limit. */
function secondsWithEnough(ratePerSecond: number, margin: number): number {
  return Math.min(MAX_SECONDS, (margin * WANTED_ARRIVALS) / ratePerSecond);
}
