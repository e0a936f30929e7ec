import { expect, test } from 'vitest';
import { barScaleOf } from '../../../bench/report/bar-scale.js';

const axis = (unit: 'ratio' | 'bytes') => ({ label: 'x', unit });
const bar = (median: number, min = median, max = median) => ({
  name: 'x',
  figure: { median, min, max },
});

test('amounts start at zero, and the largest of all ranges and lines is at the end', () => {
  const bars = [bar(10, 5, 20), bar(1)];
  const { base, placeOf } = barScaleOf({
    axis: axis('bytes'),
    bars,
    mark: { label: '', value: 40 },
  });
  expect([base, placeOf(0), placeOf(10), placeOf(40)]).toEqual([0, 0, 0.25, 1]);
});

test('ratios start at 1, and a factor is as far as its inverse', () => {
  const { base, placeOf } = barScaleOf({ axis: axis('ratio'), bars: [bar(8), bar(0.5)] });
  expect(placeOf(1)).toBe(base);
  expect(placeOf(2) - base).toBeCloseTo(base - placeOf(0.5), 10);
  expect(placeOf(0.5)).toBeGreaterThan(0);
  expect(placeOf(8)).toBeLessThan(1);
});

test('a ratio of 50 does not press one of 1.2 flat', () => {
  const { base, placeOf } = barScaleOf({ axis: axis('ratio'), bars: [bar(50), bar(1.2)] });
  expect(placeOf(1.2) - base).toBeGreaterThan(0.04);
});

test('where all are above 1 the scale starts there', () => {
  expect(barScaleOf({ axis: axis('ratio'), bars: [bar(3)] }).base).toBe(0);
});

test.each([0, -1, 1e9])('a ratio of %d is on the scale', (value) => {
  const place = barScaleOf({ axis: axis('ratio'), bars: [bar(2)] }).placeOf(value);
  expect(place).toBeGreaterThanOrEqual(0);
  expect(place).toBeLessThanOrEqual(1);
});

test.each(['ratio', 'bytes'] as const)(
  'without bars there is a scale of %s nevertheless',
  (unit) => {
    expect(barScaleOf({ axis: axis(unit), bars: [] }).placeOf(0)).toBe(0);
  },
);
