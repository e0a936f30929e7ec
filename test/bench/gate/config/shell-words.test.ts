import { expect, test } from 'vitest';
import { UsageError } from '../../../../bench/options/flags.js';
import { splitWords } from '../../../../bench/gate/config/shell-words.js';

test.each([
  { line: '', words: [] },
  { line: '  \t ', words: [] },
  { line: 'overhead', words: ['overhead'] },
  { line: ' overhead  --rounds\t3 ', words: ['overhead', '--rounds', '3'] },
  { line: `--filter "no-op, 256"`, words: ['--filter', 'no-op, 256'] },
  { line: `--filter 'no-op, 256'`, words: ['--filter', 'no-op, 256'] },
  { line: `--filter='a b'c"d e"`, words: ['--filter=a bcd e'] },
  { line: `'' ""`, words: ['', ''] },
  { line: `"it's" 'say "x"'`, words: ["it's", 'say "x"'] },
  { line: "a\\ b \\'c \\\\", words: ['a b', "'c", '\\'] },
  { line: '"a\\"b" "\\\\" "\\n"', words: ['a"b', '\\', '\\n'] },
  { line: `'a\\' b`, words: ['a\\', 'b'] },
  { line: '$HOME *.js `x` #y', words: ['$HOME', '*.js', '`x`', '#y'] },
])('$line', ({ line, words }) => {
  expect(splitWords(line)).toEqual(words);
});

test.each([
  { line: `a 'b`, message: `'a 'b' has a quote ' that is not closed.` },
  { line: `a "b\\"`, message: `'a "b\\"' has a quote " that is not closed.` },
  { line: 'a \\', message: `'a \\' ends in a backslash.` },
])('$line is refused', ({ line, message }) => {
  expect(() => splitWords(line)).toThrow(new UsageError(message));
});
