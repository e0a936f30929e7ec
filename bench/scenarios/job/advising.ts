/**
 * Advice from what was measured, and runs that verify it.
 *
 * Invariants: the verifying runs have exactly the advised settings; a promise that does not hold is
 * lowered and verified again, a few times at most; every run is in the result.
 */
import { formatUnit } from '../../terminal/format.js';
import { advise, type AdviceResult, type Measured, roundDown } from './advice.js';
import type { ArriveRequest } from './arriving.js';
import type { Measurer } from './measurer.js';
import type { JobName } from './module-name.js';
import { secondsFor } from './plan.js';
import type { ArrivalReply } from './program.js';
import { judge, lowered, snippetOf, type Verification } from './verification.js';

const MAX_VERIFICATIONS = 3;

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
    const reply = await measurer.once<ArrivalReply>(
      `Verifying ${formatUnit(promisedPerSecond, 'perSecond')}, run`,
      {
        kind: 'arrive',
        pool: { threads, concurrency, backlog },
        timeouts,
        rate: { perSecond: promisedPerSecond },
        ...load,
      },
      (load.warmUpMs + load.windowMs) / 1000 + secondsFor(load.seconds, promisedPerSecond),
    );
    if (reply === undefined) break;
    const verification = judge(promisedPerSecond, reply, advice);
    verifications.push(verification);
    isVerified = verification.isP99Held;
  }
  return {
    ...advice,
    verifications,
    promisedPerSecond,
    isVerified,
    snippet: snippetOf(advice.settings, job),
  };
}
