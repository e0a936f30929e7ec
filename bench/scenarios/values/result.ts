/**
 * Defines the result of `bench values`: plain data, which `--json` writes and the report is made from.
 *
 * Invariant: every metric has its value in each round, their median and their range.
 */
import type { Measurements } from '../../harness/rounds.js';
import { compareThroughput, type PointThroughput } from '../../harness/throughput.js';
import type { PeerName } from '../../peers/index.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import type { ValuesReply } from './program.js';
import type { ValuesSettings } from './settings.js';

export interface ValueResult extends PointThroughput {
  /** Name of the value kind. */
  readonly value: string;
}

export interface ValuesResult extends ScenarioResult {
  readonly scenario: 'values';
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: ValuesSettings;
  /** Requested peers that are not installed. */
  readonly missing: readonly PeerName[];
  readonly values: readonly ValueResult[];
}

export type ValuesMeasurements = Measurements<string, PeerName, ValuesReply>;

/** Summarizes the rounds of one value. */
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
