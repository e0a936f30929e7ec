/**
 * Runs `millrace gate` in real repositories and tests its arguments and outcomes. The long measurements (a slower
 * commit fails, and its revert passes) are in `.ci/regression`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { GateReport } from '../../bench/gate/model/report.js';
import { IS_ALL } from '../helpers/extent.js';
import { type CommandEnd, millraceIn, processesOf } from '../helpers/processes.js';
import { ScratchRepository, scratchFolder, writeFiles } from '../helpers/scratch-repository.js';
import { flawsOfReport } from '../helpers/gate-schema.js';

const folder = scratchFolder();
/** Only ends a test that hangs. */
const PATIENCE_MS = 60_000;
/** Starting processes and building are slow on a busy machine. */
const LONG = { timeout: 120_000 };

const JOBS = 'export const square = (n) => n * n; export const size = 7;';
let repository: ScratchRepository;
let temporary: string;
beforeEach(() => {
  temporary = join(folder(), 'tmp');
  mkdirSync(temporary);
  repository = new ScratchRepository(join(folder(), 'repository'));
  repository.commit({ 'jobs.mjs': JOBS });
});

/** Starts a gate in the repository. */
function gate(...args: readonly string[]) {
  return millraceIn(repository.directory, { TMPDIR: temporary }, 'gate', ...args);
}

/** All output on one line, independent of how it was wrapped. */
function flat({ stdout, stderr }: CommandEnd): string {
  return `${stdout}${stderr}`.replaceAll(/\s+/g, ' ');
}

/** Fulfills once the processes of the current round have ended and others have started. */
async function nextRound(): Promise<void> {
  const pids = (): number[] => processesOf(temporary);
  const before = await vi.waitFor(() => {
    const found = pids();
    expect(found.length).toBeGreaterThan(3);
    return found;
  }, PATIENCE_MS);
  await vi.waitFor(
    () => expect(pids().filter((pid) => !before.includes(pid)).length).toBeGreaterThan(1),
    PATIENCE_MS,
  );
}

/** Checks that a gate has left nothing behind. */
function expectClean(): void {
  expect(processesOf(temporary)).toEqual([]);
  expect(readdirSync(temporary)).toEqual([]);
  expect(repository.worktrees()).toEqual([repository.directory]);
}

test('a wrong answer is no speed: fail, told in every form', LONG, async () => {
  repository.commit({ 'jobs.mjs': 'export const square = (n) => n * n + 1;' });
  writeFiles(folder(), { 'inputs.ndjson': '1\n2\n3\n' });
  const files = ['json', 'md', 'html', 'junit'].flatMap((kind) => [
    `--${kind}`,
    join(folder(), `report.${kind}`),
  ]);
  const waiver = { scenario: './jobs.mjs#square', until: '2001-01-01', reason: 'It was meant.' };
  writeFiles(folder(), { 'config.json': JSON.stringify({ waivers: [waiver] }) });
  const [input, config] = [join(folder(), 'inputs.ndjson'), join(folder(), 'config.json')];
  const summary = join(folder(), 'summary.md');
  const end = await millraceIn(
    repository.directory,
    { TMPDIR: temporary, GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary },
    'gate',
    './jobs.mjs#square',
    '--base',
    'HEAD~1',
    '--input',
    input,
    '--config',
    config,
    ...files,
  ).ended;
  expect(end.code).toBe(2);
  expect(flat(end)).toMatch(
    /Head's results differ from base's for the same inputs\. Input \S+inputs\.ndjson:\d gives \d on base and \d+ on head\./,
  );
  // An expired waiver excuses nothing.
  expect(flat(end)).toContain('expired on 2001-01-01');
  const read = (name: string): string => readFileSync(join(folder(), name), 'utf8');
  const report = JSON.parse(read('report.json')) as GateReport;
  expect(flawsOfReport(report)).toEqual([]);
  expect(report).toMatchObject({ verdict: 'fail', exitCode: 2, isInterrupted: false });
  expect(report.scenarios[0]?.rounds).toHaveLength(2);
  // The command that repeats the run names commits, as refs move on.
  expect(report.command).toContain(`--base ${repository.git('rev-parse', 'HEAD~1')}`);
  expect(report.command).toContain(`--head ${repository.git('rev-parse', 'HEAD')}`);
  expect(report.command).toMatch(/--seed \d+/);
  expect(read('report.md')).toContain('FAIL');
  expect(read('report.html')).toMatch(/^<!doctype html>/);
  expect(read('report.junit')).toContain('<failure');
  expect(read('summary.md')).toContain('FAIL');
  expect(end.stdout).toMatch(/^::error /m);
  expectClean();
});

test('what base does not have is new: measured, and not judged', LONG, async () => {
  repository.commit({ 'more.mjs': 'export default () => 1;' });
  const [stored, other] = [join(folder(), 'stored.json'), join(folder(), 'other.json')];
  const end = await gate('./more.mjs', '--base', 'HEAD~1', '--json', stored).ended;
  expect(end.stderr).toBe('');
  expect(end.code).toBe(0);
  const report = JSON.parse(readFileSync(stored, 'utf8')) as GateReport;
  const { scenarios, verdict, environment } = report;
  expect(verdict).toBe('pass');
  expect(scenarios[0]).toMatchObject({ name: './more.mjs', verdict: 'new' });
  expect(scenarios[0]?.rounds).toHaveLength(3);
  // Without a terminal, progress is one line when the scenario begins, and then one every ten seconds.
  expect(end.stdout).toMatch(/^\.\/more\.mjs: round 1 of 3, up to \d+ s left$/m);
  expect(end.stdout.match(/ round \d+ of /g)?.length).toBeLessThan(3);
  expectClean();

  // Used as a baseline, the stored run is compared, and rejected if it is from another machine.
  writeFiles(folder(), {
    'other.json': JSON.stringify({ ...report, environment: { ...environment, cpu: 'another' } }),
  });
  const short = ['--seconds', '5'];
  const compared = await gate('./more.mjs', '--baseline', other, '--strict', ...short).ended;
  expect(compared.code).toBe(3);
  expect(flat(compared)).toContain("The baseline is from another environment: cpu 'another'");
  expectClean();
});

test('budgets are checked without git, and one that is waived excuses', LONG, async () => {
  const bare = join(folder(), 'bare');
  writeFiles(bare, {
    'budget.json': JSON.stringify({
      budgets: [
        {
          name: 'no-ops',
          run: "overhead --peers millrace --rounds 1 --filter 'no-op, 16 '",
          figure: 'no-op, 16 in flight: millrace',
          atLeast: 1,
        },
        {
          name: 'no-ops, too many',
          run: "overhead --peers millrace --rounds 1 --filter 'no-op, 16 '",
          figure: 'no-op, 16 in flight: millrace',
          atLeast: 1e12,
        },
      ],
    }),
    'millrace.config.json': JSON.stringify({
      waivers: [{ budget: 'no-ops, too many', until: '2999-12-31', reason: 'It is meant.' }],
    }),
  });
  const end = await millraceIn(bare, { TMPDIR: temporary }, 'gate', '--budget', 'budget.json')
    .ended;
  expect(end.stderr).toBe('');
  expect(end.code).toBe(0);
  expect(end.stdout).toMatch(/PASS: .*budget/);
  expect(flat(end)).toContain('Waived until 2999-12-31');
  expect(readdirSync(temporary)).toEqual([]);
});

describe('what is wrong is said, with exit code 1, and leaves nothing', () => {
  test.each([
    [[], 'Nothing is named to compare.'],
    [['overhed'], "Unknown scenario 'overhed'"],
    [['./jobs.mjs#square', '--base', 'nowhere'], "'nowhere'"],
    [['./jobs.mjs#cube', '--aa'], "exports no function 'cube'; it has square."],
    [['./jobs.mjs', '--aa'], 'no tinybench Bench and no default function'],
    [['./none.mjs#x', '--aa'], 'head has no file none.mjs'],
    [['../jobs.mjs#x'], 'is outside of'],
    [['#x'], "The job is '#x'"],
    [['overhead', '--aa'], 'head has none'],
    [['overhead', '--threads', '2'], "'threads' is for jobs of your own"],
    [['--threads', '2', '--budget', 'b.json'], "Option '--threads' is for a job"],
    [['./jobs.mjs#square', '--in-flight', '2', '--rate', '5'], 'both jobs in flight (2)'],
    [['./jobs.mjs#square', '--baseline', 'x.json', '--base', 'HEAD'], 'Valid is one of the two'],
    [['./jobs.mjs#square', '--baseline', 'x.json', '--looks', '9'], 'once, after 10 rounds'],
    [['./jobs.mjs#square', '--baseline', 'x.json', '--build', 'make'], 'as it is. Valid is one'],
    [['./jobs.mjs#square', '--baseline', 'x.json'], "'x.json' can't be read"],
    [['./jobs.mjs#square', '--budget', 'none.json'], "'none.json' can't be read"],
    [['./jobs.mjs#square', '--config', 'none.json'], "none.json' can't be read"],
    [['./jobs.mjs#square', '--json', 'no/where.json'], 'its folder does not exist'],
    [['./jobs.mjs#square', '--json', 'x', '--html', 'x'], 'both name'],
    [['./jobs.mjs#square', '--aa', '--filter', 'zzz'], "'zzz'"],
    [['./jobs.mjs#square', '--nonsense'], "Unknown option '--nonsense'"],
    [['calibrate', 'x'], "'calibrate' takes no names"],
    [['calibrate', '--hogs', '-1'], '--hogs'],
  ])(
    '%j',
    async (args, reason) => {
      const end = await gate(...args).ended;
      expect(end.code).toBe(1);
      expect(flat(end)).toContain(reason);
      expectClean();
    },
    120_000,
  );

  test('no git repository, with the way out', async () => {
    const bare = join(folder(), 'bare');
    writeFiles(bare, { 'jobs.mjs': JOBS });
    const end = await millraceIn(bare, { TMPDIR: temporary }, 'gate', './jobs.mjs#square').ended;
    expect(end.code).toBe(1);
    expect(flat(end)).toContain('git repository');
  });

  test('uncommitted changes, which would not be measured', async () => {
    writeFiles(repository.directory, { 'jobs.mjs': `${JOBS}\n` });
    const end = await gate('./jobs.mjs#square').ended;
    expect(end.code).toBe(1);
    expect(flat(end)).toContain('jobs.mjs');
  });

  test('a build that fails on base, with the end of its output', LONG, async () => {
    repository.commit({ 'build.mjs': 'console.log("built")' });
    const build = 'node build.mjs';
    const end = await gate('./jobs.mjs#square', '--base', 'HEAD~1', '--build', build).ended;
    expect(end.code).toBe(1);
    expect(flat(end)).toContain('The build of base (HEAD~1');
    expect(flat(end)).toContain('Cannot find module');
    expectClean();
  });

  test('a job that fails, on the side where it does', LONG, async () => {
    repository.commit({
      'jobs.mjs': "export const square = () => { throw new Error('no page'); };",
    });
    const end = await gate('./jobs.mjs#square', '--base', 'HEAD~1').ended;
    expect(end.code).toBe(1);
    expect(flat(end)).toContain('process of head');
    expect(flat(end)).toContain('no page');
    expectClean();
  });
});

test.runIf(IS_ALL)('an expired waiver excuses nothing, one that holds does', LONG, async () => {
  const config = (until: string): string =>
    JSON.stringify({
      scenarios: [{ name: 'square', run: './jobs.mjs#square' }],
      waivers: [{ scenario: 'square', until, reason: 'It is meant.' }],
    });
  repository.commit({ 'jobs.mjs': 'export const square = () => 1;' });
  for (const [until, code, words] of [
    ['2001-01-01', 2, 'expired on 2001-01-01'],
    ['2999-12-31', 0, 'Waived until 2999-12-31'],
  ] as const) {
    writeFiles(folder(), { 'millrace.config.json': config(until) });
    const path = join(folder(), 'millrace.config.json');
    const end = await gate('--base', 'HEAD~1', '--config', path).ended;
    expect(flat(end)).toContain(words);
    expect(end.code).toBe(code);
  }
});

test.each([
  ['SIGINT', 130, IS_ALL ? 2 : 1],
  ['SIGTERM', 143, 2],
] as const)(
  '%s ends it with code %i in round %i: what was measured is reported, nothing is left',
  LONG,
  async (signal, code, round) => {
    repository.commit({ 'other.txt': 'x' });
    const file = join(folder(), 'report.json');
    const running = gate('./jobs.mjs#square', '--base', 'HEAD~1', '--json', file);
    await running.said('jobs.mjs#square: round 1 of 20');
    if (round > 1) await nextRound();
    running.process.kill(signal);
    const end = await running.ended;
    expect(end.code).toBe(code);
    const report = JSON.parse(readFileSync(file, 'utf8')) as GateReport;
    expect(flawsOfReport(report)).toEqual([]);
    expect(report).toMatchObject({ isInterrupted: true });
    expect(report.scenarios[0]?.verdict).toBe('inconclusive');
    expect(report.scenarios[0]?.rounds).toHaveLength(round - 1);
    expectClean();
  },
);

test.each(['base: git worktree add', 'round 1 of'])(
  "killed at '%s', it leaves nothing",
  LONG,
  async (moment) => {
    const file = join(folder(), 'report.json');
    const running = gate('./jobs.mjs#square', '--aa', '--json', file);
    await running.said(moment);
    running.process.kill('SIGKILL');
    await running.ended;
    await vi.waitFor(expectClean, PATIENCE_MS);
    expect(existsSync(file)).toBe(false);
  },
);

test('a calibration is only taken up by the same options', async () => {
  const file = join(folder(), 'calibration.json');
  const running = gate('calibrate', '--gates', '2', '--slower', '0', '--resume', file);
  await running.said('Gate 1 of 2');
  running.process.kill('SIGKILL');
  await running.ended;
  writeFiles(folder(), { 'calibration.json': '{"schema":"millrace-gate/1"}' });
  const end = await gate('calibrate', '--resume', file).ended;
  expect(end.code).toBe(1);
  expect(flat(end)).toContain('is not a calibration');
  await vi.waitFor(expectClean, PATIENCE_MS);
});
