/** Checks that every option of every command is parsed by its kind, read by its command and shown in its help. */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { benchHelp } from '../../../bench/cli/help.js';
import { RUN_OPTIONS } from '../../../bench/cli/options.js';
import { planNamed, readArguments } from '../../../bench/cli/plan.js';
import { CALIBRATE_OPTIONS, calibrateCommand } from '../../../bench/gate/calibrate-command.js';
import type { GateSurroundings } from '../../../bench/gate/model/surroundings.js';
import { calibrateHelp, gateHelp } from '../../../bench/gate/help.js';
import { GATE_OPTIONS } from '../../../bench/gate/options.js';
import { gateSettings } from '../../../bench/gate/settings.js';
import { type Flags, parseFlags, readOptions, UsageError } from '../../../bench/options/flags.js';
import { SCREEN_OPTIONS } from '../../../bench/options/screen.js';
import { type Option, type OptionTable, SEED } from '../../../bench/options/table.js';
import { SCENARIOS } from '../../../bench/scenarios/index.js';

interface Command {
  readonly name: string;
  readonly table: OptionTable;
  /** Descriptions of the options in the help, keyed by the option with its argument. */
  readonly help: ReadonlyMap<string, string>;
  /** Options that are accepted but not shown in the help. */
  readonly hidden?: readonly string[];
  /** Reads the flags the way the command does. */
  readonly read?: (flags: Flags) => unknown;
}

const JOB = fileURLToPath(new URL('../../fixtures/own-job/jobs.js', import.meta.url));

const COMMANDS: readonly Command[] = [
  {
    name: 'bench',
    table: RUN_OPTIONS,
    help: rowsOf(benchHelp(SCENARIOS), 'Options of every run:'),
    hidden: ['help'],
  },
  ...SCENARIOS.map(({ name, options, settings }) => ({
    name: `bench ${name}`,
    table: options,
    help: rowsOf(benchHelp(SCENARIOS), `Options of ${name}:`),
    read: (flags: Flags) =>
      settings(
        name === 'job' && !flags.has('module') ? new Map([['module', JOB], ...flags]) : flags,
      ),
  })),
  {
    name: 'gate',
    table: GATE_OPTIONS,
    help: rowsOf(gateHelp(), 'Options:'),
    hidden: ['help'],
    read: (flags) => gateSettings(['overhead'], flags, process.cwd()),
  },
  {
    name: 'gate calibrate',
    table: { ...SCREEN_OPTIONS, ...CALIBRATE_OPTIONS },
    help: rowsOf(calibrateHelp(), 'Options:'),
    hidden: ['help', 'quiet', 'no-color'],
    // The command reads its options before it does anything else.
    read: (flags) => calibrateCommand(flags, 'calibrate', {} as GateSurroundings),
  },
];

/** The rows below a title, each joined into one line. */
function rowsOf(help: string, title: string): Map<string, string> {
  const lines = help.split('\n');
  const from = lines.indexOf(title) + 1;
  if (from === 0) throw new Error(`The help has no '${title}'.`);
  const to = lines.findIndex((line, at) => at >= from && line === '');
  const text = lines.slice(from, to === -1 ? undefined : to).join('\n');
  const rows = text.split(/^ {2}(?=--)/m).slice(1);
  return new Map(
    rows.map((row) => {
      const [option = '', ...meaning] = row.split(/\s{2,}/);
      return [option, meaning.join(' ').trim()];
    }),
  );
}

const each = COMMANDS.flatMap(({ name: command, table }) =>
  Object.entries<Option>(table).map(([name, option]) => ({ command, table, name, option })),
);

function only<Kind extends Option['kind']>(kind: Kind) {
  return each.flatMap(({ option, ...rest }) =>
    option.kind === kind ? [{ ...rest, option: option as Extract<Option, { kind: Kind }> }] : [],
  );
}

/** Parses the arguments the way the command line does. */
function valueOf(table: OptionTable, name: string, args: readonly string[]): unknown {
  return readOptions(parseFlags(args, table).flags, table)[name];
}

describe('parsed as its kind says', () => {
  test.each(only('switch'))('$command --$name', ({ table, name }) => {
    expect(valueOf(table, name, [])).toBe(false);
    expect(valueOf(table, name, [`--${name}`])).toBe(true);
    expect(() => valueOf(table, name, [`--${name}=1`])).toThrow(
      new UsageError(`Option '--${name}' takes no value.`),
    );
  });

  test.each(only('text'))('$command --$name TEXT', ({ table, name }) => {
    expect(valueOf(table, name, [])).toBeUndefined();
    expect(valueOf(table, name, [`--${name}`, 'a text'])).toBe('a text');
    for (const args of [[`--${name}`], [`--${name}=`]]) {
      expect(() => valueOf(table, name, args)).toThrow(
        new UsageError(`Option '--${name}' needs a value.`),
      );
    }
  });

  test.each(only('number'))('$command --$name N', ({ table, name, option }) => {
    const { min, max, isWhole = false } = option;
    expect(valueOf(table, name, [])).toBe(option.default);
    expect(valueOf(table, name, [`--${name}=${min}`])).toBe(min);
    expect(valueOf(table, name, [`--${name}`, `${max}`])).toBe(max);
    const kind = isWhole ? 'a whole number' : 'a number';
    const fraction = isWhole ? [`${min + 0.5}`] : [];
    for (const wrong of ['', 'x', `${min - 1}`, `${max + 1}`, ...fraction]) {
      expect(() => valueOf(table, name, [`--${name}=${wrong}`])).toThrow(
        new UsageError(`Option '--${name}' is '${wrong}'; valid is ${kind} from ${min} to ${max}.`),
      );
    }
  });

  test.each(only('list'))('$command --$name A,B', ({ table, name, option: { of, ...option } }) => {
    expect(valueOf(table, name, [])).toEqual(option.default ?? of);
    expect(valueOf(table, name, [`--${name}`, of.toReversed().join()])).toEqual(of);
    expect(valueOf(table, name, [`--${name}=${of.at(-1)}`])).toEqual(of.slice(-1));
    expect(() => valueOf(table, name, [`--${name}=${of[0]},zzz`])).toThrow(
      new UsageError(`Option '--${name}' has 'zzz'; valid is one or more of ${of.join(', ')}.`),
    );
  });

  test.each(each)('$command --$name mistyped gets a hint', ({ table, name }) => {
    expect(() => parseFlags([`--${name}z`], table)).toThrow(
      new UsageError(`Unknown option '--${name}z'. Did you mean '--${name}'?`),
    );
  });
});

describe('the default is a value that could be given', () => {
  const numbers = only('number').filter(({ option }) => option.default !== undefined);
  const lists = only('list').filter(({ option }) => option.default !== undefined);

  test.each([...numbers, ...lists])('$command --$name', ({ table, name, option }) => {
    expect(valueOf(table, name, [`--${name}=${String(option.default)}`])).toEqual(option.default);
  });
});

describe('what is parsed is read: a wrong value never passes unseen', () => {
  const values = COMMANDS.flatMap(({ name: command, table, read }) =>
    Object.entries<Option>(table)
      .filter(([, { kind }]) => read !== undefined && kind !== 'switch')
      .map(([name]) => ({ command, name, read })),
  );

  test.each(values)("$command --$name ''", async ({ name, read }) => {
    const reading = async (): Promise<unknown> => await read?.(new Map([[name, '']]));
    await expect(reading()).rejects.toThrow(`Option '--${name}'`);
  });
});

describe('in the help of its command', () => {
  test.each(COMMANDS)('$name has all that are parsed, and no other', ({ table, help, hidden }) => {
    const shown = [...help.keys()].map((option) => option.replace(/^--(\S+).*/, '$1'));
    expect([...shown, ...(hidden ?? [])].toSorted()).toEqual(Object.keys(table).toSorted());
  });

  test.each(COMMANDS)('$name has arguments, meanings and defaults', ({ table, help }) => {
    for (const [option, text] of help) {
      const [name = '', argument] = option.slice(2).split(' ');
      const described = table[name];
      expect.soft(argument === undefined, option).toBe(described?.kind === 'switch');
      expect.soft(text, option).toContain(described?.meaning ?? '');
      if (described === undefined || described.kind === 'switch') continue;
      if (described.argument !== undefined) expect.soft(argument).toBe(described.argument);
      const byDefault = described.shownDefault ?? ('default' in described && described.default);
      if (byDefault !== undefined && byDefault !== false) {
        expect.soft(text, option).toContain(` (${String(byDefault)})`);
      }
    }
  });
});

describe('all scenarios in one run', () => {
  test.each(each.filter(({ command }) => command.startsWith('bench')))(
    '--$name of $command takes a value where its scenario wants one',
    ({ name, option: { kind } }) => {
      const args = kind === 'switch' ? [`--${name}`] : [`--${name}`, '1'];
      const { operands, flags } = readArguments([...args, 'word']);
      expect(operands).toEqual(['word']);
      expect(flags.get(name)).toBe(kind === 'switch' ? true : '1');
    },
  );

  test.each([
    { scenario: 'scaling', option: 'threads', hint: " Did you mean '--max-threads'?" },
    { scenario: 'overload', option: 'rounds', hint: '' },
    { scenario: 'soak', option: 'jobs', hint: " Did you mean '--job'?" },
  ])('--$option of another scenario is refused for $scenario', ({ scenario, option, hint }) => {
    expect(() => planNamed([scenario], new Map([[option, '1']]))).toThrow(
      new UsageError(`Unknown option '--${option}' for ${scenario}.${hint}`),
    );
  });
});

test('every seed has the same range', () => {
  const seeds = only('number').filter(({ name }) => name === 'seed');
  expect(seeds.length).toBeGreaterThan(2);
  for (const { command, option } of seeds) expect.soft(option, command).toMatchObject(SEED);
});

test('the help has files before the screen', () => {
  const names = [...rowsOf(benchHelp(SCENARIOS), 'Options of every run:').keys()];
  expect(names).toEqual(['--json FILE', '--html FILE', '--md FILE', '--quiet', '--no-color']);
});
