import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quotedWord } from '../../../bench/options/quoted.js';

test.each([
  ['./jobs.js', './jobs.js'],
  ['', "''"],
  ['no-op, 16', "'no-op, 16'"],
  ["it's", "'it'\\''s'"],
  ['$HOME\\', "'$HOME\\'"],
  ['two\nlines', "$'two\\nlines'"],
  ['\r\t', "$'\\r\\t'"],
  ["\u001b[2J'\\", "$'\\033[2J\\'\\\\'"],
  ['\u00851', "$'\\302\\2051'"],
])('%j is written as %s', (word, quoted) => {
  expect(quotedWord(word)).toBe(quoted);
});

const WORD = fc.string({ unit: 'binary' }).map((word) => word.toWellFormed().replaceAll('\0', ''));
const ROUGH = fc
  .array(
    fc.constantFrom(
      "'",
      '\\',
      '\n',
      '\r',
      '\u001b',
      '\u0007',
      '\u0085',
      '1',
      'x',
      '$',
      '`',
      '!',
      ' ',
    ),
  )
  .map((signs) => signs.join(''));

test('a shell reads each word as it was, from one line', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(WORD, ROUGH), { minLength: 1, maxLength: 40 }), (words) => {
      const line = words.map(quotedWord).join(' ');
      expect(line).not.toMatch(/\p{Cc}/u);
      const { stdout } = spawnSync('bash', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
      expect(stdout.split('\0').slice(0, -1)).toEqual(words);
    }),
    { numRuns: 25 },
  );
});
