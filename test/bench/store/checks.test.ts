import { describe, expect, test } from 'vitest';
import {
  anything,
  type Check,
  fields,
  fieldsOf,
  flag,
  list,
  number,
  object,
  oneOf,
  optional,
  Place,
  string,
  text,
} from '../../../bench/store/checks.js';
import { UsageError } from '../../../bench/options/flags.js';

/** The message without the name of the file; undefined if the value is valid. */
function errorOf(check: Check, value: unknown): string | undefined {
  try {
    check(value, Place.ofWritten('x.json').key('at'));
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message.replace("'x.json': ", '');
  }
}

test.each<[string, Check, unknown]>([
  ['anything', anything, undefined],
  ['an empty string', string, ''],
  ['a text', text, 'a b'],
  ['a flag', flag, false],
  ['a negative number', number(), -1.5],
  ['the ends of a range', list(number({ min: 1, max: 2, isWhole: true })), [1, 2]],
  ['a known number', oneOf([0, 1]), 0],
  ['a missing optional field', fields({ a: optional(string) }), {}],
  ['a field that is not checked', fields({ a: string }), { a: '', b: 1 }],
  ['no field at all', fieldsOf(number()), {}],
  ['a key that is undefined', object({ a: string }), { a: undefined, b: undefined }],
])('passes %s', (_, check, value) => {
  expect(errorOf(check, value)).toBeUndefined();
});

describe('rejects', () => {
  test.each<[Check, unknown, string]>([
    [string, 7, 'at must be a string, but is 7.'],
    [string, undefined, 'at must be a string, but is missing.'],
    [string, 'a\tb', "at must be a string without control characters, but is 'a�b'."],
    [text, '', "at must be a string that is not empty, but is ''."],
    [flag, 0, 'at must be true or false, but is 0.'],
    [number(), Infinity, 'at must be a number, but is Infinity.'],
    [number({ min: 1, max: 2 }), 3, 'at must be a number from 1 to 2, but is 3.'],
    [number({ isWhole: true }), 1.5, 'at must be a whole number, but is 1.5.'],
    [oneOf([0, 1]), '0', "at must be one of 0, 1, but is '0'."],
    [
      oneOf(['pass', 'fail']),
      'pas',
      "at must be one of pass, fail, but is 'pas'. Did you mean 'pass'?",
    ],
    [list(string), {}, 'at must be a list, but is an object.'],
    [list(string), ['a', []], 'at[1] must be a string, but is an empty list.'],
    [fields({ a: fields({ b: string }) }), { a: {} }, 'at.a.b must be a string, but is missing.'],
    [fields({}), [1], 'at must be an object, but is a list.'],
    [fields({ a: optional(string) }), { a: null }, 'at.a must be a string, but is null.'],
    [fieldsOf(number()), { 'a b': '1' }, 'at."a b" must be a number, but is \'1\'.'],
    [fieldsOf(number()), null, 'at must be an object, but is null.'],
    [
      object({ abc: string }),
      { abd: '' },
      "at.abd is unknown; valid is one of abc. Did you mean 'abc'?",
    ],
    [object({ a: string }, { required: ['a'] }), {}, "at lacks 'a'."],
    [flag, 'x'.repeat(61), `at must be true or false, but is '${'x'.repeat(60)}…'.`],
  ])('%o: %o', (check, value, error) => {
    expect(errorOf(check, value)).toBe(error);
  });
});

test('a file that this program has written is damaged where a value is not valid', () => {
  const place = Place.ofStored('run.json');
  expect(() => string(1, place.key('results').item(0).key('name'))).toThrow(
    new UsageError("'run.json' is damaged: results[0].name must be a string, but is 1."),
  );
});
