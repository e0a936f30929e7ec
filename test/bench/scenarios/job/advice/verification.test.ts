import { expect, test } from 'vitest';
import {
  judge,
  lowered,
  WANTED_ARRIVALS,
} from '../../../../../bench/scenarios/job/advice/verification.js';

const latencies = { count: 990, p50: 5, p95: 50, p99: 90, p999: 95, max: 99 };
const run = {
  total: latencies,
  endings: { served: 994, failed: 0, refused: 3, late: 2, cutOff: 1 },
  inTime: 990,
  lateness: latencies,
  intended: 1000,
  sent: 1000,
  peakBytes: 1000,
  seconds: 3,
};
const wanted = { expectedPeakBytes: 1000 };

test('a run holds where 99 % of what did not fail was served in time', () => {
  expect(judge(100, run, wanted)).toEqual({
    ratePerSecond: 100,
    seconds: 3,
    arrivals: 1000,
    endings: run.endings,
    inTime: 990,
    p50: 5,
    p99: 90,
    p999: 95,
    unservedShare: 0.006,
    sentShare: 1,
    latenessP99: 90,
    peakBytes: 1000,
    isEnough: true,
    isP99Held: true,
    // 1 minus the probability of ten or fewer late jobs in a thousand, if one in a hundred is late.
    confidence: expect.closeTo(1 - 0.58304, 4) as number,
    isMemoryHeld: true,
  });
});

test('the wanted arrivals are the fewest of which none late shows it with 95 % confidence', () => {
  const all = (served: number) => ({
    ...run,
    endings: { served, failed: 0, refused: 0, late: 0, cutOff: 0 },
    inTime: served,
  });
  expect(judge(1, all(WANTED_ARRIVALS), wanted)).toMatchObject({ isEnough: true, isP99Held: true });
  expect(judge(1, all(WANTED_ARRIVALS), wanted).confidence).toBeGreaterThanOrEqual(0.95);
  const few = judge(1, all(WANTED_ARRIVALS - 1), wanted);
  expect(few).toMatchObject({ isEnough: false, isP99Held: false });
  expect(few.confidence).toBeLessThan(0.95);
});

test('jobs that failed count for neither side', () => {
  const endings = { served: 400, failed: 600, refused: 0, late: 0, cutOff: 0 };
  const half = judge(100, { ...run, endings, inTime: 400 }, wanted);
  expect(half).toMatchObject({ isP99Held: true, unservedShare: 0 });
  const few = { ...endings, served: 298, failed: 702 };
  expect(judge(100, { ...run, endings: few, inTime: 298 }, wanted).isEnough).toBe(false);
});

test.each([
  ['too many results came after the wanted time', { inTime: 989 }],
  ['the generator was too slow', { sent: 989 }],
  [
    'nothing was served',
    {
      total: { count: 0, p50: 0, p95: 0, p99: 0, p999: 0, max: 0 },
      endings: { served: 0, failed: 0, refused: 1000, late: 0, cutOff: 0 },
      inTime: 0,
    },
  ],
])('it does not where %s', (_, change) => {
  expect(judge(100, { ...run, ...change }, wanted).isP99Held).toBe(false);
});

test('memory is judged by itself', () => {
  const more = judge(100, { ...run, peakBytes: 1001 }, wanted);
  expect(more).toMatchObject({ isP99Held: true, isMemoryHeld: false });
});

test('a promise that does not hold is lowered by two fifths', () => {
  expect(lowered(1000)).toBe(600);
});
