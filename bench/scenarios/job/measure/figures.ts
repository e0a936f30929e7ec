/**
 * Makes figures of a job's measurements: its service time, the saturation of some slots, and what arrivals
 * met at a load.
 *
 * Invariants: every figure of a load is there for each round; what was not measured is undefined.
 */
import { type Figure, figureOf } from '../../../harness/figures.js';
import type { Measurements } from '../../../harness/rounds.js';
import { addEndings, arrivalsOf, type Endings } from '../../../load/endings.js';
import type { LatencySummary } from '../../../load/latencies.js';
import { WAITING_SHARE } from './plan.js';
import type { ArrivalReply, SaturationReply, ServiceReply } from './program.js';
import type { ServiceTime, WarmUp } from './service-time.js';
import type { Slots } from './user-job.js';

/** The service time, and what kind of job it is. */
export interface ServiceResult {
  readonly time: ServiceTime;
  readonly warmUp: WarmUp;
  readonly cpuMsPerJob: number;
  /** CPU time ÷ service time: near 1 for a job that computes, less on a busy machine. */
  readonly cpuShare: number;
  /** For how much of its time its thread had nothing to do, and could have served others. */
  readonly idleShare: number;
  readonly waitsMostly: boolean;
  readonly peakBytes: number;
}

export interface SaturationResult extends Slots {
  readonly jobsPerSecond: Figure;
  readonly peakBytes: Figure;
}

export const LOAD_PERCENTILES = ['p50', 'p95', 'p99', 'p999', 'max'] as const;

/** What arrivals at one rate met. */
export interface LoadResult extends Readonly<Record<(typeof LOAD_PERCENTILES)[number], Figure>> {
  /** Of the saturation. */
  readonly load: number;
  readonly ratePerSecond: Figure;
  /** What the pool could do just before. */
  readonly saturationPerSecond: Figure;
  /** Of all arrivals that count, in all rounds; those that were served have a latency. */
  readonly endings: Endings;
  /** Of the arrivals, those that the full backlog refused. */
  readonly refusedShare: Figure;
  /** Of the arrivals, those that threw or lost their thread; they have no latency. */
  readonly failedShare: Figure;
  readonly peakBytes: Figure;
  /** How late the generator was, the worst of the rounds' p99. */
  readonly latenessP99: number;
  /** The least share of the arrivals that was made. */
  readonly sentShare: number;
}

/** A share of the saturation at which jobs arrive. */
export interface LoadPoint {
  readonly load: number;
}

/** The only arm there is. */
export type Arm = 'job';

/** What jobs that ran one after the other show. */
export function serviceResult({
  service,
  warmUp,
  cpuMsPerJob,
  idleShare,
  peakBytes,
}: ServiceReply): ServiceResult {
  const cpuShare = service.mean === 0 ? 0 : cpuMsPerJob / service.mean;
  return {
    time: service,
    warmUp,
    cpuMsPerJob,
    cpuShare,
    idleShare,
    waitsMostly: idleShare >= WAITING_SHARE,
    peakBytes,
  };
}

/** What the pool does with so many slots; undefined where it was not measured. */
export function saturationResult(
  point: Slots,
  measurements: Measurements<Slots, Arm, SaturationReply>,
): SaturationResult | undefined {
  const figure = (pick: (reply: SaturationReply) => number): Figure | undefined =>
    figureOf(measurements.series(point, 'job', pick));
  const jobsPerSecond = figure(({ throughput }) => throughput.perSecond);
  const peakBytes = figure((reply) => reply.peakBytes);
  return jobsPerSecond && peakBytes && { ...point, jobsPerSecond, peakBytes };
}

/** What one rate shows; undefined where it was not measured, or nothing was served at it. */
export function loadResult(
  point: LoadPoint,
  measurements: Measurements<LoadPoint, Arm, ArrivalReply>,
): LoadResult | undefined {
  const values = (pick: (reply: ArrivalReply) => number): number[] => [
    ...measurements.series(point, 'job', pick).values(),
  ];
  const endings = endingsAt(point, measurements);
  if (endings.served === 0) return undefined;
  const figure = (pick: (reply: ArrivalReply) => number): Figure =>
    figureOf(measurements.series(point, 'job', pick)) as Figure;
  // A round in which nothing was served has no latency, and none that is 0.
  const latency = (percentile: keyof LatencySummary): Figure => {
    const series = measurements.series(point, 'job', ({ total }) =>
      total.count === 0 ? NaN : total[percentile],
    );
    return figureOf(new Map([...series].filter(([, ms]) => !Number.isNaN(ms)))) as Figure;
  };
  return {
    ...point,
    ratePerSecond: figure((reply) => reply.ratePerSecond),
    saturationPerSecond: figure((reply) => reply.saturationPerSecond),
    p50: latency('p50'),
    p95: latency('p95'),
    p99: latency('p99'),
    p999: latency('p999'),
    max: latency('max'),
    endings,
    refusedShare: figure((reply) => shareOf(reply.endings.refused, arrivalsOf(reply.endings))),
    failedShare: figure((reply) => shareOf(reply.endings.failed, arrivalsOf(reply.endings))),
    peakBytes: figure((reply) => reply.peakBytes),
    latenessP99: Math.max(...values(({ lateness }) => lateness.p99)),
    sentShare: Math.min(1, ...values(({ sent, intended }) => sent / intended)),
  };
}

/** How all arrivals at one rate ended. */
export function endingsAt(
  point: LoadPoint,
  measurements: Measurements<LoadPoint, Arm, ArrivalReply>,
): Endings {
  const rounds: Endings[] = [];
  measurements.series(point, 'job', ({ endings }) => rounds.push(endings));
  return addEndings(rounds);
}

export function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** '2 threads', '1 thread × 16'. */
export function describeSlots({ threads, concurrency }: Slots): string {
  const words = threads === 1 ? '1 thread' : `${threads} threads`;
  return concurrency === 1 ? words : `${words} × ${concurrency}`;
}
