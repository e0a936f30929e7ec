import { expect, test } from 'vitest';
import { separate, separateNoise } from '../../../../bench/gate/calibrate/noise.js';
import { controlIn, effectIn } from '../../../../bench/gate/judge/evidence.js';
import { mean } from '../../../../bench/math/statistics.js';
import { randomFrom } from '../../../../bench/math/random.js';
import { noisy } from '../judge/rounds.js';

function deviationOf(values: readonly number[]): number {
  const middle = mean(values) ?? 0;
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)) ?? 0);
}

/** Values of many gates: noise with a standard deviation of about 1, plus a bias per gate. */
function gatesOf(bias: number, gates: number = 2000, rounds: number = 10): number[][] {
  const random = randomFrom(7);
  const noise = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: gates }, () => {
    const own = bias * noise();
    return Array.from({ length: rounds }, () => own + noise());
  });
}

test.each([0, 0.5, 2])('a bias of %d is what the means vary by afterwards', (bias) => {
  const separated = separate(gatesOf(bias));
  const means = separated.map((values) => mean(values) ?? 0);
  expect(deviationOf(means)).toBeLessThan(bias + 0.1);
  expect(deviationOf(means)).toBeGreaterThan(bias - 0.1);
  const rest = separated.flatMap((values, gate) =>
    values.map((value) => value - (means[gate] ?? 0)),
  );
  expect(deviationOf(rest)).toBeGreaterThan(0.97);
  expect(deviationOf(rest)).toBeLessThan(1.03);
});

test('the mean of all stays, and so do single rounds', () => {
  const separated = separate([[1], [3]]);
  expect(mean(separated.flat())).toBeCloseTo(2, 12);
  expect(separate([])).toEqual([]);
});

test('rounds keep their form, and each contrast is separated by itself', () => {
  const gates = [1, 2, 3, 4].map((seed) => noisy(10, { seed, effect: 0.01 * seed, control: 0.02 }));
  const separated = separateNoise(gates);
  const cpuOf = (of: typeof separated) =>
    of.map((rounds) => rounds.flatMap(({ contrasts }) => contrasts.cpu ?? []));
  expect(cpuOf(separated).map((gate) => gate.map(effectIn))).toEqual(
    separate(cpuOf(gates).map((gate) => gate.map(effectIn))).map((gate) =>
      gate.map((value) => expect.closeTo(value, 12) as number),
    ),
  );
  expect(cpuOf(separated).map((gate) => gate.map((round) => controlIn(round) ?? 0))).toEqual(
    separate(cpuOf(gates).map((gate) => gate.map((round) => controlIn(round) ?? 0))).map((gate) =>
      gate.map((value) => expect.closeTo(value, 12) as number),
    ),
  );
  for (const { head, bases } of cpuOf(separated).flat()) {
    expect(head + (bases[0] ?? 0) + (bases[1] ?? 0)).toBeCloseTo(0, 12);
  }
});
