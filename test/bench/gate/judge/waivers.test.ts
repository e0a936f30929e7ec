import { expect, test } from 'vitest';
import type { Waiver } from '../../../../bench/gate/model/config.js';
import { dayOf, excuseOf, waiversInForce } from '../../../../bench/gate/judge/waivers.js';

const TODAY = '2026-06-15';
const known = { scenarios: ['render', 'parse'], budgets: ['no-op', 'parse'] };
const reason = 'New parser, see #12.';

test.each([
  { until: '2026-06-14', holds: false },
  { until: '2026-06-15', holds: true },
  { until: '2026-06-16', holds: true },
  { until: '2025-12-31', holds: false },
])('on 2026-06-15 one until $until holds: $holds', ({ until, holds }) => {
  const { waivers, notes } = waiversInForce([{ scenario: 'render', until, reason }], TODAY, known);
  expect(excuseOf({ scenario: 'render' }, { waivers })).toEqual(
    holds ? { reason, until } : undefined,
  );
  expect(notes).toEqual(
    holds ? [] : [`The waiver of scenario 'render' expired on ${until}: ${reason}`],
  );
});

test.each([
  { waiver: { scenario: 'render' }, what: { scenario: 'render', metric: 'cpu' }, excuses: true },
  { waiver: { scenario: 'render', metric: 'cpu' }, what: { scenario: 'render' }, excuses: false },
  {
    waiver: { scenario: 'render', metric: 'cpu' },
    what: { scenario: 'render', metric: 'cpu' },
    excuses: true,
  },
  {
    waiver: { scenario: 'render', metric: 'cpu' },
    what: { scenario: 'render', metric: 'p99' },
    excuses: false,
  },
  { waiver: { scenario: 'render' }, what: { scenario: 'parse' }, excuses: false },
  { waiver: { scenario: 'parse' }, what: { scenario: 'parse: json' }, excuses: true },
  {
    waiver: { scenario: 'parse', metric: 'cpu' },
    what: { scenario: 'parse: json', metric: 'cpu' },
    excuses: true,
  },
  { waiver: { scenario: 'parse: csv' }, what: { scenario: 'parse: json' }, excuses: false },
  { waiver: { scenario: 'parse' }, what: { scenario: 'parser: json' }, excuses: false },
  { waiver: { scenario: 'parse: json' }, what: { scenario: 'parse' }, excuses: false },
  { waiver: { scenario: 'parse' }, what: { budget: 'parse' }, excuses: false },
  { waiver: { budget: 'parse' }, what: { scenario: 'parse' }, excuses: false },
  { waiver: { budget: 'parse' }, what: { budget: 'parse' }, excuses: true },
  { waiver: { budget: 'parse' }, what: { budget: 'no-op' }, excuses: false },
] as const)('$waiver excuses $what: $excuses', ({ waiver, what, excuses }) => {
  const waivers: Waiver[] = [{ ...waiver, until: '2026-12-31', reason }];
  expect(excuseOf(what, { waivers }) !== undefined).toBe(excuses);
});

test('of several the one that holds longest is told', () => {
  const waivers: Waiver[] = [
    { scenario: 'render', until: '2026-07-01', reason: 'short' },
    { scenario: 'render', metric: 'cpu', until: '2027-01-01', reason: 'long' },
    { scenario: 'render', until: '2026-12-31', reason: 'middle' },
  ];
  expect(excuseOf({ scenario: 'render', metric: 'cpu' }, { waivers })?.reason).toBe('long');
  expect(excuseOf({ scenario: 'render', metric: 'rss' }, { waivers })?.reason).toBe('middle');
});

test('one that names what there is not is told, with what may be meant', () => {
  const until = '2026-12-31';
  const { notes } = waiversInForce(
    [
      { scenario: 'rendr', metric: 'cpu', until, reason },
      { budget: 'render', until, reason },
    ],
    TODAY,
    known,
  );
  expect(notes).toEqual([
    "The waiver of scenario 'rendr', metric 'cpu' has no effect: there is no such scenario. Did you mean 'render'?",
    "The waiver of budget 'render' has no effect: there is no such budget.",
  ]);
});

test.each([
  { scenario: 'parse: json', names: ['parse'] },
  { scenario: 'parse', names: ['parse: json', 'parse: csv'] },
])('$scenario is known where there is $names', ({ scenario, names }) => {
  const waiver = { scenario, until: '2026-12-31', reason };
  expect(waiversInForce([waiver], TODAY, { scenarios: names, budgets: [] }).notes).toEqual([]);
});

test('a day is that of UTC', () => {
  expect(dayOf(new Date('2026-01-01T00:30:00+02:00'))).toBe('2025-12-31');
});
