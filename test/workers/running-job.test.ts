import { beforeEach, describe, expect, test } from 'vitest';
import { JobWords, Told } from '../../src/wire/job-words.js';
import { Form, Kind } from '../../src/wire/protocol.js';
import { type Desk, RunningJob } from '../../workers/running-job.js';

const CELL = 1;
let words: JobWords;
let posted: unknown[][];
let strays: unknown[];
let desk: Desk;

beforeEach(() => {
  words = new JobWords(new SharedArrayBuffer(JobWords.byteLength(2)), 0, 2);
  posted = [];
  strays = [];
  desk = {
    words,
    reachable: new Map(),
    post: (message) => posted.push(structuredClone(message) as unknown[]),
    stray: (error) => strays.push(error),
  };
});

/** A job that has just been started. */
function start(isHeard = true): RunningJob {
  words.reset(CELL);
  if (isHeard) words.hear(CELL);
  return new RunningJob(desk, CELL, 7, 'render');
}

/** The posted values. */
function values(): unknown[] {
  return posted.map((message) => message[3]);
}

test('a job knows who it is', () => {
  expect(start()).toMatchObject({ id: 7, name: 'render', attempt: 1 });
});

test('a job that is run again knows which attempt it is, after its end too', () => {
  words.repeat(CELL, 3);
  const job = new RunningJob(desk, CELL, 7, 'render');
  job.end();
  words.reset(CELL);
  expect([job.attempt, start().attempt]).toEqual([3, 1]);
});

test('a job that uses neither signal nor progress is not reached, and posts nothing', () => {
  const job = start();
  expect(desk.reachable.size).toBe(0);
  words.tell(CELL, Told.cancelled);
  job.look();
  job.postKept();
  expect(job.end()).toBe(false);
  expect(posted).toEqual([]);
});

describe('the signal', () => {
  test('is one, made when it is first used; from then on the job can be reached', () => {
    const job = start();
    const { signal } = job;
    expect(signal).toBeInstanceOf(AbortSignal);
    expect(job.signal).toBe(signal);
    expect([...desk.reachable]).toEqual([[CELL, job]]);
  });

  test.each([
    [Told.cancelled, 'AbortError'],
    [Told.timedOut, 'TimeoutError'],
    [Told.closing, 'AbortError'],
  ] as const)(
    'aborts when the job was told to stop, for the reason it was told: %i',
    (why, name) => {
      const job = start();
      const { signal } = job;
      const events: unknown[] = [];
      signal.addEventListener('abort', ({ type }) => events.push(type));
      words.tell(CELL, why);
      job.look();
      job.look();
      expect(events).toEqual(['abort']);
      expect(signal.reason).toMatchObject({ name });
    },
  );

  test('has aborted when it is first used, if the job was told before', () => {
    const job = start();
    words.tell(CELL, Told.cancelled);
    expect(job.signal.aborted).toBe(true);
  });

  test('does not abort if another cell’s job was told', () => {
    const job = start();
    words.tell(0, Told.cancelled);
    job.look();
    expect(job.signal.aborted).toBe(false);
  });

  test('never aborts after the end of the job’s function, whoever the cell belongs to then', () => {
    const job = start();
    const { signal } = job;
    job.end();
    expect(desk.reachable.size).toBe(0);
    words.tell(CELL, Told.cancelled);
    job.look();
    signal.throwIfAborted();
    expect([signal.aborted, signal.reason]).toEqual([false, undefined]);
  });

  test('that is first used after the end has not aborted, and reaches no other job', () => {
    const job = start();
    job.end();
    const next = start();
    void next.signal;
    words.tell(CELL, Told.cancelled);
    expect(job.signal.aborted).toBe(false);
    expect(desk.reachable.get(CELL)).toBe(next);
  });

  test('stays aborted after the end', () => {
    const job = start();
    const { signal } = job;
    words.tell(CELL, Told.timedOut);
    job.look();
    job.end();
    words.reset(CELL);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });
});

describe('progress', () => {
  test('is one function, which may be taken out of its context', () => {
    const job = start();
    const { progress } = job;
    expect(job.progress).toBe(progress);
    progress('half');
    expect(posted).toEqual([[Kind.progress, CELL, Form.plain, 'half']]);
    expect([...desk.reachable]).toEqual([[CELL, job]]);
  });

  test('is not posted where nobody listens', () => {
    const job = start(false);
    for (const value of [1, 2]) job.progress(value);
    expect(job.end()).toBe(false);
    expect(posted).toEqual([]);
  });

  test('has one value under way and keeps the newest of the others, until it has arrived', () => {
    const job = start();
    for (const value of [1, 2, 3]) job.progress(value);
    expect(values()).toEqual([1]);
    expect(words.received(CELL)).toBe(true);
    job.postKept();
    expect(values()).toEqual([1, 3]);
    expect(words.received(CELL)).toBe(false);
    job.postKept();
    expect(values()).toEqual([1, 3]);
    job.progress(4);
    expect(values()).toEqual([1, 3, 4]);
    expect(job.end()).toBe(true);
    expect(values()).toEqual([1, 3, 4]);
  });

  test('has a newer value overtake the kept one, when there is room before it was asked for', () => {
    const job = start();
    for (const value of [1, 2]) job.progress(value);
    expect(words.received(CELL)).toBe(true);
    job.progress(3);
    // The message that asks for the kept value comes late.
    job.postKept();
    expect(values()).toEqual([1, 3]);
    job.end();
    expect(values()).toEqual([1, 3]);
  });

  test('keeps a value that cannot be posted yet, if it is asked for too often', () => {
    const job = start();
    for (const value of [1, 2]) job.progress(value);
    job.postKept();
    expect(values()).toEqual([1]);
    job.end();
    expect(values()).toEqual([1, 2]);
  });

  test('posts a value that was to be kept in the moment in which the one before arrived', () => {
    const job = start();
    job.progress(1);
    const { keep } = words;
    let tries = 0;
    words.keep = (cell) => {
      tries += 1;
      words.received(cell);
      return keep.call(words, cell);
    };
    job.progress(2);
    expect([values(), tries]).toEqual([[1, 2], 1]);
    job.end();
    expect(values()).toEqual([1, 2]);
  });

  test('has the value that is kept posted at the end', () => {
    const job = start();
    for (const value of [1, 2, undefined]) job.progress(value);
    expect(job.end()).toBe(true);
    expect(values()).toEqual([1, undefined]);
  });

  test('after the end is ignored', () => {
    const job = start();
    const { progress } = job;
    progress(1);
    job.end();
    words.reset(CELL);
    words.hear(CELL);
    progress(2);
    job.progress(3);
    job.postKept();
    expect(values()).toEqual([1]);
  });

  test('has a Buffer arrive as one, and no view drag its larger memory along', () => {
    const job = start();
    job.progress(Buffer.from('abc'));
    words.received(CELL);
    job.progress(new Uint8Array(1000).subarray(0, 3));
    expect(posted.map((message) => message[2])).toEqual([Form.buffer, Form.plain]);
    expect(values().map((value) => (value as Uint8Array).buffer.byteLength)).toEqual([3, 3]);
  });
});

describe('a progress value that cannot be cloned', () => {
  test.each<[string, () => unknown]>([
    ['a function', () => () => {}],
    [
      'a getter that throws',
      () => ({
        get field() {
          throw new RangeError('no');
        },
      }),
    ],
  ])('is a stray error, and the next one is posted: %s', (_, make) => {
    const job = start();
    job.progress(make());
    expect(strays).toHaveLength(1);
    job.progress(2);
    expect(values()).toEqual([2]);
    expect(job.end()).toBe(true);
  });

  test('leaves the job without any that was posted', () => {
    const job = start();
    job.progress(() => {});
    expect(job.end()).toBe(false);
    expect(strays).toHaveLength(1);
  });

  test('may be the last one: then nothing follows', () => {
    const job = start();
    job.progress(1);
    job.progress(() => {});
    expect(job.end()).toBe(true);
    expect(values()).toEqual([1]);
    expect(strays).toHaveLength(1);
  });

  test('may report progress itself', () => {
    const job = start();
    job.progress({
      get field() {
        job.progress('inner');
        return 'outer';
      },
    });
    expect(values()).toEqual([{ field: 'outer' }]);
    job.end();
    expect(values()).toEqual([{ field: 'outer' }, 'inner']);
  });
});
