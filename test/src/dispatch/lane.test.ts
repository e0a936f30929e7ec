import { describe, expect, test } from 'vitest';
import { Lane, WATCH_MS } from '../../../src/dispatch/lane.js';
import type { JobRecord } from '../../../src/job/job.js';
import { Told } from '../../../src/wire/job-words.js';
import { Kind } from '../../../src/wire/protocol.js';
import { functionOf, jobOf } from './jobs.js';
import { ScriptedLink } from './scripted-link.js';

const unknown = functionOf(0);

function setUp(cells = 4) {
  const link = new ScriptedLink(cells, () => 0);
  const lane = new Lane(link, [unknown]);
  const send = (job: JobRecord): JobRecord => {
    const cell = lane.occupy(job);
    lane.rings.offer(cell);
    lane.rings.submit(cell);
    return job;
  };
  /** The thread takes its next cell and starts the job there. */
  const start = (atMs = 0): number => {
    const cell = link.host.next();
    link.host.start(cell, atMs);
    return cell;
  };
  const finish = (cell: number): void => link.host.finish(cell, 1);
  return { link, lane, send, start, finish };
}

test('a new thread has nothing to do, is in service, and takes jobs', () => {
  const { lane, link } = setUp();
  expect(lane).toMatchObject({
    link,
    rings: link.rings,
    occupied: 0,
    workMs: -0,
    unforeseeable: 0,
    unheard: 0,
    isRetired: false,
    isEnding: false,
    isGone: false,
    isShut: false,
    isHeldUp: false,
    isAnyRunning: false,
    isOpen: true,
    hasWaiting: false,
    jobs: [undefined, undefined, undefined, undefined],
    abandoned: new Map(),
  });
  expect(lane.suspicion).toBeUndefined();
  // A field that is added later would change the shape for which hot functions are compiled: 4 % of a no-op.
  expect(Object.keys(lane)).toContain('suspicion');
});

describe('a message that asks for a sign of life', () => {
  test('is numbered in the order of posting, and answered in that order', () => {
    const { lane, link } = setUp();
    expect([lane.ping([Kind.ping]), lane.ping([Kind.told, 3]), lane.ping([Kind.ping])]).toEqual([
      1, 2, 3,
    ]);
    expect(link.posted).toEqual([[Kind.ping], [Kind.told, 3], [Kind.ping]]);
    const answered = (): boolean[] => [1, 2, 3].map((ping) => lane.hasAnswered(ping));
    expect(answered()).toEqual([false, false, false]);
    lane.ponged();
    expect(answered()).toEqual([true, false, false]);
    lane.ponged();
    lane.ponged();
    expect(answered()).toEqual([true, true, true]);
    expect(lane.hasAnswered(lane.ping([Kind.ping])), 'of the next one nothing is known').toBe(
      false,
    );
  });
});

describe('cells', () => {
  test('the lowest is used first, and one that came back is used again before any other', () => {
    const { lane } = setUp();
    expect([1, 2, 3].map((id) => lane.occupy(jobOf(id)))).toEqual([0, 1, 2]);
    lane.release(1);
    lane.release(0);
    expect([4, 5, 6].map((id) => lane.occupy(jobOf(id)))).toEqual([0, 1, 3]);
  });

  test('a job knows its thread and its cell from the moment it has one', () => {
    const { lane } = setUp();
    lane.occupy(jobOf(1));
    const job = jobOf(2);
    lane.occupy(job);
    expect(job).toMatchObject({ carrier: lane, cell: 1 });
    expect(lane.jobs[1]).toBe(job);
    expect(lane.occupied).toBe(2);
    expect([lane.carries(job, 1), lane.carries(job, 0)]).toEqual([true, false]);
    job.carrier = undefined;
    expect(lane.carries(job, 1)).toBe(false);
  });

  test('a thread is open while a cell is free and it is not shut', () => {
    const { lane } = setUp(2);
    lane.occupy(jobOf(1));
    expect(lane.isOpen).toBe(true);
    lane.occupy(jobOf(2));
    expect(lane.isOpen).toBe(false);
    lane.release(1);
    expect(lane.isOpen).toBe(true);
    lane.isShut = true;
    expect(lane.isOpen).toBe(false);
    lane.isShut = false;
    expect(lane.isOpen).toBe(true);
  });

  test('a cell that comes back gives its job, and nothing if that was taken back', () => {
    const { lane, send } = setUp();
    const [first, second] = [send(jobOf(1)), send(jobOf(2))];
    expect(lane.takeBack(first)).toBe(true);
    expect(lane.release(0)).toBeUndefined();
    expect(lane.occupied).toBe(1);
    expect(lane.release(1)).toBe(second);
    expect(lane.occupied).toBe(0);
    expect(lane.jobs).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('the place of a job that was taken back is free at once, its cell only when it came back', () => {
    const { lane, send } = setUp(1);
    const job = send(jobOf(1));
    expect(lane.takeBack(job)).toBe(true);
    expect(job.carrier).toBeUndefined();
    expect([lane.occupied, lane.isOpen]).toEqual([0, false]);
    lane.release(0);
    expect(lane.isOpen).toBe(true);
  });

  test('a job that the thread has started is not taken back', () => {
    const { lane, send, start } = setUp();
    const job = send(jobOf(1));
    start();
    expect(lane.takeBack(job)).toBe(false);
    expect(job.carrier).toBe(lane);
    expect(lane.jobs[0]).toBe(job);
    expect(lane.occupied).toBe(1);
  });
});

describe('what a cell says about its job', () => {
  test('is told there until the cell comes back: the next job there was told nothing, and is not heard', () => {
    const { link, lane, send, start } = setUp();
    const { jobWords } = link.host;
    const job = send(jobOf(1));
    const other = send(jobOf(2));
    lane.hear(job.cell);
    lane.tell(job.cell, Told.timedOut);
    lane.tell(other.cell, Told.closing);
    start();
    const words = (cell: number) => [jobWords.told(cell), jobWords.isHeard(cell)];
    expect(words(job.cell)).toEqual([Told.timedOut, true]);
    lane.release(job.cell);
    expect(words(job.cell)).toEqual([Told.not, false]);
    expect(words(other.cell)).toEqual([Told.closing, false]);
    lane.release(other.cell);
    expect(words(other.cell)).toEqual([Told.not, false]);
  });
});

describe('expected work', () => {
  test('is the sum over the jobs that can be estimated; the others are counted', () => {
    const { lane } = setUp();
    const isAsync = functionOf(0, 5);
    isAsync.isAsync = true;
    lane.occupy(jobOf(1, { function: functionOf(0, 3) }));
    lane.occupy(jobOf(2, { function: functionOf(0, 0.5) }));
    expect([lane.workMs, lane.unforeseeable]).toEqual([3.5, 0]);
    lane.occupy(jobOf(3, { function: isAsync }));
    lane.occupy(jobOf(4));
    expect([lane.workMs, lane.unforeseeable]).toEqual([3.5, 2]);
    lane.release(2);
    expect([lane.workMs, lane.unforeseeable]).toEqual([3.5, 1]);
    lane.release(0);
    expect([lane.workMs, lane.unforeseeable]).toEqual([0.5, 1]);
    lane.release(3);
    expect([lane.workMs, lane.unforeseeable]).toEqual([0.5, 0]);
  });

  test('a job leaves with the estimate it came with, though that has changed meanwhile', () => {
    const { lane } = setUp();
    const learning = functionOf(0, 4);
    lane.occupy(jobOf(1, { function: learning }));
    lane.occupy(jobOf(2, { function: functionOf(0, 1) }));
    learning.record(100);
    lane.release(0);
    expect(lane.workMs).toBe(1);
  });

  test('a function that takes no time can be estimated', () => {
    const { lane } = setUp();
    lane.occupy(jobOf(1, { function: functionOf(0, 0) }));
    lane.occupy(jobOf(2));
    expect(lane.unforeseeable).toBe(1);
    lane.release(0);
    expect(lane.unforeseeable).toBe(1);
  });

  test('no rounding error outlives the last job', () => {
    const { lane } = setUp();
    for (const [id, runMs] of [0.1, 0.2, 0.3].entries()) {
      lane.occupy(jobOf(id, { function: functionOf(0, runMs) }));
    }
    for (const cell of [0, 1, 2]) lane.release(cell);
    expect(lane.workMs).toBe(0);
  });
});

test('a function is known by the place in which the thread counts it', () => {
  const [first, second, third] = [functionOf(7), functionOf(2), functionOf(3)];
  const lane = new Lane(new ScriptedLink(1), [first, undefined, second]);
  expect([first, second, third].map((each) => lane.indexOf(each))).toEqual([0, 2, undefined]);
  expect(lane.indexOf(functionOf(0)), 'the first of all that it does not have').toBeUndefined();
});

test('a thread has to be watched while it has something to do or to look at, and from its retirement until it was told to end', () => {
  const { lane, send, start } = setUp();
  expect(lane.hasToBeWatched).toBe(false);
  const job = send(jobOf(1));
  expect(lane.hasToBeWatched).toBe(true);
  start();
  expect(lane.hasToBeWatched).toBe(true);
  job.carrier = undefined;
  expect(lane.hasToBeWatched, 'it still takes its slot').toBe(true);
  lane.release(0);
  expect(lane.hasToBeWatched).toBe(false);
  lane.takeBack(send(jobOf(2)));
  expect([lane.occupied, lane.hasToBeWatched], 'it has not looked at that').toEqual([0, true]);
  start();
  expect(lane.hasToBeWatched).toBe(false);
  lane.isRetired = true;
  expect(lane.hasToBeWatched).toBe(true);
  lane.isEnding = true;
  expect(lane.hasToBeWatched).toBe(false);
  send(jobOf(3));
  expect(lane.hasToBeWatched, 'a job that was cancelled goes on there').toBe(true);
});

describe('jobs wait on a thread', () => {
  test('if there are two and one is not looked at', () => {
    const { lane, send, start } = setUp();
    send(jobOf(1));
    expect(lane.hasWaiting, 'one job waits for nobody').toBe(false);
    send(jobOf(2));
    expect(lane.hasWaiting).toBe(true);
    start();
    expect(lane.hasWaiting).toBe(true);
    start();
    expect(lane.hasWaiting, 'both run').toBe(false);
  });

  test('if there are two and one has ended and was not collected', () => {
    const { lane, send, start, finish, link } = setUp();
    for (const id of [1, 2]) {
      send(jobOf(id));
      start();
    }
    finish(0);
    link.host.complete(0);
    expect(lane.hasWaiting).toBe(true);
    lane.rings.collect();
    expect(lane.hasWaiting).toBe(false);
  });
});

test('what runs is seen in its cell, at the times of the main thread', () => {
  const { lane, link, send, start, finish } = setUp();
  link.clockOffsetMs = -90;
  const [first, second] = [send(jobOf(1)), send(jobOf(2)), send(jobOf(3))];
  start(100);
  start(110);
  expect([0, 1, 2].map((cell) => lane.isStarted(cell))).toEqual([true, true, false]);
  expect([0, 1].map((cell) => lane.startedMs(cell))).toEqual([10, 20]);
  expect([...lane.runningSinceMs()]).toEqual([10, 20]);
  // It was cancelled, but still holds its slot.
  (second as JobRecord).carrier = undefined;
  expect([...lane.runningSinceMs()]).toEqual([10, 20]);
  finish(0);
  expect([0, 1, 2].map((cell) => lane.isFinished(cell))).toEqual([true, false, false]);
  expect([...lane.runningSinceMs()]).toEqual([20]);
  expect(lane.carries(first as JobRecord, 0)).toBe(true);
  expect(lane.isAnyRunning).toBe(true);
  finish(1);
  expect(lane.isAnyRunning).toBe(false);
});

test('the unsettled jobs are listed by age, without those that were given up', () => {
  const { lane, send } = setUp();
  const [third, first, second] = [send(jobOf(3)), send(jobOf(1)), send(jobOf(2))];
  expect(lane.unsettled()).toEqual([first, second, third]);
  second.carrier = undefined;
  expect(lane.unsettled()).toEqual([first, third]);
  // A job that is now in another cell does not belong to this one.
  first.cell = 3;
  expect(lane.unsettled()).toEqual([third]);
});

test('the unstarted jobs are listed in the order of sending', () => {
  const { lane, link, send } = setUp(8);
  const jobs = [5, 4, 3, 2, 1].map((id) => send(jobOf(id)));
  const ids = (): number[] => [...lane.unstarted()].map(({ id }) => id);
  expect(ids()).toEqual([5, 4, 3, 2, 1]);
  lane.takeBack(jobs[1] as JobRecord);
  expect(ids(), 'without those taken back').toEqual([5, 3, 2, 1]);
  (jobs[2] as JobRecord).carrier = undefined;
  expect(ids(), 'or given up').toEqual([5, 2, 1]);
  // The thread has claimed it, which the main thread sees earlier than the count of consumed cells.
  link.host.start(3, 0);
  expect(ids(), 'or started').toEqual([5, 1]);
});

describe('the job that was started last is overdue', () => {
  test('never, if there is none', () => {
    const { lane, send } = setUp();
    expect(lane.overdueInMs(1000)).toBe(WATCH_MS);
    send(jobOf(1));
    expect(lane.overdueInMs(1000), 'not looked at').toBe(WATCH_MS);
  });

  test.each([
    { what: 'a job that cannot be estimated', runsMs: [], inMs: 4 },
    { what: 'a short one', runsMs: [0.5], inMs: 4 },
    { what: 'one that is as long as the watch', runsMs: [0.8], inMs: 4 },
    { what: 'a longer one, after the longest that is usual', runsMs: [2], inMs: 10 },
  ])('after four milliseconds or more: $what', ({ runsMs, inMs }) => {
    const { lane, link, send, start } = setUp();
    link.clockOffsetMs = -1000;
    send(jobOf(1, { function: functionOf(0, ...runsMs) }));
    start(1100);
    expect(lane.overdueInMs(100)).toBe(inMs);
    expect(lane.overdueInMs(100 + inMs)).toBe(0);
    expect(lane.overdueInMs(103 + inMs)).toBe(-3);
  });

  test('not, once it has ended or was taken back', () => {
    const { lane, send, start, finish } = setUp();
    const [, second] = [send(jobOf(1)), send(jobOf(2))];
    finish(start(0));
    expect(lane.overdueInMs(1000), 'its answer is under way').toBe(WATCH_MS);
    lane.takeBack(second);
    start(0);
    expect(lane.overdueInMs(1000), 'its cell is empty').toBe(WATCH_MS);
  });

  test('not, if the thread has only looked at it', () => {
    const { lane, link, send } = setUp();
    send(jobOf(1));
    link.host.next();
    expect(lane.overdueInMs(1000)).toBe(WATCH_MS);
  });
});

describe('the abandoned jobs of a thread', () => {
  test('are those that were settled and whose functions have not ended', () => {
    const { lane, send, start, finish } = setUp();
    const jobs = [1, 2, 3, 4].map((id) => send(jobOf(id)));
    for (const cell of [0, 1, 2]) expect(start()).toBe(cell);
    expect(lane.abandonedCount()).toBe(0);
    for (const cell of [0, 1]) (jobs[cell] as JobRecord).carrier = undefined;
    expect(lane.abandonedCount()).toBe(2);
    expect(lane.takeBack(jobs[3] as JobRecord)).toBe(true);
    expect(lane.abandonedCount(), 'it never ran').toBe(2);
    finish(0);
    expect(lane.abandonedCount(), 'its answer is under way').toBe(1);
    finish(1);
    expect(lane.abandonedCount()).toBe(0);
  });
});
