/**
 * Measures a job's service time, max throughput and loads: chooses the loads and their durations, and turns the
 * replies into results.
 *
 * Invariant: a load whose arrivals all failed or were rejected is reported as a failed measurement, as it has no
 * latency.
 */
import { formatCount, formatPercent } from '../../report/format.js';
import { arrivalsOf, type Endings } from '../../load/endings.js';
import {
  describeSlots,
  endingsAt,
  loadResult,
  type LoadPoint,
  type LoadResult,
  type SaturationResult,
  saturationResult,
  type ServiceResult,
} from './measure/figures.js';
import type { Measurer } from './measure/measurer.js';
import { inFlightFor, LOADS, secondsFor, slotsToTry, windowMsFor } from './measure/plan.js';
import type { ArrivalReply, SaturationReply, ServiceReply } from './measure/program.js';
import type { JobPoolOptions, Slots } from './measure/user-job.js';
import type { JobSettings } from './settings.js';

/** Max time for the service time to become stable. */
const MAX_WARM_UP_MS = 10_000;
const MIN_WARM_UP_MS = 300;

/** Times jobs that run one after the other. */
export function measureService(
  { seconds }: JobSettings,
  measurer: Measurer,
): Promise<ServiceReply | undefined> {
  return measurer.once<ServiceReply>(
    'Service time',
    { kind: 'serve', maxWarmUpMs: MAX_WARM_UP_MS, windowMs: seconds * 1000 },
    seconds + MAX_WARM_UP_MS / 1000,
  );
}

/** Measures the max throughput with each setting that is worth trying. */
export async function measureSaturation(
  settings: JobSettings,
  service: ServiceResult,
  measurer: Measurer,
): Promise<SaturationResult[]> {
  const points = slotsToTry(settings, service.waitsMostly);
  const measurements = await measurer.all<Slots, SaturationReply>({
    label: 'Max throughput, round',
    rounds: settings.rounds,
    points,
    describe: describeSlots,
    seconds: (slots) => {
      const { warmUpMs, windowMs } = closedLoad(settings, service, slots);
      return (warmUpMs + windowMs) / 1000;
    },
    load: (slots) => ({ kind: 'saturate', ...slots, ...closedLoad(settings, service, slots) }),
    isStable: ({ throughput }) => throughput.isStable,
  });
  return points.flatMap((point) => saturationResult(point, measurements) ?? []);
}

/** Measures arrivals at rates below and above the max throughput. */
export async function measureLoads(
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
    describe: describeLoad,
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
  return points.flatMap((point) => {
    const result = loadResult(point, measurements);
    if (result !== undefined) return [result];
    const endings = endingsAt(point, measurements);
    if (arrivalsOf(endings) > 0) measurer.failures.push(describeUnserved(point, endings));
    return [];
  });
}

/** Describes a load that has no latency, and therefore no row in the tables. */
function describeUnserved(point: LoadPoint, endings: Endings): string {
  const { failed, refused } = endings;
  return (
    `Arrivals ${describeLoad(point)}: none of ${formatCount(arrivalsOf(endings))} was served, ` +
    `${formatCount(failed)} failed and ${formatCount(refused)} were rejected.`
  );
}

function describeLoad({ load }: LoadPoint): string {
  return `at ${formatPercent(load)} of the max throughput`;
}

/** The closed load before arrivals; with half the window, as it only measures what their rate is a share of. */
export function closedLoadBefore(
  settings: JobSettings,
  service: ServiceResult,
  slots: Slots,
): ReturnType<typeof closedLoad> {
  return closedLoad({ ...settings, seconds: settings.seconds / 2 }, service, slots);
}

/** A load that keeps all slots busy, after a warm-up as long as the one that made the service time stable. */
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
