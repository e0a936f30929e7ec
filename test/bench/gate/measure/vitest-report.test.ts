import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  benchmarkLabel,
  patternFor,
  readVitestReport,
} from '../../../../bench/gate/measure/vitest-report.js';
import type { BenchmarkId } from '../../../../bench/gate/model/workload.js';

const file = fileURLToPath(import.meta.url);
/** A benchmark's result in the format of Vitest 3.2 and 4.1. */
const measured = {
  id: '1_0',
  rank: 1,
  rme: 20.8,
  samples: [],
  hz: 500,
  mean: 2,
  median: 1.5,
  p99: 8,
  sampleCount: 40,
};

/** A report of one file. */
function reportOf(groups: readonly object[], filepath = file): string {
  return JSON.stringify({ files: [{ filepath, groups }] });
}

const id = (groups: string, name: string, occurrence = 1): BenchmarkId => ({
  groups,
  name,
  occurrence,
});

test('figures of a benchmark: of the mean, the median and the slowest percent', () => {
  const json = reportOf([
    { fullName: 'bench/x.bench.ts', benchmarks: [{ name: 'top', ...measured }] },
  ]);
  expect(readVitestReport(json, file)).toEqual([
    { id: id('', 'top'), figures: { throughput: 500, p50: 1.5, p99: 8 } },
  ]);
});

test('names are kept apart by groups, and by their order where they are the same', () => {
  const [a, b] = [
    { name: 'a', ...measured },
    { name: 'b', ...measured },
  ];
  const json = reportOf([
    { fullName: 'x.bench.ts', benchmarks: [a, b] },
    { fullName: 'x.bench.ts > group', benchmarks: [a, a] },
    { fullName: 'x.bench.ts > group > inner', benchmarks: [a] },
    { fullName: 'x.bench.ts > group', benchmarks: [a] },
  ]);
  const found = readVitestReport(json, file).map((each) => each.id);
  expect(found.map(benchmarkLabel)).toEqual([
    'a',
    'b',
    'group > a',
    'group > a (2)',
    'group > inner > a',
    'group > a (3)',
  ]);
  expect(found[3]).toEqual(id('group', 'a', 2));
});

test.each([
  ['that threw', { name: 'x', rank: 2, rme: 0, samples: [] }],
  ['without a sample', { name: 'x', ...measured, hz: null, mean: null, sampleCount: 0 }],
  ['without a number', { name: 'x', ...measured, mean: null }],
])('a benchmark %s has no figures', (_, benchmark) => {
  const json = reportOf([{ fullName: 'x.bench.ts', benchmarks: [benchmark] }]);
  expect(readVitestReport(json, file)).toEqual([{ id: id('', 'x') }]);
});

test('other files that Vitest ran are none of it', () => {
  const benchmarks = [{ name: 'top', ...measured }];
  const json = reportOf([{ fullName: 'x.bench.ts', benchmarks }], dirname(file));
  expect(readVitestReport(json, file)).toEqual([]);
});

test('what is no report is an error that says what it is', () => {
  expect(() => readVitestReport('{"files":[{"filepath":"x"}]}', file)).toThrow(
    "'vitest bench --outputJson': files[0].groups must be a list, but is missing.",
  );
});

describe('the pattern that runs some benchmarks', () => {
  /**
   * Matches the way Vitest does, with names joined by spaces; a later version may join them by ' > ', as it prints
   * them.
   */
  const matches = (pattern: string, ...names: readonly string[]) =>
    [' ', ' > '].map((between) => new RegExp(pattern).test(names.join(between)));

  test('takes the benchmarks that are named, and no others', () => {
    const pattern = patternFor([id('group > inner', 'a'), id('', 'a (b)+'), id('', 'a (b)+', 2)]);
    expect(matches(pattern, 'group', 'inner', 'a')).toEqual([true, true]);
    expect(matches(pattern, 'a (b)+')).toEqual([true, true]);
    for (const others of [['a'], ['inner', 'a'], ['group', 'inner', 'ab'], ['a (b)+', 'c']]) {
      expect(matches(pattern, ...others)).toEqual([false, false]);
    }
  });
});
