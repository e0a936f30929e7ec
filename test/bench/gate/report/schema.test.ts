import { expect, test } from 'vitest';
import { readEnvironment } from '../../../../bench/process/environment.js';
import { METRIC_NAMES } from '../../../../bench/gate/model/metrics.js';
import { GATE_SCHEMA } from '../../../../bench/gate/model/report.js';
import { REPORTS } from './reports.js';
import { flawsOfReport, schema } from '../../../helpers/gate-schema.js';

/** A deep copy with one place changed; undefined removes it. */
function changed(path: ReadonlyArray<string | number>, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(REPORTS.fail)) as Record<string | number, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1) as string] = value;
  return JSON.parse(JSON.stringify(copy));
}

test('the schema is that of the version that is written, and knows its metrics', () => {
  const [, version] = GATE_SCHEMA.split('/');
  expect(schema['$id']).toBe(`urn:millrace:gate:${version}`);
  expect(schema).toMatchObject({
    properties: { schema: { const: GATE_SCHEMA } },
    $defs: { metricName: { enum: [...METRIC_NAMES] } },
  });
});

test.each(Object.entries(REPORTS))('a report is valid: %s', (_, report) => {
  expect(flawsOfReport(report)).toEqual([]);
});

test('so is one of this machine, and one with fields of later versions', () => {
  const report = { ...REPORTS.fail, environment: readEnvironment(), later: true };
  expect(flawsOfReport(report)).toEqual([]);
});

test('a commit is of SHA-1 or of SHA-256', () => {
  expect(flawsOfReport(changed(['base', 'commit'], 'a1'.repeat(20)))).toEqual([]);
  expect(flawsOfReport(changed(['base', 'commit'], 'a1'.repeat(32)))).toEqual([]);
});

test.each([
  { path: ['schema'], value: 'millrace-gate/2' },
  { path: ['command'], value: 'rm' },
  { path: ['seconds'], value: -1 },
  { path: ['verdict'], value: 'waived' },
  { path: ['exitCode'], value: 4 },
  { path: ['isStrict'], value: undefined },
  { path: ['command'], value: 'millrace gate a\nb' },
  { path: ['environment'], value: undefined },
  { path: ['base', 'commit'], value: '7290fa0' },
  { path: ['base', 'commit'], value: '7'.repeat(41) },
  { path: ['notes', 0], value: '' },
  { path: ['notes', 0], value: 'two\nlines' },
  { path: ['scenarios', 0, 'verdict'], value: 'slower' },
  { path: ['scenarios', 0, 'reason'], value: undefined },
  { path: ['scenarios', 0, 'stage'], value: 'first' },
  { path: ['scenarios', 0, 'metrics', 0, 'metric'], value: 'heat' },
  // JSON turns NaN and Infinity into null.
  { path: ['scenarios', 0, 'metrics', 0, 'head'], value: null },
  { path: ['scenarios', 0, 'metrics', 0, 'effect', 'mean'], value: 1 },
  { path: ['scenarios', 0, 'metrics', 0, 'p'], value: 2 },
  { path: ['scenarios', 0, 'controls', 0, 'hasMoved'], value: undefined },
  { path: ['scenarios', 0, 'rounds', 0, 'head'], value: undefined },
  { path: ['scenarios', 0, 'rounds', 0, 'head', 'heat'], value: 1 },
  { path: ['scenarios', 0, 'rounds', 0, 'references'], value: { spin: 1 } },
  { path: ['scenarios', 3, 'waiver', 'until'], value: 'soon' },
  { path: ['scenarios', 0, 'rounds', 0, 'checksum'], value: 7 },
  { path: ['budgets', 0, 'unit'], value: 'furlongs' },
  { path: ['budgets', 0, 'unit'], value: undefined },
  { path: ['budgets', 0, 'value', 'max'], value: undefined },
])('$value as $path is not valid', ({ path, value }) => {
  expect(flawsOfReport(changed(path, value)).length).toBeGreaterThan(0);
});
