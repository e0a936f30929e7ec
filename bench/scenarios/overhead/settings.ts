/**
 * Declares the options of `bench overhead` and builds its settings from the given flags.
 *
 * Invariant: the settings are complete and valid; later code does not check them again.
 */
import {
  comparisonOptions,
  type ComparisonSettings,
  comparisonSettings,
  windowOptions,
} from '../../harness/options.js';
import { checkFilter } from '../../harness/filter.js';
import { type Flags, readOptions } from '../../options/flags.js';
import { type OptionTable, optionTable } from '../../options/table.js';
import type { ExperimentJob } from '../../peers/jobs.js';
import { PEER_NAMES, type PeerName } from '../../peers/index.js';

/** A kind of job: its name on the command line and its length. */
export interface JobKind {
  readonly name: string;
  /** Name in the report. */
  readonly title: string;
  readonly job: ExperimentJob;
  /** Duration on a thread that has a CPU to itself. */
  readonly us: number;
}

/** A cell of the grid. */
export interface Point {
  readonly kind: JobKind;
  readonly inFlight: number;
}

/** The complete settings. */
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
const JOB_NAMES = JOB_KINDS.map(({ name }) => name);

const OPTIONS = optionTable({
  jobs: { kind: 'list', of: JOB_NAMES },
  'in-flight': { kind: 'list', of: IN_FLIGHT.map(String) },
  peers: {
    kind: 'list',
    of: PEER_NAMES,
    default: DEFAULT_PEERS,
    shownDefault: 'all but millrace-single',
  },
  ...windowOptions({ windowMs: 500, warmUpMs: 800 }),
  ...comparisonOptions(5),
});

export const OVERHEAD_OPTIONS: OptionTable = OPTIONS;

/** Reads the flags and fills in the defaults. @throws UsageError */
export function overheadSettings(flags: Flags): OverheadSettings {
  const values = readOptions(flags, OPTIONS);
  const { jobs } = values;
  const settings: OverheadSettings = {
    ...comparisonSettings(values),
    jobs: JOB_KINDS.filter(({ name }) => jobs.includes(name)),
    inFlight: values['in-flight'].map(Number),
    peers: values.peers,
    windowMs: values['window-ms'],
    warmUpMs: values['warm-up-ms'],
  };
  const descriptions = gridOf(settings).flatMap((point) =>
    settings.peers.map((peer) => describeMeasurement(point, peer)),
  );
  checkFilter(descriptions, settings.filter);
  return settings;
}

/** Combines every kind of job with every number in flight. */
export function gridOf({ jobs, inFlight }: OverheadSettings): Point[] {
  return jobs.flatMap((kind) => inFlight.map((each) => ({ kind, inFlight: each })));
}

/** Names one measurement. */
export function describeMeasurement({ kind, inFlight }: Point, peer: PeerName): string {
  return `${peer}, ${kind.name}, ${inFlight} in flight`;
}
