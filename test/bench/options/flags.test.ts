import { describe, expect, test } from 'vitest';
import {
  type Flags,
  listFlag,
  numberFlag,
  parseFlags,
  textFlag,
  UsageError,
} from '../../../bench/options/flags.js';

const TABLE = { seconds: 'text', json: 'text', help: 'switch', 'no-color': 'switch' } as const;
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
  const range = { min: 1, max: 60 };

  test.each([
    { text: '1', is: 1 },
    { text: '60', is: 60 },
    { text: '2.5', is: 2.5 },
  ])('$text is $is', ({ text, is }) => {
    expect(numberFlag(given('seconds', text), 'seconds', range)).toBe(is);
  });

  test.each(['0', '61', '-4', 'x', '', '1e1', '0x10', ' 3', '3s', 'NaN', 'Infinity'])(
    "'%s' is refused with the option, the value and the range",
    (text) => {
      expect(() => numberFlag(given('seconds', text), 'seconds', range)).toThrow(
        new UsageError(`Option '--seconds' is '${text}'; valid is a number from 1 to 60.`),
      );
    },
  );

  test('a fraction is refused where a whole number is wanted', () => {
    expect(() => numberFlag(given('n', '2.5'), 'n', { ...range, isWhole: true })).toThrow(
      new UsageError("Option '--n' is '2.5'; valid is a whole number from 1 to 60."),
    );
  });

  test('what is not given is undefined', () => {
    expect(numberFlag(new Map(), 'seconds', range)).toBeUndefined();
  });
});

describe('lists', () => {
  const arms = ['one', 'two', 'three'] as const;

  test.each([
    { text: 'three,one', is: ['one', 'three'] },
    { text: ' two , two ', is: ['two'] },
  ])("'$text' is $is", ({ text, is }) => {
    expect(listFlag(given('arms', text), 'arms', arms)).toEqual(is);
  });

  test.each([
    { text: 'one,thre', item: 'thre', hint: " Did you mean 'three'?" },
    { text: '', item: '', hint: '' },
    { text: 'one,', item: '', hint: '' },
  ])("'$text' is refused", ({ text, item, hint }) => {
    expect(() => listFlag(given('arms', text), 'arms', arms)).toThrow(
      new UsageError(
        `Option '--arms' has '${item}'; valid is one or more of one, two, three.${hint}`,
      ),
    );
  });
});

test('an empty text is refused', () => {
  expect(textFlag(given('json', 'x'), 'json')).toBe('x');
  expect(() => textFlag(given('json', ''), 'json')).toThrow(
    new UsageError("Option '--json' needs a value."),
  );
});
