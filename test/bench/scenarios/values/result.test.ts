import { expect, test } from 'vitest';
import { Measurements } from '../../../../bench/harness/rounds.js';
import type { PeerName } from '../../../../bench/peers/index.js';
import { renderDocument } from '../../../../bench/report/terminal/document.js';
import { plain, widthOf } from '../../../../bench/report/terminal/paint.js';
import { VALUE_KINDS } from '../../../../bench/scenarios/values/kinds.js';
import type { ValuesReply } from '../../../../bench/scenarios/values/program.js';
import { describeValues, valuesFigures } from '../../../../bench/scenarios/values/report.js';
import { valueResult, type ValuesResult } from '../../../../bench/scenarios/values/result.js';
import { valuesSettings } from '../../../../bench/scenarios/values/settings.js';

const settings = valuesSettings(new Map());

/** Rates per round, the same for all values except `rows`. */
const RATES: ReadonlyArray<[peer: PeerName, rates: readonly number[]]> = [
  ['millrace', [300_000, 200_000, 250_000]],
  ['piscina', [100_000, 50_000, 100_000]],
  ['tinypool', [60_000, 90_000, 60_000]],
  ['ring', [100_000, 100_000]],
];

function resultOf(more: Partial<ValuesResult> = {}): ValuesResult {
  const measurements = new Measurements<string, PeerName, ValuesReply>();
  for (const value of settings.values) {
    for (const [peer, rates] of RATES) {
      for (const [at, perSecond] of rates.entries()) {
        // For `rows` the rounds disagree.
        const factor = value === 'rows' && peer === 'millrace' && at === 1 ? 0.1 : 1;
        const throughput = {
          jobs: 1,
          seconds: 1,
          perSecond: perSecond * factor,
          cpuUsPerJob: 1e6 / perSecond,
          isStable: true,
        };
        const reply: ValuesReply = { kind: 'measured', throughput };
        measurements.add({ round: at + 1, point: value, arm: peer, reply });
      }
    }
  }
  const peers = RATES.map(([peer]) => peer);
  return {
    scenario: 'values',
    startedAt: '2025-01-01T00:00:00.000Z',
    isInterrupted: false,
    versions: {},
    settings,
    missing: [],
    values: settings.values.map((value) => valueResult(value, peers, measurements)),
    failures: [],
    ...more,
  };
}

test('the best other pool is that with the best median, and the ratio is taken within rounds', () => {
  const [first] = resultOf().values;
  expect(first).toMatchObject({
    value: 'number',
    toBestPool: { peer: 'piscina', ratio: { rounds: [3, 4, 2.5], median: 3 } },
    toRing: { peer: 'ring', ratio: { rounds: [3, 2] } },
  });
  expect(first?.peers.map(({ peer, jobsPerSecond }) => [peer, jobsPerSecond.median])).toEqual([
    ['millrace', 250_000],
    ['piscina', 100_000],
    ['tinypool', 60_000],
    ['ring', 100_000],
  ]);
});

test('the report says first where all rounds agree, then has a row for each value, within 80 columns', () => {
  const lines = renderDocument(describeValues(resultOf()), plain);
  for (const line of lines) expect.soft(widthOf(line), line).toBeLessThanOrEqual(80);
  const said = lines.join(' ').replaceAll(/\s+/g, ' ');
  expect(said).toMatch(/Millrace is faster than the best other pool with a number, an object/);
  expect(said).toMatch(/which is faster, .* with 100 rows of three fields/i);
  for (const { title } of VALUE_KINDS) expect(said).toContain(title);
  expect(lines.find((line) => line.startsWith('a number'))).toMatch(/250 .*100 .*3\.00.*piscina/);
});

test('a run that has measured nothing says so, without a table', () => {
  const empty = resultOf({ values: [], isInterrupted: true });
  expect(() => renderDocument(describeValues(empty), plain)).not.toThrow();
  expect(describeValues(empty).blocks.some(({ kind }) => kind === 'table')).toBe(false);
});

test('each figure of a run has its own name, for comparisons', () => {
  const names = valuesFigures(resultOf()).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('rows: millrace ÷ best pool');
  expect(names).toContain('nested: tinypool, CPU time per job');
});

test('every value is made anew each time, and is as large as its name says', () => {
  const bytes = (name: string): number =>
    Buffer.byteLength(JSON.stringify(VALUE_KINDS.find((kind) => kind.name === name)?.make()));
  for (const { make } of VALUE_KINDS.slice(1)) {
    const [one, another] = [make(), make()];
    expect(one).toEqual(another);
    if (typeof one === 'object') expect(one).not.toBe(another);
  }
  expect(bytes('nested')).toBeGreaterThan(140);
  expect(bytes('nested')).toBeLessThan(160);
  expect(bytes('document')).toBeGreaterThan(5000);
  expect(bytes('ascii')).toBe(1026);
});
