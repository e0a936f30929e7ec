/**
 * Declares the options of `bench startup` and builds its settings from the given flags.
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

/** The complete settings. */
export interface StartupSettings extends ComparisonSettings {
  readonly peers: readonly PeerName[];
}

/** 'start' lasts until all threads have responded, 'jobs' until a number of jobs have run. */
export const START_POINTS = ['start', 'jobs'] as const;
export type StartPoint = (typeof START_POINTS)[number];

/** Names one measurement. */
export function describeMeasurement(point: StartPoint, peer: PeerName): string {
  return point === 'jobs' ? `${peer}, jobs` : peer;
}

/** The peers to choose from; without `millrace-single`, which starts like `millrace`. */
export const STARTERS: readonly PeerName[] = PEER_NAMES.filter(
  (name) => name !== 'millrace-single',
);

const OPTIONS = optionTable({ peers: { kind: 'list', of: STARTERS }, ...comparisonOptions(10) });

export const STARTUP_OPTIONS: OptionTable = OPTIONS;

/** Reads the flags and fills in the defaults. @throws UsageError */
export function startupSettings(flags: Flags): StartupSettings {
  const values = readOptions(flags, OPTIONS);
  const settings: StartupSettings = {
    ...comparisonSettings(values),
    peers: values.peers,
  };
  const descriptions = settings.peers.flatMap((peer) =>
    START_POINTS.map((point) => describeMeasurement(point, peer)),
  );
  checkFilter(descriptions, settings.filter);
  return settings;
}
