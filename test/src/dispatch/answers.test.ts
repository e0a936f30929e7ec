import { beforeEach, describe, expect, test, vi } from 'vitest';
import { NotCloneableError } from '../../../src/api/errors.js';
import { Answers } from '../../../src/dispatch/answers.js';
import type { Grace } from '../../../src/dispatch/grace.js';
import { Lane } from '../../../src/dispatch/lane.js';
import { sendTo } from '../../../src/dispatch/sending.js';
import type { JobRecord } from '../../../src/job/job.js';
import { Survivors } from '../../../src/dispatch/survivors.js';
import { Stats } from '../../../src/job/stats.js';
import { Held } from '../../../src/wire/values.js';
import { BELL, Form, Kind } from '../../../src/wire/protocol.js';
import { encodeThrown } from '../../../src/wire/thrown.js';
import { jobOf, Outcomes } from './jobs.js';
import { ScriptedLink } from './scripted-link.js';

function setUp() {
  const clock = { nowMs: 0 };
  const link = new ScriptedLink(8, () => clock.nowMs);
  const lane = new Lane(link, []);
  const outcomes = new Outcomes();
  const stats = new Stats(0);
  const survivors = new Survivors();
  const answers = new Answers(outcomes, stats, survivors);
  /** Sends a job, which the thread starts. */
  const run = (job: JobRecord, atMs = clock.nowMs): JobRecord => {
    sendTo(lane, job, 0, true);
    clock.nowMs = atMs;
    link.start();
    return job;
  };
  /** The thread ends the job in this cell and is about to post its result. */
  const end = (cell: number, atMs: number): void => {
    link.host.forms[cell] = Held.none;
    link.host.answer(cell, atMs);
  };
  return { clock, link, lane, outcomes, stats, answers, run, end };
}

test('a bell brings all results that lie in their cells, in the order of ending', () => {
  const { link, lane, outcomes, answers, run } = setUp();
  for (const id of [1, 2, 3]) run(jobOf(id));
  link.end(2, { value: { third: 3 } });
  link.end(0, { value: undefined });
  answers.receive(lane, BELL);
  expect(outcomes.settled).toEqual([
    [3, 'fulfilled', { third: 3 }],
    [1, 'fulfilled', undefined],
  ]);
  expect(lane.jobs.filter((job) => job !== undefined).map(({ id }) => id)).toEqual([2]);
});

test('the bell is answered before anything is collected, so that it can ring again', () => {
  const { link, lane, outcomes, answers, run } = setUp();
  run(jobOf(1));
  link.end(0, { value: 1 });
  expect(link.host.ring()).toBe(true);
  let isRungAgain = false;
  outcomes.settle = () => (isRungAgain = link.host.ring());
  answers.collect(lane);
  expect(isRungAgain).toBe(true);
});

test('every other message is a bell, too', () => {
  const { link, lane, outcomes, answers, run } = setUp();
  run(jobOf(1));
  link.end(0, { value: 1 });
  const ping = lane.ping([Kind.ping]);
  answers.receive(lane, BELL);
  expect(lane.hasAnswered(ping), 'a bell is no answer to a ping').toBe(false);
  run(jobOf(2));
  link.end(0, { value: 2 });
  answers.receive(lane, [Kind.pong]);
  expect(lane.hasAnswered(ping)).toBe(true);
  expect(outcomes.settled.map(([id]) => id)).toEqual([1, 2]);
  run(jobOf(3, { terms: { onProgress() {} } }));
  run(jobOf(4));
  link.end(1, { value: 4 });
  answers.receive(lane, [Kind.progress, 0, Form.plain, 'half']);
  expect(outcomes.settled.map(([id]) => id)).toEqual([1, 2, 4]);
});

test.each([
  ['done', [Kind.done, 0, Form.plain, 'one']],
  ['progress', [Kind.progress, 0, Form.plain, 'half']],
  ['message of a kind that is not known', [99, 0, Form.plain, 'odd']],
])('a %s is no pong', (_, message) => {
  const { lane, answers, run, end } = setUp();
  run(jobOf(1));
  end(0, 1);
  const ping = lane.ping([Kind.ping]);
  answers.receive(lane, message);
  expect(lane.hasAnswered(ping)).toBe(false);
});

describe('progress', () => {
  const heard: unknown[] = [];
  const terms = { onProgress: (value: unknown): unknown => heard.push(value) };
  beforeEach(() => {
    heard.length = 0;
  });

  test.each([
    ['the value', Form.plain, { half: 0.5 }, { half: 0.5 }],
    ['undefined, if that is the value', Form.plain, undefined, undefined],
    ['a Buffer again', Form.buffer, new Uint8Array([1, 2]), Buffer.from([1, 2])],
  ])('of a job is handed to whoever listens: %s', (_, form, value, expected) => {
    const { lane, answers, outcomes, run } = setUp();
    run(jobOf(1, { terms }));
    answers.receive(lane, [Kind.progress, 0, form, value]);
    expect(heard).toEqual([expected]);
    expect(Buffer.isBuffer(heard[0])).toBe(form === Form.buffer);
    expect(outcomes.settled).toEqual([]);
  });

  test('that is kept is asked for when the one before has arrived', () => {
    const { link, lane, answers, run } = setUp();
    run(jobOf(1, { terms }));
    const { jobWords } = link.host;
    expect(jobWords.mayPost(0)).toBe(true);
    answers.receive(lane, [Kind.progress, 0, Form.plain, 'first']);
    expect(link.asked, 'nothing is kept').toEqual([]);
    expect(jobWords.mayPost(0)).toBe(true);
    expect(jobWords.keep(0)).toBe(true);
    answers.receive(lane, [Kind.progress, 0, Form.plain, 'second']);
    expect(link.asked).toEqual([0]);
    expect(jobWords.mayPost(0)).toBe(true);
    expect(heard).toEqual(['first', 'second']);
  });

  test('of a job that was settled is not heard, but what it keeps is still asked for', () => {
    const { link, lane, answers, run } = setUp();
    const job = run(jobOf(1, { terms }));
    link.host.jobWords.mayPost(0);
    link.host.jobWords.keep(0);
    job.carrier = undefined;
    answers.receive(lane, [Kind.progress, 0, Form.plain, 'late']);
    expect(heard).toEqual([]);
    expect(link.asked).toEqual([0]);
  });

  test('of a cell without a job is heard by nobody', () => {
    const { lane, answers, outcomes } = setUp();
    answers.receive(lane, [Kind.progress, 0, Form.plain, 'odd']);
    expect(heard).toEqual([]);
    expect(outcomes.settled).toEqual([]);
  });

  test('arrives before the result that is posted behind it', () => {
    const { lane, answers, outcomes, run, end } = setUp();
    const job = run(jobOf(1, { terms }));
    let endingThen: unknown;
    vi.spyOn(job, 'progressed').mockImplementation(() => (endingThen = job.ending ?? 'none'));
    end(0, 1);
    answers.receive(lane, [Kind.progress, 0, Form.plain, 'last']);
    answers.receive(lane, [Kind.done, 0, Form.plain, 'result']);
    expect(endingThen).toBe('none');
    expect(outcomes.settled).toEqual([[1, 'fulfilled', 'result']]);
  });
});

describe('the value of a message is', () => {
  test.each<[string, number, unknown, 'fulfilled' | 'rejected', unknown]>([
    ['the result', Form.plain, { a: 1 }, 'fulfilled', { a: 1 }],
    ['a Buffer again', Form.buffer, new Uint8Array([1, 2]), 'fulfilled', Buffer.from([1, 2])],
    [
      'what the job threw',
      Form.thrown,
      encodeThrown(new RangeError('no')),
      'rejected',
      new RangeError('no'),
    ],
    ['the very value that it threw', Form.thrown, encodeThrown(7), 'rejected', 7],
  ])('%s', (_, form, value, ending, expected) => {
    const { lane, outcomes, answers, run, end } = setUp();
    const job = run(jobOf(1));
    end(0, 1);
    answers.receive(lane, [Kind.done, 0, form, value]);
    expect(outcomes.settled).toEqual([[1, ending, expected]]);
    expect(Buffer.isBuffer(outcomes.settled[0]?.[2])).toBe(form === Form.buffer);
    expect(job.carrier).toBeUndefined();
    expect([lane.occupied, lane.isOpen]).toEqual([0, true]);
  });

  test.each([
    ['result', true, Form.notCloneable],
    ['input', false, Form.unreadable],
  ] as const)('why its %s cannot be cloned', (what, started, form) => {
    const { lane, outcomes, answers, run, end } = setUp();
    run(jobOf(1));
    end(0, 1);
    answers.receive(lane, [Kind.done, 0, form, encodeThrown(new Error('odd'))]);
    const [, ending, error] = outcomes.settled[0] ?? [];
    expect(ending).toBe('rejected');
    expect(error).toBeInstanceOf(NotCloneableError);
    expect(error).toMatchObject({ what, started, cause: new Error('odd') });
    expect((error as Error).message).toContain("job 'job'");
    expect((error as Error).stack, 'it has no stack').not.toContain('\n');
  });
});

describe('times', () => {
  test('are measured on the clock of the main thread, from acceptance to the start to the end', () => {
    const { link, lane, answers, stats, run } = setUp();
    link.clockOffsetMs = -1000;
    const job = run(jobOf(1, { acceptedMs: 4 }), 1010);
    link.host.forms[0] = link.host.results.write(0, 'done');
    link.host.finish(0, 1017);
    link.host.complete(0);
    answers.collect(lane);
    expect(stats.waitMs()).toMatchObject({ count: 1, mean: expect.closeTo(6) });
    expect(stats.runMs()).toMatchObject({ count: 1, mean: expect.closeTo(7) });
    expect(stats.meanBusySlots(17, [])).toBeCloseTo(7 / 17, 2);
    expect(job.function.meanMs).toBe(7);
    expect(job.function.isAsync).toBe(false);
  });

  test('a function that returned a promise is asynchronous from then on', () => {
    const { link, lane, answers, run } = setUp();
    const job = run(jobOf(1));
    link.host.markAsync(0);
    link.end(0, { value: 1 });
    answers.collect(lane);
    expect(job.function).toMatchObject({ isAsync: true, isEstimable: false });
  });

  test('of a job that was settled before it ended only its slot is counted as busy', () => {
    const { clock, link, lane, outcomes, answers, stats, run } = setUp();
    link.clockOffsetMs = -1000;
    const job = run(jobOf(1), 1000);
    job.carrier = undefined;
    clock.nowMs = 1010;
    link.end(0, { value: 'nobody waits for it' });
    lane.isHeldUp = true;
    answers.collect(lane);
    expect(outcomes.settled).toEqual([]);
    expect([stats.waitMs().count, stats.runMs().count]).toEqual([0, 0]);
    expect(stats.meanBusySlots(10, [])).toBeCloseTo(1, 2);
    expect(job.function.isEstimable).toBe(false);
    expect([lane.occupied, lane.isHeldUp]).toEqual([0, false]);
  });
});

describe('the grace of a job that was settled while it ran', () => {
  test.each([
    ['its result in its cell', 'small'],
    ['its result in a message', { large: 'x'.repeat(20_000) }],
  ])('is over with its function: %s', (_, value) => {
    const { link, lane, answers, run } = setUp();
    link.deliverTo({
      receive: (message) => answers.receive(lane, message),
      unreadable() {},
    });
    const graces = [0, 1].map((cell) => {
      run(jobOf(cell)).carrier = undefined;
      const grace = { clear: vi.fn<() => void>() };
      lane.abandoned.set(cell, grace as unknown as Grace);
      return grace;
    });
    link.end(1, { value });
    answers.collect(lane);
    expect(graces.map(({ clear }) => clear.mock.calls.length)).toEqual([0, 1]);
    expect([...lane.abandoned.keys()]).toEqual([0]);
  });

  test('goes on while others end there', () => {
    const { link, lane, answers, run } = setUp();
    run(jobOf(1)).carrier = undefined;
    const clear = vi.fn<() => void>();
    lane.abandoned.set(0, { clear } as unknown as Grace);
    run(jobOf(2));
    link.end(1, { value: 'done' });
    answers.collect(lane);
    expect(clear).not.toHaveBeenCalled();
    expect(lane.abandoned.size).toBe(1);
  });
});

test('a thread is no longer held up when a job on it has ended', () => {
  const { link, lane, answers, run } = setUp();
  run(jobOf(1));
  lane.isHeldUp = true;
  answers.collect(lane);
  expect(lane.isHeldUp).toBe(true);
  link.end(0, { value: 1 });
  answers.collect(lane);
  expect(lane.isHeldUp).toBe(false);
});

test('the cell of a job that was taken back is free when it comes back, and settles nobody', () => {
  const { link, lane, outcomes, answers } = setUp();
  const job = jobOf(1);
  sendTo(lane, job, 0, true);
  lane.takeBack(job);
  link.start();
  lane.isHeldUp = true;
  answers.collect(lane);
  expect(outcomes.settled).toEqual([]);
  expect(lane.isHeldUp, 'no job has ended').toBe(true);
  expect(lane.occupy(jobOf(2))).toBe(0);
});

test('a message for a cell without a job settles nobody and frees the cell', () => {
  const { lane, outcomes, answers, stats } = setUp();
  const job = jobOf(1);
  sendTo(lane, job, 0, true);
  lane.takeBack(job);
  answers.receive(lane, [Kind.done, 0, Form.plain, 'late']);
  expect(outcomes.settled).toEqual([]);
  expect(stats.runMs().count).toBe(0);
  expect(lane.occupy(jobOf(2))).toBe(0);
});

describe('of a dead thread', () => {
  test('results that lie finished in their cells are taken, though it has not given them back', () => {
    const { link, lane, outcomes, answers, run, end } = setUp();
    for (const id of [1, 2, 3, 4]) run(jobOf(id));
    link.endUnannounced(1, 'saved');
    // Its result was to be posted but did not come.
    end(2, 1);
    link.host.answered(2);
    const abandoned = lane.jobs[3] as JobRecord;
    link.endUnannounced(2, 'abandoned');
    abandoned.carrier = undefined;
    answers.collectUnannounced(lane);
    expect(outcomes.settled).toEqual([[2, 'fulfilled', 'saved']]);
    expect(lane.unsettled().map(({ id }) => id)).toEqual([1, 3]);
  });
});

test('a result in its cell that cannot be read fails its job alone, and its memory is free again', () => {
  const { link, lane, outcomes, answers, run } = setUp();
  for (const id of [1, 2]) run(jobOf(id));
  link.end(0, { value: 'x'.repeat(16_000) });
  link.end(0, { value: 'two' });
  const cause = new RangeError('Array buffer allocation failed');
  vi.spyOn(lane.rings.results, 'read').mockImplementationOnce(() => {
    throw cause;
  });
  const skip = vi.spyOn(lane.rings.results, 'skip');
  answers.collect(lane);
  expect(outcomes.settled).toEqual([
    [1, 'rejected', expect.objectContaining({ what: 'result', started: true, cause })],
    [2, 'fulfilled', 'two'],
  ]);
  expect(skip).toHaveBeenCalledWith(0, Held.encoded);
  expect(lane.jobs.every((job) => job === undefined)).toBe(true);
});

describe('a message that cannot be read', () => {
  test('fails the job that finished first of those whose result is to be posted', () => {
    const { link, lane, outcomes, answers, run, end } = setUp();
    for (const id of [1, 2, 3, 4, 5]) run(jobOf(id));
    end(1, 30);
    end(3, 20);
    link.host.answered(3);
    // This job ended earlier, but its result is in its cell, so it is not the one.
    link.end(2, { value: 'in its cell' });
    // This job, started later in a cell without a value, is still running.
    link.host.forms[4] = Held.none;
    const cause = new Error('unreadable');
    answers.unreadable(lane, cause);
    expect(outcomes.settled.map(([id, ending]) => [id, ending])).toEqual([
      [4, 'rejected'],
      [3, 'fulfilled'],
    ]);
    expect(outcomes.settled[0]?.[2]).toMatchObject({ what: 'result', started: true, cause });
    answers.unreadable(lane, cause);
    expect(outcomes.settled.slice(2).map(([id]) => id)).toEqual([2]);
    answers.unreadable(lane, cause);
    expect(outcomes.settled).toHaveLength(3);
  });

  test('fails nobody whose cell is empty', () => {
    const { lane, outcomes, answers, run, end } = setUp();
    run(jobOf(1));
    end(0, 1);
    lane.release(0);
    answers.unreadable(lane, new Error('unreadable'));
    expect(outcomes.settled).toEqual([]);
    expect(lane.occupy(jobOf(2)), 'the cell is freed once only').toBe(0);
    expect(lane.occupy(jobOf(3))).toBe(1);
  });
});
