import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SCHEMA } from '../../bench/report/bench-file.js';
import { readEnvironment } from '../../bench/process/environment.js';
import { IS_ALL } from '../helpers/extent.js';
import { millrace, readResults } from '../helpers/processes.js';
import { figure, result, run } from '../helpers/runs.js';
import { schema, validateRun } from '../helpers/run-schema.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-schema-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const complete = run([
  result('overhead', [figure('a', [1, 2, 3], 'perSecond', 'more'), figure('b', [1], 'count')]),
]);

/** A deep copy with one place changed; undefined removes it. */
function changed(path: ReadonlyArray<string | number>, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(complete)) as Record<string | number, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1) as string] = value;
  return JSON.parse(JSON.stringify(copy));
}

test('the schema is that of the version that is written', () => {
  const [, version] = SCHEMA.split('/');
  expect(schema['$id']).toBe(`urn:millrace:bench:${version}`);
  expect(schema).toMatchObject({ properties: { schema: { const: SCHEMA } } });
});

test('a complete run is valid, also with limits, on this machine and with fields of later versions', () => {
  expect(validateRun(complete)).toEqual([]);
  expect(validateRun({ ...complete, environment: readEnvironment() })).toEqual([]);
  const limited = {
    ...complete.environment,
    cpuQuota: 1.5,
    memoryLimitBytes: 2 ** 30,
    later: true,
  };
  expect(validateRun({ ...complete, environment: limited, later: true })).toEqual([]);
  expect(validateRun(changed(['results', 0, 'points'], [{ anything: null }]))).toEqual([]);
});

test.each([
  { path: ['schema'], value: 'millrace-bench/2' },
  { path: ['schema'], value: undefined },
  { path: ['command'], value: 'rm' },
  { path: ['startedAt'], value: 'yesterday' },
  { path: ['environment'], value: undefined },
  { path: ['environment', 'node'], value: '20' },
  { path: ['environment', 'processors'], value: 0 },
  { path: ['environment', 'cpuQuota'], value: 'all' },
  { path: ['results'], value: {} },
  { path: ['results', 0], value: null },
  { path: ['results', 0, 'settings'], value: [] },
  { path: ['results', 0, 'isInterrupted'], value: undefined },
  { path: ['results', 0, 'failures'], value: [1] },
  { path: ['results', 0, 'unstable'], value: true },
  { path: ['results', 0, 'figures'], value: undefined },
  { path: ['results', 0, 'figures', 0, 'name'], value: '' },
  { path: ['results', 0, 'figures', 0, 'unit'], value: 'furlongs' },
  { path: ['results', 0, 'figures', 0, 'better'], value: 'red' },
  // JSON turns NaN and Infinity into null.
  { path: ['results', 0, 'figures', 0, 'median'], value: null },
  { path: ['results', 0, 'figures', 0, 'rounds'], value: [] },
  { path: ['results', 0, 'figures', 0, 'rounds', 1], value: null },
  { path: ['results', 0, 'figures', 0, 'mean'], value: 2 },
])('$value as $path is not valid', ({ path, value }) => {
  const flaws = validateRun(changed(path, value));
  expect(flaws.length).toBeGreaterThan(0);
});

// Quick runs rely on the tests of each scenario, which validate its file.
test.runIf(IS_ALL)(
  'several scenarios are in one file, also one without rounds',
  { timeout: 120_000 },
  async () => {
    const file = join(folder, 'run.json');
    const options = '--patterns single --rounds 1 --jobs 20';
    const args = ['bench', 'sparse', 'producer', ...options.split(' '), '--json', file];
    const { code, stderr } = await millrace(...args).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const results = readResults<{ scenario: string; figures: unknown[] }>(file);
    expect(results.map(({ scenario }) => scenario)).toEqual(['sparse', 'producer']);
    for (const { figures } of results) expect(figures.length).toBeGreaterThan(0);
  },
);
