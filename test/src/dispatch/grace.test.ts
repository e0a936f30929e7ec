import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Grace } from '../../../src/dispatch/grace.js';
import { Clock } from './clock.js';

beforeEach(() => {
  // The clock belongs to the test: no real timer may read it.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A grace that begins at 1000; `over` counts how often it ended. */
function setUp(lengthMs: number) {
  const clock = new Clock();
  clock.nowMs = 1000;
  clock.deadlines.advance();
  const set = vi.spyOn(clock.deadlines, 'set');
  const over = vi.fn<() => void>();
  const grace = new Grace(clock.deadlines, clock.now, lengthMs, over);
  /** Passes ticks of `tickMs` until the grace is over; returns their number. */
  const ticksUntilOver = async (tickMs: number): Promise<number> => {
    let ticks = 0;
    for (; over.mock.calls.length === 0 && ticks < 100; ticks += 1) await clock.jump(tickMs);
    return ticks;
  };
  return { clock, grace, over, ticksUntilOver, set };
}

describe('a grace', () => {
  test.each([
    [5000, 1000, 5],
    [100, 20, 5],
    [101, 20.2, 5],
    [30, 6, 5],
    [25, 5, 5],
    [24, 5, 5],
    [20, 5, 4],
    [16, 5, 4],
    [12, 5, 3],
    [6, 5, 2],
    [5, 5, 1],
    [1, 5, 1],
    [0, 5, 1],
  ])('of %d ms is over after ticks of %d ms, %i of them', async (lengthMs, tickMs, count) => {
    const { clock, over, set, ticksUntilOver } = setUp(lengthMs);
    expect(over).not.toHaveBeenCalled();
    expect(await ticksUntilOver(Math.ceil(tickMs))).toBe(count);
    expect(set.mock.calls.map(([, atMs]) => atMs)).toEqual(
      Array.from({ length: count }, (_, tick) =>
        expect.closeTo(1000 + tick * Math.ceil(tickMs) + tickMs),
      ),
    );
    await clock.pass(lengthMs * 3, lengthMs / 5 + 1);
    expect(over).toHaveBeenCalledOnce();
  });

  test('of another length than ticks is never over sooner than it says', async () => {
    const { clock, over } = setUp(101);
    await clock.pass(100, 1);
    expect(over).not.toHaveBeenCalled();
    await clock.pass(5, 1);
    expect(over).toHaveBeenCalledOnce();
  });

  test('is over a turn of the event loop after its last tick, in which answers are read', async () => {
    const { clock, over } = setUp(5);
    clock.nowMs += 5;
    clock.deadlines.advance();
    expect(over).not.toHaveBeenCalled();
    await clock.jump(0);
    expect(over).toHaveBeenCalledOnce();
  });

  test('that is cleared is never over', async () => {
    const { clock, grace, over } = setUp(100);
    await clock.pass(80);
    grace.clear();
    await clock.pass(500);
    expect(over).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that is cleared between its last tick and the turn after it is not over', async () => {
    const { clock, grace, over } = setUp(5);
    clock.nowMs += 5;
    clock.deadlines.advance();
    grace.clear();
    await clock.pass(100);
    expect(over).not.toHaveBeenCalled();
  });
});

describe('of a tick that took', () => {
  test.each([
    ['its length', 20],
    ['twice its length', 40],
  ])('%s each counts', async (_, tickMs) => {
    expect(await setUp(100).ticksUntilOver(tickMs)).toBe(5);
  });

  test('longer none counts', async () => {
    const { over, ticksUntilOver } = setUp(100);
    await ticksUntilOver(41);
    expect(over).not.toHaveBeenCalled();
  });

  test('too long only itself does not count', async () => {
    const { clock, over, ticksUntilOver } = setUp(100);
    await clock.pass(80, 20);
    await clock.jump(60_000);
    expect(over).not.toHaveBeenCalled();
    expect(await ticksUntilOver(20)).toBe(1);
  });

  test('too long until the end of the turn after it, it does not count either', async () => {
    const { clock, over } = setUp(5);
    clock.nowMs += 5;
    clock.deadlines.advance();
    // The main thread is busy before its turn comes.
    clock.nowMs += 6;
    await clock.jump(0);
    expect(over).not.toHaveBeenCalled();
    await clock.jump(5);
    expect(over).toHaveBeenCalledOnce();
  });

  test.each([
    ['nine in a row, the rest is one', 9, 1],
    ['ten in a row, the count begins anew', 10, 5],
    ['nineteen in a row, it has begun anew once', 19, 5],
  ])('too long, %s', async (_, late, rest) => {
    const { clock, ticksUntilOver } = setUp(100);
    await clock.pass(80, 20);
    for (let tick = 0; tick < late; tick += 1) await clock.jump(1000);
    expect(await ticksUntilOver(20)).toBe(rest);
  });

  test.each([
    [5, 1],
    [12, 3],
    [25, 5],
  ])(
    'too long, ten in a row, a count of %i ms begins anew with its own ticks: %i',
    async (lengthMs, ticks) => {
      const { clock, ticksUntilOver } = setUp(lengthMs);
      for (let tick = 0; tick < 10; tick += 1) await clock.jump(1000);
      expect(await ticksUntilOver(5)).toBe(ticks);
    },
  );

  test('too long, only those in a row are counted', async () => {
    const { clock, over, ticksUntilOver } = setUp(100);
    for (let count = 0; count < 4; count += 1) {
      for (let tick = 0; tick < 9; tick += 1) await clock.jump(1000);
      await clock.jump(20);
    }
    expect(over).not.toHaveBeenCalled();
    expect(await ticksUntilOver(20)).toBe(1);
  });
});

describe('a debugger', () => {
  const inspector = process.getBuiltinModule('node:inspector');
  const { features } = process as { readonly features: { inspector: boolean } };
  const hasInspector = features.inspector;
  afterEach(() => {
    features.inspector = hasInspector;
  });

  test('may hold the thread: no grace ends before it is gone', async () => {
    const url = vi.spyOn(inspector, 'url').mockReturnValue('ws://127.0.0.1:9229/1');
    const { clock, over, ticksUntilOver } = setUp(100);
    await clock.pass(1000);
    expect(over).not.toHaveBeenCalled();
    url.mockReturnValue(undefined);
    expect(await ticksUntilOver(20)).toBe(1);
  });

  test('is not asked for before the grace is over, as loading the inspector takes time', async () => {
    const load = vi.spyOn(process, 'getBuiltinModule');
    const { clock } = setUp(100);
    await clock.pass(80, 20);
    expect(load).not.toHaveBeenCalled();
    await clock.jump(20);
    expect(load).toHaveBeenCalledExactlyOnceWith('node:inspector');
  });

  test('is not asked for where Node was built without the inspector', async () => {
    features.inspector = false;
    const load = vi.spyOn(process, 'getBuiltinModule');
    expect(await setUp(100).ticksUntilOver(20)).toBe(5);
    expect(load).not.toHaveBeenCalled();
  });
});
