/**
 * Declares the options of `bench values` and builds its settings from the given flags.
 *
 * Invariant: the settings are complete and valid; later code does not check them again.
 */
import { checkFilter } from '../../harness/filter.js';
import {
  comparisonOptions,
  type ComparisonSettings,
  comparisonSettings,
  windowOptions,
} from '../../harness/options.js';
import { type Flags, readOptions } from '../../options/flags.js';
import { type OptionTable, optionTable } from '../../options/table.js';
import { PEER_NAMES, type PeerName } from '../../peers/index.js';
import { VALUE_KINDS } from './kinds.js';

/** The complete settings. */
export interface ValuesSettings extends ComparisonSettings {
  /** Names of the value kinds. */
  readonly values: readonly string[];
  readonly inFlight: number;
  readonly peers: readonly PeerName[];
  readonly warmUpMs: number;
  readonly windowMs: number;
}

const OPTIONS = optionTable({
  values: { kind: 'list', of: VALUE_KINDS.map(({ name }) => name) },
  'in-flight': {
    kind: 'number',
    min: 1,
    max: 4096,
    isWhole: true,
    default: 64,
    meaning: 'jobs kept in flight',
  },
  peers: {
    kind: 'list',
    of: PEER_NAMES,
    default: PEER_NAMES.filter((name) => name !== 'millrace-single'),
    shownDefault: 'all but millrace-single',
  },
  ...windowOptions({ windowMs: 500, warmUpMs: 800 }),
  ...comparisonOptions(5),
});

export const VALUES_OPTIONS: OptionTable = OPTIONS;

/** Reads the flags and fills in the defaults. @throws UsageError */
export function valuesSettings(flags: Flags): ValuesSettings {
  const given = readOptions(flags, OPTIONS);
  const settings: ValuesSettings = {
    ...comparisonSettings(given),
    values: given.values,
    inFlight: given['in-flight'],
    peers: given.peers,
    windowMs: given['window-ms'],
    warmUpMs: given['warm-up-ms'],
  };
  const descriptions = settings.values.flatMap((value) =>
    settings.peers.map((peer) => describeMeasurement(value, peer)),
  );
  checkFilter(descriptions, settings.filter);
  return settings;
}

/** Names one measurement. */
export function describeMeasurement(value: string, peer: PeerName): string {
  return `${peer}, ${value}`;
}
