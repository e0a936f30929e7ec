/**
 * Declares the options of `bench payload` and builds its settings from the given flags.
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
import { PAYLOAD_ARMS, type PayloadArm, type Way, WAYS } from './arms.js';

/** Size of a job's input and result. */
export interface Size {
  readonly name: string;
  readonly bytes: number;
}

/** One measured combination. */
export interface PayloadPoint {
  readonly way: Way;
  readonly size: Size;
  readonly inFlight: number;
}

/** The complete settings. */
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

const OPTIONS = optionTable({
  sizes: { kind: 'list', of: SIZE_NAMES },
  ways: { kind: 'list', of: WAYS },
  'in-flight': { kind: 'list', of: IN_FLIGHT.map(String) },
  ...windowOptions({ windowMs: 500, warmUpMs: 300 }),
  ...comparisonOptions(5),
});

export const PAYLOAD_OPTIONS: OptionTable = OPTIONS;

/** Reads the flags and fills in the defaults. @throws UsageError */
export function payloadSettings(flags: Flags): PayloadSettings {
  const values = readOptions(flags, OPTIONS);
  const { sizes } = values;
  const settings: PayloadSettings = {
    ...comparisonSettings(values),
    sizes: SIZES.filter(({ name }) => sizes.includes(name)),
    ways: values.ways,
    inFlight: values['in-flight'].map(Number),
    windowMs: values['window-ms'],
    warmUpMs: values['warm-up-ms'],
  };
  const descriptions = pointsOf(settings).flatMap((point) =>
    PAYLOAD_ARMS.map((arm) => describeMeasurement(point, arm)),
  );
  checkFilter(descriptions, settings.filter);
  return settings;
}

/** Combines every way with every number in flight and every size. */
export function pointsOf({ ways, inFlight, sizes }: PayloadSettings): PayloadPoint[] {
  return ways.flatMap((way) =>
    inFlight.flatMap((each) => sizes.map((size) => ({ way, size, inFlight: each }))),
  );
}

/** Names one measurement. */
export function describeMeasurement(
  { way, size, inFlight }: PayloadPoint,
  arm: PayloadArm,
): string {
  return `${arm}, ${size.name} ${way}, ${inFlight} in flight`;
}
