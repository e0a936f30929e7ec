import { expect, test } from 'vitest';
import { scaleOf } from '../../../bench/report/timeline.js';

const series = (...values: readonly number[]) => [
  {
    name: 'a',
    samples: values.map((value, seconds) => ({ seconds, value })),
    endSeconds: values.length,
    ending: 'survived',
    isCutShort: false,
  },
];
const ceiling = (value: number) => ({ label: 'ceiling', value });

test.each([
  ['without a ceiling there is room above', { series: series(1, 10) }, 12, false],
  ['a ceiling is the top', { series: series(1, 10), ceiling: ceiling(60) }, 60, true],
  ['a value above it is', { series: series(1, 10), ceiling: ceiling(9) }, 10, true],
  ['a far ceiling is left out', { series: series(1, 10), ceiling: ceiling(61) }, 12, false],
  ['without a value there is still a scale', { series: series() }, 1, false],
])('%s', (_, block, top, isCeilingInScale) => {
  expect(scaleOf(block)).toEqual({ top, isCeilingInScale });
});
