/**
 * Defines the result of `bench tail`: plain data, which `--json` writes and the report is made from. Times are
 * in milliseconds.
 *
 * Invariant: all peers had the same arrivals of the same jobs at the same absolute rate.
 */
import {
  bestOtherPool,
  type Comparison,
  compareToBestPool,
  type Figure,
  figureOf,
  scaleFigure,
} from '../../harness/figures.js';
import type { PeerName } from '../../peers/index.js';
import type { Measurements } from '../../harness/rounds.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import { type Series, spreadOf } from '../../math/series.js';
import { addEndings, type Endings } from '../../load/endings.js';
import { MEAN_US } from './mix.js';
import type { ArrivalReply, JobLatencies, SaturationReply } from './program.js';
import type { TailSettings } from './settings.js';

export const PERCENTILES = ['p50', 'p95', 'p99', 'p999', 'max'] as const;

type Percentile = (typeof PERCENTILES)[number];

/** A reported latency: of which jobs, and until when. */
export interface View {
  readonly jobs: 'short' | 'all';
  readonly until: keyof JobLatencies;
}

const VIEWS: readonly View[] = [
  { jobs: 'short', until: 'total' },
  { jobs: 'short', until: 'wait' },
  { jobs: 'all', until: 'total' },
  { jobs: 'all', until: 'wait' },
];

/** Latencies of all peers in one view. */
export interface ViewResult extends View {
  readonly peers: ReadonlyArray<{ readonly peer: PeerName } & Readonly<Record<Percentile, Figure>>>;
  /** Ratio to the other pool with the least median of the percentile; below 1 is shorter. */
  readonly toBestPool: Readonly<Partial<Record<Percentile, Comparison>>>;
}

/** Metrics at one rate. */
export interface LoadResult {
  /** Rate as a share of the reference's throughput at saturation. */
  readonly load: number;
  readonly ratePerSecond: number;
  readonly views: readonly ViewResult[];
  /** Endings of the arrivals in all rounds. */
  readonly endings: ReadonlyArray<{ readonly peer: PeerName } & Endings>;
  /** Lateness of the load generator: the median of its p99. */
  readonly latenessP99: ReadonlyArray<{ readonly peer: PeerName; readonly ms: number }>;
  /** Share of the due arrivals that were sent: the min of all peers and rounds. */
  readonly sentShare: number;
}

export interface SaturationResult {
  readonly peer: PeerName;
  readonly jobsPerSecond: Figure;
  /** Share of the throughput that the threads could have without any overhead. */
  readonly shareOfCeiling: Figure;
}

export interface TailResult extends ScenarioResult {
  readonly scenario: 'tail';
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: TailSettings;
  readonly missing: readonly PeerName[];
  readonly saturation: readonly SaturationResult[];
  /** The peer whose saturation the rates refer to; absent if nothing was measured. */
  readonly reference?: PeerName;
  readonly loads: readonly LoadResult[];
}

/** A rate at which all peers are measured. */
export interface LoadPoint {
  readonly load: number;
  readonly ratePerSecond: number;
}

/** Returns the throughputs at saturation of each peer. */
export function saturationRates(
  peers: readonly PeerName[],
  measurements: Measurements<'saturation', PeerName, SaturationReply>,
): Map<PeerName, Series> {
  return new Map(
    peers.map((peer) => [
      peer,
      measurements.series('saturation', peer, ({ throughput }) => throughput.perSecond),
    ]),
  );
}

/** @param processors - Number of CPUs that the threads can use. */
export function saturationResults(
  rates: ReadonlyMap<PeerName, Series>,
  processors: number,
): SaturationResult[] {
  const perSecond = (processors * 1e6) / MEAN_US;
  return [...rates].flatMap(([peer, rate]) => {
    const jobsPerSecond = figureOf(rate);
    if (jobsPerSecond === undefined) return [];
    return [{ peer, jobsPerSecond, shareOfCeiling: scaleFigure(jobsPerSecond, 1 / perSecond) }];
  });
}

/** Returns the best other pool and its throughput; if there is no other pool, `millrace` or else the first peer. */
export function reference(
  rates: ReadonlyMap<PeerName, Series>,
): { readonly peer: PeerName; readonly perSecond: number } | undefined {
  const own = rates.has('millrace') ? ('millrace' as const) : undefined;
  const peer = bestOtherPool(rates, 'more') ?? own ?? [...rates.keys()][0];
  const spread = peer && spreadOf(rates.get(peer)?.values() ?? []);
  return peer === undefined || spread === undefined
    ? undefined
    : { peer, perSecond: spread.median };
}

/** Summarizes one rate. */
export function loadResult(
  point: LoadPoint,
  peers: readonly PeerName[],
  measurements: Measurements<LoadPoint, PeerName, ArrivalReply>,
): LoadResult {
  const series = (pick: (reply: ArrivalReply) => number): Map<PeerName, Series> =>
    new Map(peers.map((peer) => [peer, known(measurements.series(point, peer, pick))]));
  const sent = series((reply) => reply.sent / reply.intended);
  const lateness = series((reply) => reply.lateness.p99);
  return {
    ...point,
    views: VIEWS.map((view) => viewResult(view, peers, series)),
    endings: peers.flatMap((peer) => {
      const rounds: Endings[] = [];
      measurements.series(point, peer, (reply) => rounds.push(reply.endings));
      return rounds.length === 0 ? [] : [{ peer, ...addEndings(rounds) }];
    }),
    latenessP99: [...lateness].flatMap(([peer, each]) => {
      const spread = spreadOf(each.values());
      return spread === undefined ? [] : [{ peer, ms: spread.median }];
    }),
    sentShare: Math.min(1, ...[...sent.values()].map((each) => Math.min(...each.values()))),
  };
}

/** Drops rounds without a value: one that served nothing has no latency. */
function known(series: Series): Series {
  return new Map([...series].filter(([, value]) => !Number.isNaN(value)));
}

function viewResult(
  view: View,
  peers: readonly PeerName[],
  series: (pick: (reply: ArrivalReply) => number) => Map<PeerName, Series>,
): ViewResult {
  const figures = PERCENTILES.map((percentile) => ({
    percentile,
    series: series((reply) => {
      const latencies = reply[view.jobs][view.until];
      return latencies.count === 0 ? NaN : latencies[percentile];
    }),
  }));
  const toBestPool: Partial<Record<Percentile, Comparison>> = {};
  for (const each of figures) {
    const comparison = compareToBestPool(each.series, 'less');
    if (comparison !== undefined) toBestPool[each.percentile] = comparison;
  }
  return {
    ...view,
    toBestPool,
    peers: peers.flatMap((peer) => {
      const own: Partial<Record<Percentile, Figure>> = {};
      for (const each of figures) {
        const figure = figureOf(each.series.get(peer) ?? new Map());
        if (figure === undefined) return [];
        own[each.percentile] = figure;
      }
      return [{ peer, ...(own as Record<Percentile, Figure>) }];
    }),
  };
}
