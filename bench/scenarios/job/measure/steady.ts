/**
 * Measures the user's job under steady load: one after the other for its service time, or all slots busy for the
 * max throughput.
 */
import { measureThroughput, type Throughput } from '../../../load/steady-load.js';
import type { Input } from '../../../user-job/inputs.js';
import type { JobFailures } from '../../../user-job/job-failures.js';
import { type ServiceTime, ServiceTimes, type WarmUp, warmUp } from './service-time.js';
import type { JobTime } from './timed-thread.js';
import { type Slots, type Subject, UserJob } from './user-job.js';

export interface ServeRequest {
  readonly kind: 'serve';
  /** Max time for the service time to become stable. */
  readonly maxWarmUpMs: number;
  readonly windowMs: number;
}

export interface ServiceFigures {
  readonly service: ServiceTime;
  readonly warmUp: WarmUp;
  /** CPU time of all threads of the process, failed jobs included. */
  readonly cpuMsPerJob: number;
  /** Share of the service time during which the thread was idle. */
  readonly idleShare: number;
  readonly failures: JobFailures;
  /** True if nothing was measured because the job has no input and its first calls all failed. */
  readonly isGivenUp: boolean;
}

export interface SaturateRequest extends Slots {
  readonly kind: 'saturate';
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

export interface SaturationFigures {
  readonly throughput: Throughput;
  readonly failures: JobFailures;
}

/** The window is extended, to up to `MAX_STRETCH` times its length, until it has this many jobs. */
const WANTED_JOBS = 200;
const MAX_STRETCH = 5;
/** A job without an input whose first calls all fail, this many, presumably needs one. */
const GIVEN_UP_AFTER = 5;

/** Times one job after the other. */
export async function serve(
  request: ServeRequest & Subject,
  inputs: readonly Input[],
): Promise<ServiceFigures> {
  const job = await UserJob.startTimed(request, inputs);
  const run = async (): Promise<JobTime | undefined> => (await job.run()) as JobTime | undefined;
  if (request.input.kind === 'none' && (await failsAlways(run))) {
    await job.close();
    return {
      service: new ServiceTimes().summary(),
      warmUp: { isStable: false, ms: 0, jobs: GIVEN_UP_AFTER },
      cpuMsPerJob: 0,
      idleShare: 0,
      failures: job.failures.summary(),
      isGivenUp: true,
    };
  }
  const warm = await warmUp(async () => (await run())?.[0], request.maxWarmUpMs);
  const times = new ServiceTimes();
  const startedMs = performance.now();
  const usage = process.cpuUsage();
  let jobs = 0;
  const sums = { ms: 0, idleMs: 0 };
  for (;;) {
    const elapsedMs = performance.now() - startedMs;
    const enough = jobs >= WANTED_JOBS || elapsedMs >= MAX_STRETCH * request.windowMs;
    if (elapsedMs >= request.windowMs && enough) break;
    const time = await run();
    jobs += 1;
    if (time === undefined) continue;
    times.record(time[0]);
    sums.ms += time[0];
    sums.idleMs += time[1];
  }
  const { user, system } = process.cpuUsage(usage);
  await job.close();
  return {
    service: times.summary(),
    warmUp: warm,
    cpuMsPerJob: (user + system) / 1000 / jobs,
    idleShare: sums.ms === 0 ? 0 : Math.min(1, sums.idleMs / sums.ms),
    failures: job.failures.summary(),
    isGivenUp: false,
  };
}

/** Calls the job until it succeeds, up to `GIVEN_UP_AFTER` times. */
async function failsAlways(run: () => Promise<JobTime | undefined>): Promise<boolean> {
  for (let call = 0; call < GIVEN_UP_AFTER; call += 1) {
    if ((await run()) !== undefined) return false;
  }
  return true;
}

/** Keeps the pool full. */
export async function saturate(
  request: SaturateRequest & Subject,
  inputs: readonly Input[],
): Promise<SaturationFigures> {
  const { inFlight, warmUpMs, windowMs } = request;
  const job = await UserJob.start(request, inputs, request);
  const throughput = await measureThroughput({
    inFlight,
    run: () => job.run(),
    warmUpMs,
    windowMs,
  });
  await job.close();
  return { throughput, failures: job.failures.summary() };
}
