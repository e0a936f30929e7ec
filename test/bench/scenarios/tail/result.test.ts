import { describe, expect, test } from 'vitest';
import { NO_ENDINGS } from '../../../../bench/load/endings.js';
import { type LatencySummary, NO_LATENCIES } from '../../../../bench/load/latencies.js';
import type { PeerName } from '../../../../bench/peers/index.js';
import { Measurements } from '../../../../bench/harness/rounds.js';
import type { ArrivalReply } from '../../../../bench/scenarios/tail/program.js';
import { describeTail } from '../../../../bench/scenarios/tail/report.js';
import {
  type LoadPoint,
  loadResult,
  reference,
  saturationResults,
  type TailResult,
} from '../../../../bench/scenarios/tail/result.js';
import { tailSettings } from '../../../../bench/scenarios/tail/settings.js';
import type { Series } from '../../../../bench/math/series.js';
import { renderDocument } from '../../../../bench/report/terminal/document.js';
import { paintFor, plain, widthOf } from '../../../../bench/report/terminal/paint.js';

const series = (...values: number[]): Series =>
  new Map(values.map((value, at) => [at + 1, value] as const));

describe('the rates are shares of', () => {
  test('the best other pool by its median, though millrace may do more', () => {
    const rates = new Map<PeerName, Series>([
      ['millrace', series(900, 900, 900)],
      ['piscina', series(500, 600, 700)],
      ['tinypool', series(550, 550, 2000)],
      ['ring', series(5000, 5000, 5000)],
    ]);
    expect(reference(rates)).toEqual({ peer: 'piscina', perSecond: 600 });
  });

  test('millrace itself, or whatever there is, where there is no other pool', () => {
    const own = new Map<PeerName, Series>([
      ['ring', series(1)],
      ['millrace', series(9)],
    ]);
    expect(reference(own)).toEqual({ peer: 'millrace', perSecond: 9 });
    expect(reference(new Map([['ring', series(1)]]))).toEqual({ peer: 'ring', perSecond: 1 });
    expect(reference(new Map([['ring', series()]]))).toBeUndefined();
  });
});

test('the ceiling is what the processors can do in jobs of the mean length', () => {
  const [own] = saturationResults(new Map([['millrace', series(4549.59, 9099.181)]]), 2);
  expect(own?.shareOfCeiling.min).toBeCloseTo(0.5);
  expect(own?.shareOfCeiling.max).toBeCloseTo(1);
});

const POINT: LoadPoint = { load: 0.5, ratePerSecond: 4000 };

function latencies(p99: number): LatencySummary {
  return { count: 100, p50: p99 / 100, p95: p99 / 2, p99, p999: p99 * 2, max: p99 * 3 };
}

function replies(p99s: Partial<Record<PeerName, readonly number[]>>) {
  const measurements = new Measurements<LoadPoint, PeerName, ArrivalReply>();
  for (const [arm, rounds] of Object.entries(p99s) as Array<[PeerName, number[]]>) {
    for (const [at, p99] of rounds.entries()) {
      const jobs = { total: latencies(p99), wait: latencies(p99 / 2) };
      const [lateness, sent] = [latencies(at), at === 1 ? 90 : 100];
      const reply: ArrivalReply = {
        kind: 'measured',
        short: jobs,
        all: jobs,
        endings: { ...NO_ENDINGS, served: 100 },
        lateness,
        intended: 100,
        sent,
      };
      measurements.add({ round: at + 1, point: POINT, arm, reply });
    }
  }
  return measurements;
}

const measured = { millrace: [10, 30, 20], piscina: [40, 40, 40], tinypool: [20, 90, 80] };
const load = loadResult(POINT, ['millrace', 'piscina', 'tinypool'], replies(measured));

test('each view has its percentiles round by round, and millrace ÷ the pool with the least', () => {
  expect(load.views.map(({ jobs, until }) => `${jobs} ${until}`)).toEqual([
    'short total',
    'short wait',
    'all total',
    'all wait',
  ]);
  const [total, wait] = load.views;
  expect(total?.peers[0]).toMatchObject({
    peer: 'millrace',
    p99: { median: 20, min: 10, max: 30, rounds: [10, 30, 20] },
    max: { median: 60 },
  });
  expect(wait?.peers[0]?.p99.median).toBe(10);
  expect(total?.toBestPool.p99).toEqual({
    peer: 'piscina',
    ratio: { median: 0.5, min: 0.25, max: 0.75, rounds: [0.25, 0.75, 0.5] },
  });
  expect(load.latenessP99[0]).toEqual({ peer: 'millrace', ms: 1 });
  expect(load.sentShare).toBe(0.9);
});

test('the report keeps to 80 columns, painted or not, and tells of a generator that was too slow', () => {
  const huge = replies({ millrace: [12_345, 99_999, 1], workerpool: [99_999, 12_345, 0.01] });
  const settings = tailSettings(new Map());
  const result: TailResult = {
    scenario: 'tail',
    startedAt: '2025-01-01T00:00:00.000Z',
    isInterrupted: true,
    versions: {},
    settings,
    missing: ['poolifier'],
    saturation: saturationResults(new Map([['millrace', series(7000, 8000)]]), 2),
    reference: 'piscina',
    loads: [load, loadResult(POINT, ['millrace', 'workerpool'], huge)],
    failures: ['tinypool at 50.0 %: No response within 64.5 s.'],
  };
  for (const paint of [plain, paintFor({ isTTY: true }, false, {})]) {
    for (const line of renderDocument(describeTail(result), paint)) {
      expect.soft(widthOf(line), line).toBeLessThanOrEqual(80);
    }
  }
  const text = renderDocument(describeTail(result), plain).join('\n');
  expect(text).toMatch(/^millrace +7,500 +0\.824$/m);
  expect(text).toContain('4,000 jobs per second arrive, 50.0 % of what piscina does at saturation');
  expect(text).toContain('The best pool by its p99: piscina.');
  expect(text).toContain('as little as 90.0 % of the arrivals were made');
  expect(text).toContain('Failed: tinypool at 50.0 %');
});

test('a round in which a pool served nothing has no latency, and is reported with its endings', () => {
  const measurements = replies({ millrace: [10, 30], piscina: [40, 40] });
  const none = { total: NO_LATENCIES, wait: NO_LATENCIES };
  measurements.add({
    round: 3,
    point: POINT,
    arm: 'piscina',
    reply: {
      kind: 'measured',
      short: none,
      all: none,
      endings: { ...NO_ENDINGS, failed: 100 },
      lateness: latencies(1),
      intended: 100,
      sent: 100,
    },
  });
  const unserved = loadResult(POINT, ['millrace', 'piscina'], measurements);
  expect(unserved.endings).toEqual([
    { peer: 'millrace', ...NO_ENDINGS, served: 200 },
    { peer: 'piscina', ...NO_ENDINGS, served: 200, failed: 100 },
  ]);
  expect(unserved.views[0]?.peers[1]?.p99.rounds).toEqual([40, 40]);
  const result: TailResult = {
    scenario: 'tail',
    startedAt: '2025-01-01T00:00:00.000Z',
    isInterrupted: false,
    versions: {},
    settings: tailSettings(new Map()),
    missing: [],
    saturation: [],
    reference: 'piscina',
    loads: [unserved],
    failures: [],
  };
  const text = renderDocument(describeTail(result), plain).join('\n').replaceAll(/\s+/g, ' ');
  expect(text).toContain(
    'Of 300 arrivals at piscina 100 failed and 0 were rejected; its latencies are those of the others.',
  );
});
