/**
 * Declares the options of `bench map` and builds its settings from the given flags.
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
import { ARM_NAMES, type ArmName } from './arms.js';

/** A kind of job. */
export interface MapKind {
  readonly name: string;
  readonly us: number;
}

const KINDS: readonly MapKind[] = [
  { name: 'no-op', us: 0 },
  { name: '100us', us: 100 },
];

const OPTIONS = optionTable({
  jobs: { kind: 'list', of: KINDS.map(({ name }) => name) },
  ...windowOptions({ windowMs: 1000, warmUpMs: 1000 }),
  ...comparisonOptions(5),
});

/** The complete settings. */
export interface MapSettings extends ComparisonSettings {
  readonly jobs: readonly MapKind[];
  readonly windowMs: number;
  readonly warmUpMs: number;
}

export const MAP_OPTIONS: OptionTable = OPTIONS;

/** Reads the flags and fills in the defaults. @throws UsageError */
export function mapSettings(flags: Flags): MapSettings {
  const values = readOptions(flags, OPTIONS);
  const settings: MapSettings = {
    ...comparisonSettings(values),
    jobs: KINDS.filter(({ name }) => values.jobs.includes(name)),
    windowMs: values['window-ms'],
    warmUpMs: values['warm-up-ms'],
  };
  const descriptions = settings.jobs.flatMap((kind) =>
    ARM_NAMES.map((arm) => describeMeasurement(kind, arm)),
  );
  checkFilter(descriptions, settings.filter);
  return settings;
}

/** Names one measurement. */
export function describeMeasurement({ name }: MapKind, arm: ArmName): string {
  return `${arm}, ${name}`;
}
