/**
 * What `bench overhead` can be told: the grid's defaults and their ranges, in one place.
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
import type { ExperimentJob } from '../../peers/jobs.js';
import { PEER_NAMES, type PeerName } from '../../peers/index.js';

/** A kind of job: its name on the command line, and its length. */
export interface JobKind {
  readonly name: string;
  /** As a reader sees it. */
  readonly title: string;
  readonly job: ExperimentJob;
  /** How long it takes on a thread that has its processor to itself. */
  readonly us: number;
}

/** A cell of the grid. */
export interface Point {
  readonly kind: JobKind;
  readonly inFlight: number;
}

/** The settings, complete. */
export interface OverheadSettings extends ComparisonSettings {
  readonly jobs: readonly JobKind[];
  readonly inFlight: readonly number[];
  readonly peers: readonly PeerName[];
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** The rows of the grid. */
export const JOB_KINDS: readonly JobKind[] = [
  { name: 'no-op', title: 'No-ops', job: 'noop', us: 0 },
  { name: '10us', title: 'Jobs of 10 µs', job: 'work', us: 10 },
  { name: '100us', title: 'Jobs of 100 µs', job: 'work', us: 100 },
  { name: '1ms', title: 'Jobs of 1 ms', job: 'work', us: 1000 },
];

const IN_FLIGHT = [1, 16, 64, 256, 1024];
const DEFAULT_PEERS = PEER_NAMES.filter((name) => name !== 'millrace-single');
const DEFAULT_ROUNDS = 5;
const DEFAULT_WINDOW_MS = 500;
const DEFAULT_WARM_UP_MS = 800;
const JOB_NAMES = JOB_KINDS.map(({ name }) => name);

export const OVERHEAD_FLAGS: FlagTable = {
  jobs: 'text',
  'in-flight': 'text',
  peers: 'text',
  'window-ms': 'text',
  'warm-up-ms': 'text',
  ...COMPARISON_FLAGS,
};

/** One line of help for each option. */
export const OVERHEAD_OPTIONS: ReadonlyArray<readonly [option: string, meaning: string]> = [
  ['--jobs A,B', `which of ${JOB_NAMES.join(', ')} (all)`],
  ['--in-flight A,B', `which of ${IN_FLIGHT.join(', ')} (all)`],
  ['--peers A,B', `which of ${PEER_NAMES.join(', ')} (all but millrace-single)`],
  ['--window-ms N', `how long each measurement takes (${DEFAULT_WINDOW_MS})`],
  ['--warm-up-ms N', `and how long the load runs before (${DEFAULT_WARM_UP_MS})`],
  ...comparisonOptions(DEFAULT_ROUNDS),
];

/** Reads and completes the settings. @throws UsageError */
export function overheadSettings(flags: Flags): OverheadSettings {
  const jobs = listFlag(flags, 'jobs', JOB_NAMES) ?? JOB_NAMES;
  const settings: OverheadSettings = {
    ...comparisonSettings(flags, DEFAULT_ROUNDS),
    jobs: JOB_KINDS.filter(({ name }) => jobs.includes(name)),
    inFlight: listFlag(flags, 'in-flight', IN_FLIGHT.map(String))?.map(Number) ?? IN_FLIGHT,
    peers: listFlag(flags, 'peers', PEER_NAMES) ?? DEFAULT_PEERS,
    windowMs: numberFlag(flags, 'window-ms', { min: 20, max: 60_000 }) ?? DEFAULT_WINDOW_MS,
    warmUpMs: numberFlag(flags, 'warm-up-ms', { min: 0, max: 60_000 }) ?? DEFAULT_WARM_UP_MS,
  };
  const descriptions = gridOf(settings).flatMap((point) =>
    settings.peers.map((peer) => describeMeasurement(point, peer)),
  );
  checkFilter(descriptions, settings.filter);
  return settings;
}

/** Every job with every number in flight. */
export function gridOf({ jobs, inFlight }: OverheadSettings): Point[] {
  return jobs.flatMap((kind) => inFlight.map((each) => ({ kind, inFlight: each })));
}

/** What one measurement is called. */
export function describeMeasurement({ kind, inFlight }: Point, peer: PeerName): string {
  return `${peer}, ${kind.name}, ${inFlight} in flight`;
}
