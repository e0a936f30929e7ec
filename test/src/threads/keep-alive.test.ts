import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeepAlive } from '../../../src/threads/keep-alive.js';

let keepAlive: KeepAlive;
/** Only the pool's timers, as other timers of the process come and go. */
const timers = new Set<NodeJS.Timeout>();

beforeEach(() => {
  const { setInterval, clearInterval } = globalThis;
  vi.stubGlobal('setInterval', (callback: () => void, ms: number) => {
    const timer = setInterval(callback, ms);
    timers.add(timer);
    return timer;
  });
  vi.stubGlobal('clearInterval', (timer: NodeJS.Timeout) => {
    timers.delete(timer);
    clearInterval(timer);
  });
  keepAlive = new KeepAlive();
});
afterEach(() => {
  keepAlive.end();
  expect(timers.size).toBe(0);
  vi.unstubAllGlobals();
});

/** Number of the pool's timers that keep the process alive. */
function holding(): number {
  return [...timers].filter((timer) => timer.hasRef()).length;
}

test('the process is held while there is a reason, by one timer for all of them', () => {
  expect(holding()).toBe(0);
  keepAlive.hold();
  expect(holding()).toBe(1);
  keepAlive.hold();
  expect(holding()).toBe(1);
  keepAlive.release();
  expect(holding()).toBe(1);
  keepAlive.release();
  expect(holding()).toBe(0);
});

test('it is held again as often as there is a reason', () => {
  for (let round = 0; round < 3; round += 1) {
    keepAlive.hold();
    expect(holding()).toBe(1);
    keepAlive.release();
    expect(holding()).toBe(0);
  }
});

test('nothing is left after the end, whatever reasons there were', () => {
  keepAlive.hold();
  keepAlive.hold();
  keepAlive.end();
  expect(holding()).toBe(0);
});

test('what was never held can end, and be released', () => {
  keepAlive.end();
  keepAlive.hold();
  keepAlive.release();
  keepAlive.end();
  expect(holding()).toBe(0);
});

test('it is held and released, too, where timers are numbers that cannot be switched', () => {
  const { setInterval, clearInterval } = globalThis;
  const known = new Map<number, NodeJS.Timeout>();
  vi.stubGlobal('setInterval', (callback: () => void, ms: number) => {
    const number = known.size + 1;
    known.set(number, setInterval(callback, ms));
    return number;
  });
  vi.stubGlobal('clearInterval', (number: number) => clearInterval(known.get(number)));
  for (let round = 1; round <= 3; round += 1) {
    keepAlive.hold();
    keepAlive.hold();
    expect([holding(), known.size]).toEqual([1, round]);
    keepAlive.release();
    expect(holding()).toBe(1);
    keepAlive.release();
    expect(holding()).toBe(0);
  }
  keepAlive.hold();
  keepAlive.end();
  expect(holding()).toBe(0);
});
