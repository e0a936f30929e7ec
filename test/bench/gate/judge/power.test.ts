import { describe, expect, test } from 'vitest';
import { detectableEffect } from '../../../../bench/gate/judge/power.js';
import { signedRank } from '../../../../bench/math/signed-rank.js';
import { repeats } from '../../../helpers/extent.js';
import { laplaceNoise, type Noise, normalNoise, studentNoise } from '../../math/noise.js';
import { DEPRESSION } from '../../math/published.js';

/** Share of samples in which the test finds the shift; none of them was used to estimate it. */
function powerAt(shift: number, noise: Noise, count: number, alpha: number): number {
  const found = Array.from({ length: SAMPLES }, () => signedRank(noise(count), 'greater', -shift));
  return found.filter(({ p }) => p <= alpha).length / SAMPLES;
}

const SAMPLES = repeats(500, 1500);

describe('a shift of that size is found in about 8 of 10 samples', () => {
  test.each([
    { name: 'normal', noise: normalNoise, count: 10, alpha: 0.05 },
    { name: 'normal', noise: normalNoise, count: 20, alpha: 0.008 },
    { name: 'Laplace', noise: laplaceNoise, count: 20, alpha: 0.008 },
    { name: 't with 3 degrees', noise: studentNoise, count: 15, alpha: 0.004 },
    { name: 't with 3 degrees', noise: studentNoise, count: 20, alpha: 0.02 },
  ])('$count values, $name, at $alpha', ({ noise, count, alpha }) => {
    const seen = noise(5);
    const effects = Array.from({ length: SAMPLES }, () => {
      return detectableEffect(seen(count), { alpha }) as number;
    });
    const mean = effects.reduce((sum, effect) => sum + effect, 0) / SAMPLES;
    const power = powerAt(mean, noise(6), count, alpha);
    expect(power).toBeGreaterThan(0.72);
    expect(power).toBeLessThan(0.85);
  });

  test('or in 95 of 100, if asked', () => {
    const seen = normalNoise(8);
    const effects = Array.from({ length: SAMPLES }, () => {
      return detectableEffect(seen(20), { alpha: 0.02, power: 0.95 }) as number;
    });
    const mean = effects.reduce((sum, effect) => sum + effect, 0) / SAMPLES;
    const power = powerAt(mean, normalNoise(9), 20, 0.02);
    expect(power).toBeGreaterThan(0.91);
    expect(power).toBeLessThan(0.98);
  });
});

test('with many values it is the formula of the asymptotic efficiency', () => {
  const values = normalNoise(3)(200);
  const [z20, z1] = [0.8416212, 2.3263479];
  const asymptotic = (z20 + z1) / Math.sqrt((200 * 3) / Math.PI);
  expect(detectableEffect(values, { alpha: 0.01 }) as number).toBeGreaterThan(asymptotic * 0.9);
  expect(detectableEffect(values, { alpha: 0.01 }) as number).toBeLessThan(asymptotic * 1.1);
});

test('half the lengths of two intervals: of the depression data 0.388 and 0.15', () => {
  // The published interval is 0.010 to 0.786; the one from the 15th to the 31st average is 0.255 to 0.555.
  expect(detectableEffect(DEPRESSION, { alpha: 0.02 })).toBeCloseTo(0.538, 10);
});

test('it has the unit of the values, and where they lie has no say', () => {
  const effect = detectableEffect(DEPRESSION, { alpha: 0.02 }) as number;
  const stretched = DEPRESSION.map((value) => value * 4 + 100);
  expect(detectableEffect(stretched, { alpha: 0.02 })).toBeCloseTo(effect * 4, 10);
});

test('too few values to be significant detect nothing', () => {
  const values = [1, 2, 3, 4, 5, 6, 7, 8];
  expect(detectableEffect(values, { alpha: 0.002 })).toBeUndefined();
  expect(detectableEffect([...values, 9], { alpha: 0.002 })).toBeDefined();
  expect(detectableEffect([], { alpha: 0.002 })).toBeUndefined();
});
