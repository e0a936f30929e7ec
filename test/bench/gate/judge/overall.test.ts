import { expect, test } from 'vitest';
import { overall, withWaivers } from '../../../../bench/gate/judge/overall.js';
import type { Verdict } from '../../../../bench/gate/model/report.js';
import { metric, REPORTS } from '../report/reports.js';

const course = { isStrict: false, isInterrupted: false, hasErrors: false };

test.each([
  { verdicts: [], verdict: 'pass', loose: 0, strict: 0 },
  { verdicts: ['pass', 'new', 'waived'], verdict: 'pass', loose: 0, strict: 0 },
  { verdicts: ['pass', 'inconclusive'], verdict: 'inconclusive', loose: 0, strict: 3 },
  { verdicts: ['incomparable'], verdict: 'inconclusive', loose: 0, strict: 3 },
  { verdicts: ['inconclusive', 'fail', 'pass'], verdict: 'fail', loose: 2, strict: 2 },
] satisfies Array<{ verdicts: Verdict[]; verdict: string; loose: number; strict: number }>)(
  'the worst of $verdicts counts',
  ({ verdicts, verdict, loose, strict }) => {
    const reports = verdicts.map((each) => ({ verdict: each }));
    expect(overall(reports, course)).toEqual({ verdict, exitCode: loose });
    expect(overall(reports, { ...course, isStrict: true })).toEqual({ verdict, exitCode: strict });
  },
);

test.each([
  { verdicts: [], ended: 'isInterrupted', verdict: 'inconclusive', loose: 0, strict: 3 },
  { verdicts: ['pass'], ended: 'isInterrupted', verdict: 'inconclusive', loose: 0, strict: 3 },
  { verdicts: ['new'], ended: 'isInterrupted', verdict: 'inconclusive', loose: 0, strict: 3 },
  { verdicts: ['pass', 'fail'], ended: 'isInterrupted', verdict: 'fail', loose: 2, strict: 2 },
  { verdicts: [], ended: 'hasErrors', verdict: 'inconclusive', loose: 1, strict: 1 },
  { verdicts: ['pass'], ended: 'hasErrors', verdict: 'inconclusive', loose: 1, strict: 1 },
  { verdicts: ['inconclusive'], ended: 'hasErrors', verdict: 'inconclusive', loose: 1, strict: 1 },
  { verdicts: ['pass', 'fail'], ended: 'hasErrors', verdict: 'fail', loose: 2, strict: 2 },
] satisfies Array<{
  verdicts: Verdict[];
  ended: keyof typeof course;
  verdict: string;
  loose: number;
  strict: number;
}>)(
  'what was not measured is no pass: $verdicts, $ended',
  ({ verdicts, ended, verdict, loose, strict }) => {
    const reports = verdicts.map((each) => ({ verdict: each }));
    const own = { ...course, [ended]: true };
    expect(overall(reports, own)).toEqual({ verdict, exitCode: loose });
    expect(overall(reports, { ...own, isStrict: true })).toEqual({ verdict, exitCode: strict });
  },
);

test.each(Object.entries(REPORTS))('the fixture %s has the verdict of its parts', (_, report) => {
  const { scenarios, budgets, verdict, exitCode, isStrict, isInterrupted } = report;
  const hasErrors = exitCode === 1;
  expect(overall([...scenarios, ...budgets], { isStrict, isInterrupted, hasErrors })).toEqual({
    verdict,
    exitCode,
  });
});

const failing = REPORTS.fail.scenarios.filter(({ verdict }) => verdict === 'fail');
const [scenario] = failing;
const now = new Date('2026-06-01T12:00:00Z');
const waiver = { until: '2026-06-01', reason: 'It is meant.' };

test('a waiver of the scenario excuses it, on its last day too', () => {
  const name = scenario?.name ?? '';
  const excused = withWaivers(
    { scenarios: failing, budgets: [] },
    [{ scenario: name, ...waiver }],
    now,
  );
  expect(excused.scenarios[0]).toMatchObject({ verdict: 'waived', waiver });
  const late = new Date('2026-06-02T00:00:00Z');
  const after = withWaivers(
    { scenarios: failing, budgets: [] },
    [{ scenario: name, ...waiver }],
    late,
  );
  expect(after.scenarios[0]?.verdict).toBe('fail');
  expect(after.notes.join()).toContain('expired');
});

test('waivers of metrics excuse a scenario where every metric that failed has one', () => {
  const metrics = (['cpu', 'throughput'] as const).map((name) =>
    metric(name, 0.1, { isJudged: true, verdict: 'fail' }),
  );
  const both = { ...(scenario as NonNullable<typeof scenario>), metrics };
  const excuse = (...names: Array<'cpu' | 'throughput'>) =>
    withWaivers(
      { scenarios: [both], budgets: [] },
      names.map((name) => Object.assign({ scenario: both.name, metric: name }, waiver)),
      now,
    ).scenarios[0]?.verdict;
  expect(excuse('cpu')).toBe('fail');
  expect(excuse('cpu', 'throughput')).toBe('waived');
});

test('a budget has waivers of its own', () => {
  const budgets = REPORTS.fail.budgets.map((each) =>
    Object.assign({}, each, { verdict: 'fail' as const }),
  );
  const [first] = budgets;
  const excused = withWaivers(
    { scenarios: [], budgets },
    [{ budget: first?.name ?? '', ...waiver }],
    now,
  );
  expect(excused.budgets[0]?.verdict).toBe('waived');
  expect(excused.budgets.slice(1).every(({ verdict }) => verdict === 'fail')).toBe(true);
});

test('of names nothing is said where nobody knows them all', () => {
  const typo = [{ scenario: 'no such thing', ...waiver }];
  const nothing = { scenarios: [], budgets: [] };
  expect(withWaivers(nothing, typo, now).notes).toEqual([]);
  expect(withWaivers(nothing, typo, now, nothing).notes).toHaveLength(1);
});
