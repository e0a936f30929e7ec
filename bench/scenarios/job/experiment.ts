/**
 * Measures a job, one thing after the other, as each needs what came before: its service time; what
 * threads (and several jobs at once on each) can do; latencies below and above the most they can do;
 * then advice, and whether it holds.
 *
 * Invariant: where a step lacks what it needs, because of a failure or an interruption, it is left out
 * and the result has what came before.
 */
import type { Surroundings } from '../../scenario.js';
import { formatPercent } from '../../terminal/format.js';
import { backlogBytes, backlogJobs, chooseSlots, DEFAULT_P99_FACTOR } from './advice.js';
import { adviseAndVerify } from './advising.js';
import { Measurer } from './measurer.js';
import {
  inFlightFor,
  loadPoints,
  secondsFor,
  slotsToTry,
  WAITING_SHARE,
  windowMsFor,
} from './plan.js';
import type { ArrivalReply, SaturationReply, ServiceReply } from './program.js';
import {
  describeSlots,
  type JobResult,
  loadResult,
  type LoadPoint,
  type LoadResult,
  type SaturationResult,
  saturationResult,
  type ServiceResult,
} from './result.js';
import type { JobSettings } from './settings.js';
import type { JobPoolOptions, Slots } from './user-job.js';

/** How long the service time may take to become stable. */
const MAX_WARM_UP_MS = 10_000;
const MIN_WARM_UP_MS = 300;

/** All that can be measured. */
export async function measureJob(
  settings: JobSettings,
  surroundings: Surroundings,
): Promise<JobResult> {
  const startedAt = new Date().toISOString();
  const measurer = new Measurer(settings, surroundings);
  const figures = await measureSteps(settings, measurer);
  return {
    scenario: 'job',
    startedAt,
    isInterrupted: measurer.isInterrupted,
    settings,
    saturation: [],
    loads: [],
    ...figures,
    jobFailures: measurer.jobFailures.summary(),
    failures: measurer.failures,
  };
}

type Figures = Partial<
  Pick<
    JobResult,
    'inputs' | 'service' | 'saturation' | 'chosen' | 'overloadBacklog' | 'loads' | 'advice'
  >
>;

async function measureSteps(settings: JobSettings, measurer: Measurer): Promise<Figures> {
  const reply = await measureService(settings, measurer);
  if (reply === undefined) return {};
  const { inputs } = reply;
  const service = serviceResult(reply);
  if (service.time.count === 0) return { inputs, service };

  const saturation = await measureSaturation(settings, service, measurer);
  const chosen = chooseSlots(saturation);
  if (chosen === undefined || measurer.isInterrupted) return { inputs, service, saturation };

  const wantedP99Ms = settings.p99Ms ?? DEFAULT_P99_FACTOR * service.time.p99;
  const overloadBacklog = backlogJobs(wantedP99Ms, service, chosen);
  const { threads, concurrency } = chosen;
  const bounded: JobPoolOptions = {
    threads,
    concurrency,
    backlog: {
      jobs: overloadBacklog,
      bytes: backlogBytes(overloadBacklog + threads * concurrency, inputs),
    },
  };
  const loads = await measureLoads(settings, service, chosen, bounded, measurer);
  const measured = { inputs, service, saturation, chosen, overloadBacklog, loads };
  if (!settings.advise || measurer.isInterrupted) return measured;
  const warmUpMs = warmUpMsFor(service);
  const advice = await adviseAndVerify({ ...measured, wantedP99Ms, warmUpMs }, settings, measurer);
  return { ...measured, advice };
}

function measureService(
  { seconds }: JobSettings,
  measurer: Measurer,
): Promise<ServiceReply | undefined> {
  return measurer.once<ServiceReply>(
    'Service time',
    { kind: 'serve', maxWarmUpMs: MAX_WARM_UP_MS, windowMs: seconds * 1000 },
    seconds + MAX_WARM_UP_MS / 1000,
  );
}

function serviceResult({ service, warmUp, cpuMsPerJob, peakBytes }: ServiceReply): ServiceResult {
  const cpuShare = service.mean === 0 ? 0 : cpuMsPerJob / service.mean;
  return {
    time: service,
    warmUp,
    cpuMsPerJob,
    cpuShare,
    waitsMostly: cpuShare < WAITING_SHARE,
    peakBytes,
  };
}

async function measureSaturation(
  settings: JobSettings,
  service: ServiceResult,
  measurer: Measurer,
): Promise<SaturationResult[]> {
  const warmUpMs = warmUpMsFor(service);
  const windowMs = windowMsFor(settings.seconds, service.time);
  const points = slotsToTry(settings, service.waitsMostly);
  const measurements = await measurer.all<Slots, SaturationReply>({
    label: 'Saturation, round',
    rounds: settings.rounds,
    points,
    describe: describeSlots,
    seconds: () => (warmUpMs + windowMs) / 1000,
    load: (slots) => ({
      kind: 'saturate',
      ...slots,
      inFlight: inFlightFor(slots, service.time.mean),
      warmUpMs,
      windowMs,
    }),
  });
  return points.flatMap((point) => saturationResult(point, measurements) ?? []);
}

async function measureLoads(
  settings: JobSettings,
  service: ServiceResult,
  { threads, concurrency, jobsPerSecond }: SaturationResult,
  bounded: JobPoolOptions,
  measurer: Measurer,
): Promise<LoadResult[]> {
  const warmUpMs = warmUpMsFor(service);
  const points = loadPoints(jobsPerSecond.median);
  const secondsAt = ({ ratePerSecond }: LoadPoint): number =>
    secondsFor(settings.seconds, ratePerSecond);
  const measurements = await measurer.all<LoadPoint, ArrivalReply>({
    label: 'Loads, round',
    rounds: settings.rounds,
    points,
    describe: ({ load }) => `at ${formatPercent(load)} of the saturation`,
    seconds: (point) => warmUpMs / 1000 + secondsAt(point),
    load: (point) => ({
      kind: 'arrive',
      pool: point.load > 1 ? bounded : { threads, concurrency },
      ratePerSecond: point.ratePerSecond,
      seconds: secondsAt(point),
      warmUpMs,
    }),
  });
  return points.flatMap((point) => loadResult(point, measurements) ?? []);
}

/** As long as a thread took to become stable. */
function warmUpMsFor({ warmUp }: ServiceResult): number {
  return Math.max(MIN_WARM_UP_MS, warmUp.ms);
}
