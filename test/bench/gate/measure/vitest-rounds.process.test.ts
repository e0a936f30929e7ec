/** Runs this repository's real Vitest; checks the shape of the rounds, not their speed. */
import { readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import type {
  Arm,
  ArmName,
  RoundSurroundings,
} from '../../../../build/bench/gate/measure/round.js';
import { ROUND_TIMING } from '../../../../build/bench/gate/measure/round.js';
import { VitestRounds } from '../../../../build/bench/gate/measure/vitest-rounds.js';
import { benchmarkLabel } from '../../../../build/bench/gate/measure/vitest-report.js';
import { runVitest, type VitestRun } from '../../../../build/bench/gate/measure/vitest-run.js';
import type { BenchmarkId } from '../../../../build/bench/gate/model/workload.js';
import { randomFrom } from '../../../../build/bench/math/random.js';
import { isAlive, processesOf } from '../../../helpers/processes.js';
import { scratchFolder, writeFiles } from '../../../helpers/scratch-repository.js';

// Vitest starts slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const directory = join(root, 'test/fixtures/gate-vitest');
const program = join(root, 'node_modules/vitest/vitest.mjs');
const scratch = scratchFolder();

const { limitMs } = ROUND_TIMING;
const run = (changes: Partial<VitestRun> = {}): VitestRun => ({
  side: 'head',
  directory,
  program,
  file: join(directory, 'parse.bench.ts'),
  ...changes,
});

const PARSE: BenchmarkId = { groups: '', name: 'parse', occurrence: 1 };
const SECOND: BenchmarkId = { groups: 'group', name: 'same', occurrence: 2 };
const THROWS: BenchmarkId = { groups: 'group > in (a+b)? [group]', name: 'throws', occurrence: 1 };

/** Surroundings that record which processes are watched and which are released. */
function watching() {
  const pids: number[] = [];
  const forgotten: number[] = [];
  const abort = new AbortController();
  const surroundings: RoundSurroundings = {
    random: randomFrom(1),
    signal: abort.signal,
    watch: async (pid) => {
      pids.push(pid);
      return async () => void forgotten.push(pid);
    },
  };
  return { pids, forgotten, abort, surroundings };
}

function armsOf(
  benchmark: BenchmarkId,
  names: readonly ArmName[] = ['head'],
  workingDirectory: string = directory,
): Arm[] {
  const file = join(directory, 'parse.bench.ts');
  return names.map((name) => ({
    name,
    directory: workingDirectory,
    spec: { kind: 'vitest', program, file, benchmark },
  }));
}

/** A folder with this repository's dependencies. */
function folderWith(files: Readonly<Record<string, string>>): string {
  writeFiles(scratch(), files);
  symlinkSync(join(root, 'node_modules'), join(scratch(), 'node_modules'));
  return scratch();
}

test('a run has all benchmarks but those that are skipped, and leaves nothing', async () => {
  const before = leftIn(tmpdir());
  const watch = watching();
  const results = await runVitest(run(), limitMs, watch.surroundings);
  expect(results.map(({ id }) => benchmarkLabel(id))).toEqual([
    'parse',
    'group > same',
    'group > same (2)',
    'group > in (a+b)? [group] > parse',
    'group > in (a+b)? [group] > throws',
  ]);
  expect(results.map(({ figures }) => figures !== undefined)).toEqual([
    true,
    true,
    true,
    true,
    false,
  ]);
  for (const { figures } of results.slice(0, 4)) {
    expect(figures?.throughput).toBeGreaterThan(0);
    expect(figures?.p50).toBeGreaterThan(0);
    expect(figures?.p99).toBeGreaterThanOrEqual(figures?.p50 as number);
  }
  expect(watch.pids).toHaveLength(1);
  expect(watch.forgotten).toEqual(watch.pids);
  expect(watch.pids.filter(isAlive)).toEqual([]);
  expect(leftIn(tmpdir())).toEqual(before);
});

test('a round has figures of each arm, by the benchmark that it is about', async () => {
  const watch = watching();
  const arms = armsOf(SECOND, ['base', 'control', 'head']);
  const round = await new VitestRounds().measure(arms, ROUND_TIMING, true, watch.surroundings);
  for (const name of ['base', 'control', 'head'] as const) {
    expect(round[name]?.blocks).toHaveLength(1);
    expect(round[name]?.blocks[0]?.throughput).toBeGreaterThan(0);
    expect(round[name]?.references.spin).toBeGreaterThan(0);
  }
  // Each arm has a process for the reference work and one of Vitest.
  expect(watch.pids).toHaveLength(6);
  expect(watch.pids.filter(isAlive)).toEqual([]);
});

test('scenarios whose rounds are due share a run, once; one by itself has its own', async () => {
  const watch = watching();
  const rounds = new VitestRounds();
  const due = [PARSE, SECOND, THROWS].map((benchmark) => armsOf(benchmark));
  const [parse, second, throws] = due as [Arm[], Arm[], Arm[]];
  const measure = (arms: Arm[], others: Arm[][] = due) =>
    rounds.measure(arms, ROUND_TIMING, true, watch.surroundings, others);

  const first = await measure(parse);
  expect(watch.pids).toHaveLength(2);
  const other = await measure(second);
  expect(watch.pids).toHaveLength(2);
  expect(other.head?.references).toBe(first.head?.references);
  expect(other.head?.blocks).not.toEqual(first.head?.blocks);
  // Both are charged an equal share of the run.
  expect(other.shareMs).toBe(first.shareMs);

  // `second` has used the first run and starts a new one; `throws` has not, and takes its share of the new one.
  await measure(second);
  expect(watch.pids).toHaveLength(4);
  await expect(measure(throws)).rejects.toThrow(
    "The benchmark 'group > in (a+b)? [group] > throws' has no results on head: it throws",
  );
  expect(watch.pids).toHaveLength(4);

  // A scenario that is judged on its own does not use what is left of the shared run.
  const own = await measure(parse, [parse]);
  expect(watch.pids).toHaveLength(6);
  expect(own.head?.references).not.toBe(first.head?.references);
});

describe('what fails is an error with its reason, and leaves no process', () => {
  test.each([
    {
      what: 'a configuration',
      files: { 'vitest.config.mjs': "throw new TypeError('no such plugin');" },
      reason: 'Vitest failed on head: TypeError: no such plugin (exit code 1).',
    },
    {
      what: 'a file that throws',
      files: { 'a.bench.ts': "import 'vitest';\nthrow new RangeError('no page');" },
      reason: 'Vitest failed on head: RangeError: no page (a.bench.ts:2) (exit code 1).',
    },
    {
      what: 'a benchmark that throws when it is measured',
      files: {
        'a.bench.ts': [
          "import { bench } from 'vitest';",
          'let calls = 0;',
          "const late = () => { if ((calls += 1) > 10) throw new Error('too late'); };",
          "bench('late', late, { warmupTime: 0, warmupIterations: 1 });",
        ].join('\n'),
      },
      reason: 'Vitest failed on head: Error: too late (a.bench.ts:3) (exit code 1).',
    },
    {
      what: 'a file that the configuration leaves out',
      files: {
        'vitest.config.mjs': "export default { test: { benchmark: { include: ['b/*'] } } };",
      },
      reason:
        "Vitest failed on head: it does not recognize the file as a bench file; 'benchmark.include' of its configuration " +
        'is b/* (exit code 1).',
    },
  ])('$what', async ({ files, reason }) => {
    const source = "import { bench } from 'vitest';\nbench('a', () => {}, { time: 5 });";
    const own = folderWith({ 'a.bench.ts': source, ...files });
    const watch = watching();
    const failing = runVitest(
      run({ directory: own, file: join(own, 'a.bench.ts') }),
      limitMs,
      watch.surroundings,
    );
    await expect(failing).rejects.toThrow(new Error(reason));
    expect(watch.pids.filter(isAlive)).toEqual([]);
  });

  test('a benchmark that never ends, after the time that it has', async () => {
    const watch = watching();
    const mark = `mark-${process.pid}-${Date.now()}`;
    vi.stubEnv('MARK', mark);
    const endless = run({ file: join(directory, 'never.bench.ts') });
    await expect(runVitest(endless, 3000, watch.surroundings)).rejects.toThrow(
      'Vitest did not end on head within 3 s: a benchmark never ends',
    );
    vi.unstubAllEnvs();
    expect(watch.pids).toHaveLength(1);
    // The benchmark's thread may be a separate process.
    expect(processesOf(mark)).toEqual([]);
  });

  test('an interruption', async () => {
    const watch = watching();
    const endless = run({ file: join(directory, 'never.bench.ts') });
    const interrupted = runVitest(endless, limitMs, {
      ...watch.surroundings,
      watch: async (pid) => {
        watch.abort.abort(new Error('interrupted'));
        return await watch.surroundings.watch(pid);
      },
    });
    await expect(interrupted).rejects.toThrow('interrupted');
    expect(watch.pids.filter(isAlive)).toEqual([]);
  });

  test('of all scenarios that share the run, each has the error', async () => {
    const own = folderWith({ 'vitest.config.mjs': "throw new TypeError('no such plugin');" });
    const watch = watching();
    const rounds = new VitestRounds();
    const due = [PARSE, SECOND].map((benchmark) => armsOf(benchmark, ['head'], own));
    for (const arms of due) {
      const round = rounds.measure(arms, ROUND_TIMING, true, watch.surroundings, due);
      await expect(round).rejects.toThrow('no such plugin');
    }
    expect(watch.pids).toHaveLength(2);
  });
});

/** The report files in a folder. */
function leftIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => /^millrace-gate-.*\.json$/.test(name));
}
