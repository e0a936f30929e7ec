import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type NamedFigure, oneFigure } from '../../../../build/bench/report/document.js';
import { UsageError } from '../../../../build/bench/options/flags.js';
import { readBudgets } from '../../../../build/bench/gate/config/budget-file.js';
import { measureBudgets, planBudgets } from '../../../../build/bench/gate/judge/budget-run.js';
import type { Budget } from '../../../../build/bench/gate/model/config.js';
import type { Scenario, Surroundings } from '../../../../build/bench/harness/scenario.js';
import { plain } from '../../../../build/bench/report/terminal/paint.js';
import { figure, result } from '../../../helpers/runs.js';

const PRODUCER = 'producer --jobs 20';

function surroundings(signal: AbortSignal = new AbortController().signal): Surroundings {
  return { screen: { write: () => {} }, paint: plain, signal };
}

function limit(changes: Partial<Budget> = {}): Budget {
  return { name: 'no-op', run: PRODUCER, figure: 'jobs per second', atLeast: 1, ...changes };
}

/** A scenario whose n-th run gives the n-th argument (metrics, an error or changes of the result); counts its runs. */
function scripted(...runs: ReadonlyArray<readonly NamedFigure[] | Error | object>): {
  readonly planned: { readonly scenario: Scenario; readonly settings: unknown };
  readonly count: () => number;
} {
  let count = 0;
  const scenario: Scenario = {
    name: 'scripted',
    summary: '',
    options: {},
    settings: () => ({}),
    measure: () => {
      const run = runs[count];
      count += 1;
      if (run === undefined) return Promise.reject(new Error('Nothing more was to be run.'));
      if (run instanceof Error) return Promise.reject(run);
      return Promise.resolve(Array.isArray(run) ? result('scripted', run) : result('x', [], run));
    },
    describe: () => ({ title: '', blocks: [] }),
    figures: (measured) => [...(measured as unknown as { figures: NamedFigure[] }).figures],
  };
  return { planned: { scenario, settings: {} }, count: () => count };
}

describe('the arguments', () => {
  test('that are the same, as a line or as words, are one run', () => {
    const budgets = [
      limit({ name: 'a', run: 'overhead --filter "no-op, 256 in flight"' }),
      limit({ name: 'b' }),
      limit({ name: 'c', run: ['overhead', '--filter', 'no-op, 256 in flight'] }),
      limit({ name: 'd', run: `${PRODUCER}0` }),
    ];
    const { runs } = planBudgets(budgets);
    expect(runs.map((run) => run.budgets.map(({ name }) => name))).toEqual([
      ['a', 'c'],
      ['b'],
      ['d'],
    ]);
    expect(runs.map(({ planned }) => planned.scenario.name)).toEqual([
      'overhead',
      'producer',
      'producer',
    ]);
    expect(runs[1]?.planned.settings).toEqual({ jobs: 20 });
  });

  test.each([
    { run: 'overhed', says: "Unknown scenario 'overhed'" },
    { run: 'overhead --round 3', says: "Unknown option '--round'" },
    { run: 'overhead --jobs 20', says: "Option '--jobs' has '20'" },
    { run: 'overhead --json x', says: "Option '--json' has no effect here" },
    { run: '--rounds 3', says: 'No scenario is named; name one.' },
    { run: 'overhead calls', says: "Scenarios 'overhead' and 'calls' are named; name only one." },
    { run: 'list', says: "Unknown scenario 'list'" },
    { run: "overhead 'x", says: "'overhead 'x' has a quote ' that is not closed" },
  ])('of $run are refused before anything runs', ({ run, says }) => {
    const plan = () => planBudgets([limit(), limit({ name: 'wrong', run })]);
    expect(plan).toThrow(UsageError);
    expect(plan).toThrow(`Budget 'wrong': ${says}`);
  });
});

describe('a run', () => {
  test(
    'of a real scenario, for all of its budgets, in their order',
    { timeout: 120_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'millrace-budget-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const file = join(folder, 'budget.json');
      const budgets = [
        limit({ name: 'kept' }),
        limit({ name: 'broken', atLeast: 1e12 }),
        limit({ name: 'ratio', over: 'growth of the RSS', atLeast: -1e12 }),
      ];
      writeFileSync(file, JSON.stringify({ budgets }));
      const reports = await measureBudgets(planBudgets(readBudgets(file)), surroundings());
      expect(reports.map(({ name, unit }) => [name, unit])).toEqual([
        ['kept', 'perSecond'],
        ['broken', 'perSecond'],
        ['ratio', 'ratio'],
      ]);
      expect(reports.slice(0, 2).map(({ verdict }) => verdict)).toEqual(['pass', 'fail']);
      expect(reports[0]?.value?.median).toBeGreaterThan(0);
      expect(reports[1]?.reason).toContain('in 3 rounds');
    },
  );

  test('without the figure is a mistake that is told before the next run', async () => {
    const { planned } = scripted([figure('jobs per secnd', [1])]);
    const next = scripted();
    const budgets = [limit(), limit()] as const;
    const runs = [
      { planned, budgets: [budgets[0]] },
      { planned: next.planned, budgets: [budgets[1]] },
    ];
    const measured = measureBudgets({ budgets, runs }, surroundings());
    await expect(measured).rejects.toThrow("Did you mean 'jobs per secnd'?");
    await expect(measured).rejects.toBeInstanceOf(UsageError);
    expect(next.count()).toBe(0);
  });

  const low = oneFigure('jobs per second', 1, 'perSecond');
  const high = oneFigure('jobs per second', 9, 'perSecond');
  test.each([
    { runs: [[high]], verdict: 'pass', reason: 'is 9.00/s, which meets' },
    { runs: [[low], [low], [low]], verdict: 'fail', reason: '1.00/s in 3 rounds), which breaks' },
    {
      runs: [[low], [high], [low]],
      verdict: 'inconclusive',
      reason: 'is 1.00/s (1.00/s to 9.00/s',
    },
    { runs: [[low], [high], [high]], verdict: 'pass', reason: 'is 9.00/s (1.00/s to 9.00/s' },
    { runs: [[figure('jobs per second', [1, 2])]], verdict: 'fail', reason: 'in 2 rounds' },
    {
      runs: [[figure('jobs per second', [0, 9])]],
      verdict: 'inconclusive',
      reason: 'though not in every round',
    },
    { runs: [new Error('It died.')], verdict: 'fail', reason: 'could not be measured. It died.' },
    { runs: [{ failures: ['x: y'] }], verdict: 'fail', reason: 'could not be measured. x: y' },
    { runs: [{ isInterrupted: true }], verdict: 'inconclusive', reason: 'was interrupted' },
    {
      runs: [[low], [low], new Error('It died.')],
      verdict: 'fail',
      reason: 'could not be measured. It died.',
    },
  ])('that gives $runs: $verdict', async ({ runs, verdict, reason }) => {
    const { planned, count } = scripted(...runs);
    const budget = limit({ atLeast: 5 });
    const plan = { budgets: [budget], runs: [{ planned, budgets: [budget] }] };
    const [report] = await measureBudgets(plan, surroundings());
    expect(report).toMatchObject({ verdict, reason: expect.stringContaining(reason) });
    expect(count()).toBe(runs.length);
  });

  test('with nothing to divide by is inconclusive', async () => {
    const { planned } = scripted([high, oneFigure('none', 0, 'perSecond')]);
    const budget = limit({ over: 'none' });
    const plan = { budgets: [budget], runs: [{ planned, budgets: [budget] }] };
    expect(await measureBudgets(plan, surroundings())).toMatchObject([
      { verdict: 'inconclusive', reason: "'no-op': 'none' is 0 in every round." },
    ]);
  });

  test('that nobody waits for any more is not started', async () => {
    const { planned, count } = scripted([high]);
    const budget = limit();
    const plan = { budgets: [budget], runs: [{ planned, budgets: [budget] }] };
    const reports = await measureBudgets(plan, surroundings(AbortSignal.abort()));
    expect(reports).toMatchObject([{ verdict: 'inconclusive' }]);
    expect(count()).toBe(0);
  });
});
