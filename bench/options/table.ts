/**
 * Defines command-line options as tables, from which the parser (`flags.ts`), the types of the values and the help
 * are derived.
 *
 * Invariant: an option is described in one place. The help shows all options of a table, except for switches without
 * a meaning.
 */

/** A switch, which takes no value. */
export interface SwitchOption {
  readonly kind: 'switch';
  /** Absent: not in the help. */
  readonly meaning?: string;
}

/** The help texts of an option with a value. */
interface Described {
  /** Placeholder for the value. */
  readonly argument?: string;
  readonly meaning: string;
  /** The help's name for the default, if it is not the default itself. */
  readonly shownDefault?: string;
}

/** Any text except the empty one. */
export interface TextOption extends Described {
  readonly kind: 'text';
}

/** A number in a range, in plain decimal notation. */
export interface NumberOption extends Described {
  readonly kind: 'number';
  readonly min: number;
  readonly max: number;
  readonly isWhole?: boolean;
  readonly default?: number;
}

/** Some of the known names, separated by commas. */
export interface ListOption extends Partial<Described> {
  readonly kind: 'list';
  readonly of: readonly string[];
  /** Absent: all. */
  readonly default?: readonly string[];
}

export type Option = SwitchOption | TextOption | NumberOption | ListOption;

/** Options by name, without the dashes, in the order of the help. */
export type OptionTable = Readonly<Record<string, Option>>;

/** The values of a table's options. */
export type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]: OptionValue<Table[Name]>;
};

type OptionValue<Given extends Option> = Given extends SwitchOption
  ? boolean
  : Given extends ListOption
    ? ReadonlyArray<Given['of'][number]>
    : Given extends NumberOption
      ? Given extends { readonly default: number }
        ? number
        : number | undefined
      : string | undefined;

/** The kind and the range of every `--seed`. */
export const SEED: {
  readonly kind: 'number';
  readonly min: number;
  readonly max: number;
  readonly isWhole: true;
} = { kind: 'number', min: 0, max: 2 ** 32 - 1, isWhole: true };

const ARGUMENTS = { text: 'TEXT', number: 'N', list: 'A,B' } as const;

/**
 * Returns the table itself, typed so that each option is known. That type can't be written out, so a table is
 * exported as an `OptionTable`.
 */
export function optionTable<const Table extends OptionTable>(table: Table): Table {
  return table;
}

/** Returns a row of help for each option: the option with its argument, and its meaning with the default. */
export function optionRows(table: OptionTable): Array<readonly [option: string, meaning: string]> {
  return Object.entries(table).flatMap(([name, option]) => {
    if (option.kind !== 'switch') {
      const argument = option.argument ?? ARGUMENTS[option.kind];
      return [[`--${name} ${argument}`, `${meaningOf(option)}${shownDefaultOf(option)}`] as const];
    }
    return option.meaning === undefined ? [] : [[`--${name}`, option.meaning] as const];
  });
}

function meaningOf(option: TextOption | NumberOption | ListOption): string {
  if (option.kind !== 'list') return option.meaning;
  return option.meaning ?? `which of ${option.of.join(', ')}`;
}

/** Returns " (5)", or an empty text. */
function shownDefaultOf(option: TextOption | NumberOption | ListOption): string {
  const shown = option.shownDefault ?? (option.kind === 'text' ? undefined : defaultOf(option));
  return shown === undefined ? '' : ` (${shown})`;
}

function defaultOf(option: NumberOption | ListOption): string | undefined {
  if (option.kind === 'list') return option.default?.join(',') ?? 'all';
  return option.default?.toString();
}
