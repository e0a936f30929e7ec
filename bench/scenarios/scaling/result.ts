/**
 * Defines the result of `bench scaling`: plain data, which `--json` writes and the report is made from.
 *
 * Invariants: efficiency is computed within rounds, where the single thread was measured nearby; the laws are
 * fitted to the medians, and only to points with a CPU for every thread, as neither law holds beyond.
 */
import { type Figure, figureOf, scaleFigure } from '../../harness/figures.js';
import type { Measurements } from '../../harness/rounds.js';
import {
  fitAmdahl,
  fitUsl,
  type ScalingLaw,
  type ScalingPoint,
  threadsAtPeak,
  worstMiss,
} from '../../math/scalability.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import { ratiosWithin } from '../../math/series.js';
import type { OverheadReply } from '../overhead/program.js';
import type { JobKind } from '../overhead/settings.js';
import type { ScalingSettings } from './settings.js';

/** Metrics of one thread count. */
export interface ThreadsResult {
  readonly threads: number;
  readonly jobsPerSecond: Figure;
  /** Throughput ÷ (threads × that of one thread); absent if one of them was not measured. */
  readonly efficiency?: Figure;
  readonly cpuUsPerJob: Figure;
}

/** A law and the quality of its fit. */
export interface FittedLaw extends ScalingLaw {
  /** Max deviation of a measured value from the law, as a share. */
  readonly worstMiss: number;
  /** Thread count at the peak of the law; absent if it never falls. */
  readonly peakThreads?: number;
}

/** Metrics of one kind of job. */
export interface KindResult {
  readonly job: string;
  readonly title: string;
  readonly jobUs: number;
  readonly points: readonly ThreadsResult[];
  /** Absent if there are too few points. */
  readonly amdahl?: FittedLaw;
  readonly usl?: FittedLaw;
}

export interface ScalingResult extends ScenarioResult {
  readonly scenario: 'scaling';
  readonly settings: ScalingSettings;
  /** Units of work that a thread does in a microsecond; they set the length of a job. */
  readonly workPerUs: number;
  /** Number of CPUs that the process may use. */
  readonly processors: number;
  readonly kinds: readonly KindResult[];
}

export type ScalingMeasurements = Measurements<JobKind, number, OverheadReply>;

/** Summarizes one kind of job. */
export function kindResult(
  kind: JobKind,
  threads: readonly number[],
  processors: number,
  measurements: ScalingMeasurements,
): KindResult {
  const rate = (count: number) =>
    measurements.series(kind, count, ({ throughput }) => throughput.perSecond);
  const single = rate(1);
  const points = threads.flatMap((count): ThreadsResult[] => {
    const jobsPerSecond = figureOf(rate(count));
    const cpuUsPerJob = figureOf(
      measurements.series(kind, count, ({ throughput }) => throughput.cpuUsPerJob),
    );
    if (jobsPerSecond === undefined || cpuUsPerJob === undefined) return [];
    const speedUp = figureOf(ratiosWithin(rate(count), single));
    const efficiency = speedUp && { efficiency: scaleFigure(speedUp, 1 / count) };
    return [{ threads: count, jobsPerSecond, ...efficiency, cpuUsPerJob }];
  });
  const fittable = points
    .filter((point) => point.threads <= processors)
    .map((point) => ({ threads: point.threads, perSecond: point.jobsPerSecond.median }));
  const [amdahl, usl] = [judge(fitAmdahl(fittable), fittable), judge(fitUsl(fittable), fittable)];
  return {
    job: kind.name,
    title: kind.title,
    jobUs: kind.us,
    points,
    ...(amdahl && { amdahl }),
    ...(usl && { usl }),
  };
}

function judge(law: ScalingLaw | undefined, points: readonly ScalingPoint[]) {
  if (law === undefined) return undefined;
  const peakThreads = threadsAtPeak(law);
  return {
    ...law,
    worstMiss: worstMiss(law, points),
    ...(Number.isFinite(peakThreads) && { peakThreads }),
  };
}
