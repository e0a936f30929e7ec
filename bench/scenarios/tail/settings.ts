/**
 * Declares the options of `bench tail` and builds its settings from the given flags.
 *
 * Invariant: the settings are complete and valid; later code does not check them again.
 */
import {
  comparisonOptions,
  type ComparisonSettings,
  comparisonSettings,
} from '../../harness/options.js';
import { checkFilter } from '../../harness/filter.js';
import { type Flags, readOptions } from '../../options/flags.js';
import { type OptionTable, optionTable } from '../../options/table.js';
import { PEER_NAMES, type PeerName } from '../../peers/index.js';
import { formatPercent } from '../../report/format.js';

/** The complete settings. */
export interface TailSettings extends ComparisonSettings {
  readonly peers: readonly PeerName[];
  /** Duration of the measured arrivals at each rate. */
  readonly seconds: number;
  /** Duration of the load before. */
  readonly warmUpSeconds: number;
}

/** Jobs in flight at saturation. */
export const SATURATED_IN_FLIGHT = 64;
/** Rates as shares of the reference's throughput at saturation, normally the best other pool's. */
export const LOADS: readonly number[] = [0.5, 0.8];

const DEFAULT_PEERS = PEER_NAMES.filter((name) => name !== 'millrace-single' && name !== 'ring');

const OPTIONS = optionTable({
  peers: {
    kind: 'list',
    of: PEER_NAMES,
    default: DEFAULT_PEERS,
    shownDefault: 'all but millrace-single and ring',
  },
  seconds: {
    kind: 'number',
    min: 0.1,
    max: 3600,
    default: 4,
    meaning: 'duration of each measurement',
  },
  'warm-up': {
    kind: 'number',
    min: 0,
    max: 60,
    default: 0.5,
    meaning: 'duration of the warm-up before it',
  },
  ...comparisonOptions(5),
});

export const TAIL_OPTIONS: OptionTable = OPTIONS;

/** Reads the flags and fills in the defaults. @throws UsageError */
export function tailSettings(flags: Flags): TailSettings {
  const values = readOptions(flags, OPTIONS);
  const settings: TailSettings = {
    ...comparisonSettings(values),
    peers: values.peers,
    seconds: values.seconds,
    warmUpSeconds: values['warm-up'],
  };
  const descriptions = settings.peers.flatMap((peer) => [
    describeSaturated(peer),
    ...LOADS.map((load) => describeArrivals(load, peer)),
  ]);
  checkFilter(descriptions, settings.filter);
  return settings;
}

/** Names the measurement of a pool's throughput. */
export function describeSaturated(peer: PeerName): string {
  return `${peer} at saturation`;
}

/** Names the measurement of a pool's latencies. */
export function describeArrivals(load: number, peer: PeerName): string {
  return `${peer} at ${formatPercent(load)}`;
}
