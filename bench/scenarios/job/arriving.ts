/**
 * The user's job under arrivals that don't wait for each other (Poisson), on a pool with given settings.
 *
 * Invariants: a latency runs from the job's intended start on, whatever delayed its sending; the
 * threads are warm before the first arrival, and the first arrivals, which meet an empty pool, don't
 * count; every arrival that counts has one ending.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { BacklogFullError, JobTimeoutError, type JobTimeouts } from '../../../src/index.js';
import { nowUs } from '../../clock.js';
import { ClosedLoop } from '../../closed-loop.js';
import { Latencies, type LatencySummary } from '../../latencies.js';
import { OpenLoop } from '../../open-loop.js';
import { randomFrom } from '../../random.js';
import type { Input } from './inputs.js';
import type { JobFailures } from './job-failures.js';
import { type JobPoolOptions, type Subject, UserJob } from './user-job.js';

export interface ArriveRequest {
  readonly kind: 'arrive';
  readonly pool: JobPoolOptions;
  readonly timeouts?: JobTimeouts;
  readonly ratePerSecond: number;
  readonly seconds: number;
  readonly warmUpMs: number;
}

/** How the arrivals ended. */
export interface Endings {
  /** Jobs that ran to their end, those that threw included. */
  readonly served: number;
  /** Found the backlog full. */
  readonly refused: number;
  /** Waited longer than `queueMs`, and never ran. */
  readonly late: number;
  /** Ran longer than `runMs`. */
  readonly cutOff: number;
}

export interface ArrivalFigures {
  /** From the intended start to the result, of those that were served. */
  readonly total: LatencySummary;
  readonly endings: Endings;
  readonly failures: JobFailures;
  /** How late the generator was. */
  readonly lateness: LatencySummary;
  /** Arrivals that were due, and those that were made. */
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
  const { pool, timeouts, ratePerSecond, seconds, seed } = request;
  const job = await UserJob.start(request, inputs, pool);
  await warm(job, pool.threads * pool.concurrency, request.warmUpMs);
  const total = new Latencies();
  const endings = { served: 0, refused: 0, late: 0, cutOff: 0 };
  const leadSeconds = seconds * LEAD;
  const measuredFromUs = nowUs() + leadSeconds * 1e6;
  let pending = 0;
  let idle: (() => void) | undefined;
  const send = async (intendedUs: number): Promise<void> => {
    pending += 1;
    const { result, input } = job.submit(timeouts);
    let ending: keyof Endings = 'served';
    try {
      await result;
    } catch (error) {
      ending = endingOf(error);
      if (ending === 'served') job.failures.add(error, input);
    }
    pending -= 1;
    if (intendedUs >= measuredFromUs) {
      endings[ending] += 1;
      if (ending === 'served') total.record(nowUs() - intendedUs);
    }
    // Awake for a result: the moment to see whether another arrival is due.
    loop.catchUp();
    if (pending === 0) idle?.();
  };
  const loop = new OpenLoop({
    ratePerSecond,
    seconds: leadSeconds + seconds,
    random: randomFrom(seed),
    send: (intendedUs) => void send(intendedUs),
  });
  await loop.run();
  if (pending > 0) {
    await new Promise<void>((resolve) => {
      idle = resolve;
    });
  }
  return { total: total.summary(), endings, failures: job.failures.summary(), ...loop.tally() };
}

/** All slots busy for a while, so that every thread has compiled the job. */
async function warm(job: UserJob, slots: number, ms: number): Promise<void> {
  const loop = new ClosedLoop(slots, () => job.run());
  const ended = loop.run();
  await pause(ms);
  loop.stop();
  await ended;
}

function endingOf(error: unknown): keyof Endings {
  if (error instanceof BacklogFullError) return 'refused';
  if (!(error instanceof JobTimeoutError)) return 'served';
  return error.started ? 'cutOff' : 'late';
}
