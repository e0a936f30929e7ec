/**
 * What `bench tail` can be told: its defaults and their ranges, in one place.
 *
 * Invariant: what leaves this file is complete and valid; nothing behind it checks again.
 */
import {
  COMPARISON_FLAGS,
  comparisonOptions,
  type ComparisonSettings,
  comparisonSettings,
} from '../../harness/options.js';
import { checkFilter } from '../../harness/filter.js';
import { type Flags, type FlagTable, listFlag, numberFlag } from '../../options/flags.js';
import { PEER_NAMES, type PeerName } from '../../peers/index.js';
import { formatPercent } from '../../report/format.js';

/** The settings, complete. */
export interface TailSettings extends ComparisonSettings {
  readonly peers: readonly PeerName[];
  /** How long arrivals are measured, at each rate. */
  readonly seconds: number;
  /** How long a load runs before. */
  readonly warmUpSeconds: number;
}

/** How many jobs are in flight at saturation. */
export const SATURATED_IN_FLIGHT = 64;
/** The rates, as shares of the best other pool's throughput at saturation. */
export const LOADS: readonly number[] = [0.5, 0.8];

const DEFAULT_PEERS = PEER_NAMES.filter((name) => name !== 'millrace-single' && name !== 'ring');
const DEFAULT_ROUNDS = 5;
const DEFAULT_SECONDS = 4;
const DEFAULT_WARM_UP_SECONDS = 0.5;

export const TAIL_FLAGS: FlagTable = {
  peers: 'text',
  seconds: 'text',
  'warm-up': 'text',
  ...COMPARISON_FLAGS,
};

/** One line of help for each option. */
export const TAIL_OPTIONS: ReadonlyArray<readonly [option: string, meaning: string]> = [
  ['--peers A,B', `which of ${PEER_NAMES.join(', ')} (all but millrace-single and ring)`],
  ['--seconds N', `how long each measurement takes (${DEFAULT_SECONDS})`],
  ['--warm-up N', `seconds that the load runs before (${DEFAULT_WARM_UP_SECONDS})`],
  ...comparisonOptions(DEFAULT_ROUNDS),
];

/** Reads and completes the settings. @throws UsageError */
export function tailSettings(flags: Flags): TailSettings {
  const settings: TailSettings = {
    ...comparisonSettings(flags, DEFAULT_ROUNDS),
    peers: listFlag(flags, 'peers', PEER_NAMES) ?? DEFAULT_PEERS,
    seconds: numberFlag(flags, 'seconds', { min: 0.1, max: 3600 }) ?? DEFAULT_SECONDS,
    warmUpSeconds: numberFlag(flags, 'warm-up', { min: 0, max: 60 }) ?? DEFAULT_WARM_UP_SECONDS,
  };
  const descriptions = settings.peers.flatMap((peer) => [
    describeSaturated(peer),
    ...LOADS.map((load) => describeArrivals(load, peer)),
  ]);
  checkFilter(descriptions, settings.filter);
  return settings;
}

/** What the measurement of a pool's throughput is called. */
export function describeSaturated(peer: PeerName): string {
  return `${peer} at saturation`;
}

/** What the measurement of a pool's latencies is called. */
export function describeArrivals(load: number, peer: PeerName): string {
  return `${peer} at ${formatPercent(load)}`;
}
