import { describe, expect, test } from 'vitest';
import { oneFigure } from '../../../../bench/report/document.js';
import { UsageError } from '../../../../bench/options/flags.js';
import { joinRuns, judgeBudget, unmeasured, valueOf } from '../../../../bench/gate/judge/budget.js';
import type { Budget } from '../../../../bench/gate/model/config.js';
import { figure } from '../../../helpers/runs.js';

const figures = [
  figure('millrace', [50, 60, 90]),
  figure('piscina', [10, 10, 30]),
  figure('stopped', [0, 0, 0]),
  figure('partly stopped', [0, 10, 30]),
  figure('short', [1, 2]),
  oneFigure('growth', 0.04, 'percent', 'less'),
  oneFigure('peak', 0.5, 'percent', 'less'),
];

function limit(changes: Partial<Budget>): Budget {
  return { name: 'no-op', run: 'overhead', figure: 'millrace', ...changes };
}

describe('the value', () => {
  test.each([
    { budget: {}, rounds: [50, 60, 90], median: 60, unit: 'perSecond' },
    { budget: { over: 'piscina' }, rounds: [5, 6, 3], median: 5, unit: 'ratio' },
    { budget: { over: 'partly stopped' }, rounds: [6, 3], median: 4.5, unit: 'ratio' },
    { budget: { figure: 'growth' }, rounds: [0.04], median: 0.04, unit: 'percent' },
    { budget: { figure: 'growth', over: 'peak' }, rounds: [0.08], median: 0.08, unit: 'ratio' },
  ] as const)('of $budget', ({ budget, ...expected }) => {
    expect(valueOf(limit(budget), figures)).toMatchObject(expected);
  });

  test('there is none where no round has a ratio', () => {
    expect(valueOf(limit({ over: 'stopped' }), figures)).toBeUndefined();
  });

  test('what its run says of a whole run is not made anew of its rounds', () => {
    const mean = { ...figure('goodput', [1, 2, 9]), median: 4 };
    expect(valueOf(limit({ figure: 'goodput' }), [mean])).toMatchObject({ median: 4, min: 1 });
  });

  test.each([
    {
      budget: { figure: 'milrace' },
      message:
        "Budget 'no-op': figure is 'milrace', which its run does not have; valid is one of 'millrace', 'piscina', " +
        "'stopped', 'partly stopped', 'short', 'growth', 'peak'. Did you mean 'millrace'?",
    },
    {
      budget: { over: 'mango' },
      message:
        "Budget 'no-op': over is 'mango', which its run does not have; valid is one of 'millrace', 'piscina', " +
        "'stopped', 'partly stopped', 'short', 'growth', 'peak'.",
    },
    {
      budget: { over: 'short' },
      message:
        "Budget 'no-op' divides 'millrace', which has 3 rounds, by 'short', which has 2 rounds; valid are " +
        'metrics with the same rounds.',
    },
    {
      budget: { over: 'peak' },
      message:
        "Budget 'no-op' divides 'millrace', which has 3 rounds, by 'peak', which has one round; valid are " +
        'metrics with the same rounds.',
    },
    {
      budget: { unit: 'milliseconds' },
      message: "Budget 'no-op' has its limits in 'milliseconds', but 'millrace' is in 'perSecond'.",
    },
  ] as const)('of $budget is refused', ({ budget, message }) => {
    expect(() => valueOf(limit(budget), figures)).toThrow(new UsageError(message));
  });

  test('of many figures only some are listed', () => {
    const many = Array.from({ length: 20 }, (_, index) => oneFigure(`f${index}`, 1, 'count'));
    expect(() => valueOf(limit({}), many)).toThrow("'f7' and 12 more.");
    expect(() => valueOf(limit({}), [])).toThrow('which its run does not have; it has none.');
  });
});

describe('the verdict', () => {
  test.each([
    // The median is 5, the range 3 to 6.
    { limits: { atLeast: 3 }, verdict: 'pass' },
    { limits: { atLeast: 5 }, verdict: 'pass' },
    { limits: { atLeast: 5.1 }, verdict: 'inconclusive' },
    { limits: { atLeast: 6 }, verdict: 'inconclusive' },
    { limits: { atLeast: 6.1 }, verdict: 'fail' },
    { limits: { atMost: 6 }, verdict: 'pass' },
    { limits: { atMost: 5 }, verdict: 'pass' },
    { limits: { atMost: 4.9 }, verdict: 'inconclusive' },
    { limits: { atMost: 3 }, verdict: 'inconclusive' },
    { limits: { atMost: 2.9 }, verdict: 'fail' },
    { limits: { atLeast: 4, atMost: 5.5 }, verdict: 'pass' },
    { limits: { atLeast: 5.5, atMost: 5.8 }, verdict: 'inconclusive' },
    { limits: { atLeast: 7, atMost: 8 }, verdict: 'fail' },
  ])('of 5 (3 to 6) within $limits is $verdict', ({ limits, verdict }) => {
    const budget = limit({ over: 'piscina', ...limits });
    const value = valueOf(budget, figures);
    expect(judgeBudget(budget, value as NonNullable<typeof value>)).toMatchObject({
      ...limits,
      verdict,
      unit: 'ratio',
      value: { median: 5, min: 3, max: 6 },
    });
  });

  test.each([
    {
      budget: limit({ over: 'piscina', atLeast: 2 }),
      reason: "'no-op' is 5.00 (3.00 to 6.00 in 3 rounds), which meets the limit: min 2.00.",
    },
    {
      budget: limit({ figure: 'growth', atMost: 0.01 }),
      reason: "'no-op' is 4.0 %, which breaks the limit: max 1.0 %.",
    },
    {
      budget: limit({ over: 'piscina', atLeast: 5.5, atMost: 7 }),
      reason:
        "'no-op' is 5.00 (3.00 to 6.00 in 3 rounds), which breaks the limit, though not in every round: " +
        'min 5.50, max 7.00.',
    },
  ])('is a sentence of its own: $reason', ({ budget, reason }) => {
    const value = valueOf(budget, figures);
    expect(judgeBudget(budget, value as NonNullable<typeof value>).reason).toBe(reason);
  });
});

test('several runs are rounds of one value', () => {
  const growth = limit({ figure: 'growth', atMost: 0.01 });
  const values = [0.04, 0.005, 0.02].map((value) =>
    valueOf(growth, [oneFigure('growth', value, 'percent')]),
  ) as Array<NonNullable<ReturnType<typeof valueOf>>>;
  const joined = values.reduce(joinRuns);
  expect(joined).toEqual({
    median: 0.02,
    min: 0.005,
    max: 0.04,
    rounds: [0.04, 0.005, 0.02],
    unit: 'percent',
  });
  expect(judgeBudget(growth, joined).verdict).toBe('inconclusive');
});

test.each([
  { budget: limit({ atMost: 1, over: 'piscina' }), unit: 'ratio' },
  { budget: limit({ atMost: 1 }), unit: undefined },
])('the unit of what was not measured, where it is known: $unit', ({ budget, unit }) => {
  const obstacle = 'it could not be measured. two\nlines\u001b[31m';
  const report = unmeasured(budget, { verdict: 'fail', obstacle });
  expect(report.unit).toBe(unit);
  expect('unit' in report).toBe(unit !== undefined);
  expect(report.reason).toBe("'no-op': it could not be measured. two lines");
});

test('what was not measured has its limits and the unit that they are in', () => {
  const budget = limit({ atMost: 1, unit: 'bytes' });
  const report = unmeasured(budget, {
    verdict: 'fail',
    obstacle: 'it could not be measured. Why.',
  });
  expect(report).toEqual({
    name: 'no-op',
    unit: 'bytes',
    atMost: 1,
    verdict: 'fail',
    reason: "'no-op': it could not be measured. Why.",
  });
});
