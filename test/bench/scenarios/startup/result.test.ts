import { expect, test } from 'vitest';
import type { PeerName } from '../../../../bench/peers/index.js';
import { Measurements } from '../../../../bench/harness/rounds.js';
import { describeStartup, startupFigures } from '../../../../bench/scenarios/startup/report.js';
import {
  type Measured,
  type Start,
  startResults,
  type StartupResult,
} from '../../../../bench/scenarios/startup/result.js';
import { type StartPoint, startupSettings } from '../../../../bench/scenarios/startup/settings.js';
import { renderDocument } from '../../../../bench/report/terminal/document.js';
import { plain, widthOf } from '../../../../bench/report/terminal/paint.js';

const MB = 1024 ** 2;

/** Results of which only the times to the first result are given, round by round; all other values follow from them. */
function measured(firsts: Readonly<Partial<Record<PeerName, readonly number[]>>>) {
  const measurements = new Measurements<StartPoint, PeerName, Measured>();
  for (const [peer, rounds] of Object.entries(firsts)) {
    for (const [at, firstResultMs] of rounds.entries()) {
      const reply: Start = {
        runningMs: 40 + at,
        importMs: peer === 'ring' ? 0 : firstResultMs / 10,
        firstResultMs,
        allThreadsMs: firstResultMs * 2,
        rssBytes: firstResultMs * MB,
      };
      measurements.add({ round: at + 1, point: 'start', arm: peer as PeerName, reply });
      // The earlier the first result, the later the 10,000th.
      const nthMs = [firstResultMs, 100, 1000, 20_000 / firstResultMs];
      measurements.add({ round: at + 1, point: 'jobs', arm: peer as PeerName, reply: { nthMs } });
    }
  }
  return startResults(Object.keys(firsts) as PeerName[], measurements);
}

function resultOf(
  firsts: Readonly<Partial<Record<PeerName, readonly number[]>>>,
  more: Partial<StartupResult> = {},
): StartupResult {
  return {
    scenario: 'startup',
    startedAt: '2025-01-01T00:00:00.000Z',
    isInterrupted: false,
    versions: {},
    settings: startupSettings(new Map()),
    missing: [],
    ...measured(firsts),
    failures: [],
    ...more,
  };
}

const FIRSTS = { millrace: [100, 120, 90], piscina: [200, 100, 180], ring: [50, 60, 50] };

test('every measure has its rounds, and bare threads have nothing to import', () => {
  const { peers, runningMs } = measured(FIRSTS);
  expect(peers.map(({ peer }) => peer)).toEqual(['millrace', 'piscina', 'ring']);
  expect(peers[0]?.firstResultMs).toEqual({
    median: 100,
    min: 90,
    max: 120,
    rounds: [100, 120, 90],
  });
  expect(peers[0]?.importMs?.median).toBe(10);
  expect(peers[0]?.allThreadsMs.median).toBe(200);
  expect(peers[0]?.rssBytes.median).toBe(100 * MB);
  expect(peers[2]).not.toHaveProperty('importMs');
  // Taken over all starts: Node's own start does not depend on the pool.
  expect(runningMs).toMatchObject({ median: 41, min: 40, max: 42 });
});

test('ratios are taken within rounds, to the best other pool and to bare threads', () => {
  const { toBestPool, toRing } = measured(FIRSTS);
  expect(toBestPool.firstResultMs).toEqual({
    peer: 'piscina',
    ratio: { median: 0.5, min: 0.5, max: 1.2, rounds: [0.5, 1.2, 0.5] },
  });
  expect(toBestPool.importMs?.peer).toBe('piscina');
  expect(toRing.firstResultMs?.ratio.rounds).toEqual([2, 2, 1.8]);
  expect(toRing).not.toHaveProperty('importMs');
});

test('the report keeps to 80 columns and names Node, the best pools and what is missing', () => {
  const slow = Object.fromEntries(
    ['millrace', 'piscina', 'tinypool', 'workerpool', 'poolifier', 'ring'].map((peer, at) => [
      peer,
      [1234 + at, 9876.5, 20_000],
    ]),
  );
  for (const firsts of [FIRSTS, slow]) {
    const lines = renderDocument(
      describeStartup(resultOf(firsts, { missing: ['tinypool'] })),
      plain,
    );
    for (const line of lines) expect.soft(widthOf(line), line).toBeLessThanOrEqual(80);
    const said = lines.join(' ');
    expect(said).toContain('new Worker');
    expect(said).toContain('÷ bare threads');
    expect(said).toContain('Node itself takes 41.0 ms of each (40.0 ms to 42.0 ms)');
    expect(said).toContain('piscina (first result)');
    expect(said).toContain('Skipped, as not installed: tinypool.');
  }
});

test('the n-th result has its times and its ratio, and the claims say where a young process is sooner', () => {
  const result = resultOf(FIRSTS);
  expect(result.nth.map(({ n, toBestPool }) => [n, toBestPool?.ratio.rounds])).toEqual([
    [1, [0.5, 1.2, 0.5]],
    [100, [1, 1, 1]],
    [1000, [1, 1, 1]],
    [10_000, [2, expect.closeTo(100 / 120), 2]],
  ]);
  const lines = renderDocument(describeStartup(result), plain);
  expect(lines.find((line) => /^pool +1 +100 +1,000 +10,000$/.test(line))).toBeDefined();
  const said = lines.join(' ').replaceAll(/\s+/g, ' ');
  expect(said).toContain('to the n-th result of no-ops, 64 in flight');
  expect(said).toContain('whether a new process has its results sooner with millrace or');
});

test('millrace alone has no ratios, and nothing measured has no table', () => {
  const alone = renderDocument(describeStartup(resultOf({ millrace: [100] })), plain).join('\n');
  expect(alone).toMatch(/^millrace +10\.0 +100 +200 +100$/m);
  expect(alone).toMatch(/^millrace +100 +100 +1,000 +200$/m);
  expect(alone).not.toContain('÷');
  expect(describeStartup(resultOf({})).blocks).toEqual([]);
});

test('the figures have a name of their own each', () => {
  const names = startupFigures(resultOf(FIRSTS)).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('first result: new Worker');
  expect(names).toContain('all threads: millrace ÷ best pool');
  expect(names).not.toContain('import: new Worker');
});
