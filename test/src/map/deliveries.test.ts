import { describe, expect, test, vi } from 'vitest';
import { Deliveries, Entry } from '../../../src/map/deliveries.js';
import { macrotask, rejection } from '../../helpers/outcomes.js';

function setUp(isOrdered: boolean, count = 4) {
  const onSpace = vi.fn<() => void>();
  const deliveries = new Deliveries<unknown>(isOrdered, onSpace);
  const entries = Array.from({ length: count }, (_, index) => new Entry(index, index, 100));
  for (const entry of entries) deliveries.add(entry);
  const end = (...indexes: number[]): void => {
    for (const index of indexes) {
      deliveries.end(entries[index] as Entry, 'fulfilled', `result ${index}`, 10);
    }
  };
  const take = (): number[] => {
    const taken: number[] = [];
    for (let entry = deliveries.takeReady(); entry !== undefined; entry = deliveries.takeReady()) {
      taken.push(entry.index);
    }
    return taken;
  };
  return { deliveries, entries, end, take, onSpace };
}

test('in order: what has ended waits for what comes before it', () => {
  const { end, take } = setUp(true);
  end(1, 2);
  expect(take()).toEqual([]);
  end(0);
  expect(take()).toEqual([0, 1, 2]);
  end(3);
  expect(take()).toEqual([3]);
});

test('without order: as it ends', () => {
  const { end, take } = setUp(false);
  end(2, 1);
  expect(take()).toEqual([2, 1]);
  end(3, 0);
  expect(take()).toEqual([3, 0]);
});

test('an entry has its result, and what it is charged, from its end on', () => {
  const { deliveries, entries, end } = setUp(true);
  expect([deliveries.length, deliveries.bytes]).toEqual([4, 400]);
  end(1);
  expect([deliveries.length, deliveries.bytes]).toEqual([4, 310]);
  expect(entries[1]).toMatchObject({ ending: 'fulfilled', value: 'result 1', job: undefined });
});

test('what was taken counts until its consumer has seen it', async () => {
  const { deliveries, end, onSpace } = setUp(true);
  end(0, 1);
  const entry = deliveries.takeReady();
  const seen = Promise.resolve(entry).then(() => [deliveries.length, onSpace.mock.calls.length]);
  deliveries.takeReady();
  expect([deliveries.length, deliveries.bytes, deliveries.areDone]).toEqual([4, 220, false]);
  expect(await seen).toEqual([4, 0]);
  await macrotask();
  expect([deliveries.length, deliveries.bytes]).toEqual([2, 200]);
  expect(onSpace, 'once for both').toHaveBeenCalledOnce();
});

describe('a failure', () => {
  const indexes = (entries: readonly Entry[]): number[] => entries.map(({ index }) => index);

  test('in order drops what comes behind it, whether it has ended or not', () => {
    const { deliveries, entries, end, take } = setUp(true);
    end(0, 3);
    expect(indexes(deliveries.dropFrom(entries[1] as Entry))).toEqual([2, 3]);
    expect(take()).toEqual([0]);
    expect([deliveries.areDone, deliveries.bytes]).toEqual([true, 10]);
  });

  test.each([0, 1, 3])('without order drops all that has not ended (%i fails)', (failed) => {
    const { deliveries, entries, end, take } = setUp(false);
    end(2);
    const others = [0, 1, 3].filter((index) => index !== failed);
    expect(indexes(deliveries.dropFrom(entries[failed] as Entry))).toEqual(others);
    expect(take()).toEqual([2]);
    expect(deliveries.areDone).toBe(true);
  });

  test.each([true, false])('all can be dropped (in order: %o)', (isOrdered) => {
    const { deliveries, end } = setUp(isOrdered);
    end(2);
    expect(indexes(deliveries.drop()).toSorted()).toEqual([0, 1, 2, 3]);
    expect([deliveries.length, deliveries.bytes, deliveries.areDone]).toEqual([0, 0, true]);
  });
});

describe('consumers', () => {
  test('are answered in the order in which they asked', async () => {
    const { deliveries } = setUp(true, 0);
    const asked = [deliveries.ask(), deliveries.ask(), deliveries.ask(), deliveries.ask()];
    expect(deliveries.areAwaited).toBe(true);
    deliveries.answer('row');
    expect(deliveries.fail('error')).toBe(true);
    deliveries.finish();
    expect(deliveries.areAwaited).toBe(false);
    expect(await asked[0]).toEqual({ done: false, value: 'row' });
    expect(await rejection(asked[1] as Promise<unknown>)).toBe('error');
    expect(await Promise.all(asked.slice(2))).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
  });

  test('where none waits nobody is told of an error', () => {
    const { deliveries } = setUp(true, 0);
    expect(deliveries.fail('error')).toBe(false);
    deliveries.answer('row');
    deliveries.finish();
  });
});
