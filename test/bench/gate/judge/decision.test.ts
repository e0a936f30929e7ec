import { expect, test } from 'vitest';
import { controlsOf, decide } from '../../../../bench/gate/judge/decision.js';
import { gather } from '../../../../bench/gate/judge/evidence.js';
import { DEFAULT_THRESHOLDS } from '../../../../bench/gate/model/thresholds.js';
import { noisy } from './rounds.js';

const judged = new Map([
  ['cpu', DEFAULT_THRESHOLDS],
  ['throughput', DEFAULT_THRESHOLDS],
] as const);
const first = { failAlpha: 0.002, passAlpha: 0.01 };

test.each([
  { what: 'the same code', effect: 0, expected: 'pass' },
  { what: 'faster code', effect: -0.1, expected: 'pass' },
  { what: 'ten percent slower', effect: 0.1, expected: 'fail' },
  // Significant, as the noise is small, but too small to matter.
  { what: 'one percent slower', effect: 0.01, deviation: 0.002, expected: 'pass' },
  { what: 'four percent slower, seen well', effect: 0.04, deviation: 0.002, expected: 'fail' },
  // A regression of 5 % is not excluded, one of 3 % is not shown.
  { what: 'noise', effect: 0, deviation: 0.2, expected: 'undecided' },
])('$what: $expected', ({ effect, deviation = 0.01, expected }) => {
  const evidence = gather(noisy(10, { effect, deviation }), judged);
  expect(decide(evidence, first).verdict).toBe(expected);
});

test('one metric that is worse fails, and says which', () => {
  const slow = noisy(10, { effect: 0.1, deviation: 0.01, seed: 7, metrics: ['cpu'] });
  const rounds = noisy(10, { deviation: 0.01 }).map(({ contrasts, reference }, at) => ({
    contrasts: Object.assign({}, contrasts, slow[at]?.contrasts),
    reference,
  }));
  const { verdict, metrics } = decide(gather(rounds, judged), first);
  expect(verdict).toBe('fail');
  expect(metrics.map((each) => [each.metric, each.verdict])).toEqual([
    ['cpu', 'fail'],
    ['throughput', 'pass'],
  ]);
});

test('two metrics share the error of a fail, one alone has all of it', () => {
  // One base per round. Nine of ten rounds are worse, and the tenth has the smallest change: p = 2/1024.
  const effects = [-0.031, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.11, 0.12];
  const evidence = (metric: 'cpu' | 'throughput') => ({
    metric,
    ...DEFAULT_THRESHOLDS,
    isRatio: true,
    rounds: effects.map((head) => ({ head, bases: [0] })),
  });
  const alone = decide({ metrics: [evidence('cpu')], references: [] }, first);
  expect(alone.metrics[0]?.p).toBeCloseTo(2 / 1024, 12);
  expect(alone.verdict).toBe('fail');
  const both = { metrics: [evidence('cpu'), evidence('throughput')], references: [] };
  expect(decide(both, first).verdict).toBe('undecided');
  expect(decide(both, { ...first, failAlpha: 0.004 }).verdict).toBe('fail');
});

test('a judged metric that no round has keeps from passing, and not from failing', () => {
  const more = new Map([...judged, ['refused', DEFAULT_THRESHOLDS] as const]);
  const same = gather(noisy(10, { deviation: 0.01 }), more);
  expect(decide(same, first).verdict).toBe('undecided');
  const slow = gather(noisy(10, { effect: 0.1, deviation: 0.01 }), more);
  expect(decide(slow, first).verdict).toBe('fail');
  expect(decide({ metrics: [], references: [] }, first).verdict).toBe('undecided');
});

test.each([
  { what: 'base against itself', noise: { control: 0.08 }, control: 'A/A check' },
  { what: 'the reference work', noise: { reference: 0.08 }, control: 'reference work' },
])('nothing is decided where $what moved', ({ noise, control }) => {
  for (const effect of [0, 0.1]) {
    const evidence = gather(noisy(10, { ...noise, effect, deviation: 0.01 }), judged);
    const { verdict, moved } = decide(evidence, first);
    expect(verdict).toBe('undecided');
    expect(moved.map(({ name }) => name)).toContain(control);
    expect(moved[0]?.effect.estimate).toBeCloseTo(Math.expm1(0.08), 1);
  }
});

test('a control that moves by less than counts holds nobody up', () => {
  const evidence = gather(noisy(10, { control: 0.02, deviation: 0.002 }), judged);
  expect(controlsOf(evidence)[0]?.p).toBeLessThan(0.01);
  expect(decide(evidence, first).verdict).toBe('pass');
});
