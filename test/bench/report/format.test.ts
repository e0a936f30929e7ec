import { expect, test } from 'vitest';
import {
  formatBytes,
  formatChange,
  formatChanges,
  formatCount,
  formatDuration,
  formatFigure,
  formatList,
  formatMegabytes,
  formatPercent,
  formatSeconds,
} from '../../../bench/report/format.js';

const MB = 1024 ** 2;

test.each([
  [formatCount(17_820), '17,820'],
  [formatCount(0), '0'],
  [formatCount(1072.6), '1,073'],
  [formatCount(999_999), '999,999'],
  [formatCount(1_234_567), '1.23 M'],
  [formatCount(123_456_789), '123.5 M'],
  [formatMegabytes(131.4 * MB), '131 MB'],
  [formatMegabytes(999.4 * MB), '999 MB'],
  [formatMegabytes(2150 * MB), '2.1 GB'],
  [formatDuration(0), '0.00 ms'],
  [formatDuration(0.004217), '4.22 µs'],
  [formatDuration(0.0994), '99.4 µs'],
  [formatDuration(0.0996), '0.10 ms'],
  [formatDuration(0.843), '0.84 ms'],
  [formatDuration(9.994), '9.99 ms'],
  [formatDuration(9.996), '10.0 ms'],
  [formatDuration(99.96), '100 ms'],
  [formatDuration(312.4), '312 ms'],
  [formatDuration(999.6), '1.00 s'],
  [formatDuration(2512), '2.51 s'],
  [formatDuration(18_340), '18.3 s'],
  [formatFigure(299_997), '300k'],
  [formatFigure(12_345), '12.3k'],
  [formatFigure(9999.6), '10.0k'],
  [formatFigure(1234.4), '1,234'],
  [formatFigure(999.6), '1,000'],
  [formatFigure(304.4), '304'],
  [formatFigure(99.96), '100'],
  [formatFigure(15.06), '15.1'],
  [formatFigure(9.996), '10.0'],
  [formatFigure(1.204), '1.20'],
  [formatFigure(0.9996), '1.00'],
  [formatFigure(0.0481), '0.048'],
  [formatFigure(0), '0.00'],
  [formatSeconds(0.43), '0.43 s'],
  [formatSeconds(0.996), '1 s'],
  [formatSeconds(9.24), '9.2 s'],
  [formatSeconds(20), '20 s'],
  [formatSeconds(123.4), '123 s'],
  [formatPercent(0.987), '98.7 %'],
  [formatPercent(0.012, { isSigned: true }), '+1.2 %'],
  [formatPercent(-0.012, { isSigned: true }), '-1.2 %'],
  [formatList([]), ''],
  [formatList(['a']), 'a'],
  [formatList(['a', 'b', 'c']), 'a, b and c'],
])('%s is %s', (text, wanted) => {
  expect(text).toBe(wanted);
});

test.each([
  [0, '0 B'],
  [9_999, '9,999 B'],
  [65_536, '64 KB'],
  [10 * 1024 ** 2, '10 MB'],
  [3 * 1024 ** 3, '3.0 GB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0.0123, '+1.2 %'],
  [-0.0041, '-0.4 %'],
  [0, '0.0 %'],
  [-0.0004, '0.0 %'],
  [0.9996, '+100 %'],
  [-0.98, '-98.0 %'],
  [3.4, '+340 %'],
  [41, '+4,100 %'],
])('%d as a change is %s', (share, text) => {
  expect(formatChange(share)).toBe(text);
});

test('an interval of changes has its unit nowhere, as it stands beside one', () => {
  expect(formatChanges(-0.012, 12)).toBe('-1.2 to +1,200');
});
