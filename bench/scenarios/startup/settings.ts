/**
 * Describes the options of `bench startup`, and makes its settings of what was given.
 *
 * Invariant: what leaves this file is complete and valid; nothing behind it checks again.
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

/** The settings, complete. */
export interface StartupSettings extends ComparisonSettings {
  readonly peers: readonly PeerName[];
}

/** A start until all threads have answered, or one until so many jobs are done. */
export const START_POINTS = ['start', 'jobs'] as const;
export type StartPoint = (typeof START_POINTS)[number];

/** What one measurement is called. */
export function describeMeasurement(point: StartPoint, peer: PeerName): string {
  return point === 'jobs' ? `${peer}, jobs` : peer;
}

/** What can be started; the single variant of millrace starts as millrace does. */
export const STARTERS: readonly PeerName[] = PEER_NAMES.filter(
  (name) => name !== 'millrace-single',
);

const OPTIONS = optionTable({ peers: { kind: 'list', of: STARTERS }, ...comparisonOptions(10) });

export const STARTUP_OPTIONS: OptionTable = OPTIONS;

/** Reads and completes the settings. @throws UsageError */
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
