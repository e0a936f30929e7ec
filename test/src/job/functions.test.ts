import { describe, expect, test } from 'vitest';
import { Functions, JobFunction } from '../../../src/job/functions.js';

function recorded(times: readonly number[]): JobFunction {
  const job = new JobFunction('job', 0);
  for (const runMs of times) job.record(runMs);
  return job;
}

describe('the estimate', () => {
  // The deviation is from the mean before the call; the first call's deviation is its whole time.
  test.each([
    ['one call', [8], 8, 8],
    ['two calls', [8, 4], 6, 6],
    ['three calls', [8, 4, 6], 6, 4],
    ['four calls', [8, 4, 6, 14], 8, 5],
    ['no time at all', [0, 0, 0], 0, 0],
    ['32 equal calls', Array.from({ length: 32 }, () => 1), 1, 1 / 32],
  ])('after %s', (_, times, meanMs, deviationMs) => {
    const job = recorded(times);
    expect(job.meanMs).toBe(meanMs);
    expect(job.longMs).toBe(meanMs + 4 * deviationMs);
  });

  test.each([
    ['the 33rd call', 32, 2, 1 / 32 + (32 - 1 / 32) / 32],
    ['the 1001st call', 1000, 2, undefined],
  ])('%s weighs a thirty-second, as every later one', (_, calls, meanMs, deviationMs) => {
    const job = recorded(Array.from({ length: calls }, () => 1));
    job.record(33);
    expect(job.meanMs).toBe(meanMs);
    if (deviationMs !== undefined) expect(job.longMs).toBe(meanMs + 4 * deviationMs);
  });

  test('follows a function that has changed', () => {
    const job = recorded(Array.from({ length: 1000 }, () => 100));
    for (let call = 0; call < 1000; call += 1) job.record(1);
    expect(job.meanMs).toBeCloseTo(1, 6);
    expect(job.longMs).toBeCloseTo(1, 6);
  });

  test('is there from the first call on, and never for what returned a promise', () => {
    const job = new JobFunction('job', 0);
    expect([job.isEstimable, job.isAsync, job.meanMs, job.longMs]).toEqual([false, false, 0, 0]);
    job.record(1);
    expect(job.isEstimable).toBe(true);
    job.isAsync = true;
    expect(job.isEstimable).toBe(false);
    for (let call = 0; call < 100; call += 1) job.record(1);
    expect([job.isEstimable, job.isAsync]).toEqual([false, true]);
  });
});

describe('the functions of a pool', () => {
  test('any name may be one before a thread has loaded the module, and stays the same one', () => {
    const functions = new Functions();
    expect(functions.names).toBeUndefined();
    expect(functions.mayHave('anything')).toBe(true);
    const [first, second] = [functions.get('first'), functions.get('second')];
    expect([first.name, first.number, second.name, second.number]).toEqual([
      'first',
      0,
      'second',
      1,
    ]);
    expect(functions.get('first')).toBe(first);
    expect(functions.get('').number).toBe(2);
  });

  test('only those of the module are left when it is known', () => {
    const functions = new Functions();
    const early = functions.get('early');
    const wrong = functions.get('wrong');
    early.record(4);
    const loaded = functions.loaded(['other', 'early']);
    expect(functions.names).toEqual(['other', 'early']);
    expect(loaded.map(({ name }) => name)).toEqual(['other', 'early']);
    expect(loaded[1]).toBe(early);
    expect(functions.get('early').meanMs).toBe(4);
    expect(functions.mayHave('early')).toBe(true);
    expect(functions.mayHave('wrong')).toBe(false);
    expect(functions.mayHave('never heard of')).toBe(false);
    expect(functions.get('other')).toBe(loaded[0]);
    expect(loaded[0]?.number, 'a number is never given twice').not.toBe(wrong.number);
    expect(loaded[0]?.number).toBe(2);
  });

  test('a second thread finds the same ones, whatever the order in which it counts them', () => {
    const functions = new Functions();
    const [a, b] = functions.loaded(['a', 'b']);
    expect(functions.loaded(['b', 'a'])).toEqual([b, a]);
    expect(functions.loaded(['b', 'a'])[1]).toBe(a);
  });

  test('a thread on which the module exports others replaces the names', () => {
    const functions = new Functions();
    functions.loaded(['a', 'b']);
    functions.loaded(['b', 'c']);
    expect(functions.names).toEqual(['b', 'c']);
    expect(functions.mayHave('a')).toBe(false);
    expect(functions.get('c').number).toBe(2);
  });

  test.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])(
    '%s is a name as any other',
    (name) => {
      const functions = new Functions();
      expect(functions.get(name)?.name).toBe(name);
      functions.loaded(['job']);
      expect(functions.mayHave(name)).toBe(false);
    },
  );
});

test.each([
  { times: [], isShort: false },
  { times: [0.9], isShort: true },
  { times: [1], isShort: false },
  { times: [0.1, 3], isShort: false },
])('a function whose calls took $times ms is short: $isShort', ({ times, isShort }) => {
  const job = new JobFunction('job', 0);
  for (const time of times) job.record(time);
  expect(job.isShort).toBe(isShort);
});
