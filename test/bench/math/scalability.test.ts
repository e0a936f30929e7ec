import { describe, expect, test } from 'vitest';
import {
  fitAmdahl,
  fitUsl,
  perSecondAt,
  type ScalingLaw,
  type ScalingPoint,
  threadsAtPeak,
  worstMiss,
} from '../../../bench/math/scalability.js';

function pointsOf(law: ScalingLaw, threads: readonly number[]): ScalingPoint[] {
  return threads.map((each) => ({ threads: each, perSecond: perSecondAt(law, each) }));
}

function expectLaw(fitted: ScalingLaw | undefined, law: ScalingLaw): void {
  expect(fitted?.perSecond).toBeCloseTo(law.perSecond, 6);
  expect(fitted?.contention).toBeCloseTo(law.contention, 9);
  expect(fitted?.coherency).toBeCloseTo(law.coherency, 9);
}

test('the law is X(N) = λN ÷ (1 + σ(N − 1) + κN(N − 1))', () => {
  const law = { perSecond: 100, contention: 0.1, coherency: 0.01 };
  expect(perSecondAt(law, 1)).toBe(100);
  expect(perSecondAt(law, 5)).toBeCloseTo(500 / (1 + 0.4 + 0.2), 12);
  expect(threadsAtPeak(law)).toBeCloseTo(Math.sqrt(0.9 / 0.01), 12);
});

test('without coherency there is no peak, and where all is serial it is at one thread', () => {
  expect(threadsAtPeak({ perSecond: 1, contention: 0.1, coherency: 0 })).toBe(Infinity);
  expect(threadsAtPeak({ perSecond: 1, contention: 1, coherency: 0.1 })).toBe(1);
});

describe('what was made from a law is fitted by it', () => {
  test.each([
    { perSecond: 1000, contention: 0.05, coherency: 0.002 },
    { perSecond: 20_000, contention: 0.3, coherency: 0 },
    { perSecond: 3, contention: 0, coherency: 0.05 },
    { perSecond: 512, contention: 0, coherency: 0 },
    { perSecond: 1000, contention: 1, coherency: 0 },
  ])('$perSecond/s, σ $contention, κ $coherency', (law) => {
    expectLaw(fitUsl(pointsOf(law, [1, 2, 3, 4])), law);
    expectLaw(fitUsl(pointsOf(law, [1, 2, 4, 8, 16, 32])), law);
    if (law.coherency === 0) expectLaw(fitAmdahl(pointsOf(law, [1, 2, 3])), law);
  });
});

describe('a published example: SPEC SDM91 on a SPARCcenter 2000', () => {
  // Data and constants: README of the R package usl (Möding and Gunther), CRAN, version 3.
  const threads = [1, 18, 36, 72, 108, 144, 216];
  const rates = [64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775, 1702.2];
  const points = threads.map((each, at) => ({ threads: each, perSecond: rates[at] as number }));
  const law = fitUsl(points) as ScalingLaw;

  test('the constants are those of the package', () => {
    expect(law.contention).toBeCloseTo(0.0277285, 7);
    expect(law.coherency).toBeCloseTo(0.0001044, 7);
    expect(law.perSecond).toBeCloseTo(89.995233, 5);
  });

  test('and so are the least and the greatest residual', () => {
    const residuals = points.map((each) => each.perSecond - perSecondAt(law, each.threads));
    expect(Math.min(...residuals)).toBeCloseTo(-81.7, 1);
    expect(Math.max(...residuals)).toBeCloseTo(111.1, 1);
    expect(worstMiss(law, points)).toBeCloseTo(25.0952 / 64.9, 4);
  });
});

describe('bounds', () => {
  test('what grows faster than the threads is proportional to them, at best', () => {
    const points = [1, 2, 3, 4, 5].map((threads) => ({ threads, perSecond: threads ** 1.1 }));
    const product = points.reduce((sum, { threads, perSecond }) => sum + threads * perSecond, 0);
    expect(fitUsl(points)).toEqual({ perSecond: product / 55, contention: 0, coherency: 0 });
    expect(fitAmdahl(points)).toEqual({ perSecond: product / 55, contention: 0, coherency: 0 });
  });

  test('what shrinks with every thread is all serial to Amdahl, at worst', () => {
    const points = [1, 2, 4].map((threads) => ({ threads, perSecond: 12 / threads }));
    expect(fitAmdahl(points)).toEqual({ perSecond: 7, contention: 1, coherency: 0 });
  });
});

test('too few numbers of threads have no fit, however often they were measured', () => {
  const law = { perSecond: 1000, contention: 0.05, coherency: 0.002 };
  expect(fitUsl(pointsOf(law, [1, 2, 3, 3, 3]))).toBeUndefined();
  expect(fitAmdahl(pointsOf(law, [1, 2, 2]))).toBeUndefined();
  expect(fitAmdahl(pointsOf(law, [1, 2, 3]))).toBeDefined();
});
