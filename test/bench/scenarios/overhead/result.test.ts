import { expect, test } from 'vitest';
import type { PeerName } from '../../../../bench/peers/index.js';
import { Measurements } from '../../../../bench/harness/rounds.js';
import type { OverheadReply } from '../../../../bench/scenarios/overhead/program.js';
import { describeOverhead } from '../../../../bench/scenarios/overhead/report.js';
import { type OverheadResult, pointResult } from '../../../../bench/scenarios/overhead/result.js';
import { overheadSettings, type Point } from '../../../../bench/scenarios/overhead/settings.js';
import { renderDocument } from '../../../../bench/report/terminal/document.js';
import { paintFor, plain, widthOf } from '../../../../bench/report/terminal/paint.js';

const settings = overheadSettings(new Map([['jobs', '10us,100us']]));
const [short, long] = settings.jobs as [Point['kind'], Point['kind']];
const everywhere = settings.jobs.flatMap((kind) =>
  settings.inFlight.map((inFlight) => ({ kind, inFlight })),
);

function measured(
  points: readonly Point[],
  rates: Partial<Record<PeerName, readonly number[]>>,
): Measurements<Point, PeerName, OverheadReply> {
  const measurements = new Measurements<Point, PeerName, OverheadReply>();
  for (const point of points) {
    for (const [arm, rounds] of Object.entries(rates) as Array<[PeerName, number[]]>) {
      for (const [at, perSecond] of rounds.entries()) {
        const throughput = { jobs: 1, seconds: 1, perSecond, cpuUsPerJob: 20, isStable: true };
        const reply = { kind: 'measured', throughput } as const;
        measurements.add({ round: at + 1, point, arm, reply });
      }
    }
  }
  return measurements;
}

function resultOf(
  rates: Partial<Record<PeerName, readonly number[]>>,
  changes: Partial<OverheadResult> = {},
): OverheadResult {
  const measurements = measured(everywhere, rates);
  const peers = Object.keys(rates) as PeerName[];
  return {
    scenario: 'overhead',
    startedAt: '2025-01-01T00:00:00.000Z',
    isInterrupted: false,
    versions: {},
    settings,
    workPerUs: 1,
    missing: [],
    points: everywhere.map((point) => pointResult(point, peers, 2, measurements)),
    failures: [],
    ...changes,
  };
}

test('ratios are taken within rounds, to the pool with the best median, and to the ring', () => {
  const point = { kind: long, inFlight: 16 };
  const rates = {
    millrace: [12_000, 9000, 10_000],
    piscina: [4000, 30_000, 4000],
    poolifier: [6000, 9000, 5000],
    ring: [24_000, 18_000, 40_000],
  };
  const peers = Object.keys(rates) as PeerName[];
  const result = pointResult(point, peers, 2, measured([point], rates));
  expect(result).toMatchObject({ job: '100us', jobUs: 100, inFlight: 16 });
  expect(result.toBestPool).toEqual({
    peer: 'poolifier',
    ratio: { median: 2, min: 1, max: 2, rounds: [2, 1, 2] },
  });
  expect(result.toRing?.ratio).toEqual({
    median: 0.5,
    min: 0.25,
    max: 0.5,
    rounds: [0.5, 0.5, 0.25],
  });
  // 10,000 jobs of 100 µs per second take one of the two CPU-seconds that two CPUs have.
  expect(result.peers[0]).toMatchObject({
    peer: 'millrace',
    jobsPerSecond: { median: 10_000, min: 9000, max: 12_000, rounds: [12_000, 9000, 10_000] },
    timeInJobs: { median: 0.5, min: 0.45 },
    cpuUsPerJob: { median: 20 },
  });
});

test('without millrace, or without other pools, there is nothing to compare', () => {
  const point = { kind: short, inFlight: 1 };
  const alone = pointResult(point, ['millrace'], 2, measured([point], { millrace: [1] }));
  expect(Object.keys(alone)).toEqual(['job', 'jobUs', 'inFlight', 'peers']);
  const others = pointResult(point, ['ring'], 2, measured([point], { ring: [1] }));
  expect(others.toRing).toBeUndefined();
});

const large = {
  millrace: [987_654, 999_999, 900_123],
  piscina: [9876, 8765, 987],
  ring: [398_765, 300_000, 412_345],
};

test('the report has a table for each kind of job, each figure with its range below', () => {
  const lines = renderDocument(describeOverhead(resultOf(large)), plain);
  expect(lines.slice(1, 5)).toEqual([
    'Overhead: short jobs on this and other pools',
    '',
    // Results on which all rounds agree come first.
    '- Jobs of 10 µs: millrace is faster than the best other pool with 1, 16, 64, 256',
    '  and 1024 in flight: 114 times in all 3 rounds (min 100, max 912).',
  ]);
  const own = lines.findIndex((line) => line.startsWith('millrace'));
  expect(lines[own]).toMatch(/^millrace(?: +988){5}$/);
  expect(lines[own + 1]).toMatch(/^(?: +900–1,000){5}$/);
  expect(lines.filter((line) => line.startsWith('÷ best pool')).length).toBe(2);
  expect(lines).toContain('The best pool: piscina at 1, 16, 64, 256 and 1024.');
});

test('the report keeps to 80 columns, painted or not', () => {
  const missing = ['tinypool', 'workerpool', 'poolifier'] as const;
  const result = resultOf(large, { missing, isInterrupted: true });
  for (const paint of [plain, paintFor({ isTTY: true }, false, {})]) {
    for (const line of renderDocument(describeOverhead(result), paint)) {
      expect.soft(widthOf(line), line).toBeLessThanOrEqual(80);
    }
  }
});
