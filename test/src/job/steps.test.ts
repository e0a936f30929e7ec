import { expect, test } from 'vitest';
import { Backlog } from '../../../src/schedule/backlog.js';
import { Deadline, Deadlines } from '../../../src/job/deadlines.js';

/** Number of reads and writes of any entry's place in a list. */
let steps = 0;

/** Makes an entry count each access to its list and its neighbors. */
function counted<Listed extends object>(entry: Listed): Listed {
  for (const field of ['list', 'previous', 'next'] as const) {
    let value: unknown;
    Object.defineProperty(entry, field, {
      get() {
        steps += 1;
        return value;
      },
      set(next) {
        steps += 1;
        value = next;
      },
    });
  }
  return entry;
}

interface Entry {
  readonly id: number;
  readonly bytes: number;
  list: object | undefined;
  previous: Entry | undefined;
  next: Entry | undefined;
}

function entryOf(id: number): Entry {
  return counted({ id, bytes: 1, list: undefined, previous: undefined, next: undefined });
}

function stepsOf(operation: () => void): number {
  steps = 0;
  operation();
  return steps;
}

/** Steps of each operation on a backlog with `depth` jobs and half as many waiters. */
function backlogSteps(depth: number): Record<string, number> {
  const backlog = new Backlog<Entry>(0, { jobs: depth, bytes: 1e9, waiters: depth });
  const jobs = Array.from({ length: depth }, (_, id) => entryOf(id));
  const waiters = Array.from({ length: depth / 2 }, (_, id) => entryOf(depth + id));
  const newcomer = entryOf(2 * depth);
  for (const job of jobs) {
    backlog.accept(job);
    backlog.queue(job);
  }
  for (const waiter of waiters) backlog.wait(waiter);
  const middle = jobs[depth / 2] as Entry;
  const middleWaiter = waiters[depth / 4] as Entry;
  return {
    blocker: stepsOf(() => backlog.blocker(1)),
    wait: stepsOf(() => backlog.wait(newcomer)),
    leave: stepsOf(() => {
      backlog.leave(middle);
      backlog.release(middle);
    }),
    leaveWaiting: stepsOf(() => backlog.leave(middleWaiter)),
    takeWaiter: stepsOf(() => expect(backlog.takeWaiter()).toBe(waiters[0])),
    accept: stepsOf(() => {
      backlog.accept(middle);
      backlog.queue(middle);
    }),
    take: stepsOf(() => expect(backlog.take()).toBe(jobs[0])),
    putBack: stepsOf(() => backlog.putBack(jobs[0] as Entry)),
  };
}

test('no operation of the backlog takes more steps where it is deeper', () => {
  const shallow = backlogSteps(8);
  expect(Object.values(shallow).every((count) => count <= 20)).toBe(true);
  expect(shallow['take']).toBeGreaterThan(0);
  expect(backlogSteps(20_000)).toEqual(shallow);
});

/** Steps of setting, moving and clearing a deadline among this many others. */
function deadlineSteps(others: number): Record<string, number> {
  const deadlines = new Deadlines(() => 0);
  for (let at = 0; at < others; at += 1) {
    deadlines.set(counted(new Deadline(() => {})), 1 + (at % 1000));
  }
  const deadline = counted(new Deadline(() => {}));
  const counts = {
    set: stepsOf(() => deadlines.set(deadline, 500)),
    move: stepsOf(() => deadlines.set(deadline, 900)),
    clear: stepsOf(() => deadlines.clear(deadline)),
  };
  deadlines.stop();
  return counts;
}

test('no deadline takes more steps among more of them', () => {
  expect(deadlineSteps(20_000)).toEqual(deadlineSteps(2000));
});
