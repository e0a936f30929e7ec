import { expect, test } from 'vitest';
import { steadinessOf } from '../../../../../bench/scenarios/job/advice/steadiness.js';
import { figure, loaded, saturatedIn } from '../figures.js';

const load = (share: number, perSecond: number) => loaded(share, figure(1), perSecond);

test('the spread is the middle half of all measurements of the setting, as a share of the median', () => {
  // Quartiles of 90, 100, 110, 120, 200: 100 and 120.
  const steadiness = steadinessOf(saturatedIn(1, [100, 90, 200]), [load(0.5, 110), load(0.8, 120)]);
  expect(steadiness).toMatchObject({ measurements: 5, min: 90, max: 200, isSteady: true });
  expect(steadiness.spread).toBeCloseTo(20 / 110);
});

test('one disturbed measurement among many is no unsteady machine, a third of them is', () => {
  expect(steadinessOf(saturatedIn(1, [100, 100, 100, 20]), []).isSteady).toBe(true);
  expect(steadinessOf(saturatedIn(1, [100, 100, 20, 100, 20, 100]), []).isSteady).toBe(false);
});

test('the load beyond the max throughput has another pool, and does not count', () => {
  const steadiness = steadinessOf(saturatedIn(1, [100, 100, 100]), [load(0.5, 100), load(1.2, 1)]);
  expect(steadiness).toMatchObject({ measurements: 4, min: 100, isSteady: true });
});

test('of three measurements there is no middle half', () => {
  expect(steadinessOf(saturatedIn(1, [100, 10, 1]), [])).toMatchObject({
    isKnown: false,
    isSteady: true,
  });
});
