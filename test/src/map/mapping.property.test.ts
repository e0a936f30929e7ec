import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repeats } from '../../helpers/extent.js';
import { type Fate, MapHistory, type Setup, type Step, STEPS } from './history.js';

/**
 * Checks the promises of `pool.map` at every step of random histories: order, completeness, a window that holds, one
 * pull at a time and none too many, a source that is closed once, nothing that runs after the end, and every thrown
 * value.
 */

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 30, arbitrary: fc.constant<Fate>('returns') },
  { weight: 1, arbitrary: fc.constant<Fate>('throws') },
  { weight: 1, arbitrary: fc.constant<Fate>('throws undefined') },
  { weight: 1, arbitrary: fc.constant<Fate>('is uncloneable') },
);
const optional = (max: number): fc.Arbitrary<number | undefined> =>
  fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max }));

const anySetup: fc.Arbitrary<Setup> = fc.record({
  threads: fc.integer({ min: 1, max: 2 }),
  concurrency: fc.integer({ min: 1, max: 2 }),
  jobs: fc.nat({ max: 6 }),
  overflow: fc.constantFrom('wait', 'reject', 'drop-oldest'),
  items: fc.array(fc.tuple(fc.constantFrom(3, 3, 3, 900, 5000), fate), { maxLength: 25 }),
  source: fc.constantFrom('iterable', 'promises', 'async'),
  throwsAtEnd: fc.boolean(),
  inFlight: optional(5),
  windowItems: optional(8),
  windowBytes: fc.constantFrom(undefined, 1, 1500, 4000),
  ordered: fc.boolean(),
  onError: fc.constantFrom('stop', 'settle'),
});

const WEIGHTS: Readonly<Record<Step[0], number>> = {
  ask: 12,
  start: 12,
  end: 12,
  answer: 12,
  submit: 2,
  trySubmit: 2,
  return: 1,
  abort: 1,
  close: 1,
};
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  ...STEPS.map((what) => ({
    weight: WEIGHTS[what],
    arbitrary: fc.tuple(fc.constant(what), fc.nat({ max: 1000 })),
  })),
);

const HISTORIES = repeats(200, 2000);

test(`a map keeps its promises at every step of ${HISTORIES} random histories`, async () => {
  await fc.assert(
    fc.asyncProperty(
      anySetup,
      fc.array(anyStep, { minLength: 10, maxLength: 60, size: 'max' }),
      async (setup, steps) => {
        const history = new MapHistory(setup);
        for (const step of steps) await history.run(step);
        await history.finish();
      },
    ),
    { numRuns: HISTORIES },
  );
  expect.hasAssertions();
}, 120_000);
