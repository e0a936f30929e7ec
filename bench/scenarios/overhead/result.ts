/**
 * Defines the result of `bench overhead`: plain data, which `--json` writes and the report is made from.
 *
 * Invariant: every metric has its value in each round, their median and their range.
 */
import { type Figure, scaleFigure } from '../../harness/figures.js';
import {
  compareThroughput,
  type PeerThroughput,
  type PointThroughput,
} from '../../harness/throughput.js';
import type { PeerName } from '../../peers/index.js';
import type { Measurements } from '../../harness/rounds.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import type { OverheadReply } from './program.js';
import type { OverheadSettings, Point } from './settings.js';

/** Metrics of one peer at a point. */
export interface PeerFigures extends PeerThroughput {
  /** Share of the CPU time of the threads that is spent in jobs; absent if a job has no length. */
  readonly timeInJobs?: Figure;
}

export interface PointResult extends PointThroughput {
  readonly job: string;
  readonly jobUs: number;
  readonly inFlight: number;
  readonly peers: readonly PeerFigures[];
}

export interface OverheadResult extends ScenarioResult {
  readonly scenario: 'overhead';
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: OverheadSettings;
  /** Units of work that a thread does in a microsecond; they set the length of a job. */
  readonly workPerUs: number;
  /** Requested peers that are not installed. */
  readonly missing: readonly PeerName[];
  readonly points: readonly PointResult[];
}

export type OverheadMeasurements = Measurements<Point, PeerName, OverheadReply>;

/** Summarizes one point. @param processors - Number of CPUs that the threads can use. */
export function pointResult(
  point: Point,
  peers: readonly PeerName[],
  processors: number,
  measurements: OverheadMeasurements,
): PointResult {
  const { kind, inFlight } = point;
  const compared = compareThroughput(peers, (peer, pick) =>
    measurements.series(point, peer, ({ throughput }) => pick(throughput)),
  );
  const share = kind.us / 1e6 / processors;
  return {
    job: kind.name,
    jobUs: kind.us,
    inFlight,
    ...compared,
    peers: compared.peers.map((each) =>
      kind.us > 0
        ? Object.assign(each, { timeInJobs: scaleFigure(each.jobsPerSecond, share) })
        : each,
    ),
  };
}
