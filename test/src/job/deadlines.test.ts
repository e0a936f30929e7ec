import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadline, Deadlines, nextBeatMs } from '../../../src/job/deadlines.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test('calls every deadline once, at its millisecond, in any order of setting, wheel and clearing', () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('set' as const),
      which: fc.nat(9),
      ms: fc.integer({ min: -5, max: 5000 }),
    }),
    fc.record({
      do: fc.constant('set' as const),
      which: fc.nat(9),
      ms: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    }),
    fc.record({ do: fc.constant('clear' as const), which: fc.nat(9), ms: fc.constant(0) }),
    fc.record({ do: fc.constant('pass' as const), which: fc.constant(0), ms: fc.nat(4000) }),
    fc.record({ do: fc.constant('pass' as const), which: fc.constant(0), ms: fc.nat(2 ** 28) }),
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      const wheel = new Deadlines();
      const due: number[] = Array.from({ length: 10 }, () => Infinity);
      const calls: Array<readonly [which: number, atMs: number]> = [];
      const deadlines = due.map(
        (_, which) => new Deadline(() => calls.push([which, performance.now()])),
      );
      const expected: Array<readonly [number, number]> = [];
      for (const { do: what, which, ms } of steps) {
        const now = performance.now();
        if (what === 'set') {
          wheel.set(deadlines[which] as Deadline, now + ms);
          due[which] = Math.max(Math.ceil(now + ms), Math.floor(now) + 1);
        } else if (what === 'clear') {
          wheel.clear(deadlines[which] as Deadline);
          due[which] = Infinity;
        } else {
          vi.advanceTimersByTime(ms);
          due.forEach((atMs, index) => {
            if (atMs > performance.now()) return;
            expected.push([index, atMs]);
            due[index] = Infinity;
          });
        }
        const byTime = (a: readonly [number, number], b: readonly [number, number]) =>
          a[1] - b[1] || a[0] - b[0];
        expect(calls.toSorted(byTime)).toEqual(expected.toSorted(byTime));
      }
      wheel.stop();
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 500 },
  );
});

test('keeps one timer for any number of deadlines', () => {
  const wheel = new Deadlines();
  for (let ms = 1; ms <= 10_000; ms += 1) wheel.set(new Deadline(() => {}), performance.now() + ms);
  expect(vi.getTimerCount()).toBe(1);
  wheel.stop();
});

test.each([
  { others: 0, fired: 1 },
  { others: 7, fired: 1 },
  // The timer checks the start of their slot first: finding the earliest of many would take time in proportion.
  { others: 20, fired: 2 },
])('$others deadlines beside a far one: the timer fires $fired times', ({ others, fired }) => {
  let count = 0;
  const clock = { nowMs: 0 };
  const wheel = new Deadlines(() => clock.nowMs);
  for (let each = 0; each <= others; each += 1) wheel.set(new Deadline(() => {}), 100);
  wheel.set(new Deadline(() => {}), 1);
  const setTimer = vi.spyOn(globalThis, 'setTimeout');
  while (clock.nowMs < 100) {
    const calls = setTimer.mock.calls.length;
    clock.nowMs = calls === 0 ? 1 : clock.nowMs + Number(setTimer.mock.lastCall?.[1]);
    wheel.advance();
    count += 1;
  }
  expect(count - 1).toBe(fired);
  wheel.stop();
});

test.each([
  [0, 100],
  [99.9, 100],
  [100, 200],
  [150, 200],
])('the beat after %d ms is at %d ms', (nowMs, beatMs) => {
  expect(nextBeatMs(nowMs)).toBe(beatMs);
});

test('does not call a deadline that another one due at the same time has cleared', () => {
  const wheel = new Deadlines();
  const calls: string[] = [];
  const second = new Deadline(() => calls.push('second'));
  const first = new Deadline(() => {
    calls.push('first');
    wheel.clear(second);
  });
  wheel.set(first, performance.now() + 5);
  wheel.set(second, performance.now() + 5);
  vi.advanceTimersByTime(10);
  expect(calls).toEqual(['first']);
});

test('calls a deadline again that sets itself anew when it is called', () => {
  const wheel = new Deadlines();
  const calledAt: number[] = [];
  const again: Deadline = new Deadline(() => {
    calledAt.push(performance.now());
    if (calledAt.length < 3) wheel.set(again, performance.now() + 7);
  });
  const start = Math.ceil(performance.now());
  wheel.set(again, start + 7);
  vi.advanceTimersByTime(100);
  expect(calledAt).toEqual([start + 7, start + 14, start + 21]);
});

test('survives a clock that jumps past many deadlines at once', () => {
  let now = 0;
  const wheel = new Deadlines(() => now);
  const calls: number[] = [];
  for (const atMs of [1, 31, 32, 33, 1023, 1024, 1025, 40_000]) {
    wheel.set(new Deadline(() => calls.push(atMs)), atMs);
  }
  now = 1024;
  wheel.advance();
  expect(calls).toEqual([1, 31, 32, 33, 1023, 1024]);
  now = 1e9;
  wheel.advance();
  expect(calls.slice(6)).toEqual([1025, 40_000]);
  wheel.stop();
});

test('calls a deadline whose time is over in the next millisecond, not at once', () => {
  let now = 0;
  const wheel = new Deadlines(() => now);
  const calls: number[] = [];
  const late = new Deadline(() => calls.push(now));
  now = 100;
  wheel.advance();
  for (const atMs of [50, 100]) {
    wheel.set(late, atMs);
    expect(late.atMs).toBe(now + 1);
    wheel.advance();
    expect(late.isSet).toBe(true);
    now += 1;
    wheel.advance();
    expect(late.isSet).toBe(false);
  }
  expect(calls).toEqual([101, 102]);
  wheel.stop();
});

test('clearing a deadline that was called leaves the others at its place in the wheel', () => {
  let now = 0;
  const wheel = new Deadlines(() => now);
  const calls: string[] = [];
  const first = new Deadline(() => calls.push('first'));
  wheel.set(first, 5);
  now = 32;
  wheel.advance();
  wheel.set(new Deadline(() => calls.push('second')), 32 + 5);
  wheel.clear(first);
  now = 32 + 5;
  wheel.advance();
  expect(calls).toEqual(['first', 'second']);
  wheel.stop();
});

test('sets no timer for a deadline that was cleared', () => {
  let now = 0;
  const wheel = new Deadlines(() => now);
  const cleared = new Deadline(() => {});
  wheel.set(new Deadline(() => {}), 10);
  wheel.set(cleared, 1000);
  wheel.clear(cleared);
  now = 10;
  wheel.advance();
  expect(vi.getTimerCount()).toBe(0);
});

test('sets the timer anew only for a deadline that is earlier, and for no longer than a timer takes', () => {
  const setTimer = vi.spyOn(globalThis, 'setTimeout');
  const wheel = new Deadlines(() => 0);
  for (const atMs of [2 ** 31 + 100, 2 ** 31 + 100, 50, 50, 60, 40.5, 41]) {
    wheel.set(new Deadline(() => {}), atMs);
  }
  expect(setTimer.mock.calls.map(([, ms]) => ms)).toEqual([2 ** 31 - 1, 50, 41]);
  wheel.stop();
});

test('sets no timer once it was stopped, and calls nothing of itself', () => {
  let now = 0;
  const wheel = new Deadlines(() => now);
  const calls: string[] = [];
  wheel.set(new Deadline(() => calls.push('before')), 5);
  wheel.stop();
  wheel.set(new Deadline(() => calls.push('after')), 5);
  expect(vi.getTimerCount()).toBe(0);
  now = 3;
  wheel.advance();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(1000);
  expect(calls).toEqual([]);
});
