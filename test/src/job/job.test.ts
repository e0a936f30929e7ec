import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Deadline } from '../../../src/job/deadlines.js';
import { JobFunction } from '../../../src/job/functions.js';
import { type Carrier, type Ending, JobRecord } from '../../../src/job/job.js';
import { macrotask, rejection } from '../../helpers/outcomes.js';
import { rows } from '../../helpers/rows.js';
import { recordOf } from './records.js';

const ENDINGS: readonly Ending[] = [
  'fulfilled',
  'rejected',
  'cancelled',
  'timedOut',
  'dropped',
  'refused',
];

/** A new job, and the cancellations that it asks for, which are granted or not. */
function setUp({ grants = true } = {}): {
  job: JobRecord;
  asked: Array<readonly [JobRecord, unknown]>;
} {
  const asked: Array<readonly [JobRecord, unknown]> = [];
  const cancel = (cancelled: JobRecord, reason: unknown): boolean => {
    asked.push([cancelled, reason]);
    return grants;
  };
  const job = recordOf({ cancel, id: 7 });
  return { job, asked };
}

/** A thread that has started or finished only the jobs of these cells. */
function carrierOf({ started = -2, finished = -2 }): Carrier {
  return {
    takeBack: () => false,
    isStarted: (cell) => cell === started,
    isFinished: (cell) => cell === finished,
    startedMs: () => 0,
  };
}

test('a new job holds what it was made with, and is nowhere yet', () => {
  const jobFunction = new JobFunction('render', 3);
  const { signal } = new AbortController();
  const terms = { runMs: 5, graceMs: 7, onProgress() {} };
  const transfer = [new ArrayBuffer(1)];
  const cancel = (): boolean => true;
  const job = new JobRecord(cancel, 7, jobFunction, 'input', 512, 1000, signal, terms, transfer);
  expect({ ...job }).toEqual({
    id: 7,
    function: jobFunction,
    bytes: 512,
    submittedMs: 1000,
    signal,
    terms,
    input: 'input',
    transfer,
    acceptedMs: -1,
    deadline: undefined,
    carrier: undefined,
    cell: -1,
    threadsLost: 0,
    ending: undefined,
    list: undefined,
    previous: undefined,
    next: undefined,
  });
  expect([job.name, job.error, job.isWatched]).toEqual(['render', undefined, false]);
});

describe('the state', () => {
  test.each<[state: string, acceptedMs: number, cell: number, carrier: Carrier | undefined]>([
    ['waiting', -1, -1, undefined],
    ['queued', 0, -1, undefined],
    ['queued', 5, -1, undefined],
    ['queued', 5, 2, carrierOf({})],
    ['queued', 5, 2, carrierOf({ started: 3 })],
    ['running', 5, 2, carrierOf({ started: 2 })],
  ])(
    'is %s where it was accepted at %i and sent to cell %i',
    (state, acceptedMs, cell, carrier) => {
      const { job } = setUp();
      Object.assign(job, { acceptedMs, cell, carrier });
      expect(job.state).toBe(state);
      expect(job.isStarted).toBe(state === 'running');
    },
  );

  test.each(ENDINGS)('is %s once the job has ended so, wherever it was', (ending) => {
    const waiting = setUp().job;
    const running = setUp().job;
    Object.assign(running, { acceptedMs: 5, cell: 2, carrier: carrierOf({ started: 2 }) });
    for (const job of [waiting, running]) {
      job.result.catch(() => {});
      job.settle(ending, undefined);
      expect(job.state).toBe(ending);
    }
  });

  test('shows what the thread says of the cell', () => {
    const { job } = setUp();
    expect([job.isStarted, job.isFinished]).toEqual([false, false]);
    job.cell = 2;
    job.carrier = carrierOf({ started: 2 });
    expect([job.isStarted, job.isFinished]).toEqual([true, false]);
    job.carrier = carrierOf({ finished: 2 });
    expect([job.isStarted, job.isFinished]).toEqual([false, true]);
    job.carrier = carrierOf({ finished: 3 });
    expect([job.isStarted, job.isFinished]).toEqual([false, false]);
  });
});

describe('the result', () => {
  test('is made when it is first read, and the same one from then on', () => {
    const { job } = setUp();
    expect(job.isWatched).toBe(false);
    const { result } = job;
    expect(job.isWatched).toBe(true);
    expect(job.result).toBe(result);
    expect(job.promise()).toBe(result);
  });

  test('is the promise that was asked for before', () => {
    const { job } = setUp();
    const promise = job.promise();
    expect(job.isWatched).toBe(true);
    expect(job.result).toBe(promise);
  });

  test.each([
    ['before', true],
    ['after', false],
  ])('fulfills with the value where it is read %s the end', async (_, isEarly) => {
    const { job } = setUp();
    const early = isEarly ? job.result : undefined;
    job.settle('fulfilled', 42);
    expect(await (early ?? job.result)).toBe(42);
    expect(job.error).toBe(42);
  });

  test.each(
    ENDINGS.slice(1).flatMap((ending) => [[ending, true] as const, [ending, false] as const]),
  )('rejects with the reason of a job that was %s; read early: %o', async (ending, isEarly) => {
    const { job } = setUp();
    const early = isEarly ? job.result : undefined;
    const reason = new Error(ending);
    job.settle(ending, reason);
    expect(await rejection(early ?? job.result)).toBe(reason);
    expect(job.error).toBe(reason);
  });
});

describe('a rejection that nobody handles', () => {
  const others = process.listeners('unhandledRejection');
  const unhandled: unknown[] = [];
  const listen = (reason: unknown): unknown => unhandled.push(reason);

  /** The unhandled rejections when `read` reads a failing job. */
  async function unhandledOf(read: (job: JobRecord) => void): Promise<readonly unknown[]> {
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', listen);
    const { job } = setUp();
    read(job);
    job.settle('rejected', 'reason');
    read(job);
    await macrotask();
    return unhandled.splice(0);
  }

  afterEach(() => {
    process.removeAllListeners('unhandledRejection');
    for (const other of others) process.on('unhandledRejection', other);
  });

  test('is reported of the promise', async () => {
    expect(await unhandledOf((job) => void job.promise())).toEqual(['reason']);
  });

  test('is not reported of the result', async () => {
    expect(await unhandledOf((job) => void job.result)).toEqual([]);
  });

  test('is not reported of a job whose result nobody has read', async () => {
    expect(await unhandledOf(() => {})).toEqual([]);
  });
});

describe('a submission that waits', () => {
  test('is given its job when that is accepted', async () => {
    const { job } = setUp();
    const acceptance = job.acceptance();
    job.accepted(1234);
    expect(job.acceptedMs).toBe(1234);
    expect(await acceptance).toBe(job);
  });

  test('is rejected where the job ends before', async () => {
    const { job } = setUp();
    const acceptance = job.acceptance();
    job.settle('timedOut', 'too late');
    expect(await rejection(acceptance)).toBe('too late');
  });

  test('is not rejected by what ends the job later', async () => {
    const { job } = setUp();
    const acceptance = job.acceptance();
    job.accepted(1);
    const { result } = job;
    job.settle('rejected', 'broken');
    expect(await acceptance).toBe(job);
    expect(await rejection(result)).toBe('broken');
  });

  test('does not have to be there for its job to be accepted', () => {
    const { job } = setUp();
    job.accepted(0);
    expect([job.acceptedMs, job.state]).toEqual([0, 'queued']);
  });
});

test('a job that has ended holds neither its input, nor what it transferred, nor its deadline', () => {
  const { job } = setUp();
  job.transfer = [new ArrayBuffer(1)];
  job.deadline = new Deadline(() => {});
  job.settle('fulfilled', 1);
  expect([job.input, job.transfer, job.deadline]).toEqual([undefined, undefined, undefined]);
});

describe('progress', () => {
  const others = process.listeners('uncaughtException');
  const uncaught: unknown[] = [];
  beforeEach(() => {
    uncaught.length = 0;
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => uncaught.push(error));
  });
  afterEach(() => {
    process.removeAllListeners('uncaughtException');
    for (const other of others) process.on('uncaughtException', other);
  });

  test.each(rows<unknown>([undefined, null, 0.5, 'half', { done: 5 }]))(
    'that is %o is handed to whoever listens',
    (value) => {
      const onProgress = vi.fn<(value: unknown) => void>();
      recordOf({ terms: { onProgress } }).progressed(value);
      expect(onProgress).toHaveBeenCalledExactlyOnceWith(value);
    },
  );

  test.each([
    ['has no terms', undefined],
    ['has others', { runMs: 5 }],
  ])('of a job that %s is heard by nobody', (_, terms) => {
    const job = recordOf(terms === undefined ? {} : { terms });
    expect(job.progressed('half')).toBeUndefined();
  });

  test("raises what the callback throws as the caller's own exception, in a turn of its own", async () => {
    const error = new Error('of the callback');
    const job = recordOf({
      terms: {
        onProgress() {
          throw error;
        },
      },
    });
    job.progressed('half');
    expect(uncaught).toEqual([]);
    await macrotask();
    expect(uncaught).toEqual([error]);
    expect(uncaught[0]).toBe(error);
    expect(job.ending).toBeUndefined();
  });
});

describe('cancel', () => {
  test.each([true, false])('asks for its cancellation, and returns the answer: %o', (grants) => {
    const { job, asked } = setUp({ grants });
    expect(job.cancel('reason')).toBe(grants);
    expect(asked).toEqual([[job, 'reason']]);
  });

  test('has an AbortError for its reason where none is given', () => {
    const { job, asked } = setUp();
    job.cancel();
    const reason = asked[0]?.[1] as DOMException;
    expect(reason).toBeInstanceOf(DOMException);
    expect([reason.name, reason.message]).toEqual(['AbortError', 'This job was cancelled']);
  });

  test.each([null, 0, ''])('passes on a reason that is %o', (reason) => {
    const { job, asked } = setUp();
    job.cancel(reason);
    expect(asked[0]?.[1]).toBe(reason);
  });

  test.each(ENDINGS)('leaves a job alone that is %s', (ending) => {
    const { job, asked } = setUp();
    job.settle(ending, undefined);
    expect(job.cancel('reason')).toBe(false);
    expect(asked).toEqual([]);
  });
});

test('a job shows its number, name and state, and nothing of its insides', () => {
  const { job } = setUp();
  expect(inspect(job)).toBe("Job { id: 7, name: 'render', state: 'waiting' }");
  job.accepted(1);
  expect(inspect([job], { depth: 5 })).toBe("[ Job { id: 7, name: 'render', state: 'queued' } ]");
});

describe('a follower', () => {
  test.each(ENDINGS)('is told once of the ending: %s', (ending) => {
    const { job } = setUp();
    expect(job.isFollowed).toBe(false);
    const onEnded = vi.fn<(value: unknown, job: JobRecord) => void>();
    job.follow(onEnded);
    expect([job.isFollowed, job.isWatched]).toEqual([true, false]);
    job.settle(ending, 'value');
    expect(onEnded.mock.calls).toEqual([['value', job]]);
    expect(job.ending).toBe(ending);
  });

  test.each(ENDINGS)('is told beside a promise that is asked for later: %s', async (ending) => {
    const { job } = setUp();
    const onEnded = vi.fn<(value: unknown, job: JobRecord) => void>();
    job.follow(onEnded);
    const { result } = job;
    job.settle(ending, 'value');
    expect(onEnded).toHaveBeenCalledOnce();
    expect(await (ending === 'fulfilled' ? result : rejection(result))).toBe('value');
  });

  test('is told of a submission that waits, too', async () => {
    const { job } = setUp();
    const onEnded = vi.fn<(value: unknown, job: JobRecord) => void>();
    job.follow(onEnded);
    const acceptance = rejection(job.acceptance());
    job.settle('refused', 'value');
    expect(await acceptance).toBe('value');
    expect(onEnded).toHaveBeenCalledOnce();
  });
});
