import { describe, expect, test } from 'vitest';
import { rateByCurve, roundDown } from '../../../../../bench/scenarios/job/advice/rate.js';
import { figure, loaded } from '../figures.js';

const loads = [
  loaded(0.5, figure(30, 40)),
  loaded(0.8, figure(80, 100)),
  loaded(0.95, figure(300, 400)),
  loaded(1.2, figure(50)),
];

describe('the rate by the measured latencies', () => {
  test('lies where the worst p99 crosses the wanted one, on a log scale', () => {
    // Halfway from ln 40 to ln 100.
    expect(rateByCurve(loads, Math.sqrt(40 * 100))).toEqual({
      ratePerSecond: expect.closeTo(130, 6) as number,
      how: 'between two loads',
    });
  });

  test('is the highest load below the saturation where all hold', () => {
    expect(rateByCurve(loads, 400)?.ratePerSecond).toBe(190);
  });

  test('is half of the lowest where none holds', () => {
    expect(rateByCurve(loads, 39)?.ratePerSecond).toBe(50);
  });

  test('is none where no load was measured', () => {
    expect(rateByCurve([], 100)).toBeUndefined();
    expect(rateByCurve([loaded(1.2, figure(50))], 100)).toBeUndefined();
  });
});

test.each([
  [0, 0],
  [-3, 0],
  [0.1234, 0.12],
  [9.99, 9.9],
  [10, 10],
  [163.9, 160],
  [98_765, 98_000],
])('%f is promised as %f', (rate, promise) => {
  expect(roundDown(rate)).toBe(promise);
});
