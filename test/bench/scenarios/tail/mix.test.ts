import { expect, test } from 'vitest';
import { dealJobs, LONG_US, MEAN_US, SHORT_US } from '../../../../bench/scenarios/tail/mix.js';

test('one job in a hundred is long, in an order that the seed decides', () => {
  const deal = (seed: number) => {
    const next = dealJobs(seed);
    return Array.from({ length: 2000 }, () => next());
  };
  const jobs = deal(1);
  expect(jobs.filter((us) => us === LONG_US).length).toBe(20);
  expect(jobs.filter((us) => us === SHORT_US).length).toBe(1980);
  expect(deal(1)).toEqual(jobs);
  expect(deal(2)).not.toEqual(jobs);
  expect(MEAN_US).toBeCloseTo(219.8);
});
