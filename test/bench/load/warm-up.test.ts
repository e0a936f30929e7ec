import { expect, test } from 'vitest';
import {
  doAgree,
  type End,
  LONGEST_WARM_UP,
  type Probe,
  warmUp,
} from '../../../bench/load/warm-up.js';

test.each([
  { what: 'the same', before: [1000, 100], after: [1000, 100], agree: true },
  { what: 'of another length', before: [1000, 100], after: [2000, 200], agree: true },
  { what: 'a tenth more', before: [900, 100], after: [1000, 100], agree: true },
  { what: 'a fifth more', before: [800, 100], after: [1000, 100], agree: false },
  { what: 'a fifth less', before: [1000, 100], after: [800, 100], agree: false },
  { what: 'one turn of all jobs more', before: [20, 100], after: [24, 100], agree: true },
  { what: 'more than one turn', before: [20, 100], after: [25, 100], agree: false },
])('two windows: $what', ({ before, after, agree }) => {
  const [first, second] = [before, after].map(([jobs, ms]) => ({ jobs, ms })) as [Probe, Probe];
  expect(doAgree(first, second, 4)).toBe(agree);
});

/** Warms up a load that completes `jobsIn(window)` jobs in each window of 100 ms, and counts the windows. */
async function windowsUntilStable(
  jobsIn: (window: number) => number,
): Promise<{ isStable: boolean; windows: number }> {
  let ended = 0;
  let windows = -1;
  const nextEnd = async (): Promise<End> => {
    windows += 1;
    ended += jobsIn(windows);
    return { ended, atMs: windows * 100 };
  };
  const isStable = await warmUp(nextEnd, { inFlight: 1, warmUpMs: 4 });
  return { isStable, windows };
}

test.each([
  { what: 'steady from the start', jobsIn: () => 1000, isStable: true, windows: 2 },
  {
    what: 'slow at first',
    jobsIn: (at: number) => (at < 5 ? 100 * 2 ** at : 5000),
    isStable: true,
    windows: 6,
  },
  { what: 'ever faster', jobsIn: (at: number) => 100 * 2 ** at, isStable: false, windows: 10 },
  {
    what: 'to and fro',
    jobsIn: (at: number) => (at % 2 === 0 ? 100 : 200),
    isStable: false,
    windows: 10,
  },
])('a load that is $what: stable is $isStable after $windows windows', async (row) => {
  const { isStable, windows } = row;
  expect(await windowsUntilStable(row.jobsIn)).toEqual({ isStable, windows });
});

test('without a warm-up nothing is waited for, and nothing known', async () => {
  const nextEnd = (): Promise<End> => Promise.reject(new Error('waited'));
  expect(await warmUp(nextEnd, { inFlight: 1, warmUpMs: 0 })).toBe(false);
});

test('ten windows of a quarter each, the first after one half, are three warm-ups', () => {
  expect(LONGEST_WARM_UP).toBe(1 / 2 + 10 / 4);
});
