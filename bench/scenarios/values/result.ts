/**
 * The result of `bench values`: plain data, what `--json` writes and what the report is made from.
 *
 * Invariant: every figure is there for each round, and beside it the middle and the range of them.
 */
import type { Measurements } from '../../harness/rounds.js';
import { compareThroughput, type PointThroughput } from '../../harness/throughput.js';
import type { PeerName } from '../../peers/index.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import type { ValuesReply } from './program.js';
import type { ValuesSettings } from './settings.js';

export interface ValueResult extends PointThroughput {
  /** Its kind's name. */
  readonly value: string;
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
  return {
    value,
    ...compareThroughput(peers, (peer, pick) =>
      measurements.series(value, peer, ({ throughput }) => pick(throughput)),
    ),
  };
}
