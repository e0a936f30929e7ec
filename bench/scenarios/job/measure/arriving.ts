/**
 * Measures the user's job under independent arrivals (Poisson), on a pool with given settings.
 *
 * Invariants: a rate that is a share of the max throughput refers to the one that the same process has just
 * measured, as a machine's speed changes from minute to minute; a latency counts from the scheduled arrival,
 * however late the job was sent; the threads are warm before the first arrival, and the first arrivals, which
 * meet an empty pool, don't count; each counted arrival has one ending.
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
  /** Arrivals per second, or their share of the max throughput. */
  readonly rate: { readonly perSecond: number } | { readonly ofSaturation: number };
  /** Measured time; at a share of the max throughput it is extended if arrivals are rare. */
  readonly seconds: number;
  /** Extends the time beyond `seconds` until there are enough arrivals. */
  readonly extension?: Extension;
  /** Max latency of a result that is in time, from the scheduled arrival; default: no limit. */
  readonly wantedMs?: number;
  /** Closed load before the arrivals: jobs in flight, warm-up and measured window. */
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** End condition of a load that needs a minimum of arrivals. */
export interface Extension {
  /** Required number of counted arrivals that did not fail. */
  readonly arrivals: number;
  /** Upper limit of the measured time, counted like `seconds`. */
  readonly maxSeconds: number;
}

export interface ArrivalFigures {
  readonly ratePerSecond: number;
  /** Max throughput, measured just before the arrivals. */
  readonly saturationPerSecond: number;
  /** Latency of the served arrivals, from the scheduled arrival to the result. */
  readonly total: LatencySummary;
  readonly endings: Endings;
  /** Number of served arrivals whose latency was within `wantedMs`. */
  readonly inTime: number;
  readonly failures: JobFailures;
  /** Lateness of the generator; its `count` is the number of counted arrivals. */
  readonly lateness: LatencySummary;
  /** Number of all arrivals that were due, and of those that were sent. */
  readonly intended: number;
  readonly sent: number;
  /** Time during which arrivals counted. */
  readonly seconds: number;
}

/** Lead time before arrivals count, as a share of the measured time. */
const LEAD = 0.2;

/** Sends jobs until the time is over, and waits for the last of them to end. */
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
    // We are awake for a result anyway: check whether another arrival is due.
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

/** Measures the max throughput, which also warms up every thread. */
async function saturateOnce(
  job: UserJob,
  { pool, inFlight, warmUpMs, windowMs }: ArriveRequest,
): Promise<number> {
  const room = pool.backlog && pool.threads * pool.concurrency + pool.backlog.jobs;
  const pending = new InFlight();
  const run = async (): Promise<void> => {
    pending.begin();
    // A backlog bounded in bytes may reject a job while another one would fit. This is not the end of a job.
    while (!(await job.runIfRoom())) await macrotask();
    pending.end();
  };
  const { perSecond } = await measureThroughput({
    inFlight: Math.min(inFlight, room ?? inFlight),
    run,
    warmUpMs,
    windowMs,
  });
  // Jobs still in flight must not delay the first arrivals.
  await pending.ended();
  return perSecond;
}
