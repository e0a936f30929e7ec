import { expect, test } from 'vitest';
import type { ArmName } from '../../../../bench/scenarios/map/arms.js';
import type { MapReply } from '../../../../bench/scenarios/map/program.js';
import { describeMap, mapFigures } from '../../../../bench/scenarios/map/report.js';
import { kindResult, type MapResult } from '../../../../bench/scenarios/map/result.js';
import { type MapKind, mapSettings } from '../../../../bench/scenarios/map/settings.js';
import { Measurements } from '../../../../bench/harness/rounds.js';
import { renderDocument } from '../../../../bench/report/terminal/document.js';
import { plain } from '../../../../bench/report/terminal/paint.js';

const KIND: MapKind = { name: 'no-op', us: 0 };

function reply(rowsPerSecond: number): MapReply {
  return { kind: 'measured', rowsPerSecond, mostHeld: 10, growthBytes: 2 ** 20 };
}

function measured(rows: Readonly<Partial<Record<ArmName, readonly number[]>>>): MapResult {
  const measurements = new Measurements<MapKind, ArmName, MapReply>();
  for (const [arm, figures] of Object.entries(rows)) {
    for (const [at, figure] of figures.entries()) {
      measurements.add({ round: at + 1, point: KIND, arm: arm as ArmName, reply: reply(figure) });
    }
  }
  return {
    scenario: 'map',
    startedAt: '2026-01-01T00:00:00.000Z',
    isInterrupted: false,
    settings: mapSettings(new Map([['jobs', 'no-op']])),
    versions: {},
    missing: [],
    kinds: [kindResult(KIND, measurements)],
    failures: [],
  };
}

test('the ratio is to the best of the others, within rounds', () => {
  const { kinds } = measured({
    millrace: [300, 800],
    'piscina, own loop': [90, 90],
    'piscina, p-map': [100, 200],
  });
  expect(kinds[0]?.toBest).toMatchObject({
    arm: 'piscina, p-map',
    ratio: { median: 3.5, min: 3, max: 4 },
  });
});

test('an arm that gave nothing is left out, and without others there is no ratio', () => {
  const [kind] = measured({ millrace: [300] }).kinds;
  expect(kind?.arms.map(({ arm }) => arm)).toEqual(['millrace']);
  expect(kind?.toBest).toBeUndefined();
});

test('the figures have names of their own', () => {
  const figures = mapFigures(measured({ millrace: [300], 'piscina, p-map': [100] }));
  const names = figures.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('no-op: millrace ÷ piscina, p-map');
});

test('the report has a row for each arm, and fits into 80 columns', () => {
  const document = describeMap(measured({ millrace: [300_000], 'piscina, p-map': [100_000] }));
  const lines = renderDocument(document, plain);
  expect(lines.some((line) => /^millrace +300 /.test(line))).toBe(true);
  expect(lines.slice(3, 5).join(' ')).toContain(
    'millrace or piscina, p-map:   3.00 times in one round',
  );
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});
