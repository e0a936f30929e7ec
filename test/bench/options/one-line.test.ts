import { expect, test } from 'vitest';
import { oneLine } from '../../../bench/options/one-line.js';

test.each([
  ['plain', 'plain'],
  ['a  b\tc', 'a b c'],
  ['one\ntwo\r\nthree', 'one two three'],
  ['\n at the ends \n', 'at the ends'],
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u001bM\u0000\u007f\u0085x', 'x'],
  ['a\u2028b', 'a b'],
  ['ein Übermaß 🙂', 'ein Übermaß 🙂'],
  ['', ''],
])('%j is %j', (text, line) => {
  expect(oneLine(text)).toBe(line);
});
