import { expect, test } from 'vitest';
import type { ForestRow } from '../../../bench/report/document.js';
import { forestScaleOf, formatShare } from '../../../bench/report/forest-scale.js';

function row(estimate: number, changes: Partial<ForestRow> = {}): ForestRow {
  return {
    name: 'x',
    estimate,
    low: estimate - 0.01,
    high: estimate + 0.01,
    rounds: [],
    marks: [0.03, 0.05],
    ending: 'PASS',
    ...changes,
  };
}

test.each([
  { estimates: [0], why: 'no change' },
  { estimates: [0.2, -0.05], why: 'both sides' },
  { estimates: [4], why: 'five times' },
  { estimates: [-0.9], why: 'a tenth' },
  { estimates: [-1], why: 'nothing at all' },
])('no change, estimates and lines are within, in order: $why', ({ estimates }) => {
  const scale = forestScaleOf(estimates.map((estimate) => row(estimate)));
  const places = [...estimates, 0, 0.03, 0.05]
    .toSorted((a, b) => a - b)
    .map((each) => scale.placeOf(each));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
  expect(places.at(-1)).toBeLessThan(1);
});

test('as far from no change lies a factor as its inverse', () => {
  const { placeOf } = forestScaleOf([row(1), row(-0.5)]);
  expect(placeOf(1) - placeOf(0)).toBeCloseTo(placeOf(0) - placeOf(-0.5), 10);
});

test('neither a wide interval nor a stray round presses the estimates flat', () => {
  const calm = forestScaleOf([row(0.02)]);
  const wild = forestScaleOf([row(0.02, { low: -0.8, high: 90, rounds: [0.02, 50, -0.7] })]);
  const distance = ({ placeOf }: typeof calm) => placeOf(0.05) - placeOf(0);
  expect(distance(wild)).toBeGreaterThan(distance(calm) / 6);
  expect([wild.holds(-0.8), wild.holds(0.02), wild.holds(90)]).toEqual([false, true, false]);
  expect([wild.placeOf(-0.8), wild.placeOf(90)]).toEqual([0, 1]);
});

test.each([
  { estimates: [0.001], ticks: ['0 %', '+2 %', '+4 %'] },
  { estimates: [0.3, -0.05], ticks: ['0 %', '+10 %', '+20 %', '+30 %'] },
  { estimates: [5, -0.6], ticks: ['-50 %', '0 %', '+100 %', '+300 %'] },
])('ticks are few, round and ascending: $ticks', ({ estimates, ticks }) => {
  const scale = forestScaleOf(estimates.map((estimate) => row(estimate)));
  expect(scale.ticks.map(formatShare)).toEqual(ticks);
});

test('no rows at all have a scale too', () => {
  const { placeOf, ticks } = forestScaleOf([]);
  expect(placeOf(0)).toBe(0.5);
  expect(ticks).toContain(0);
});
