/**
 * Measures a job, one thing after the other, as each needs what came before: its service time; what
 * threads (and several jobs at once on each) can do; latencies below and above the most they can do;
 * then advice, and whether it holds.
 *
 * Invariant: where a step lacks what it needs, because of a failure or an interruption, it is left out
 * and the result has what came before.
 */
import type { Surroundings } from '../../harness/scenario.js';
import { formatPercent } from '../../report/format.js';
import { backlogBytes, backlogJobs, chooseSlots, defaultP99Ms } from './advice/sizing.js';
import { adviseAndVerify } from './advice/advising.js';
import { Measurer } from './measure/measurer.js';
import { inFlightFor, LOADS, secondsFor, slotsToTry, windowMsFor } from './measure/plan.js';
import type { ArrivalReply, SaturationReply, ServiceReply } from './measure/program.js';
import {
  describeSlots,
  loadResult,
  type LoadPoint,
  type LoadResult,
  type SaturationResult,
  saturationResult,
  type ServiceResult,
  serviceResult,
} from './measure/figures.js';
import { type JobResult, labelInput } from './result.js';
import type { JobSettings } from './settings.js';
import type { JobPoolOptions, Slots } from './measure/user-job.js';

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
    settings: { ...settings, input: labelInput(settings.input) },
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

  const wantedP99Ms = settings.p99Ms ?? defaultP99Ms(service);
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
  const closed = closedLoadBefore(settings, service, chosen);
  const advice = await adviseAndVerify(
    { ...measured, wantedP99Ms },
    { seconds: settings.seconds, ...closed },
    settings.job,
    measurer,
  );
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

async function measureSaturation(
  settings: JobSettings,
  service: ServiceResult,
  measurer: Measurer,
): Promise<SaturationResult[]> {
  const points = slotsToTry(settings, service.waitsMostly);
  const measurements = await measurer.all<Slots, SaturationReply>({
    label: 'Saturation, round',
    rounds: settings.rounds,
    points,
    describe: describeSlots,
    seconds: (slots) => {
      const { warmUpMs, windowMs } = closedLoad(settings, service, slots);
      return (warmUpMs + windowMs) / 1000;
    },
    load: (slots) => ({ kind: 'saturate', ...slots, ...closedLoad(settings, service, slots) }),
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
  const closed = closedLoadBefore(settings, service, { threads, concurrency });
  const points: LoadPoint[] = LOADS.map((load) => ({ load }));
  const measurements = await measurer.all<LoadPoint, ArrivalReply>({
    label: 'Loads, round',
    rounds: settings.rounds,
    points,
    describe: ({ load }) => `at ${formatPercent(load)} of the saturation`,
    seconds: ({ load }) =>
      secondsFor(settings.seconds, load * jobsPerSecond.median) +
      (closed.warmUpMs + closed.windowMs) / 1000,
    load: (point) => ({
      kind: 'arrive',
      pool: point.load > 1 ? bounded : { threads, concurrency },
      rate: { ofSaturation: point.load },
      seconds: settings.seconds,
      ...closed,
    }),
  });
  return points.flatMap((point) => loadResult(point, measurements) ?? []);
}

/** The same before arrivals, where it only is to say what they are a share of. */
function closedLoadBefore(
  settings: JobSettings,
  service: ServiceResult,
  slots: Slots,
): ReturnType<typeof closedLoad> {
  return closedLoad({ ...settings, seconds: settings.seconds / 2 }, service, slots);
}

/** All slots busy: first as long as a thread took to become stable. */
function closedLoad(
  { seconds }: JobSettings,
  { time, warmUp }: ServiceResult,
  slots: Slots,
): { readonly inFlight: number; readonly warmUpMs: number; readonly windowMs: number } {
  return {
    inFlight: inFlightFor(slots, time.mean),
    warmUpMs: Math.max(MIN_WARM_UP_MS, warmUp.ms),
    windowMs: windowMsFor(seconds, time),
  };
}
