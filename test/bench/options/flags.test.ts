import { describe, expect, expectTypeOf, test } from 'vitest';
import { type Flags, parseFlags, readOptions, UsageError } from '../../../bench/options/flags.js';
import { optionTable } from '../../../bench/options/table.js';

const ARMS = ['one', 'two', 'three'] as const;

const TABLE = optionTable({
  seconds: { kind: 'number', min: 1, max: 60, meaning: 'how long' },
  rounds: { kind: 'number', min: 1, max: 60, isWhole: true, default: 5, meaning: 'how often' },
  arms: { kind: 'list', of: ARMS },
  some: { kind: 'list', of: ARMS, default: ['two'] },
  json: { kind: 'text', meaning: 'where to' },
  help: { kind: 'switch' },
  'no-color': { kind: 'switch' },
});

const given = (name: string, value: string): Flags => new Map([[name, value]]);

describe('splitting', () => {
  test('words and options may be mixed; = and a blank both set a value off', () => {
    const { words, flags } = parseFlags(
      ['bench', '--seconds=3', 'overload', '--json', 'a b.json', '--no-color', '-h'],
      TABLE,
    );
    expect(words).toEqual(['bench', 'overload']);
    expect([...flags]).toEqual([
      ['seconds', '3'],
      ['json', 'a b.json'],
      ['no-color', true],
      ['help', true],
    ]);
  });

  test.each([
    { args: ['--secnds', '3'], says: "Unknown option '--secnds'. Did you mean '--seconds'?" },
    { args: ['--zzz'], says: "Unknown option '--zzz'." },
    { args: ['-x'], says: "Unknown option '-x'." },
    { args: ['--constructor'], says: "Unknown option '--constructor'." },
    { args: ['--seconds'], says: "Option '--seconds' needs a value." },
    { args: ['--help=1'], says: "Option '--help' takes no value." },
    { args: ['--json=a', '--json=b'], says: "Option '--json' is given twice." },
  ])('$args is refused', ({ args, says }) => {
    expect(() => parseFlags(args, TABLE)).toThrow(new UsageError(says));
  });
});

describe('numbers', () => {
  test.each([
    { text: '1', is: 1 },
    { text: '60', is: 60 },
    { text: '2.5', is: 2.5 },
  ])('$text is $is', ({ text, is }) => {
    expect(readOptions(given('seconds', text), TABLE).seconds).toBe(is);
  });

  test.each(['0', '61', '-4', 'x', '', '1e1', '0x10', ' 3', '3s', 'NaN', 'Infinity'])(
    "'%s' is refused with the option, the value and the range",
    (text) => {
      expect(() => readOptions(given('seconds', text), TABLE).seconds).toThrow(
        new UsageError(`Option '--seconds' is '${text}'; valid is a number from 1 to 60.`),
      );
    },
  );

  test('a fraction is refused where a whole number is wanted', () => {
    expect(() => readOptions(given('rounds', '2.5'), TABLE).rounds).toThrow(
      new UsageError("Option '--rounds' is '2.5'; valid is a whole number from 1 to 60."),
    );
  });
});

describe('lists', () => {
  test.each([
    { text: 'three,one', is: ['one', 'three'] },
    { text: ' two , two ', is: ['two'] },
  ])("'$text' is $is", ({ text, is }) => {
    expect(readOptions(given('arms', text), TABLE).arms).toEqual(is);
  });

  test.each([
    { text: 'one,thre', item: 'thre', hint: " Did you mean 'three'?" },
    { text: '', item: '', hint: '' },
    { text: 'one,', item: '', hint: '' },
  ])("'$text' is refused", ({ text, item, hint }) => {
    expect(() => readOptions(given('arms', text), TABLE).arms).toThrow(
      new UsageError(
        `Option '--arms' has '${item}'; valid is one or more of one, two, three.${hint}`,
      ),
    );
  });
});

test('an empty text is refused', () => {
  expect(readOptions(given('json', 'x'), TABLE).json).toBe('x');
  expect(() => readOptions(given('json', ''), TABLE).json).toThrow(
    new UsageError("Option '--json' needs a value."),
  );
});

test('what is not given has its default, or is undefined; a switch is off', () => {
  expect({ ...readOptions(new Map(), TABLE) }).toEqual({
    seconds: undefined,
    rounds: 5,
    arms: ['one', 'two', 'three'],
    some: ['two'],
    json: undefined,
    help: false,
    'no-color': false,
  });
});

test('a mistake is reported when its option is asked for, and not before', () => {
  const { json, arms, help } = readOptions(
    new Map<string, string | true>([
      ['seconds', 'x'],
      ['json', 'a.json'],
      ['help', true],
    ]),
    TABLE,
  );
  expect({ json, arms, help }).toEqual({ json: 'a.json', arms: ARMS, help: true });
});

test('the table gives each value its type', () => {
  const values = readOptions(new Map(), TABLE);
  expectTypeOf(values.seconds).toEqualTypeOf<number | undefined>();
  expectTypeOf(values.rounds).toEqualTypeOf<number>();
  expectTypeOf(values.arms).toEqualTypeOf<ReadonlyArray<'one' | 'two' | 'three'>>();
  expectTypeOf(values.json).toEqualTypeOf<string | undefined>();
  expectTypeOf(values.help).toEqualTypeOf<boolean>();
});
