import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { JobTimeouts } from '../../../src/api/options.js';
import { Deadlines } from '../../../src/job/deadlines.js';
import type { JobRecord } from '../../../src/job/job.js';
import { Timeouts } from '../../../src/schedule/timeouts.js';
import { recordOf, ScriptedCarrier } from '../job/records.js';

let timeouts: Timeouts;
let carrier: ScriptedCarrier;
/** Expired timeouts: when, in which phase, and after how long. */
let expired: Array<readonly [atMs: number, phase: string, timeoutMs: number]>;
/** True if an expired job can't be ended, as its result is on its way. */
let isUnderWay: boolean;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], now: 0 });
  const startMs = performance.now();
  const now = (): number => performance.now() - startMs;
  carrier = new ScriptedCarrier();
  expired = [];
  isUnderWay = false;
  timeouts = new Timeouts(new Deadlines(now), now, (job, phase, timeoutMs) => {
    expired.push([now(), phase, timeoutMs]);
    if (isUnderWay) timeouts.reschedule(job);
    else timeouts.remove(job);
  });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A job, submitted at 0, whose timeouts are watched from now on. */
function watched(given: JobTimeouts): JobRecord {
  const job = recordOf({ terms: given });
  timeouts.add(job);
  return job;
}

/** Accepts the job. */
function accept(job: JobRecord, atMs: number): void {
  job.accepted(atMs);
  timeouts.reschedule(job);
}

/** Sends the job to the thread. */
function send(job: JobRecord): void {
  job.carrier = carrier;
  job.cell = 2;
  timeouts.reschedule(job);
}

const pass = (ms: number): unknown => vi.advanceTimersByTime(ms);

describe('acceptMs', () => {
  test('counts from the call', () => {
    watched({ acceptMs: 10 });
    pass(9);
    expect(expired).toEqual([]);
    pass(1);
    expect(expired).toEqual([[10, 'accept', 10]]);
  });

  test('counts no longer once the job is accepted', () => {
    const job = watched({ acceptMs: 10 });
    pass(9);
    accept(job, 9);
    pass(1000);
    expect(expired).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('queueMs', () => {
  test('counts from the acceptance, not while the submission waits', () => {
    const job = watched({ queueMs: 10 });
    pass(100);
    expect(expired).toEqual([]);
    accept(job, 100);
    pass(9);
    expect(expired).toEqual([]);
    pass(1);
    expect(expired).toEqual([[110, 'queue', 10]]);
  });

  test('counts from an acceptance at the very first instant', () => {
    accept(watched({ acceptMs: 5, queueMs: 10 }), 0);
    pass(10);
    expect(expired).toEqual([[10, 'queue', 10]]);
  });

  test('counts for a job that was sent and not started', () => {
    const job = watched({ queueMs: 10 });
    accept(job, 0);
    pass(5);
    send(job);
    pass(5);
    expect(expired).toEqual([[10, 'queue', 10]]);
  });

  test('counts no longer for a job that a thread has started, though nobody said so', () => {
    const job = watched({ queueMs: 10 });
    accept(job, 0);
    send(job);
    pass(9);
    carrier.started.set(2, 9);
    pass(1000);
    expect(expired).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('runMs', () => {
  test('counts from the true start of a job, though nobody said so', () => {
    const job = watched({ runMs: 10 });
    accept(job, 0);
    send(job);
    pass(4);
    carrier.started.set(2, 4);
    pass(9);
    expect(expired).toEqual([]);
    pass(1);
    expect(expired).toEqual([[14, 'run', 10]]);
  });

  test('counts from a start between two milliseconds, and is never early', () => {
    const job = watched({ runMs: 10 });
    accept(job, 0);
    carrier.started.set(2, 3.5);
    send(job);
    pass(13);
    expect(expired).toEqual([]);
    pass(1);
    expect(expired).toEqual([[14, 'run', 10]]);
  });

  test('does not count while the job waits, is queued or lies on its thread', () => {
    const job = watched({ runMs: 10 });
    pass(50);
    accept(job, 50);
    expect(vi.getTimerCount(), 'nothing to look for').toBe(0);
    pass(50);
    send(job);
    pass(50);
    carrier.started.set(2, 150);
    expect(expired).toEqual([]);
    pass(10);
    expect(expired).toEqual([[160, 'run', 10]]);
  });

  test('expires for a job whose function has ended, too: its result may lie in its cell', () => {
    const job = watched({ runMs: 10 });
    accept(job, 0);
    carrier.started.set(2, 0);
    send(job);
    pass(9);
    carrier.finished.add(2);
    pass(1);
    expect(expired).toEqual([[10, 'run', 10]]);
  });

  test('expires again in each millisecond while the result is under way', () => {
    const job = watched({ runMs: 10 });
    accept(job, 0);
    carrier.started.set(2, 0);
    send(job);
    isUnderWay = true;
    pass(12);
    expect(expired.map(([atMs]) => atMs)).toEqual([10, 11, 12]);
    timeouts.remove(job);
    pass(100);
    expect(expired).toHaveLength(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('counts anew for a job that has come back from its thread', () => {
    const job = watched({ runMs: 10, queueMs: 100 });
    accept(job, 0);
    send(job);
    pass(8);
    job.carrier = undefined;
    timeouts.reschedule(job);
    pass(91);
    expect(expired).toEqual([]);
    pass(1);
    expect(expired).toEqual([[100, 'queue', 100]]);
  });
});

describe('totalMs', () => {
  test.each([
    ['waits', () => {}],
    ['is queued', (job: JobRecord) => accept(job, 3)],
    [
      'lies on its thread',
      (job: JobRecord) => {
        accept(job, 3);
        send(job);
      },
    ],
    [
      'runs',
      (job: JobRecord) => {
        accept(job, 3);
        carrier.started.set(2, 3);
        send(job);
      },
    ],
  ])('counts from the call for a job that %s', (_, move) => {
    const job = watched({ totalMs: 10 });
    pass(3);
    move(job);
    pass(6);
    expect(expired).toEqual([]);
    pass(1);
    expect(expired).toEqual([[10, 'total', 10]]);
  });

  test('counts from a later call', () => {
    pass(100);
    timeouts.add(recordOf({ submittedMs: 100, terms: { totalMs: 10 } }));
    pass(9);
    expect(expired).toEqual([]);
    pass(1);
    expect(expired).toEqual([[110, 'total', 10]]);
  });
});

describe('of several timeouts', () => {
  test.each<[JobTimeouts, atMs: number, phase: string]>([
    [{ acceptMs: 5, totalMs: 6 }, 5, 'accept'],
    [{ acceptMs: 6, totalMs: 5 }, 5, 'total'],
    [{ acceptMs: 5, totalMs: 5 }, 5, 'total'],
    [{ acceptMs: 5, queueMs: 1, runMs: 1 }, 5, 'accept'],
  ])('%o of a submission that waits, the first one at %i is %s', (given, atMs, phase) => {
    watched(given);
    pass(atMs - 1);
    expect(expired).toEqual([]);
    pass(1);
    expect(expired).toEqual([[atMs, phase, given[`${phase}Ms` as keyof JobTimeouts]]]);
    pass(1000);
    expect(expired.length).toBe(1);
  });

  test.each<[JobTimeouts, atMs: number, phase: string]>([
    [{ queueMs: 5, totalMs: 6 }, 5, 'queue'],
    [{ queueMs: 6, totalMs: 5 }, 5, 'total'],
    [{ queueMs: 5, totalMs: 5 }, 5, 'total'],
    [{ acceptMs: 1, queueMs: 5, runMs: 1 }, 5, 'queue'],
  ])('%o of a job that lies on its thread, the first one at %i is %s', (given, atMs, phase) => {
    const job = recordOf({ terms: given });
    job.accepted(0);
    job.carrier = carrier;
    job.cell = 2;
    timeouts.add(job);
    pass(atMs - 1);
    expect(expired).toEqual([]);
    pass(1);
    expect(expired).toEqual([[atMs, phase, given[`${phase}Ms` as keyof JobTimeouts]]]);
  });

  test.each<[JobTimeouts, atMs: number, phase: string]>([
    [{ acceptMs: 1, queueMs: 1, runMs: 5, totalMs: 6 }, 5, 'run'],
    [{ runMs: 6, totalMs: 5 }, 5, 'total'],
    [{ runMs: 5, totalMs: 5 }, 5, 'total'],
  ])('%o of a job that runs, the first one at %i is %s', (given, atMs, phase) => {
    const job = recordOf({ terms: given });
    job.accepted(0);
    carrier.started.set(2, 0);
    job.carrier = carrier;
    job.cell = 2;
    timeouts.add(job);
    pass(atMs - 1);
    expect(expired).toEqual([]);
    pass(1);
    expect(expired).toEqual([[atMs, phase, given[`${phase}Ms` as keyof JobTimeouts]]]);
  });
});

describe('a job', () => {
  test('that is no longer watched runs into nothing', () => {
    const job = watched({ totalMs: 10 });
    pass(9);
    timeouts.remove(job);
    pass(1000);
    expect(expired).toEqual([]);
  });

  test.each([
    ['with timeouts that are all left out', {}],
    ['with a grace alone', { graceMs: 5 }],
    ['without terms', undefined],
  ])('%s sets no timer, wherever it is', (_, given) => {
    const job = recordOf(given === undefined ? {} : { terms: given });
    timeouts.add(job);
    expect(vi.getTimerCount()).toBe(0);
    accept(job, 0);
    expect(vi.getTimerCount()).toBe(0);
    send(job);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that was never watched can move on and end', () => {
    const job = recordOf({ terms: { totalMs: 10, queueMs: 5 } });
    accept(job, 0);
    timeouts.remove(job);
    pass(1000);
    expect(expired).toEqual([]);
    expect(job.deadline).toBeUndefined();
  });
});
