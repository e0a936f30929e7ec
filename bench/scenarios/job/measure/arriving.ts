/**
 * The user's job under arrivals that don't wait for each other (Poisson), on a pool with given settings.
 *
 * Invariants: a rate that is a share of the saturation is one of that which the same process has just
 * measured, as a machine's speed changes from minute to minute; a latency runs from the job's intended start on, whatever delayed its sending; the
 * threads are warm before the first arrival, and the first arrivals, which meet an empty pool, don't
 * count; every arrival that counts has one ending.
 */
import { setImmediate as macrotask } from 'node:timers/promises';
import {
  BacklogFullError,
  JobTimeoutError,
  type JobTimeouts,
  JobTooLargeError,
} from '../../../../src/index.js';
import { nowUs } from '../../../process/clock.js';
import { InFlight } from '../../../load/in-flight.js';
import { Latencies, type LatencySummary } from '../../../load/latencies.js';
import { OpenLoop } from '../../../load/open-loop.js';
import { randomFrom } from '../../../math/random.js';
import { measureThroughput } from '../../../load/steady-load.js';
import type { Input } from '../../../user-job/inputs.js';
import type { JobFailures } from '../../../user-job/job-failures.js';
import { secondsFor } from './plan.js';
import { type JobPoolOptions, type Subject, UserJob } from './user-job.js';

export interface ArriveRequest {
  readonly kind: 'arrive';
  readonly pool: JobPoolOptions;
  readonly timeouts?: JobTimeouts;
  /** Of arrivals: so many per second, or so much of what the pool can do. */
  readonly rate: { readonly perSecond: number } | { readonly ofSaturation: number };
  /** How long arrivals are measured; at a share of the saturation longer where they are few. */
  readonly seconds: number;
  /** The closed load before: how many in flight, and how long they warm up and are counted. */
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** How many arrivals ended in which way; each arrival that counts is in exactly one of them. */
export interface Endings {
  /** Fulfilled. */
  readonly served: number;
  /** Threw, lost their thread, or had an input or a result that can't be cloned. */
  readonly failed: number;
  /** Rejected by the full backlog, or larger than all of it. */
  readonly refused: number;
  /** Waited longer than `queueMs`, and never ran. */
  readonly late: number;
  /** Ran longer than `runMs`. */
  readonly cutOff: number;
}

export interface ArrivalFigures {
  readonly ratePerSecond: number;
  /** What the pool could do just before. */
  readonly saturationPerSecond: number;
  /** From the intended start to the result, of those that were served; a job that failed has no latency. */
  readonly total: LatencySummary;
  readonly endings: Endings;
  readonly failures: JobFailures;
  /** How late the generator was with the arrivals that count; its `count` is the number of these arrivals. */
  readonly lateness: LatencySummary;
  /** All arrivals that were due, and those that were made. */
  readonly intended: number;
  readonly sent: number;
}

/** Of the load's time, before the arrivals count. */
const LEAD = 0.2;

/** Lets jobs arrive until the time is over, and waits for the last of them. */
export async function arrive(
  request: ArriveRequest & Subject,
  inputs: readonly Input[],
): Promise<ArrivalFigures> {
  const { pool, timeouts, rate, seed } = request;
  const job = await UserJob.start(request, inputs, pool);
  const saturationPerSecond = await saturateOnce(job, request);
  const ratePerSecond =
    'perSecond' in rate ? rate.perSecond : rate.ofSaturation * saturationPerSecond;
  const seconds =
    'perSecond' in rate ? request.seconds : secondsFor(request.seconds, ratePerSecond);
  const [total, lateness] = [new Latencies(), new Latencies()];
  const endings = { served: 0, failed: 0, refused: 0, late: 0, cutOff: 0 };
  const leadSeconds = seconds * LEAD;
  const measuredFromUs = nowUs() + leadSeconds * 1e6;
  const pending = new InFlight();
  const send = async (intendedUs: number): Promise<void> => {
    if (intendedUs >= measuredFromUs) lateness.record(nowUs() - intendedUs);
    pending.begin();
    const { result, input } = job.submit(timeouts);
    let ending: keyof Endings = 'served';
    try {
      await result;
    } catch (error) {
      ending = endingOf(error);
      if (ending === 'failed') job.failures.add(error, input);
    }
    if (intendedUs >= measuredFromUs) {
      endings[ending] += 1;
      if (ending === 'served') total.record(nowUs() - intendedUs);
    }
    // Awake for a result: the moment to see whether another arrival is due.
    if (ending !== 'refused') loop.catchUp();
    pending.end();
  };
  const loop = new OpenLoop({
    ratePerSecond,
    seconds: leadSeconds + seconds,
    random: randomFrom(seed),
    send: (intendedUs) => void send(intendedUs),
  });
  await loop.run();
  await pending.ended();
  await job.close();
  const { intended, sent } = loop.tally();
  return {
    ratePerSecond,
    saturationPerSecond,
    total: total.summary(),
    endings,
    failures: job.failures.summary(),
    lateness: lateness.summary(),
    intended,
    sent,
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

/** Anything that is not the load's doing is the job's, or its input's. */
function endingOf(error: unknown): keyof Endings {
  if (error instanceof JobTimeoutError) return error.started ? 'cutOff' : 'late';
  const isRefusal = error instanceof BacklogFullError || error instanceof JobTooLargeError;
  return isRefusal ? 'refused' : 'failed';
}
