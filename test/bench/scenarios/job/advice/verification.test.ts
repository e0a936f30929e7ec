import { expect, test } from 'vitest';
import {
  judge,
  lowered,
  snippetOf,
} from '../../../../../bench/scenarios/job/advice/verification.js';

const latencies = { count: 990, p50: 5, p95: 50, p99: 90, p999: 95, max: 99 };
const run = {
  total: latencies,
  endings: { served: 990, failed: 0, refused: 4, late: 3, cutOff: 3 },
  lateness: latencies,
  intended: 1000,
  sent: 1000,
  peakBytes: 1000,
};
const wanted = { wantedP99Ms: 90, expectedPeakBytes: 1000 };

test('a run holds where 99 % were served and their p99 is no more than wanted', () => {
  expect(judge(100, run, wanted)).toEqual({
    ratePerSecond: 100,
    arrivals: 1000,
    p50: 5,
    p99: 90,
    p999: 95,
    unservedShare: 0.01,
    sentShare: 1,
    latenessP99: 90,
    peakBytes: 1000,
    isEnough: true,
    isP99Held: true,
    isMemoryHeld: true,
  });
});

test('fewer than a hundred arrivals verify nothing', () => {
  const few = { ...run, endings: { served: 99, failed: 0, refused: 0, late: 0, cutOff: 0 } };
  expect(judge(1, few, wanted)).toMatchObject({ isEnough: false, isP99Held: false });
});

test.each([
  ['its p99 is too long', { total: { ...latencies, p99: 90.1 } }],
  [
    'too many were refused',
    { endings: { served: 990, failed: 0, refused: 11, late: 0, cutOff: 0 } },
  ],
  [
    'too many came too late',
    { endings: { served: 990, failed: 0, refused: 0, late: 11, cutOff: 0 } },
  ],
  [
    'too many were cut off',
    { endings: { served: 990, failed: 0, refused: 0, late: 0, cutOff: 11 } },
  ],
  ['the generator was too slow', { sent: 989 }],
  [
    'nothing was served',
    {
      total: { count: 0, p50: 0, p95: 0, p99: 0, p999: 0, max: 0 },
      endings: { served: 0, failed: 0, refused: 0, late: 0, cutOff: 0 },
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

test('the code has all settings, and names the job', () => {
  const settings = {
    threads: 2,
    concurrency: 16,
    backlog: { jobs: 20, bytes: 65_536 },
    timeouts: { queueMs: 100, runMs: 300 },
  };
  expect(snippetOf(settings, { path: '/srv/app/jobs.js', name: 'render' })).toBe(
    [
      "const pool = new Pool(new URL('./jobs.js', import.meta.url), {",
      '  threads: 2,',
      '  concurrency: 16,',
      '  backlog: { jobs: 20, bytes: 65536 },',
      "  overflow: 'reject',",
      '});',
      'const timeout = { queueMs: 100, runMs: 300 };',
      "await pool.run('render', input, { timeout });",
    ].join('\n'),
  );
});
