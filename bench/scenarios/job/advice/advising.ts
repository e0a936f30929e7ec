/**
 * Computes the advice and verifies it by further runs.
 *
 * Invariants: the verifying runs use exactly the advised settings, and last until they have the arrivals they
 * need, up to a time limit; a rate that does not hold is lowered and verified again, in up to
 * `MAX_VERIFICATIONS` runs; the result includes every run.
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
/** Max time to extend a verifying run to until it has enough arrivals, in seconds. */
const MAX_SECONDS = 300;
/** Arrivals are random: this many times the expected time nearly always yields enough of them. */
const MARGIN = 1.2;
/** Max factor over the expected time, for runs in which many arrivals fail. */
const MAX_MARGIN = 5;

/** Computes the advice and runs the verification. */
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
    // A run that was cut short proves nothing about its rate.
    if (reply === undefined) break;
    promisedPerSecond = perSecond;
    const verification = judge(perSecond, reply, advice);
    verifications.push(verification);
    isVerified = verification.isP99Held;
    // A lower rate would yield even fewer.
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

/** Time in which `margin` times the wanted arrivals are expected, up to the limit. */
function secondsWithEnough(ratePerSecond: number, margin: number): number {
  return Math.min(MAX_SECONDS, (margin * WANTED_ARRIVALS) / ratePerSecond);
}
