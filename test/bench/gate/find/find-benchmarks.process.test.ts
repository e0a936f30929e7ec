/** Finds bench files with the real Vitest, in two folders that stand for base and head. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { chooseBenchmark } from '../../../../build/bench/gate/find/find-benchmarks.js';
import {
  type Asked,
  planTrials,
  type Plans,
} from '../../../../build/bench/gate/find/plan-trials.js';
import { readTarget } from '../../../../build/bench/gate/find/target.js';
import type { ScenarioConfig } from '../../../../build/bench/gate/model/config.js';
import { scratchFolder, writeFiles } from '../../../helpers/scratch-repository.js';

// Vitest starts slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
const scratch = scratchFolder();
const watching = {
  signal: new AbortController().signal,
  watch: async () => async () => {},
};

let sides: { readonly base: string; readonly head: string };
beforeEach(() => {
  sides = { base: join(scratch(), 'base'), head: join(scratch(), 'head') };
});

/** Writes a side, with this repository's dependencies. */
function side(name: 'base' | 'head', files: Readonly<Record<string, string>>): void {
  writeFiles(sides[name], files);
  symlinkSync(modules, join(sides[name], 'node_modules'));
}

/** Writes a side whose only package is a fake `vitest`. */
function sideWithVitest(name: 'base' | 'head', version: string, source: string): void {
  const own = JSON.stringify({ name: 'vitest', version, bin: { vitest: './vitest.mjs' } });
  writeFiles(sides[name], { 'a.bench.ts': source, 'node_modules/vitest/package.json': own });
}

function plan(scenario: Partial<ScenarioConfig> = {}, asked: Asked = {}): Promise<Plans> {
  const target = readTarget({ run: './a.bench.ts', ...scenario }, scratch());
  return planTrials([target], sides, asked, watching);
}

const bench = (...names: readonly string[]): string =>
  [
    "import { bench } from 'vitest';",
    ...names.map((name) => `bench('${name}', () => {}, { time: 5, warmupTime: 0 });`),
  ].join('\n');

test('each benchmark is a scenario; what only base has is noted, what only head has is new', async () => {
  side('base', { 'a.bench.ts': bench('old', 'both') });
  side('head', { 'a.bench.ts': bench('both', 'new') });
  const { trials, notes } = await plan();
  expect(trials.map(({ name, arms }) => [name, arms.map((arm) => arm.name)])).toEqual([
    ['./a.bench.ts: both', ['head', 'base', 'control']],
    ['./a.bench.ts: new', ['head']],
  ]);
  expect(notes).toEqual(["Base has a benchmark 'old' in ./a.bench.ts that head lacks."]);
  // The two trials share their runs.
  expect(trials[0]?.measure).toBe(trials[1]?.measure);
});

test('each may take longer than a job and more rounds, unless all of them are asked for the same', async () => {
  side('head', { 'a.bench.ts': bench('one') });
  const { trials } = await plan();
  expect(trials[0]?.looks.map(({ rounds }) => rounds)).toEqual([10, 20, 36]);
  expect(trials.map(({ limitSeconds }) => limitSeconds)).toEqual([240]);
  const asked = { looks: [{ rounds: 4, failAlpha: 0.02, passAlpha: 0.02 }], limitSeconds: 30 };
  expect((await plan({}, asked)).trials[0]).toMatchObject(asked);
});

test('they are judged by the clock, beyond 5 % until something else is configured', async () => {
  side('head', { 'a.bench.ts': bench('one') });
  const judged = async (...args: Parameters<typeof plan>) => [
    ...((await plan(...args)).trials[0]?.judged ?? []),
  ];
  expect(await judged()).toEqual([
    ['throughput', { minEffect: 0.05, maxEffect: expect.closeTo(0.0833, 4) as number }],
    ['p50', { minEffect: 0.05, maxEffect: expect.closeTo(0.0833, 4) as number }],
  ]);
  expect(
    await judged(
      { thresholds: { p50: false } },
      { thresholds: { throughput: { minEffect: 0.1 }, p99: {} } },
    ),
  ).toEqual([
    ['throughput', { minEffect: 0.1, maxEffect: expect.closeTo(1 / 6, 6) as number }],
    ['p99', { minEffect: 0.05, maxEffect: expect.closeTo(0.0833, 4) as number }],
  ]);
  await expect(plan({ thresholds: { cpu: {} } })).rejects.toThrow("is judged by 'cpu'");
});

test('one can be chosen, and has the name of what was asked for', async () => {
  side('head', { 'a.bench.ts': bench('one', 'two') });
  mkdirSync(sides.base);
  const { trials } = await plan({ run: './a.bench.ts#two' });
  expect(trials.map(({ name }) => name)).toEqual(['./a.bench.ts#two']);
  expect(trials[0]?.arms[0]?.spec).toMatchObject({ benchmark: { name: 'two' } });
});

test('a file that is of another kind on base is new', async () => {
  side('base', { 'a.bench.ts': 'export default 1;' });
  side('head', { 'a.bench.ts': bench('one') });
  const { trials, notes } = await plan();
  expect(trials.map(({ arms }) => arms.length)).toEqual([1]);
  expect(notes[0]).toContain('a.bench.ts is a Vitest bench file on head and not on base');
});

describe('what can not be compared is refused', () => {
  test('sides with different versions of Vitest, with both of them', async () => {
    sideWithVitest('base', '3.2.7', bench('a'));
    sideWithVitest('head', '4.1.12', bench('a'));
    await expect(plan()).rejects.toThrow(
      "'./a.bench.ts': base has Vitest 3.2.7 and head has Vitest 4.1.12, whose results can't be compared.",
    );
  });

  test('a version that is not known', async () => {
    sideWithVitest('head', '2.1.9', bench('a'));
    await expect(plan()).rejects.toThrow('head has Vitest 2.1.9; valid is version 3 or 4.');
  });

  test.each(['base', 'head'] as const)('a side without Vitest: %s', async (name) => {
    sideWithVitest(name === 'base' ? 'head' : 'base', '4.1.12', bench('a'));
    writeFiles(sides[name], { 'a.bench.ts': bench('a') });
    await expect(plan()).rejects.toThrow(`Vitest is not installed on ${name}.`);
  });

  test('inputs of jobs', async () => {
    side('head', { 'a.bench.ts': bench('a') });
    await expect(plan({ threads: 3 })).rejects.toThrow("'threads' is for jobs");
  });

  test('a file without a benchmark that runs', async () => {
    side('head', { 'a.bench.ts': "import { bench } from 'vitest';\nbench.skip('a', () => {});" });
    await expect(plan()).rejects.toThrow(
      "'./a.bench.ts': the file has no benchmark on head that runs.",
    );
  });
});

describe('a name', () => {
  const found = [
    ['', 'parse', 1],
    ['group', 'parse', 1],
    ['group', 'render', 1],
    ['group', 'twice', 1],
    ['group', 'twice', 2],
  ] as const;
  const benchmarks = found.map(([groups, name, occurrence]) => ({
    label: `${groups && `${groups} > `}${name}${occurrence === 1 ? '' : ` (${occurrence})`}`,
    head: {
      kind: 'vitest' as const,
      program: '',
      file: '',
      benchmark: { groups, name, occurrence },
    },
  }));
  const choose = (name: string) => chooseBenchmark('./a.bench.ts', name, benchmarks).label;

  test('is the whole one, or that of the benchmark if only one is called so', () => {
    for (const name of ['parse', 'group > parse', 'group > twice (2)']) {
      expect(choose(name)).toBe(name);
    }
    expect(choose('render')).toBe('group > render');
  });

  test('that is wrong or of several is an error that names them', () => {
    expect(() => choose('rende')).toThrow(
      "there is no benchmark 'rende'; valid is one of parse, group > parse, group > render, ",
    );
    expect(() => choose('twice')).toThrow(
      "several benchmarks have the name 'twice'; valid is one of group > twice, group > twice (2).",
    );
  });
});
