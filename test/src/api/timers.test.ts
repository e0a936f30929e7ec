import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { clearTimer, setTimer, setTimerBehindMessages, setTurn } from '../../../src/api/timers.js';

const node = { setTimeout, clearTimeout, setImmediate };

/** Number of timers that keep the process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Timers like those of jsdom: numbers that keep the process alive. */
function stubNumbers(): { readonly set: () => number; readonly cleared: () => number } {
  const known = new Map<number, NodeJS.Timeout>();
  let set = 0;
  let cleared = 0;
  vi.stubGlobal('setTimeout', (callback: () => void, delayMs: number) => {
    set += 1;
    known.set(set, node.setTimeout(callback, delayMs));
    return set;
  });
  vi.stubGlobal('clearTimeout', (number: number) => {
    cleared += 1;
    node.clearTimeout(known.get(number));
  });
  return { set: () => set, cleared: () => cleared };
}

/** Fulfills after `ms`, whatever is stubbed. */
function pass(ms: number): Promise<void> {
  return new Promise((resolve) => {
    node.setTimeout(resolve, ms);
  });
}

describe.each(['of Node', 'that are numbers'])('timers %s', (which) => {
  beforeEach(() => {
    if (which === 'that are numbers') stubNumbers();
  });

  test('call back once', async () => {
    const callback = vi.fn<() => void>();
    setTimer(callback, 1);
    await pass(20);
    expect(callback).toHaveBeenCalledOnce();
  });

  test('do not hold the process', () => {
    // Counted right before, as other timers of this process come and go.
    const before = timers();
    const timer = setTimer(() => {}, 60_000);
    expect(timers()).toBe(before);
    clearTimer(timer);
  });

  test('do not call back once they are cleared', async () => {
    const callback = vi.fn<() => void>();
    const timer = setTimer(callback, 1);
    clearTimer(timer);
    clearTimer(timer);
    await pass(20);
    expect(callback).not.toHaveBeenCalled();
  });
});

test('a number that may hold the process is cleared at once', () => {
  const { set, cleared } = stubNumbers();
  const timer = setTimer(() => {}, 60_000);
  expect([set(), cleared()]).toEqual([1, 1]);
  clearTimer(timer);
  expect([set(), cleared()]).toEqual([1, 1]);
});

test('there may be none to clear', () => {
  expect(() => clearTimer(undefined)).not.toThrow();
});

describe('fake timers', () => {
  test('decide over the time', () => {
    const callback = vi.fn<() => void>();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    setTimer(callback, 1000);
    clearTimer(setTimer(callback, 500));
    vi.advanceTimersByTime(999);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
  });

  test.each(['clock', '_isMockFunction'])('do so, too, where they are numbers: %s', (mark) => {
    const pending = new Map<number, () => void>();
    const fake = Object.assign(
      (callback: () => void) => {
        pending.set(pending.size + 1, callback);
        return pending.size;
      },
      { [mark]: {} },
    );
    vi.stubGlobal('setTimeout', fake);
    vi.stubGlobal('clearTimeout', (number: number) => pending.delete(number));
    const callback = vi.fn<() => void>();
    setTimer(callback, 1);
    expect([...pending.values()]).toEqual([callback]);
    const other = setTimer(() => {}, 1);
    clearTimer(other);
    expect([...pending.values()]).toEqual([callback]);
  });

  test('that came since do not keep a timer from being cleared', () => {
    const real = setTimer(() => {}, 60_000);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const callback = vi.fn<() => void>();
    const fake = setTimer(callback, 1);
    const clear = vi.spyOn(globalThis, 'clearTimeout');
    clearTimer(real);
    expect(clear).not.toHaveBeenCalled();
    clear.mockRestore();
    vi.useRealTimers();
    clearTimer(fake);
  });
});

describe('a turn of the event loop', () => {
  test('comes by the setImmediate of the environment', async () => {
    vi.useFakeTimers({ toFake: ['setImmediate'] });
    const callback = vi.fn<() => void>();
    setTurn(callback);
    await new Promise((resolve) => node.setImmediate(resolve));
    expect(callback).not.toHaveBeenCalled();
    vi.runAllTimers();
    expect(callback).toHaveBeenCalledOnce();
  });

  test('comes, too, where the environment has none', async () => {
    vi.stubGlobal('setImmediate', undefined);
    const callback = vi.fn<() => void>();
    setTurn(callback);
    await new Promise((resolve) => node.setImmediate(resolve));
    expect(callback).toHaveBeenCalledOnce();
  });
});

describe('a timer behind messages', () => {
  const macrotask = (): Promise<void> =>
    new Promise((resolve) => {
      node.setImmediate(resolve);
    });

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });

  test('calls back once, in the turn after its time', async () => {
    const callback = vi.fn<() => void>();
    setTimerBehindMessages(callback, 50);
    vi.advanceTimersByTime(49);
    await macrotask();
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).not.toHaveBeenCalled();
    await macrotask();
    expect(callback).toHaveBeenCalledOnce();
  });

  test.each([
    ['before its time', 49],
    ['in the turn between', 50],
  ])('does not call back if it is cleared %s', async (_, ms) => {
    const callback = vi.fn<() => void>();
    const timer = setTimerBehindMessages(callback, 50);
    vi.advanceTimersByTime(ms);
    clearTimer(timer);
    vi.advanceTimersByTime(100);
    await macrotask();
    expect(callback).not.toHaveBeenCalled();
  });
});

test('a delay that is too long for a timer is the longest that there is', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const callback = vi.fn<() => void>();
  setTimer(callback, Infinity);
  vi.advanceTimersByTime(2 ** 31 - 2);
  expect(callback).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(callback).toHaveBeenCalledOnce();
});
