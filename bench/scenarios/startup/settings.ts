/**
 * What `bench startup` can be told: its defaults and their ranges, in one place.
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
import { type Flags, type FlagTable, listFlag } from '../../options/flags.js';
import { PEER_NAMES, type PeerName } from '../../peers/index.js';

/** The settings, complete. */
export interface StartupSettings extends ComparisonSettings {
  readonly peers: readonly PeerName[];
}

/** What can be started; the single variant of millrace starts as millrace does. */
export const STARTERS: readonly PeerName[] = PEER_NAMES.filter(
  (name) => name !== 'millrace-single',
);

const DEFAULT_ROUNDS = 10;

export const STARTUP_FLAGS: FlagTable = { peers: 'text', ...COMPARISON_FLAGS };

/** One line of help for each option. */
export const STARTUP_OPTIONS: ReadonlyArray<readonly [option: string, meaning: string]> = [
  ['--peers A,B', `which of ${STARTERS.join(', ')} (all)`],
  ...comparisonOptions(DEFAULT_ROUNDS),
];

/** Reads and completes the settings. @throws UsageError */
export function startupSettings(flags: Flags): StartupSettings {
  const settings: StartupSettings = {
    ...comparisonSettings(flags, DEFAULT_ROUNDS),
    peers: listFlag(flags, 'peers', STARTERS) ?? STARTERS,
  };
  checkFilter(settings.peers, settings.filter);
  return settings;
}
