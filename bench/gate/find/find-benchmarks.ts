/**
 * Finds the benchmarks of a Vitest bench file on both sides, by a first run of each side's own Vitest.
 *
 * Invariant: a benchmark that throws is included, as it is an error of its own scenario; a skipped one is not.
 */
import { UsageError } from '../../options/flags.js';
import { didYouMean } from '../../options/nearest.js';
import type { Watching } from '../measure/conversation.js';
import { ROUND_TIMING } from '../measure/round.js';
import { benchmarkLabel, isSameBenchmark } from '../measure/vitest-report.js';
import { runVitest } from '../measure/vitest-run.js';
import type { VitestSpec } from '../model/workload.js';
import type { SideFile, SideFiles } from './found.js';
import { findVitest } from './vitest-install.js';

/** A benchmark, with what each side runs. */
export interface FoundBenchmark {
  /** 'group > name'. */
  readonly label: string;
  /** Absent if base has no such benchmark. */
  readonly base?: VitestSpec;
  readonly head: VitestSpec;
}

interface FoundBenchmarks {
  readonly benchmarks: readonly FoundBenchmark[];
  /** Labels of the benchmarks that only base has. */
  readonly gone: readonly string[];
}

/**
 * @param run - The file as requested, for messages.
 * @throws UsageError if a side has no Vitest, has another version than the other side, or can't run the file
 */
export async function findBenchmarks(
  run: string,
  files: SideFiles,
  watching: Watching,
): Promise<FoundBenchmarks> {
  const { base, head } = files;
  const programs = findVitest(run, files);
  const own = await benchmarksOf(head, programs.head, run, watching);
  const before =
    base === undefined || programs.base === undefined
      ? []
      : await benchmarksOf(base, programs.base, run, watching);
  return {
    benchmarks: own.map((spec) => {
      const same = findSame(before, spec);
      const label = benchmarkLabel(spec.benchmark);
      return same === undefined ? { label, head: spec } : { label, base: same, head: spec };
    }),
    gone: before
      .filter((spec) => findSame(own, spec) === undefined)
      .map(({ benchmark }) => benchmarkLabel(benchmark)),
  };
}

/** Finds a benchmark by its label or by its own name. @throws UsageError if there is none, or several */
export function chooseBenchmark(
  run: string,
  name: string,
  benchmarks: readonly FoundBenchmark[],
): FoundBenchmark {
  const whole = benchmarks.find(({ label }) => label === name);
  if (whole !== undefined) return whole;
  const named = benchmarks.filter(({ head }) => head.benchmark.name === name);
  const [only] = named;
  if (only !== undefined && named.length === 1) return only;
  const labels = benchmarks.map(({ label }) => label);
  throw new UsageError(
    only === undefined
      ? `'${run}': there is no benchmark '${name}'; valid is one of ${labels.join(', ')}.${didYouMean(name, labels)}`
      : `'${run}': several benchmarks have the name '${name}'; valid is one of ` +
          `${named.map(({ label }) => label).join(', ')}.`,
  );
}

async function benchmarksOf(
  where: SideFile,
  program: string,
  run: string,
  watching: Watching,
): Promise<readonly VitestSpec[]> {
  const { side, file } = where;
  try {
    const found = await runVitest({ ...where, program }, ROUND_TIMING.limitMs, watching);
    if (found.length > 0) {
      return found.map(({ id }) => ({ kind: 'vitest', program, file, benchmark: id }));
    }
  } catch (error) {
    if (watching.signal.aborted) throw error;
    throw new UsageError(`'${run}': ${(error as Error).message}`, { cause: error });
  }
  throw new UsageError(`'${run}': the file has no benchmark on ${side} that runs.`);
}

function findSame(specs: readonly VitestSpec[], { benchmark }: VitestSpec): VitestSpec | undefined {
  return specs.find((other) => isSameBenchmark(other.benchmark, benchmark));
}
