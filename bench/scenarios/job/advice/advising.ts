/**
 * Advice from what was measured, and runs that verify it.
 *
 * Invariants: the verifying runs have exactly the advised settings; a promise that does not hold is
 * lowered and verified again, a few times at most; every run is in the result.
 */
import { formatUnit } from '../../../report/format.js';
import { advise, type AdviceResult } from './advice.js';
import { roundDown } from './rate.js';
import type { Measured } from './sizing.js';
import type { ArriveRequest } from '../measure/arriving.js';
import type { Measurer } from '../measure/measurer.js';
import type { JobName } from '../../../user-job/module-name.js';
import { secondsFor } from '../measure/plan.js';
import type { ArrivalReply } from '../measure/program.js';
import { judge, lowered, MIN_ARRIVALS, snippetOf, type Verification } from './verification.js';

const MAX_VERIFICATIONS = 3;
/** The longest that a verifying run is made for the sake of enough arrivals. */
const MAX_SECONDS = 60;
const MARGIN = 1.2;

/** What follows, and what verifying it came to. */
export async function adviseAndVerify(
  measured: Measured,
  load: Pick<ArriveRequest, 'seconds' | 'inFlight' | 'warmUpMs' | 'windowMs'>,
  job: JobName,
  measurer: Measurer,
): Promise<AdviceResult> {
  const advice = advise(measured);
  if (advice.kind === 'impossible') return advice;
  const { threads, concurrency, backlog, timeouts } = advice.settings;
  const verifications: Verification[] = [];
  let promisedPerSecond = advice.ratePerSecond;
  let isVerified = false;
  while (!isVerified && verifications.length < MAX_VERIFICATIONS) {
    if (verifications.length > 0) promisedPerSecond = roundDown(lowered(promisedPerSecond));
    const seconds = verifyingSeconds(load.seconds, promisedPerSecond);
    const reply = await measurer.once<ArrivalReply>(
      `Verifying ${formatUnit(promisedPerSecond, 'perSecond')}, run`,
      {
        kind: 'arrive',
        pool: { threads, concurrency, backlog },
        timeouts,
        rate: { perSecond: promisedPerSecond },
        ...load,
        seconds,
      },
      (load.warmUpMs + load.windowMs) / 1000 + seconds,
    );
    if (reply === undefined) break;
    const verification = judge(promisedPerSecond, reply, advice);
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

function verifyingSeconds(seconds: number, ratePerSecond: number): number {
  const enough = (MARGIN * MIN_ARRIVALS) / ratePerSecond;
  return Math.max(secondsFor(seconds, ratePerSecond), Math.min(MAX_SECONDS, enough));
}
