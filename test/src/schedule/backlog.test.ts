import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Listed } from '../../../src/job/list.js';
import type { JobRecord } from '../../../src/job/job.js';
import { Backlog } from '../../../src/schedule/backlog.js';
import { recordOf } from '../job/records.js';

interface Entry extends Listed<Entry> {
  readonly id: number;
  readonly bytes: number;
}

function jobOf(id: number, bytes = 1): Entry {
  return { id, bytes, list: undefined, previous: undefined, next: undefined };
}

/** Accepts and queues jobs of these sizes, with ids from 1. */
function queueAll(backlog: Backlog<Entry>, sizes: readonly number[]): Entry[] {
  return sizes.map((bytes, index) => {
    const job = jobOf(index + 1, bytes);
    backlog.accept(job);
    backlog.queue(job);
    return job;
  });
}

/** Empties the queue from its start; returns the ids. */
function drain(backlog: Backlog<Entry>): number[] {
  const ids: number[] = [];
  for (let job = backlog.take(); job !== undefined; job = backlog.take()) ids.push(job.id);
  return ids;
}

const LIMITS = { jobs: 2, bytes: 10, waiters: 2 };

test('a new backlog is empty, and has room for its slots and its jobs', () => {
  const backlog = new Backlog<Entry>(3, LIMITS);
  expect(backlog.limits).toBe(LIMITS);
  expect(backlog.capacity).toBe(5);
  expect([backlog.accepted, backlog.bytes, backlog.queued]).toEqual([0, 0, 0]);
  expect([backlog.waiting, backlog.waitingBytes]).toEqual([0, 0]);
  expect([backlog.next, backlog.firstWaiter]).toEqual([undefined, undefined]);
  expect([backlog.take(), backlog.takeWaiter()]).toEqual([undefined, undefined]);
});

test('what is queued is pending, and so is who waits; what is out on a thread is not', () => {
  const backlog = new Backlog<Entry>(1, LIMITS);
  const job = jobOf(1);
  expect(backlog.hasPending).toBe(false);
  backlog.accept(job);
  expect(backlog.hasPending).toBe(false);
  backlog.queue(job);
  expect(backlog.hasPending).toBe(true);
  backlog.take();
  expect(backlog.hasPending).toBe(false);
  backlog.wait(jobOf(2));
  expect(backlog.hasPending).toBe(true);
  backlog.takeWaiter();
  expect(backlog.hasPending).toBe(false);
});

describe('a newcomer', () => {
  test.each<[held: readonly number[], bytes: number, blocker: string | undefined]>([
    [[], 10, undefined],
    [[], 11, 'bytes'],
    [[1, 1], 1, undefined],
    [[1, 1], 8, undefined],
    [[1, 1], 9, 'bytes'],
    [[1, 1, 1], 0, 'jobs'],
    [[1, 1, 1], 100, 'jobs'],
    [[5, 5], 0, undefined],
    [[5, 5], 1, 'bytes'],
  ])('beside jobs of %j bytes, with %i bytes, is kept out by %s', (held, bytes, blocker) => {
    const backlog = new Backlog<Entry>(1, LIMITS);
    queueAll(backlog, held);
    expect(backlog.blocker(bytes)).toBe(blocker);
  });

  test('is kept out by waiters even where there is room for it', () => {
    const backlog = new Backlog<Entry>(1, LIMITS);
    const large = jobOf(1, 10);
    backlog.wait(large);
    expect(backlog.blocker(0)).toBe('waiters');
    backlog.leave(large);
    expect(backlog.blocker(0)).toBeUndefined();
  });

  test.each<[waiting: readonly number[], bytes: number, blocker: string | undefined]>([
    [[], 10, undefined],
    [[], 11, 'bytes'],
    [[4], 6, undefined],
    [[4], 7, 'bytes'],
    [[1, 1], 1, 'waiters'],
    [[1, 1], 100, 'waiters'],
  ])(
    'beside waiters of %j bytes, with %i bytes, may not wait for %s',
    (waiting, bytes, blocker) => {
      const backlog = new Backlog<Entry>(1, LIMITS);
      for (const [id, size] of waiting.entries()) backlog.wait(jobOf(id, size));
      expect(backlog.waitBlocker(bytes)).toBe(blocker);
    },
  );

  test('may not wait where no waiters are allowed', () => {
    expect(new Backlog<Entry>(1, { ...LIMITS, waiters: 0 }).waitBlocker(0)).toBe('waiters');
  });
});

describe('the bytes', () => {
  test('of the accepted and of the waiting are limited apart', () => {
    const backlog = new Backlog<Entry>(1, LIMITS);
    queueAll(backlog, [10]);
    expect(backlog.waitBlocker(10)).toBeUndefined();
    const waiter = jobOf(2, 10);
    backlog.wait(waiter);
    expect([backlog.bytes, backlog.waitBlocker(1)]).toEqual([10, 'bytes']);
    backlog.leave(waiter);
    expect([backlog.bytes, backlog.waitBlocker(10)]).toEqual([10, undefined]);
  });

  test('of an accepted job count until it is released, wherever it is', () => {
    const backlog = new Backlog<Entry>(1, LIMITS);
    const [job] = queueAll(backlog, [4]) as [Entry];
    expect(backlog.take()).toBe(job);
    expect([backlog.accepted, backlog.bytes, backlog.queued]).toEqual([1, 4, 0]);
    backlog.putBack(job);
    backlog.leave(job);
    expect([backlog.accepted, backlog.bytes, backlog.queued]).toEqual([1, 4, 0]);
    backlog.release(job);
    expect([backlog.accepted, backlog.bytes]).toEqual([0, 0]);
    backlog.restore(job);
    expect([backlog.accepted, backlog.bytes, backlog.queued]).toEqual([1, 4, 1]);
  });
});

describe('a waiter', () => {
  test('is taken only when there is room for it, and none passes the first', () => {
    const backlog = new Backlog<Entry>(1, LIMITS);
    const [held, other] = queueAll(backlog, [5, 2]) as [Entry, Entry];
    const large = jobOf(3, 6);
    const small = jobOf(4, 1);
    backlog.wait(large);
    backlog.wait(small);
    expect(backlog.firstWaiter).toBe(large);
    expect(backlog.takeWaiter(), 'two bytes are missing').toBeUndefined();
    backlog.release(other);
    expect(backlog.takeWaiter(), 'one byte is missing').toBeUndefined();
    expect(backlog.waiting).toBe(2);
    backlog.release(held);
    expect(backlog.takeWaiter()).toBe(large);
    expect([backlog.waiting, backlog.accepted, large.list]).toEqual([1, 0, undefined]);
    backlog.accept(large);
    expect(backlog.firstWaiter).toBe(small);
    expect(backlog.takeWaiter()).toBe(small);
    expect(backlog.waitBlocker(10)).toBeUndefined();
  });

  test('is not taken where all places are', () => {
    const backlog = new Backlog<Entry>(1, { ...LIMITS, jobs: 0 });
    queueAll(backlog, [1]);
    backlog.wait(jobOf(2));
    expect(backlog.takeWaiter()).toBeUndefined();
  });
});

describe('the queue', () => {
  test('gives the oldest first', () => {
    const backlog = new Backlog<Entry>(9, LIMITS);
    const jobs = queueAll(backlog, [1, 1, 1, 1]);
    expect(backlog.next).toBe(jobs[0]);
    expect(backlog.take()).toBe(jobs[0]);
    expect(jobs[0]?.list).toBeUndefined();
    expect(backlog.queued).toBe(3);
    expect(drain(backlog)).toEqual([2, 3, 4]);
  });

  test.each([
    ['the oldest', 1],
    ['one between', 3],
    ['the newest', 5],
  ])('has %s back at its place, whatever else was put back before', (_, last) => {
    const backlog = new Backlog<Entry>(9, LIMITS);
    const jobs = queueAll(backlog, [1, 1, 1, 1, 1]);
    for (const job of jobs) backlog.leave(job);
    for (const job of jobs) if (job.id !== last) backlog.putBack(job);
    backlog.putBack(jobs[last - 1] as Entry);
    expect(drain(backlog)).toEqual([1, 2, 3, 4, 5]);
  });

  test.each([
    ['the oldest', 1],
    ['the newest', 100],
  ])('looks at one or two jobs to put %s back', (_, id) => {
    const backlog = new Backlog<Entry>(100, { ...LIMITS, bytes: 100 });
    let looks = 0;
    const jobs = Array.from({ length: 100 }, (__, index) => {
      const job = jobOf(index + 1);
      return Object.defineProperty(job, 'id', { get: () => ((looks += 1), index + 1) });
    });
    for (const job of jobs) {
      backlog.accept(job);
      backlog.queue(job);
    }
    const job = jobs[id - 1] as Entry;
    backlog.leave(job);
    looks = 0;
    backlog.putBack(job);
    // Each comparison reads two ids.
    expect(looks).toBeLessThanOrEqual(2 * 2);
    expect(looks).toBeGreaterThan(0);
    expect(drain(backlog).length).toBe(100);
  });

  test('lets jobs leave from anywhere, and those that are nowhere stay there', () => {
    const backlog = new Backlog<Entry>(9, LIMITS);
    const jobs = queueAll(backlog, [1, 1, 1]) as [Entry, Entry, Entry];
    backlog.leave(jobs[1]);
    backlog.leave(jobs[1]);
    expect([backlog.queued, backlog.accepted]).toEqual([2, 3]);
    expect(drain(backlog)).toEqual([1, 3]);
  });

  test('leaves alone a job in a list of somebody else', () => {
    const backlog = new Backlog<Entry>(9, LIMITS);
    const other = new Backlog<Entry>(9, LIMITS);
    const [job] = queueAll(other, [1]) as [Entry];
    backlog.leave(job);
    expect([backlog.queued, other.queued, other.next]).toEqual([0, 1, job]);
  });
});

test('a backlog equals plain arrays after any sequence of operations, and keeps its bounds', () => {
  const operations = ['submit', 'submit', 'submit', 'take', 'take'] as const;
  const step = fc.record({
    do: fc.constantFrom(...operations, 'putBack', 'leave', 'release', 'drop', 'admit'),
    bytes: fc.nat(6),
    pick: fc.nat(100),
  });
  const limits = fc.record({
    jobs: fc.nat(4),
    bytes: fc.integer({ min: 6, max: 20 }),
    waiters: fc.nat(3),
  });
  fc.assert(
    fc.property(fc.nat(2), limits, fc.array(step, { maxLength: 60 }), (slots, given, steps) => {
      const backlog = new Backlog<Entry>(slots, given);
      let queue: Entry[] = [];
      let waiters: Entry[] = [];
      let out: Entry[] = [];
      const bytesOf = (jobs: readonly Entry[]): number =>
        jobs.reduce((sum, job) => sum + job.bytes, 0);
      const byAge = (jobs: readonly Entry[]): Entry[] => jobs.toSorted((a, b) => a.id - b.id);
      const hasRoom = (bytes: number): boolean =>
        queue.length + out.length < slots + given.jobs &&
        bytesOf(queue) + bytesOf(out) + bytes <= given.bytes;
      const without = (jobs: readonly Entry[], job: Entry): Entry[] =>
        jobs.filter((each) => each !== job);
      for (const [id, { do: operation, bytes, pick }] of steps.entries()) {
        const picked = out[pick % Math.max(out.length, 1)];
        if (operation === 'submit') {
          const job = jobOf(id, bytes);
          const fits = waiters.length === 0 && hasRoom(bytes);
          expect(backlog.blocker(bytes) === undefined).toBe(fits);
          const mayWait = waiters.length < given.waiters && bytesOf(waiters) + bytes <= given.bytes;
          expect(backlog.waitBlocker(bytes) === undefined).toBe(mayWait);
          if (fits) {
            backlog.accept(job);
            backlog.queue(job);
            queue.push(job);
          } else if (mayWait) {
            backlog.wait(job);
            waiters.push(job);
          }
        } else if (operation === 'take') {
          const job = queue.shift();
          expect(backlog.take()).toBe(job);
          if (job !== undefined) out.push(job);
        } else if (operation === 'putBack' && picked !== undefined) {
          backlog.putBack(picked);
          out = without(out, picked);
          queue = byAge([...queue, picked]);
        } else if (operation === 'release' && picked !== undefined) {
          backlog.release(picked);
          out = without(out, picked);
        } else if (operation === 'drop' && picked !== undefined) {
          backlog.release(picked);
          backlog.restore(picked);
          out = without(out, picked);
          queue = byAge([...queue, picked]);
        } else if (operation === 'leave') {
          const all = [...queue, ...waiters];
          const job = all[pick % Math.max(all.length, 1)];
          if (job === undefined) continue;
          if (queue.includes(job)) out.push(job);
          backlog.leave(job);
          queue = without(queue, job);
          waiters = without(waiters, job);
        } else if (operation === 'admit') {
          const [first] = waiters;
          const admitted = first !== undefined && hasRoom(first.bytes) ? first : undefined;
          expect(backlog.takeWaiter()).toBe(admitted);
          if (admitted === undefined) continue;
          waiters.shift();
          backlog.accept(admitted);
          backlog.queue(admitted);
          queue.push(admitted);
        }
        expect({
          accepted: backlog.accepted,
          bytes: backlog.bytes,
          queued: backlog.queued,
          waiting: backlog.waiting,
          waitingBytes: backlog.waitingBytes,
          next: backlog.next?.id,
          firstWaiter: backlog.firstWaiter?.id,
        }).toEqual({
          accepted: queue.length + out.length,
          bytes: bytesOf(queue) + bytesOf(out),
          queued: queue.length,
          waiting: waiters.length,
          waitingBytes: bytesOf(waiters),
          next: queue[0]?.id,
          firstWaiter: waiters[0]?.id,
        });
        expect(backlog.accepted).toBeLessThanOrEqual(backlog.capacity);
        expect(backlog.bytes).toBeLessThanOrEqual(given.bytes);
      }
      expect(drain(backlog)).toEqual(queue.map((job) => job.id));
    }),
  );
});

test('a place is one whoever waits for it', () => {
  const backlog = new Backlog<JobRecord>(1, { jobs: 0, bytes: 1000, waiters: 1 });
  backlog.wait(recordOf({ bytes: 500 }));
  expect([backlog.blocker(500), backlog.hasPlace(500)]).toEqual(['waiters', true]);
  expect(backlog.hasPlace(1001)).toBe(false);
  backlog.accept(recordOf({ bytes: 1 }));
  expect(backlog.hasPlace(1)).toBe(false);
});
