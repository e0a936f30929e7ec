/** Tests which of the jobs with full keys is tried next. */
import { expect, test } from 'vitest';
import { Parked } from '../../../../src/nats/submit/parked.js';
import type { RemoteJobRecord } from '../../../../src/nats/submit/remote-job.js';

const job = (number: number, key?: string): RemoteJobRecord =>
  ({ number, key, id: `${number}` }) as RemoteJobRecord;

function park(...jobs: RemoteJobRecord[]): Parked {
  const parked = new Parked();
  for (const each of jobs) parked.add(each);
  return parked;
}

test('the jobs of a key come in the order of their submission, however they were refused', () => {
  const [first, second, third] = [job(1, 'a'), job(2, 'a'), job(3, 'a')] as const;
  const parked = park(third, first, second);
  for (const expected of [first, second, third]) {
    expect(parked.take()).toBe(expected);
    parked.end();
  }
  expect([parked.take(), parked.count, parked.has(first)]).toEqual([undefined, 0, false]);
});

test('one is tried at a time, and its key keeps its place', () => {
  const parked = park(job(1, 'a'), job(2, 'b'));
  const tried = parked.take() as RemoteJobRecord;
  expect([parked.take(), parked.has(tried), parked.isTried(tried), parked.count]).toEqual([
    undefined,
    true,
    true,
    2,
  ]);
});

test('after a refusal the other keys come first, and then the same job', () => {
  const [a, b] = [job(1, 'a'), job(2, 'b')] as const;
  const parked = park(a, b, job(3, 'a'));
  expect(parked.take()).toBe(a);
  parked.endRefused();
  expect(parked.take()).toBe(b);
  parked.endRefused();
  expect(parked.take()).toBe(a);
  expect(parked.count).toBe(3);
});

test('a key of which a job has ended comes first, twice, and every second time', () => {
  const [a, b, c] = [job(1, 'a'), job(2, 'b'), job(3, 'c')] as const;
  const parked = park(a, b, c);
  for (const ended of [job(4, 'c'), job(5, 'none'), job(6)]) parked.onSettled(ended);
  const order = Array.from({ length: 5 }, () => {
    const tried = parked.take() as RemoteJobRecord;
    parked.endRefused();
    return tried.number;
  });
  expect(order).toEqual([3, 1, 3, 2, 1]);
});

test('jobs without a key are apart from each other', () => {
  const [one, two] = [job(1), job(2)] as const;
  const parked = park(one, two);
  expect([parked.has(one), parked.has(job(3))]).toEqual([true, false]);
  expect(parked.take()).toBe(one);
  parked.endRefused();
  expect(parked.take()).toBe(two);
  expect([parked.remove(one), parked.count]).toEqual([true, 1]);
});

test('a job that ends by itself leaves', () => {
  const [a, b] = [job(1, 'a'), job(2, 'a')] as const;
  const parked = park(a, b);
  expect(parked.take()).toBe(a);
  // It is being published.
  expect(parked.remove(a)).toBe(false);
  expect(parked.remove(b)).toBe(true);
  expect(parked.remove(b)).toBe(false);
  expect([parked.has(a), parked.count]).toEqual([true, 1]);
  parked.end();
  expect([parked.has(a), parked.count]).toEqual([false, 0]);
});

test('what is left comes in the order of submission', () => {
  const [a, b, c] = [job(1, 'a'), job(2, 'b'), job(3, 'a')] as const;
  const parked = park(c, b, a);
  expect(parked.lastLike(a)).toBe(c);
  expect(parked.clear()).toEqual([a, b, c]);
  expect([parked.count, parked.has(a), parked.take()]).toEqual([0, false, undefined]);
});
