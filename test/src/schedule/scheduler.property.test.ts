import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { repeats } from '../../helpers/extent.js';
import { History, type Setup, type Step, THREAD_STEPS, TIMEOUTS } from './history.js';

/**
 * Checks the promises of the pool at every step of random histories: bounds, conservation, no job twice and none after
 * it was taken back, every promise settled in time, nothing waiting on a thread out of service, no thread out of
 * service forever.
 */

const pick = fc.nat({ max: 1000 });
const submission = {
  size: fc.constantFrom(1, 1, 1, 2, 3, 9),
  signal: fc.nat({ max: 3 }),
  timeout: fc.constantFrom(0, 0, 0, ...TIMEOUTS.keys(), 3),
  transfer: fc.boolean(),
  isLater: fc.constantFrom(true, true, false),
  graceMs: fc.constantFrom(undefined, undefined, 0, 10),
};

/** Relative frequencies of the steps. */
const WEIGHTS = {
  submit: 300,
  trySubmit: 80,
  cancel: 80,
  abort: 30,
  boot: 80,
  uncloneable: 30,
  pass: 60,
  wait: 40,
  close: 1,
  warn: 1,
  cutOff: 1,
  start: 300,
  fulfil: 160,
  fulfilQuietly: 120,
  throw: 60,
  announce: 60,
  turn: 120,
  stick: 12,
  free: 12,
  raise: 8,
  lose: 15,
  die: 15,
} as const;

function weighted(weight: number, arbitrary: fc.Arbitrary<Step>) {
  return { weight, arbitrary };
}

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  ...(['submit', 'trySubmit'] as const).map((what) =>
    weighted(WEIGHTS[what], fc.record({ do: fc.constant(what), ...submission })),
  ),
  weighted(
    WEIGHTS.cancel,
    fc.record({ do: fc.constant('cancel' as const), pick, isRunning: fc.boolean() }),
  ),
  weighted(
    WEIGHTS.abort,
    fc.record({ do: fc.constant('abort' as const), signal: submission.signal }),
  ),
  weighted(WEIGHTS.pass, fc.record({ do: fc.constant('pass' as const), ms: fc.nat({ max: 30 }) })),
  weighted(
    WEIGHTS.wait,
    fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(60, 60, 130, 1200) }),
  ),
  ...(['boot', 'uncloneable', 'close', 'warn', 'cutOff'] as const).map((what) =>
    weighted(WEIGHTS[what], fc.record({ do: fc.constant(what) })),
  ),
  ...THREAD_STEPS.map((what) =>
    weighted(WEIGHTS[what], fc.record({ do: fc.constant(what), pick })),
  ),
);

const anySetup: fc.Arbitrary<Setup> = fc.record({
  threads: fc.integer({ min: 1, max: 3 }),
  concurrency: fc.constantFrom(1, 2, 3, 3),
  jobs: fc.nat({ max: 6 }),
  places: fc.integer({ min: 8, max: 16 }),
  waiters: fc.nat({ max: 4 }),
  overflow: fc.constantFrom('wait', 'reject', 'drop-oldest'),
  coalesce: fc.boolean(),
  spareCells: fc.nat({ max: 5 }),
  graceMs: fc.constantFrom(undefined, undefined, 0, 10, 40),
  bootMs: fc.constantFrom(0, 200),
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const HISTORIES = repeats(200, 1000);

const ENDS = [
  'lost',
  'retire cancelled',
  'retire timeout',
  'retire uncaught',
  'retire stuck',
  'drain',
  'drain over abandoned',
  'terminate',
];

test(`holds its bounds and loses nothing, at every step of ${HISTORIES} random histories`, async () => {
  /** Ways in which threads left service and ended, in all histories. */
  const ends = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      anySetup,
      fc.array(anyStep, { minLength: 50, maxLength: 90, size: 'max' }),
      async (given, steps) => {
        const history = new History(given);
        for (let thread = 0; thread < given.threads; thread += 1) {
          await history.run({ do: 'boot' });
        }
        for (const each of steps) {
          await history.run(each);
          await history.check();
        }
        await history.recover();
        await history.finish();
        for (const end of history.ends.flat()) ends.add(end);
      },
    ),
    { numRuns: HISTORIES },
  );
  expect(ends, 'a test that has not seen all of these tests nothing').toEqual(new Set(ENDS));
}, 300_000);
