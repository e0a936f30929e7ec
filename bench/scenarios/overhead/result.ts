/**
 * The result of `bench overhead`: plain data, what `--json` writes and what the printed report is
 * made from.
 *
 * Invariant: every figure is there for each round, and beside it the middle and the range of them.
 */
import {
  type Comparison,
  compareTo,
  compareToBestPool,
  type Figure,
  figureOf,
  scaleFigure,
} from '../../harness/figures.js';
import type { PeerName } from '../../peers/index.js';
import type { Measurements } from '../../harness/rounds.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import type { OverheadReply } from './program.js';
import type { OverheadSettings, Point } from './settings.js';

/** What one peer did at a point. */
export interface PeerFigures {
  readonly peer: PeerName;
  readonly jobsPerSecond: Figure;
  readonly cpuUsPerJob: Figure;
  /** Of the time that the threads' processors have, in jobs; absent where a job has no length. */
  readonly timeInJobs?: Figure;
}

export interface PointResult {
  readonly job: string;
  readonly jobUs: number;
  readonly inFlight: number;
  readonly peers: readonly PeerFigures[];
  /** The other pool with the greatest median here. */
  readonly toBestPool?: Comparison;
  readonly toRing?: Comparison;
}

export interface OverheadResult extends ScenarioResult {
  readonly scenario: 'overhead';
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: OverheadSettings;
  /** Units of work that a thread does in a microsecond: what makes a job as long as it is called. */
  readonly workPerUs: number;
  /** Peers that were asked for and are not installed. */
  readonly missing: readonly PeerName[];
  readonly points: readonly PointResult[];
}

export type OverheadMeasurements = Measurements<Point, PeerName, OverheadReply>;

/** What one point shows. @param processors - That the threads can use. */
export function pointResult(
  point: Point,
  peers: readonly PeerName[],
  processors: number,
  measurements: OverheadMeasurements,
): PointResult {
  const { kind, inFlight } = point;
  const rates = new Map(
    peers.map((peer) => [
      peer,
      measurements.series(point, peer, ({ throughput }) => throughput.perSecond),
    ]),
  );
  const toBestPool = compareToBestPool(rates, 'more');
  const toRing = compareTo('ring', rates);
  return {
    job: kind.name,
    jobUs: kind.us,
    inFlight,
    peers: [...rates].flatMap(([peer, rate]) => {
      const jobsPerSecond = figureOf(rate);
      const cpuUsPerJob = figureOf(
        measurements.series(point, peer, ({ throughput }) => throughput.cpuUsPerJob),
      );
      if (jobsPerSecond === undefined || cpuUsPerJob === undefined) return [];
      const share = kind.us / 1e6 / processors;
      const timeInJobs = kind.us > 0 && { timeInJobs: scaleFigure(jobsPerSecond, share) };
      return [{ peer, jobsPerSecond, cpuUsPerJob, ...timeInJobs }];
    }),
    ...(toBestPool && { toBestPool }),
    ...(toRing && { toRing }),
  };
}
