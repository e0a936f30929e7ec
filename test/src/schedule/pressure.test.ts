import { beforeEach, describe, expect, test } from 'vitest';
import type { JobRecord } from '../../../src/job/job.js';
import { Backlog, type BacklogLimits } from '../../../src/schedule/backlog.js';
import { Pressure } from '../../../src/schedule/pressure.js';
import { recordOf } from '../job/records.js';

let events: string[];

beforeEach(() => {
  events = [];
});

/** A backlog and its pressure, which is notified as by a scheduler. */
class Producers {
  readonly backlog: Backlog<JobRecord>;
  readonly pressure: Pressure;

  constructor(slots: number, limits: Partial<BacklogLimits>) {
    this.backlog = new Backlog(slots, { jobs: 0, bytes: 1000, waiters: 10, ...limits });
    this.pressure = new Pressure(this.backlog, slots, {
      saturated: () => events.push('saturated'),
      available: () => events.push('available'),
    });
  }

  /** Accepts `count` jobs of this size. */
  accept(count: number, bytes = 1): JobRecord[] {
    return Array.from({ length: count }, () => {
      const job = recordOf({ bytes });
      this.backlog.accept(job);
      this.pressure.onRise();
      return job;
    });
  }

  release(job: JobRecord): void {
    this.backlog.release(job);
    this.pressure.onFall();
  }
}

test('nothing is reported of an empty pool', () => {
  const { pressure } = new Producers(2, { jobs: 8 });
  pressure.onRise();
  pressure.onFall();
  expect(pressure.isSaturated).toBe(false);
  expect(events).toEqual([]);
});

describe('by jobs', () => {
  test.each([
    ['a deep backlog at half full', 2, 8, 6],
    ['a backlog of an odd size at less than half full', 2, 7, 5],
    ['no backlog at one free slot', 2, 0, 1],
    ['a backlog for one at one free place', 2, 1, 2],
    ['a single slot when it is free', 1, 0, 0],
  ])('%s is available again', (_, slots, places, low) => {
    const producers = new Producers(slots, { jobs: places });
    const capacity = slots + places;
    const jobs = producers.accept(capacity - 1);
    expect([events, producers.pressure.isSaturated]).toEqual([[], false]);
    jobs.push(...producers.accept(1));
    expect([events, producers.pressure.isSaturated]).toEqual([['saturated'], true]);
    while (jobs.length > low + 1) producers.release(jobs.pop() as JobRecord);
    expect([events, producers.pressure.isSaturated]).toEqual([['saturated'], true]);
    producers.release(jobs.pop() as JobRecord);
    expect([events, producers.pressure.isSaturated]).toEqual([['saturated', 'available'], false]);
  });

  test('both are reported in turn, at each edge once', () => {
    const producers = new Producers(1, { jobs: 2 });
    for (let round = 1; round <= 3; round += 1) {
      const jobs = producers.accept(3);
      producers.pressure.onRise();
      producers.pressure.onOverflow();
      for (const job of jobs) producers.release(job);
      producers.pressure.onFall();
      expect(events).toEqual(
        Array.from({ length: round }, () => ['saturated', 'available']).flat(),
      );
    }
  });
});

describe('by a submission that found no room', () => {
  test('a backlog with places left is saturated', () => {
    const { pressure } = new Producers(2, { jobs: 8 });
    pressure.onOverflow();
    pressure.onOverflow();
    expect([events, pressure.isSaturated]).toEqual([['saturated'], true]);
  });

  test('it is available again at half of its bytes', () => {
    const producers = new Producers(2, { jobs: 8, bytes: 101 });
    const [first] = producers.accept(1, 50) as [JobRecord];
    const [second] = producers.accept(1, 1) as [JobRecord];
    producers.pressure.onOverflow();
    producers.pressure.onFall();
    expect(events, '51 of 101 bytes').toEqual(['saturated']);
    producers.release(second);
    expect(events, '50 of 101 bytes').toEqual(['saturated', 'available']);
    producers.release(first);
  });

  test('exactly half of the bytes is half', () => {
    const producers = new Producers(2, { jobs: 8, bytes: 100 });
    producers.accept(1, 50);
    producers.pressure.onOverflow();
    producers.pressure.onFall();
    expect(events).toEqual(['saturated', 'available']);
  });

  test('it is not available while somebody waits', () => {
    const producers = new Producers(2, { jobs: 8 });
    const waiter = recordOf();
    producers.backlog.wait(waiter);
    producers.pressure.onOverflow();
    producers.pressure.onFall();
    expect(events).toEqual(['saturated']);
    producers.backlog.leave(waiter);
    producers.pressure.onFall();
    expect(events).toEqual(['saturated', 'available']);
  });
});
