/**
 * The result of `bench startup`: plain data, what `--json` writes and what the report is made from.
 * Times are in milliseconds, memory in bytes.
 *
 * Invariant: beside every figure are the figures of all rounds; ratios are taken within rounds.
 */
import {
  type Comparison,
  compareTo,
  compareToBestPool,
  type Figure,
  figureOf,
} from '../../harness/figures.js';
import type { PeerName } from '../../peers/index.js';
import type { Measurements } from '../../harness/rounds.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import { NTH } from './count.js';
import type { StartPoint, StartupSettings } from './settings.js';

/** One start. Times count from the start of the process, but for that of the import. */
export interface Start {
  /** Until the program's own first line ran: Node's part. */
  readonly runningMs: number;
  readonly importMs: number;
  readonly firstResultMs: number;
  readonly allThreadsMs: number;
  /** When all threads had answered. */
  readonly rssBytes: number;
}

/** How long so many jobs took, from the start of the process. */
export interface Jobs {
  /** As many as `NTH`. */
  readonly nthMs: readonly number[];
}

export type Measured = Start | Jobs;

/** What is compared. */
export const MEASURES = ['importMs', 'firstResultMs', 'allThreadsMs', 'rssBytes'] as const;
export type Measure = (typeof MEASURES)[number];

export interface PeerStart extends Readonly<Record<Exclude<Measure, 'importMs'>, Figure>> {
  readonly peer: PeerName;
  /** Absent where there is nothing to import. */
  readonly importMs?: Figure;
}

/** The times of one result, of all pools. */
export interface NthResult {
  readonly n: number;
  readonly peers: ReadonlyArray<{ readonly peer: PeerName; readonly ms: Figure }>;
  readonly toBestPool?: Comparison;
}

export interface StartupResult extends ScenarioResult {
  readonly scenario: 'startup';
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: StartupSettings;
  /** Peers that were asked for and are not installed. */
  readonly missing: readonly PeerName[];
  readonly peers: readonly PeerStart[];
  /** Until a program's first line runs, whatever the pool; absent where nothing was measured. */
  readonly runningMs?: Figure;
  /** Millrace ÷ the other pool with the least median; less than 1 is less. */
  readonly toBestPool: Readonly<Partial<Record<Measure, Comparison>>>;
  /** Millrace ÷ bare threads. */
  readonly toRing: Readonly<Partial<Record<Measure, Comparison>>>;
  /** From the start of the process to the n-th result. */
  readonly nth: readonly NthResult[];
}

type StartMeasurements = Measurements<StartPoint, PeerName, Measured>;

/** What the rounds show. */
export function startResults(
  peers: readonly PeerName[],
  measurements: StartMeasurements,
): Pick<StartupResult, 'peers' | 'runningMs' | 'toBestPool' | 'toRing' | 'nth'> {
  const series = (peer: PeerName, pick: (start: Start) => number) =>
    measurements.series('start', peer, (start) => pick(start as Start));
  const all = peers.flatMap((peer) => [...series(peer, ({ runningMs }) => runningMs).values()]);
  const runningMs = figureOf(new Map(all.entries()));
  const toBestPool: Partial<Record<Measure, Comparison>> = {};
  const toRing: Partial<Record<Measure, Comparison>> = {};
  for (const measure of MEASURES) {
    const figures = new Map(peers.map((peer) => [peer, series(peer, (start) => start[measure])]));
    const [best, bare] = [compareToBestPool(figures, 'less'), compareTo('ring', figures)];
    if (best !== undefined) toBestPool[measure] = best;
    if (bare !== undefined && measure !== 'importMs') toRing[measure] = bare;
  }
  return {
    peers: peers.flatMap((peer): PeerStart[] => {
      const figure = (measure: Measure) => figureOf(series(peer, (start) => start[measure]));
      const [importMs, firstResultMs, allThreadsMs, rssBytes] = MEASURES.map(figure);
      if (firstResultMs === undefined || allThreadsMs === undefined || rssBytes === undefined) {
        return [];
      }
      const imported = peer !== 'ring' && importMs !== undefined && { importMs };
      return [{ peer, ...imported, firstResultMs, allThreadsMs, rssBytes }];
    }),
    ...(runningMs && { runningMs }),
    toBestPool,
    toRing,
    nth: NTH.map((n, index) => nthResult(n, index, peers, measurements)),
  };
}

function nthResult(
  n: number,
  index: number,
  peers: readonly PeerName[],
  measurements: StartMeasurements,
): NthResult {
  const figures = new Map(
    peers.map((peer) => [
      peer,
      measurements.series('jobs', peer, (jobs) => (jobs as Jobs).nthMs[index] ?? NaN),
    ]),
  );
  const toBestPool = compareToBestPool(figures, 'less');
  return {
    n,
    peers: [...figures].flatMap(([peer, times]) => {
      const ms = figureOf(times);
      return ms === undefined ? [] : [{ peer, ms }];
    }),
    ...(toBestPool && { toBestPool }),
  };
}
