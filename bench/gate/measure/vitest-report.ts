/**
 * Reads the output of `vitest bench --outputJson`, and identifies the benchmarks in it.
 *
 * Invariants: a benchmark is identified by its groups, its name and its occurrence among those of the same name, so
 * that it is found again in another run and on the other side; one that threw or took no sample is listed without
 * metrics.
 */
import { realpathSync } from 'node:fs';
import { oneLine } from '../../options/one-line.js';
import { anything, fields, list, Place } from '../../store/checks.js';
import type { Figures } from '../model/metrics.js';
import type { BenchmarkId } from '../model/workload.js';

/** A benchmark of a run. */
export interface BenchmarkResult {
  readonly id: BenchmarkId;
  /** Absent for one that threw or took no sample: Vitest reports it as passed, without an error. */
  readonly figures?: Figures;
}

/** The report as Vitest 3 and 4 write it; what is not a number, such as a mean of nothing, is null in JSON. */
interface Report {
  readonly files: ReadonlyArray<{
    readonly filepath: string;
    readonly groups: ReadonlyArray<{
      /** The file, and the names of the groups: 'bench/x.bench.ts > group > inner'. */
      readonly fullName: string;
      readonly benchmarks: readonly ReportedBenchmark[];
    }>;
  }>;
}

interface ReportedBenchmark {
  readonly name: string;
  /** Milliseconds. */
  readonly mean?: number | null;
  readonly median?: number | null;
  readonly p99?: number | null;
  readonly sampleCount?: number | null;
}

const SEPARATOR = ' > ';

const report = fields({
  files: list(
    fields({
      filepath: anything,
      groups: list(fields({ fullName: anything, benchmarks: list(fields({ name: anything })) })),
    }),
  ),
});

/** The benchmarks of a file, in order. @throws UsageError if it is not what Vitest writes */
export function readVitestReport(json: string, file: string): readonly BenchmarkResult[] {
  const value: unknown = JSON.parse(json);
  report(value, Place.ofWritten('vitest bench --outputJson'));
  const path = realpathSync(file);
  const counts = new Map<string, number>();
  return (value as Report).files
    .filter(({ filepath }) => realpathSync(filepath) === path)
    .flatMap(({ groups }) => groups)
    .flatMap(({ fullName, benchmarks }) => {
      const names = fullName.split(SEPARATOR).slice(1).join(SEPARATOR);
      return benchmarks.map((benchmark): BenchmarkResult => {
        const key = JSON.stringify([names, benchmark.name]);
        const occurrence = (counts.get(key) ?? 0) + 1;
        counts.set(key, occurrence);
        const figures = figuresOf(benchmark);
        const id = { groups: names, name: benchmark.name, occurrence };
        return figures === undefined ? { id } : { id, figures };
      });
    });
}

/** The throughput is computed from the mean, which includes the slow calls. */
function figuresOf({ mean, median, p99, sampleCount }: ReportedBenchmark): Figures | undefined {
  if (!isPositive(mean) || !isPositive(sampleCount)) return undefined;
  return {
    throughput: 1000 / mean,
    ...(isPositive(median) && { p50: median }),
    ...(isPositive(p99) && { p99 }),
  };
}

function isPositive(value: number | null | undefined): value is number {
  return typeof value === 'number' && value > 0;
}

/** 'group > inner > name', and 'name (2)' for the second one with the same name. */
export function benchmarkLabel({ groups, name, occurrence }: BenchmarkId): string {
  const path = groups === '' ? name : `${groups}${SEPARATOR}${name}`;
  return oneLine(occurrence === 1 ? path : `${path} (${occurrence})`);
}

export function isSameBenchmark(one: BenchmarkId, other: BenchmarkId): boolean {
  return (
    one.groups === other.groups && one.name === other.name && one.occurrence === other.occurrence
  );
}

/** For `--testNamePattern`, which is matched against the names of groups and benchmark, joined by spaces. */
export function patternFor(benchmarks: readonly BenchmarkId[]): string {
  const names = benchmarks.map(({ groups, name }) =>
    [...groups.split(SEPARATOR), ...name.split(SEPARATOR)]
      .filter((part) => part !== '')
      .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
      .join('(?: > | )'),
  );
  return `^(?:${[...new Set(names)].join('|')})$`;
}
