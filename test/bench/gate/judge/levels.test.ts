import { expect, test } from 'vitest';
import { levelsOf } from '../../../../bench/gate/judge/levels.js';
import type { RoundFigures } from '../../../../bench/gate/model/report.js';

const rounds: RoundFigures[] = [
  {
    base: { cpu: 10, refused: 0.1 },
    control: { cpu: 14.4, refused: 0.3 },
    head: { cpu: 12, refused: 0.3 },
  },
  {
    base: { cpu: 11, refused: 0.1 },
    control: { cpu: 13, refused: 0.1 },
    head: { cpu: 12, refused: 0.2 },
  },
  {
    base: { cpu: 12, refused: 0.2 },
    control: { cpu: 12, refused: 0.2 },
    head: { cpu: 12, refused: 0.2 },
  },
];

test('both runs of base are pooled, before the first analysis too', () => {
  expect(levelsOf('cpu', rounds, undefined)).toEqual({ base: 12, head: 12 });
  const { base, head } = levelsOf('refused', rounds, 0.05);
  expect([base, head]).toEqual([0.2, 0.2]);
});

test.each([
  ['cpu', 0.1],
  ['cpu', -0.05],
  ['throughput', 0.1],
] as const)('of a ratio the levels are apart by what was estimated: %s, %d', (metric, estimate) => {
  const own = rounds.map(({ base, control, head }) => ({
    base: { [metric]: base?.cpu as number },
    control: { [metric]: control?.cpu as number },
    head: { [metric]: head.cpu as number },
  }));
  const { base = 0, head } = levelsOf(metric, own, estimate);
  const worse = metric === 'throughput' ? base / head : head / base;
  expect(Math.log(worse)).toBeCloseTo(estimate, 12);
  expect(Math.sqrt(base * head)).toBeCloseTo(12, 1);
});

test('without a base there is none', () => {
  expect(levelsOf('cpu', [{ head: { cpu: 3 } }], undefined)).toEqual({ head: 3 });
});
