/**
 * What `bench payload` can be told: its defaults and their ranges, in one place.
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
import { PAYLOAD_ARMS, type PayloadArm, type Way, WAYS } from './arms.js';

/** How many bytes a job carries. */
export interface Size {
  readonly name: string;
  readonly bytes: number;
}

/** One combination that is measured. */
export interface PayloadPoint {
  readonly way: Way;
  readonly size: Size;
  readonly inFlight: number;
}

/** The settings, complete. */
export interface PayloadSettings extends ComparisonSettings {
  readonly sizes: readonly Size[];
  readonly ways: readonly Way[];
  readonly inFlight: readonly number[];
  readonly warmUpMs: number;
  readonly windowMs: number;
}

const SIZES: readonly Size[] = [
  { name: '1KB', bytes: 1024 },
  { name: '100KB', bytes: 100 * 1024 },
  { name: '10MB', bytes: 10 * 1024 ** 2 },
];
const SIZE_NAMES = SIZES.map(({ name }) => name);
const IN_FLIGHT = [1, 4];
const DEFAULT_ROUNDS = 5;
const DEFAULT_WINDOW_MS = 500;
const DEFAULT_WARM_UP_MS = 300;

export const PAYLOAD_FLAGS: FlagTable = {
  sizes: 'text',
  ways: 'text',
  'in-flight': 'text',
  'window-ms': 'text',
  'warm-up-ms': 'text',
  ...COMPARISON_FLAGS,
};

/** One line of help for each option. */
export const PAYLOAD_OPTIONS: ReadonlyArray<readonly [option: string, meaning: string]> = [
  ['--sizes A,B', `which of ${SIZE_NAMES.join(', ')} (all)`],
  ['--ways A,B', `which of ${WAYS.join(', ')} (all)`],
  ['--in-flight A,B', `which of ${IN_FLIGHT.join(', ')} (all)`],
  ['--window-ms N', `how long each measurement takes (${DEFAULT_WINDOW_MS})`],
  ['--warm-up-ms N', `and how long the load runs before (${DEFAULT_WARM_UP_MS})`],
  ...comparisonOptions(DEFAULT_ROUNDS),
];

/** Reads and completes the settings. @throws UsageError */
export function payloadSettings(flags: Flags): PayloadSettings {
  const sizes = listFlag(flags, 'sizes', SIZE_NAMES) ?? SIZE_NAMES;
  const settings: PayloadSettings = {
    ...comparisonSettings(flags, DEFAULT_ROUNDS),
    sizes: SIZES.filter(({ name }) => sizes.includes(name)),
    ways: listFlag(flags, 'ways', WAYS) ?? WAYS,
    inFlight: listFlag(flags, 'in-flight', IN_FLIGHT.map(String))?.map(Number) ?? IN_FLIGHT,
    windowMs: numberFlag(flags, 'window-ms', { min: 20, max: 60_000 }) ?? DEFAULT_WINDOW_MS,
    warmUpMs: numberFlag(flags, 'warm-up-ms', { min: 0, max: 60_000 }) ?? DEFAULT_WARM_UP_MS,
  };
  const descriptions = pointsOf(settings).flatMap((point) =>
    PAYLOAD_ARMS.map((arm) => describeMeasurement(point, arm)),
  );
  checkFilter(descriptions, settings.filter);
  return settings;
}

/** Every way with every number in flight and every size. */
export function pointsOf({ ways, inFlight, sizes }: PayloadSettings): PayloadPoint[] {
  return ways.flatMap((way) =>
    inFlight.flatMap((each) => sizes.map((size) => ({ way, size, inFlight: each }))),
  );
}

/** What one measurement is called. */
export function describeMeasurement(
  { way, size, inFlight }: PayloadPoint,
  arm: PayloadArm,
): string {
  return `${arm}, ${size.name} ${way}, ${inFlight} in flight`;
}
