/**
 * Defines the result of `bench startup`: plain data, which `--json` writes and the report is made from. Times
 * are in milliseconds, memory in bytes.
 *
 * Invariant: every metric comes with its values of all rounds; ratios are computed within rounds.
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

/** One start. Times count from the start of the process, except for the import. */
export interface Start {
  /** Time until the program's first line ran: Node's own start. */
  readonly runningMs: number;
  readonly importMs: number;
  readonly firstResultMs: number;
  readonly allThreadsMs: number;
  /** Resident set when all threads had responded. */
  readonly rssBytes: number;
}

/** Times of a number of jobs, from the start of the process. */
export interface Jobs {
  /** One time for each of `NTH`. */
  readonly nthMs: readonly number[];
}

export type Measured = Start | Jobs;

/** The compared metrics. */
export const MEASURES = ['importMs', 'firstResultMs', 'allThreadsMs', 'rssBytes'] as const;
export type Measure = (typeof MEASURES)[number];

export interface PeerStart extends Readonly<Record<Exclude<Measure, 'importMs'>, Figure>> {
  readonly peer: PeerName;
  /** Absent if there is nothing to import. */
  readonly importMs?: Figure;
}

/** Times of the n-th result, of all pools. */
export interface NthResult {
  readonly n: number;
  readonly peers: ReadonlyArray<{ readonly peer: PeerName; readonly ms: Figure }>;
  readonly toBestPool?: Comparison;
}

export interface StartupResult extends ScenarioResult {
  readonly scenario: 'startup';
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: StartupSettings;
  /** Requested peers that are not installed. */
  readonly missing: readonly PeerName[];
  readonly peers: readonly PeerStart[];
  /** Time until a program's first line runs, of all pools; absent if nothing was measured. */
  readonly runningMs?: Figure;
  /** Millrace ÷ the other pool with the least median; below 1, millrace has less. */
  readonly toBestPool: Readonly<Partial<Record<Measure, Comparison>>>;
  /** Millrace ÷ bare threads. */
  readonly toRing: Readonly<Partial<Record<Measure, Comparison>>>;
  /** Time from the start of the process to the n-th result. */
  readonly nth: readonly NthResult[];
}

type StartMeasurements = Measurements<StartPoint, PeerName, Measured>;

/** Summarizes the rounds. */
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
