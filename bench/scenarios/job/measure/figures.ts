/**
 * Summarizes a job's measurements: its service time, the max throughput by slots, and the latencies by load.
 *
 * Invariants: metrics of loads cover all rounds that have a value; what was not measured is undefined.
 */
import { type Figure, figureOf } from '../../../harness/figures.js';
import type { Measurements } from '../../../harness/rounds.js';
import { addEndings, arrivalsOf, type Endings } from '../../../load/endings.js';
import type { LatencySummary } from '../../../load/latencies.js';
import { WAITING_SHARE } from './plan.js';
import type { ArrivalReply, SaturationReply, ServiceReply } from './program.js';
import type { ServiceTime, WarmUp } from './service-time.js';
import type { Slots } from './user-job.js';

/** The service time, and the kind of job. */
export interface ServiceResult {
  readonly time: ServiceTime;
  readonly warmUp: WarmUp;
  readonly cpuMsPerJob: number;
  /** CPU time ÷ service time: near 1 for a job that computes, less on a busy machine. */
  readonly cpuShare: number;
  /** Share of the job's time during which its thread was idle and could have served other jobs. */
  readonly idleShare: number;
  readonly waitsMostly: boolean;
  readonly peakBytes: number;
}

export interface SaturationResult extends Slots {
  readonly jobsPerSecond: Figure;
  readonly peakBytes: Figure;
}

export const LOAD_PERCENTILES = ['p50', 'p95', 'p99', 'p999', 'max'] as const;

/** Metrics of the arrivals at one rate. */
export interface LoadResult extends Readonly<Record<(typeof LOAD_PERCENTILES)[number], Figure>> {
  /** Rate as a share of the max throughput. */
  readonly load: number;
  readonly ratePerSecond: Figure;
  /** Max throughput, measured just before the arrivals. */
  readonly saturationPerSecond: Figure;
  /** Endings of all counted arrivals, in all rounds; only served ones have a latency. */
  readonly endings: Endings;
  /** Share of the arrivals that the backlog rejected. */
  readonly refusedShare: Figure;
  /** Share of the arrivals that failed by themselves; they have no latency. */
  readonly failedShare: Figure;
  readonly peakBytes: Figure;
  /** Lateness of the generator: the max p99 of all rounds. */
  readonly latenessP99: number;
  /** Share of the due arrivals that were sent: the min of all rounds. */
  readonly sentShare: number;
}

/** A rate of arrivals as a share of the max throughput. */
export interface LoadPoint {
  readonly load: number;
}

/** The only variant. */
export type Arm = 'job';

/** Summarizes jobs that ran one after the other. */
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

/** Summarizes the max throughput with the given slots; undefined if it was not measured. */
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

/** Summarizes one rate; undefined if it was not measured or no job was served. */
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
  // A round that served no job has no latency, rather than one of 0.
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

/** Sums the endings of all arrivals at one rate. */
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
