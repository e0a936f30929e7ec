/**
 * The user's job under arrivals that don't wait for each other (Poisson), on a pool with given settings.
 *
 * Invariants: a rate that is a share of the max throughput is one of that which the same process has just
 * measured, as a machine's speed changes from minute to minute; a latency runs from the job's intended
 * start on, whatever delayed its sending; the threads are warm before the first arrival, and the first
 * arrivals, which meet an empty pool, don't count; every arrival that counts has one ending.
 */
import { setImmediate as macrotask } from 'node:timers/promises';
import type { JobTimeouts } from '../../../../src/index.js';
import { type Ending, endingOf, type Endings } from '../../../load/endings.js';
import { InFlight } from '../../../load/in-flight.js';
import type { LatencySummary } from '../../../load/latencies.js';
import { OpenLoop } from '../../../load/open-loop.js';
import { measureThroughput } from '../../../load/steady-load.js';
import { randomFrom } from '../../../math/random.js';
import { nowUs } from '../../../process/clock.js';
import type { Input } from '../../../user-job/inputs.js';
import type { JobFailures } from '../../../user-job/job-failures.js';
import { ArrivalTally } from './arrival-tally.js';
import { secondsFor } from './plan.js';
import { type JobPoolOptions, type Subject, UserJob } from './user-job.js';

export interface ArriveRequest {
  readonly kind: 'arrive';
  readonly pool: JobPoolOptions;
  readonly timeouts?: JobTimeouts;
  /** Of arrivals: so many per second, or so much of what the pool can do. */
  readonly rate: { readonly perSecond: number } | { readonly ofSaturation: number };
  /** How long arrivals are measured; at a share of the max throughput longer where they are few. */
  readonly seconds: number;
  /** Goes on beyond `seconds` until it has enough arrivals. */
  readonly extension?: Extension;
  /** Within how long a result is in time, from the intended start; by default always. */
  readonly wantedMs?: number;
  /** The closed load before: how many in flight, and how long they warm up and are counted. */
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** When a load that needs a number of arrivals is over. */
export interface Extension {
  /** That counted and did not fail. */
  readonly arrivals: number;
  /** But no later than this, counted as `seconds` are. */
  readonly maxSeconds: number;
}

export interface ArrivalFigures {
  readonly ratePerSecond: number;
  /** What the pool could do just before. */
  readonly saturationPerSecond: number;
  /** From the intended start to the result, of those that were served; a job that failed has no latency. */
  readonly total: LatencySummary;
  readonly endings: Endings;
  /** Of the served ones, those whose result was there within `wantedMs`. */
  readonly inTime: number;
  readonly failures: JobFailures;
  /** How late the generator was with the arrivals that count; its `count` is the number of these arrivals. */
  readonly lateness: LatencySummary;
  /** All arrivals that were due, and those that were made. */
  readonly intended: number;
  readonly sent: number;
  /** How long arrivals counted. */
  readonly seconds: number;
}

/** Of the load's time, before the arrivals count. */
const LEAD = 0.2;

/** Lets jobs arrive until the time is over, and waits for the last of them. */
export async function arrive(
  request: ArriveRequest & Subject,
  inputs: readonly Input[],
): Promise<ArrivalFigures> {
  const { pool, timeouts, rate, seed, extension, wantedMs } = request;
  const job = await UserJob.start(request, inputs, pool);
  const saturationPerSecond = await saturateOnce(job, request);
  const ratePerSecond =
    'perSecond' in rate ? rate.perSecond : rate.ofSaturation * saturationPerSecond;
  const seconds =
    'perSecond' in rate ? request.seconds : secondsFor(request.seconds, ratePerSecond);
  const leadSeconds = seconds * LEAD;
  const fromUs = nowUs() + leadSeconds * 1e6;
  const tally = new ArrivalTally(fromUs, wantedMs);
  const isOver = (): boolean => {
    if (extension === undefined || tally.notFailed < extension.arrivals) return false;
    return nowUs() >= fromUs + seconds * 1e6;
  };
  const pending = new InFlight();
  const send = async (intendedUs: number): Promise<void> => {
    tally.arrive(intendedUs);
    pending.begin();
    const { result, input } = job.submit(timeouts);
    let ending: Ending = 'served';
    try {
      await result;
    } catch (error) {
      ending = endingOf(error);
      if (ending === 'failed') job.failures.add(error, input);
    }
    tally.end(intendedUs, ending);
    if (isOver()) loop.stop();
    // Awake for a result: the moment to see whether another arrival is due.
    else if (ending !== 'refused') loop.catchUp();
    pending.end();
  };
  const loop = new OpenLoop({
    ratePerSecond,
    seconds: leadSeconds + Math.max(seconds, extension?.maxSeconds ?? 0),
    random: randomFrom(seed),
    send: (intendedUs) => void send(intendedUs),
  });
  await loop.run();
  const countedSeconds = (nowUs() - fromUs) / 1e6;
  await pending.ended();
  await job.close();
  const { intended, sent } = loop.tally();
  return {
    ratePerSecond,
    saturationPerSecond,
    total: tally.total(),
    endings: tally.endings,
    inTime: tally.inTime,
    failures: job.failures.summary(),
    lateness: tally.lateness(),
    intended,
    sent,
    seconds: countedSeconds,
  };
}

/** What the pool can do, and every thread warm after it. */
async function saturateOnce(
  job: UserJob,
  { pool, inFlight, warmUpMs, windowMs }: ArriveRequest,
): Promise<number> {
  const room = pool.backlog && pool.threads * pool.concurrency + pool.backlog.jobs;
  const pending = new InFlight();
  const run = async (): Promise<void> => {
    pending.begin();
    // A bound in bytes may refuse where there is room for another job. That is not the end of one.
    while (!(await job.runIfRoom())) await macrotask();
    pending.end();
  };
  const { perSecond } = await measureThroughput({
    inFlight: Math.min(inFlight, room ?? inFlight),
    run,
    warmUpMs,
    windowMs,
  });
  // Those that are left must not be in the way of the first arrivals.
  await pending.ended();
  return perSecond;
}
