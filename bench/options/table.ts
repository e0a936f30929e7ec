/**
 * Describes command-line options: one table for each set of them, from which the parser (`flags.ts`), the
 * types of the values and the help come.
 *
 * Invariant: an option is described in one place. All of a table is in the help, except for a switch
 * without a meaning.
 */

/** Takes no value. */
export interface SwitchOption {
  readonly kind: 'switch';
  /** Absent: not in the help. */
  readonly meaning?: string;
}

/** What the help says of an option with a value. */
interface Described {
  /** What stands for the value. */
  readonly argument?: string;
  readonly meaning: string;
  /** What the help calls the default, if it is not the default itself. */
  readonly shownDefault?: string;
}

/** Any text but the empty one. */
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

/** By their names, without the dashes, in the order of the help. */
export type OptionTable = Readonly<Record<string, Option>>;

/** What each option of a table gives. */
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
 * The table itself, of a type that knows each option. The type can't be written down, so that a table is
 * exported as an `OptionTable`.
 */
export function optionTable<const Table extends OptionTable>(table: Table): Table {
  return table;
}

/** One line of help for each option: the option with its argument, and its meaning with the default. */
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

/** " (5)", or nothing. */
function shownDefaultOf(option: TextOption | NumberOption | ListOption): string {
  const shown = option.shownDefault ?? (option.kind === 'text' ? undefined : defaultOf(option));
  return shown === undefined ? '' : ` (${shown})`;
}

function defaultOf(option: NumberOption | ListOption): string | undefined {
  if (option.kind === 'list') return option.default?.join(',') ?? 'all';
  return option.default?.toString();
}
