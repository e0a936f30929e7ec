import { expect, test } from 'vitest';
import { dealer, randomFrom, shuffled } from '../../../bench/math/random.js';

const take = <Item>(count: number, next: () => Item): Item[] =>
  Array.from({ length: count }, () => next());

test('the same seed gives the same numbers, another one others', () => {
  const numbers = take(100, randomFrom(7));
  expect(take(100, randomFrom(7))).toEqual(numbers);
  expect(take(100, randomFrom(8))).not.toEqual(numbers);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
});

test('numbers are spread evenly: each tenth gets about a tenth of them', () => {
  const counts = Array.from({ length: 10 }, () => 0);
  for (const number of take(10_000, randomFrom(1))) counts[Math.floor(number * 10)]! += 1;
  expect(Math.min(...counts)).toBeGreaterThan(900);
  expect(Math.max(...counts)).toBeLessThan(1100);
});

test('a shuffle keeps every item and leaves its input alone', () => {
  const items = Array.from({ length: 50 }, (_, index) => index);
  const result = shuffled(items, randomFrom(3));
  expect(result).not.toEqual(items);
  expect(result.toSorted((a, b) => a - b)).toEqual(items);
  expect(items[49]).toBe(49);
});

test('a dealer deals every item once before any a second time, each time in another order', () => {
  const items = Array.from({ length: 20 }, (_, index) => index);
  const next = dealer(items, randomFrom(5));
  const first = take(20, next);
  const second = take(20, next);
  expect(first.toSorted((a, b) => a - b)).toEqual(items);
  expect(second.toSorted((a, b) => a - b)).toEqual(items);
  expect(second).not.toEqual(first);
});
