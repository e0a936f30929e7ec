/**
 * The throughput of peers at one point of a closed loop, as a result has it, and how millrace compares there.
 *
 * Invariant: every figure is there for each round, and beside it the middle and the range of them.
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

/** What one peer did at a point. */
export interface PeerThroughput {
  readonly peer: PeerName;
  readonly jobsPerSecond: Figure;
  readonly cpuUsPerJob: Figure;
}

export interface PointThroughput {
  readonly peers: readonly PeerThroughput[];
  /** The other pool with the greatest median here. */
  readonly toBestPool?: Comparison;
  readonly toRing?: Comparison;
}

/** @param series - What the rounds of a peer gave at this point. */
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

/** For a comparison with another run. @param at - Names the point. */
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
        name: `${at}: ${peer}, processor time per job`,
        unit: 'milliseconds',
        better: 'less',
      },
    ]),
    ...ratio('millrace ÷ best pool', toBestPool),
    ...ratio('millrace ÷ ring', toRing),
  ];
}
