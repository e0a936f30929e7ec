import { describe, expect, test, vi } from 'vitest';
import { ObservedPromise } from '../../../src/group/observed-promise.js';
import { macrotask, rejection } from '../../helpers/outcomes.js';

const error = new Error('failed');
const failed = (): Promise<never> => Promise.reject(error);

test('follows another promise', async () => {
  expect(await ObservedPromise.of(Promise.resolve(1))).toBe(1);
  expect(await rejection(ObservedPromise.of(failed()))).toBe(error);
  expect(ObservedPromise.of(Promise.resolve(1))).toBeInstanceOf(Promise);
});

describe('is read', () => {
  test.each<[string, (promise: Promise<unknown>) => unknown]>([
    ['await', async (promise) => void (await promise)],
    ['then', (promise) => promise.then(undefined, () => {})],
    ['catch', (promise) => promise.catch(() => {})],
    ['Promise.all', (promise) => Promise.all([promise, 1]).catch(() => {})],
    ['Promise.race', (promise) => Promise.race([promise, new Promise(() => {})]).catch(() => {})],
    ['an async function that returns it', async (promise) => promise],
  ])('by %s', async (_, read) => {
    const observed = ObservedPromise.of(failed());
    expect(observed.isRead).toBe(false);
    void Promise.resolve(read(observed)).catch(() => {});
    await macrotask();
    expect(observed.isRead).toBe(true);
  });

  test('by nobody', async () => {
    const unhandled = vi.fn<() => void>();
    process.on('unhandledRejection', unhandled);
    const observed = ObservedPromise.of(failed());
    await macrotask();
    expect(observed.isRead).toBe(false);
    expect(unhandled).not.toHaveBeenCalled();
    process.off('unhandledRejection', unhandled);
  });
});

test('what it gives is an ordinary promise', () => {
  const { constructor } = ObservedPromise.of(Promise.resolve(1)).then((value) => value);
  expect(constructor).toBe(Promise);
});
