/**
 * Runs `millrace gate` on Vitest bench files, with this repository's Vitest, and tests its arguments and outcomes. How
 * often the verdicts are right is recorded in docs/gate.md.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import type { GateReport } from '../../bench/gate/model/report.js';
import { IS_ALL } from '../helpers/extent.js';
import { flawsOfReport } from '../helpers/gate-schema.js';
import { type CommandEnd, millraceIn, processesOf } from '../helpers/processes.js';
import { ScratchRepository, scratchFolder } from '../helpers/scratch-repository.js';

const folder = scratchFolder();
const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
/** Replaces an install. */
const BUILD = ['--build', `ln -s '${modules}' node_modules`];
/** Vitest starts slowly on a busy machine. */
const LONG = { timeout: 120_000 };

const BENCH = `
import { bench, describe } from 'vitest';
import { work } from './work.js';
const options = { time: 40, warmupTime: 10 };
describe('group', () => {
  bench('works', () => void work(), options);
});`;
const workOf = (rounds: number): string =>
  `export function work() { let x = 1; for (let i = 0; i < ${rounds}; i++) x = x * 31 + i | 0; return x; }`;

let repository: ScratchRepository;
let temporary: string;
beforeEach(() => {
  temporary = join(folder(), 'tmp');
  mkdirSync(temporary);
  repository = new ScratchRepository(join(folder(), 'repository'));
  repository.commit({ 'work.js': workOf(20_000), 'package.json': '{ "type": "module" }' });
});

function gate(...args: readonly string[]): Promise<CommandEnd> {
  return millraceIn(repository.directory, { TMPDIR: temporary }, 'gate', ...args).ended;
}

/** All output on one line, independent of how it was wrapped. */
function flat({ stdout, stderr }: CommandEnd): string {
  return `${stdout}${stderr}`.replaceAll(/\s+/g, ' ');
}

/** Checks that a gate has left nothing behind. */
function expectClean(): void {
  expect(processesOf(temporary)).toEqual([]);
  expect(readdirSync(temporary)).toEqual([]);
  expect(repository.worktrees()).toEqual([repository.directory]);
}

test('new benchmarks are measured; one that throws is an error of its own', LONG, async () => {
  repository.commit({
    'a.bench.ts': `${BENCH}\nbench('throws', () => { throw new Error('no page'); }, options);`,
  });
  const file = join(folder(), 'report.json');
  const end = await gate('./a.bench.ts', '--base', 'HEAD~1', ...BUILD, '--json', file);
  expect(end.code).toBe(1);
  expect(flat(end)).toContain("The benchmark 'throws' has no results on head: it throws");
  const report = JSON.parse(readFileSync(file, 'utf8')) as GateReport;
  expect(flawsOfReport(report)).toEqual([]);
  const named = (name: string) => report.scenarios.find((each) => each.name === name);
  const works = named('./a.bench.ts: group > works');
  expect(works).toMatchObject({ verdict: 'new' });
  expect(works?.rounds).toHaveLength(3);
  expect(works?.metrics.map(({ metric, isJudged }) => [metric, isJudged])).toEqual([
    ['throughput', true],
    ['p50', true],
    ['p99', false],
  ]);
  expect(named('./a.bench.ts: throws')).toMatchObject({ verdict: 'inconclusive', rounds: [] });
  expectClean();
});

describe('what is wrong is said, with exit code 1, and leaves nothing', () => {
  test.each([
    {
      what: 'a configuration of Vitest that fails',
      files: { 'vitest.config.js': "throw new TypeError('no such plugin');" },
      args: BUILD,
      reason: "'./a.bench.ts': Vitest failed on head: TypeError: no such plugin (exit code 1).",
    },
    {
      what: 'a file that throws when it is loaded',
      files: { 'work.js': "throw new RangeError('no work');" },
      args: BUILD,
      reason:
        "'./a.bench.ts': Vitest failed on head: RangeError: no work (work.js:1) (exit code 1).",
    },
    {
      what: 'no Vitest',
      files: {},
      args: [],
      reason: 'Vitest is not installed on head.',
    },
    {
      what: 'options of jobs',
      files: {},
      args: [...BUILD, '--threads', '2'],
      reason: "'threads' is for jobs, and it is a Vitest bench file.",
    },
  ])('$what', LONG, async ({ files, args, reason }) => {
    repository.commit({ 'a.bench.ts': BENCH, ...files });
    const end = await gate('./a.bench.ts', '--base', 'HEAD~1', ...args);
    expect(end.code).toBe(1);
    expect(flat(end)).toContain(reason);
    expectClean();
  });

  test('different versions of Vitest', LONG, async () => {
    const vitest = (version: string) => ({
      'vendor/vitest/package.json': JSON.stringify({
        name: 'vitest',
        version,
        bin: { vitest: './vitest.mjs' },
      }),
    });
    repository.commit({ 'a.bench.ts': BENCH, ...vitest('3.2.7') });
    repository.commit(vitest('4.1.12'));
    const end = await gate(
      './a.bench.ts',
      '--base',
      'HEAD~1',
      '--build',
      'ln -s vendor node_modules',
    );
    expect(end.code).toBe(1);
    expect(flat(end)).toContain('base has Vitest 3.2.7 and head has Vitest 4.1.12');
    expectClean();
  });

  test('a name that there is not', LONG, async () => {
    repository.commit({ 'a.bench.ts': BENCH });
    const end = await gate('./a.bench.ts#group > work', '--base', 'HEAD~1', ...BUILD);
    expect(end.code).toBe(1);
    expect(flat(end)).toContain("valid is one of group > works. Did you mean 'group > works'?");
    expectClean();
  });
});

test.runIf(IS_ALL)(
  'twice the work fails, in a file that is screened and by name',
  { timeout: 600_000 },
  async () => {
    const other = "bench('other', () => {}, options);";
    repository.commit({ 'a.bench.ts': `${BENCH}\n${other}` });
    repository.commit({ 'work.js': workOf(40_000) });
    const file = join(folder(), 'report.json');
    const looks = ['--looks', '7,8,9', '--seconds', '300'];
    for (const [run, stage] of [
      ['./a.bench.ts', 'confirmed'],
      ['./a.bench.ts#works', 'single'],
    ] as const) {
      const end = await gate(run, '--base', 'HEAD~1', ...BUILD, ...looks, '--json', file);
      expect(end.code).toBe(2);
      const { scenarios } = JSON.parse(readFileSync(file, 'utf8')) as GateReport;
      const slower = scenarios.find(({ verdict }) => verdict === 'fail');
      expect(slower).toMatchObject({ stage });
      expect(
        slower?.metrics.find(({ metric }) => metric === 'p50')?.effect?.estimate,
      ).toBeGreaterThan(0.5);
      expectClean();
    }
  },
);
