/**
 * Summarizes the throughput of the peers at one point of a closed loop, and compares millrace with them there.
 *
 * Invariant: every metric keeps the values of all rounds, beside their median and range.
 */
import type { Throughput } from '../load/steady-load.js';
import type { Series } from '../math/series.js';
import type { PeerName } from '../peers/index.js';
import type { NamedFigure } from '../report/document.js';
import {
  type Comparison,
  compareTo,
  compareToBestPool,
  type Figure,
  figureOf,
  scaleFigure,
} from './figures.js';

/** The metrics of one peer at a point. */
export interface PeerThroughput {
  readonly peer: PeerName;
  readonly jobsPerSecond: Figure;
  readonly cpuUsPerJob: Figure;
}

export interface PointThroughput {
  readonly peers: readonly PeerThroughput[];
  /** Compared with the other pool that has the highest median here. */
  readonly toBestPool?: Comparison;
  readonly toRing?: Comparison;
}

/** @param series - The values of a peer at this point, round by round. */
export function compareThroughput(
  peers: readonly PeerName[],
  series: (peer: PeerName, pick: (throughput: Throughput) => number) => Series,
): PointThroughput {
  const rates = new Map(peers.map((peer) => [peer, series(peer, ({ perSecond }) => perSecond)]));
  const toBestPool = compareToBestPool(rates, 'more');
  const toRing = compareTo('ring', rates);
  return {
    peers: [...rates].flatMap(([peer, rate]) => {
      const jobsPerSecond = figureOf(rate);
      const cpuUsPerJob = figureOf(series(peer, (throughput) => throughput.cpuUsPerJob));
      return jobsPerSecond && cpuUsPerJob ? [{ peer, jobsPerSecond, cpuUsPerJob }] : [];
    }),
    ...(toBestPool && { toBestPool }),
    ...(toRing && { toRing }),
  };
}

/** The metrics for comparing with another run. @param at - Names the point. */
export function throughputFigures(
  at: string,
  { peers, toBestPool, toRing }: PointThroughput,
): NamedFigure[] {
  const ratio = (name: string, comparison: Comparison | undefined): NamedFigure[] =>
    comparison === undefined
      ? []
      : [{ ...comparison.ratio, name: `${at}: ${name}`, unit: 'ratio', better: 'more' }];
  return [
    ...peers.flatMap(({ peer, jobsPerSecond, cpuUsPerJob }): NamedFigure[] => [
      { ...jobsPerSecond, name: `${at}: ${peer}`, unit: 'perSecond', better: 'more' },
      {
        ...scaleFigure(cpuUsPerJob, 1 / 1000),
        name: `${at}: ${peer}, CPU time per job`,
        unit: 'milliseconds',
        better: 'less',
      },
    ]),
    ...ratio('millrace ÷ best pool', toBestPool),
    ...ratio('millrace ÷ ring', toRing),
  ];
}
