/**
 * The result of `bench overhead`: plain data, what `--json` writes and what the printed report is
 * made from.
 *
 * Invariant: every figure is there for each round, and beside it the middle and the range of them.
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

/** What one peer did at a point. */
export interface PeerFigures extends PeerThroughput {
  /** Of the time that the threads' processors have, in jobs; absent where a job has no length. */
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
