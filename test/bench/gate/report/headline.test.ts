import { expect, test } from 'vitest';
import { isOpen, formatHeadline, formatState } from '../../../../bench/gate/report/headline.js';
import type {
  BudgetReport,
  GateReport,
  ScenarioReport,
} from '../../../../bench/gate/model/report.js';
import {
  BUDGETS,
  FAILING,
  INCONCLUSIVE,
  NEW,
  REPORTS,
  report,
  scenario,
  WAIVED,
} from './reports.js';

const passing = scenario('x');
const incomparable = scenario('y', { verdict: 'incomparable' });
const waivedBudget = BUDGETS.filter(({ verdict }) => verdict === 'waived');

const outcomes: ReadonlyArray<{
  readonly words: string;
  readonly scenarios?: readonly ScenarioReport[];
  readonly budgets?: readonly BudgetReport[];
  readonly verdict?: GateReport['verdict'];
}> = [
  { words: 'nothing was judged' },
  { scenarios: [passing], words: '1 scenario passes' },
  { scenarios: [passing, scenario('y'), WAIVED, NEW], words: '2 of 4 scenarios pass' },
  { scenarios: [WAIVED], words: '1 scenario is waived' },
  { scenarios: [NEW, NEW], words: '2 scenarios are new' },
  {
    scenarios: [WAIVED, NEW, NEW],
    budgets: waivedBudget,
    words: '1 of 3 scenarios is waived, 1 budget is waived and 2 of 3 scenarios are new',
  },
  { scenarios: [passing, FAILING], verdict: 'fail', words: '1 of 2 scenarios fails' },
  {
    scenarios: [FAILING],
    budgets: BUDGETS,
    verdict: 'fail',
    words: '1 scenario and 1 of 4 budgets fail',
  },
  { scenarios: [passing], budgets: BUDGETS, verdict: 'fail', words: '1 of 4 budgets fails' },
  {
    scenarios: [INCONCLUSIVE, incomparable],
    verdict: 'inconclusive',
    words: '2 scenarios are inconclusive',
  },
];

test.each(outcomes)('$words', ({ scenarios = [], budgets = [], verdict = 'pass', words }) => {
  expect(formatHeadline(report(scenarios, { budgets, verdict }))).toBe(words);
});

test.each([
  { name: 'interrupted', words: 'interrupted before everything was judged' },
  { name: 'nothing', words: 'interrupted before everything was judged' },
  { name: 'unmeasured', words: '1 of 2 scenarios is inconclusive' },
  { name: 'excused', words: '1 of 2 scenarios is waived and 1 of 2 scenarios is new' },
] as const)('what no scenario shows, in the report $name: $words', ({ name, words }) => {
  expect(formatHeadline(REPORTS[name])).toBe(words);
});

test('what could not be measured and has no line of its own is reported', () => {
  const of = report([passing], { verdict: 'inconclusive', exitCode: 1 });
  expect(formatHeadline(of)).toBe('something could not be measured');
});

test.each([
  { name: 'pass', sentences: [] },
  { name: 'excused', sentences: [] },
  { name: 'baseline', sentences: [/^Neither a regression nor its absence was shown/] },
  { name: 'interrupted', sentences: [/^Interrupted: /] },
  { name: 'unmeasured', sentences: [/^Something could not be measured; /] },
  { name: 'strict', sentences: [/^--strict: /] },
  { name: 'nothing', sentences: [/^Interrupted: /] },
] as const)('what has to be known first of the report $name', ({ name, sentences }) => {
  expect(formatState(REPORTS[name])).toEqual(sentences.map((each) => expect.stringMatching(each)));
});

test('what could not be judged is open', () => {
  const verdicts = ['pass', 'fail', 'inconclusive', 'incomparable', 'new', 'waived'] as const;
  expect(verdicts.filter(isOpen)).toEqual(['inconclusive', 'incomparable']);
});
