import { expect, test } from 'vitest';
import { formatNext, formatReasons } from '../../../../bench/gate/report/next.js';
import { FAILING, INCONCLUSIVE, REPORTS, report, scenario } from './reports.js';

const undecided = scenario('x', { verdict: 'inconclusive', reason: 'Not decided by 20 rounds.' });

test.each([
  { what: 'a pass', of: REPORTS.pass, next: undefined },
  { what: 'what could not be measured', of: REPORTS.unmeasured, next: undefined },
  {
    what: 'a fail',
    of: report([FAILING, undecided], { verdict: 'fail', exitCode: 2 }),
    next: /^Next: profile no-op, 16 in flight on both commits\. .* without --seed; .* waiver /,
  },
  {
    what: 'many fails',
    of: report(
      [1, 2, 3, 4, 5].map((at) => scenario(`s${at}`, { verdict: 'fail' })),
      { verdict: 'fail', exitCode: 2 },
    ),
    next: /^Next: profile s1, s2, s3 and 2 more on both commits\./,
  },
  {
    what: 'a control that moved',
    of: report([INCONCLUSIVE], { verdict: 'inconclusive' }),
    next: /^Next: run it again when the machine is quieter\./,
  },
  {
    what: 'too few rounds',
    of: report([undecided], { verdict: 'inconclusive' }),
    next: /^Next: more rounds decide smaller changes, such as --looks 20,40,60 --seconds 480/,
  },
  {
    what: 'results that differ',
    of: report([{ ...FAILING, cause: 'results' }], { verdict: 'fail', exitCode: 2 }),
    next: /^Next: make no-op, 16 in flight return the same results as base, or pass --allow-different-results\.$/,
  },
  {
    what: 'too little time',
    of: report([{ ...undecided, cause: 'time' }], { verdict: 'inconclusive' }),
    next: /^Next: increase --seconds to the value that the reason names\.$/,
  },
  {
    what: 'an interruption',
    of: REPORTS.interrupted,
    next: /^Next: run it again without interrupting it\.$/,
  },
  {
    what: 'a stored run',
    of: { ...REPORTS.baseline, scenarios: [undecided] },
    next: /^Next: a quieter machine .* --base <git ref>\.$/,
  },
  { what: 'another environment', of: REPORTS.baseline, next: /^Next: store a new baseline / },
])('the next step after $what', ({ of, next }) => {
  const found = formatNext(of);
  if (next === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(next);
});

test('of several scenarios the reasons of those that do not pass stand first, at most five', () => {
  const of = report([scenario('quiet'), FAILING, undecided], { verdict: 'fail', exitCode: 2 });
  expect(formatReasons(of)).toEqual([
    expect.stringMatching(/^no-op, 16 in flight: Regression in 10 rounds: /),
    'x: Not decided by 20 rounds.',
  ]);
  expect(formatReasons(report([FAILING], { verdict: 'fail', exitCode: 2 }))).toEqual([]);
  const many = Array.from({ length: 8 }, (_, at) => ({ ...undecided, name: `s${at}` }));
  const reasons = formatReasons(report(many, { verdict: 'inconclusive' }));
  expect(reasons).toHaveLength(6);
  expect(reasons.at(-1)).toBe('3 more; each has its reason below.');
});
