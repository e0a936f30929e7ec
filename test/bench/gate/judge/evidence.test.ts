import { expect, test } from 'vitest';
import {
  controlIn,
  effectIn,
  evidenceOf,
  figuresOf,
  gather,
} from '../../../../bench/gate/judge/evidence.js';
import { round, side } from './rounds.js';

const NOTHING = { head: NaN, bases: [] };

test.each([
  { metric: 'cpu', base: 10, control: 10, head: 11, effect: Math.log(1.1), between: 0 },
  { metric: 'cpu', base: 10, control: 12.1, head: 11, effect: 0, between: Math.log(1.21) },
  // A positive effect is worse, whatever the metric.
  { metric: 'throughput', base: 100, control: 100, head: 80, effect: -Math.log(0.8), between: 0 },
  { metric: 'refused', base: 0, control: 0.02, head: 0.03, effect: 0.02, between: 0.02 },
] as const)(
  '$metric: $head against $base and $control',
  ({ metric, base, control, head, effect, between }) => {
    const evidence = evidenceOf(round(metric, { base: [base], control: [control], head: [head] }));
    const contrast = evidence?.contrasts[metric] ?? { head: NaN, bases: [] };
    expect(effectIn(contrast)).toBeCloseTo(effect, 12);
    expect(controlIn(contrast)).toBeCloseTo(between, 12);
    // Deviations from the round's mean.
    expect(contrast.head + contrast.bases.reduce((sum, each) => sum + each, 0)).toBeCloseTo(0, 12);
  },
);

test('what a machine does in one turn meets all sides and is not seen', () => {
  // The second turn was three times as slow on all sides.
  const evidence = evidenceOf(
    round('cpu', { base: [10, 30, 10], control: [10, 30, 10], head: [11, 33, 11] }),
  );
  expect(effectIn(evidence?.contrasts.cpu ?? NOTHING)).toBeCloseTo(Math.log(1.1), 12);
});

test('a turn that is off does not count more than the others', () => {
  const evidence = evidenceOf(
    round('cpu', { base: [10, 10, 10], control: [10, 10, 10], head: [10, 10, 99] }),
  );
  expect(effectIn(evidence?.contrasts.cpu ?? NOTHING)).toBeCloseTo(0, 12);
});

test('there is no evidence without a base, nor of what a side does not have', () => {
  expect(evidenceOf(round('cpu', { head: [1] }))).toBeUndefined();
  const lacking = evidenceOf({
    base: side([{ cpu: 1 }]),
    control: side([{ cpu: 1 }]),
    head: side([{ cpu: 1, throughput: 5 }]),
  });
  expect(Object.keys(lacking?.contrasts ?? {})).toEqual(['cpu']);
});

test('what has no ratio, as it is 0, is no evidence', () => {
  const evidence = evidenceOf(round('p50', { base: [0], control: [0], head: [1] }));
  expect(evidence?.contrasts).toEqual({});
});

test('messages can be none: they are compared by their difference', () => {
  const evidence = evidenceOf(round('messages', { base: [0], control: [0], head: [1] }));
  expect(effectIn(evidence?.contrasts.messages ?? NOTHING)).toBeCloseTo(1, 12);
});

test('with one run of base there is no control', () => {
  const evidence = evidenceOf(round('cpu', { base: [1], head: [2] }));
  expect(effectIn(evidence?.contrasts.cpu ?? NOTHING)).toBeCloseTo(Math.log(2), 12);
  expect(controlIn(evidence?.contrasts.cpu ?? NOTHING)).toBeUndefined();
});

test('reference work that takes longer beside head', () => {
  const evidence = evidenceOf({
    base: side([{ cpu: 1 }]),
    control: side([{ cpu: 1 }]),
    head: side([{ cpu: 1 }], { references: { spin: 20, memory: 8, messages: 99 } }),
  });
  // The mean of the logarithms of spin and memory; messages are left out, as they depend on the scheduler.
  expect(effectIn(evidence?.reference ?? NOTHING)).toBeCloseTo(Math.log(2) / 2, 12);
});

test('figures of the whole process go before those of its blocks', () => {
  const figures = figuresOf({
    head: side([{ cpu: 3 }, { cpu: 1 }, { cpu: 2 }], { whole: { rss: 7 } }),
  });
  expect(figures.head).toEqual({ cpu: 2, rss: 7 });
  expect(figures.base).toBeUndefined();
});

test('what is judged is gathered, also where no round has it', () => {
  const limits = { minEffect: 0.03, maxEffect: 0.05 };
  const rounds = [
    evidenceOf(round('cpu', { base: [1], control: [1], head: [2] })),
    evidenceOf(round('cpu', { base: [1], control: [1], head: [1] })),
  ].flatMap((each) => each ?? []);
  const { metrics } = gather(
    rounds,
    new Map([
      ['cpu', limits],
      ['refused', limits],
    ]),
  );
  expect(metrics.map(({ metric, rounds: own }) => [metric, own.map(effectIn)])).toEqual([
    ['cpu', [expect.closeTo(Math.log(2), 12), 0]],
    ['refused', []],
  ]);
});
