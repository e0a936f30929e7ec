import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holm } from '../../../bench/math/holm.js';

test.each([
  // From the documentation of stdlib's padjust, computed with R's p.adjust.
  { of: [0.319, 0.201, 0.4, 0.374, 0.113], are: [0.957, 0.804, 0.957, 0.957, 0.565] },
  // The example of Holm's procedure in textbooks: at 0.05 the first and the last are significant.
  { of: [0.01, 0.04, 0.03, 0.005], are: [0.03, 0.06, 0.06, 0.02] },
  { of: [0.3], are: [0.3] },
  { of: [], are: [] },
  { of: [0.9, 0.8], are: [1, 1] },
  { of: [0.02, 0.02, 0.02], are: [0.06, 0.06, 0.06] },
])('$of become $are', ({ of, are }) => {
  const before = [...of];
  const adjusted = holm(of);
  expect(adjusted).toHaveLength(are.length);
  for (const [at, p] of adjusted.entries()) expect(p).toBeCloseTo(are[at] as number, 12);
  expect(of).toEqual(before);
});

/**
 * Holm's adjustment by its definition: a hypothesis is rejected at the level at which Bonferroni rejects every
 * intersection that contains it (the closure principle of Marcus, Peritz and Gabriel, Biometrika 63 (1976), 655–660).
 */
function closedTesting(pValues: readonly number[]): number[] {
  const subsets = Array.from({ length: 2 ** pValues.length }, (_, bits) =>
    [...pValues.keys()].filter((at) => bits & (1 << at)),
  );
  const bonferroni = (subset: number[]): number =>
    Math.min(1, subset.length * Math.min(...subset.map((at) => pValues[at] as number)));
  return pValues.map((_, at) =>
    Math.max(...subsets.filter((subset) => subset.includes(at)).map(bonferroni)),
  );
}

test('it is the closed test of all intersections by Bonferroni', () => {
  const p = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.01, 0.5, 1));
  fc.assert(
    fc.property(fc.array(p, { maxLength: 7 }), (pValues) => {
      expect(holm(pValues)).toEqual(closedTesting(pValues));
    }),
  );
});
