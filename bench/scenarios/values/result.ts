/**
 * The result of `bench values`: plain data, what `--json` writes and what the report is made from.
 *
 * Invariant: every figure is there for each round, and beside it the middle and the range of them.
 */
import {
  type Comparison,
  compareTo,
  compareToBestPool,
  type Figure,
  figureOf,
} from '../../harness/figures.js';
import type { Measurements } from '../../harness/rounds.js';
import type { PeerName } from '../../peers/index.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import type { ValuesReply } from './program.js';
import type { ValuesSettings } from './settings.js';

/** What one peer did with a value. */
export interface PeerFigures {
  readonly peer: PeerName;
  readonly jobsPerSecond: Figure;
  readonly cpuUsPerJob: Figure;
}

export interface ValueResult {
  /** Its kind's name. */
  readonly value: string;
  readonly peers: readonly PeerFigures[];
  /** The other pool with the greatest median here. */
  readonly toBestPool?: Comparison;
  readonly toRing?: Comparison;
}

export interface ValuesResult extends ScenarioResult {
  readonly scenario: 'values';
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: ValuesSettings;
  /** Peers that were asked for and are not installed. */
  readonly missing: readonly PeerName[];
  readonly values: readonly ValueResult[];
}

export type ValuesMeasurements = Measurements<string, PeerName, ValuesReply>;

/** What the rounds of one value show. */
export function valueResult(
  value: string,
  peers: readonly PeerName[],
  measurements: ValuesMeasurements,
): ValueResult {
  const series = (peer: PeerName, pick: (reply: ValuesReply) => number) =>
    measurements.series(value, peer, pick);
  const rates = new Map(
    peers.map((peer) => [peer, series(peer, ({ throughput }) => throughput.perSecond)]),
  );
  const toBestPool = compareToBestPool(rates, 'more');
  const toRing = compareTo('ring', rates);
  return {
    value,
    peers: [...rates].flatMap(([peer, rate]) => {
      const jobsPerSecond = figureOf(rate);
      const cpuUsPerJob = figureOf(series(peer, ({ throughput }) => throughput.cpuUsPerJob));
      return jobsPerSecond && cpuUsPerJob ? [{ peer, jobsPerSecond, cpuUsPerJob }] : [];
    }),
    ...(toBestPool && { toBestPool }),
    ...(toRing && { toRing }),
  };
}
