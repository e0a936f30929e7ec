import { describe, expect, test } from 'vitest';
import { ModuleLoadError, PoolClosedError } from '../../../src/api/errors.js';
import { Functions } from '../../../src/job/functions.js';
import type { Carrier, JobRecord } from '../../../src/job/job.js';
import { Admission } from '../../../src/schedule/admission.js';
import { Told } from '../../../src/wire/job-words.js';
import { Turns } from '../../../src/schedule/turns.js';
import { Closing } from '../../../src/schedule/closing.js';
import { thrownBy } from '../../helpers/outcomes.js';
import { jobOf } from '../dispatch/jobs.js';
import { asDispatcher, dispatcherOf, partsOf } from './parts.js';

function setUp() {
  const parts = partsOf();
  const { backlog, log, settling, stats } = parts;
  const dispatcher = dispatcherOf(log);
  const admission = new Admission(backlog, 1, new Functions(), stats);
  const turns = new Turns(backlog, 1);
  const closing = new Closing(admission, backlog, asDispatcher(dispatcher), settling, turns);
  const queued = (job: JobRecord): JobRecord => {
    backlog.accept(job);
    backlog.queue(job);
    return job;
  };
  const waiting = (job: JobRecord): JobRecord => {
    backlog.wait(job);
    return job;
  };
  return { ...parts, dispatcher, admission, closing, queued, waiting };
}

const submit = ({ admission }: ReturnType<typeof setUp>): unknown =>
  thrownBy(() => admission.check('job', 1, undefined));

describe('closing', () => {
  test('refuses those that wait and those that come, and lets the accepted go on', () => {
    const given = setUp();
    const accepted = given.queued(jobOf(1));
    const waiters = [2, 3].map((id) => given.waiting(jobOf(id, { acceptedMs: -1 })));
    given.closing.begin();
    for (const { ending, error } of waiters) {
      expect(ending).toBe('refused');
      expect(error).toBeInstanceOf(PoolClosedError);
      expect(error).toMatchObject({
        started: false,
        message:
          'The pool is closed and takes no more jobs. Submit before close(), or make a new pool.',
      });
      expect((error as Error).stack).not.toContain('\n');
    }
    expect(accepted.ending).toBeUndefined();
    expect(submit(given)).toMatchObject({ code: 'ERR_POOL_CLOSED', started: false });
    expect(given.backlog).toMatchObject({ waiting: 0, queued: 1, accepted: 1 });
  });

  test('again changes nothing, not even the reason', () => {
    const given = setUp();
    given.closing.begin();
    given.closing.fail(new ModuleLoadError('file:///jobs.js', new Error('broken'), true));
    given.closing.begin();
    expect(submit(given)).toMatchObject({ code: 'ERR_MODULE_LOAD' });
  });

  test('is over when the last accepted job has settled', () => {
    const { backlog, closing, log } = setUp();
    expect(closing.drain(), 'it is running').toBe(false);
    const job = jobOf(1);
    backlog.accept(job);
    closing.begin();
    expect(closing.drain()).toBe(false);
    expect(log).toEqual([]);
    backlog.release(job);
    expect(closing.drain()).toBe(true);
    expect(log, 'no thread is replaced any more').toEqual(['close']);
  });

  test('waits for the grace of one that was told to stop before', () => {
    const { closing, dispatcher } = setUp();
    closing.begin();
    dispatcher.isGivingTime = true;
    expect(closing.drain()).toBe(false);
    dispatcher.isGivingTime = false;
    expect(closing.drain()).toBe(true);
  });

  test('waits for no grace at the deadline', () => {
    const { closing, dispatcher } = setUp();
    closing.begin();
    dispatcher.isGivingTime = true;
    closing.cutOff();
    expect(closing.drain()).toBe(true);
  });
});

const carrierOf = (state: 'sent' | 'started' | 'finished'): Carrier => ({
  takeBack: () => state === 'sent',
  isStarted: () => state !== 'sent',
  isFinished: () => state === 'finished',
  startedMs: () => 0,
});

describe('shortly before the deadline', () => {
  test('what lies ready is taken, and what runs is told', () => {
    const { closing, dispatcher, log } = setUp();
    closing.warn();
    expect(log).toEqual(['collect', 'tell all']);
    expect(dispatcher.tellAll).toHaveBeenCalledExactlyOnceWith(Told.closing);
  });

  test('a job that was told, and fails, counts as cut off', () => {
    const { closing, dispatcher, queued, settling } = setUp();
    const [told, other] = [queued(jobOf(1, { input: 'one' })), queued(jobOf(2))];
    dispatcher.tellAll.mockReturnValueOnce([told]);
    closing.warn();
    const error = new Error('obeys');
    settling.settle(other, 'rejected', error);
    expect(other.error, 'it was not told').toBe(error);
    settling.settle(told, 'rejected', error);
    expect(told.error).toBeInstanceOf(PoolClosedError);
    expect(told.error).toMatchObject({
      started: true,
      cause: error,
      message:
        'The pool closed at its deadline while this job ran; it may have done part of its work.',
    });
    expect((told.error as Error).stack).not.toContain('\n');
    expect(closing.unfinished).toEqual([
      { name: 'job', input: 'one', started: true, transferred: false },
    ]);
  });

  test('a job that was told, and fails, is handed back without what it transferred', () => {
    const { closing, dispatcher, queued, settling } = setUp();
    const job = queued(jobOf(1, { input: 'one', transfer: [new ArrayBuffer(1)] }));
    dispatcher.tellAll.mockReturnValueOnce([job]);
    closing.warn();
    settling.settle(job, 'rejected', 'obeys');
    expect(closing.unfinished).toEqual([
      { name: 'job', input: undefined, started: true, transferred: true },
    ]);
  });

  test('a job that was told, and whose error is under way at the deadline, counts as cut off', () => {
    const { backlog, closing, dispatcher, settling } = setUp();
    const [obeying, other] = [1, 2].map((id) => {
      const job = jobOf(id);
      backlog.accept(job);
      job.carrier = carrierOf('finished');
      return job;
    }) as [JobRecord, JobRecord];
    dispatcher.tellAll.mockReturnValueOnce([obeying]);
    closing.warn();
    dispatcher.lanes.sent.mockReturnValue([obeying, other]);
    closing.cutOff();
    expect(closing.unfinished).toEqual([]);
    for (const job of [obeying, other]) settling.settle(job, 'rejected', 'its own');
    expect(obeying.error).toMatchObject({ code: 'ERR_POOL_CLOSED', cause: 'its own' });
    expect(other.error, 'it was not told').toBe('its own');
    expect(closing.unfinished.map(({ input }) => input)).toEqual([1]);
  });

  test('a job that was told before an earlier deadline came stays told', () => {
    const { closing, dispatcher, queued, settling } = setUp();
    const [first, second] = [queued(jobOf(1)), queued(jobOf(2))];
    dispatcher.tellAll.mockReturnValueOnce([first]);
    closing.warn();
    dispatcher.tellAll.mockReturnValueOnce([second]);
    closing.warn();
    for (const job of [first, second]) settling.settle(job, 'rejected', 'obeys');
    expect(closing.unfinished.map(({ input }) => input)).toEqual([1, 2]);
  });

  test('a job that was told, and succeeds, does not', () => {
    const { closing, dispatcher, queued, settling } = setUp();
    const job = queued(jobOf(1));
    dispatcher.tellAll.mockReturnValueOnce([job]);
    closing.warn();
    settling.settle(job, 'fulfilled', 'in time');
    expect(job).toMatchObject({ ending: 'fulfilled', error: 'in time' });
    expect(closing.unfinished).toEqual([]);
  });

  test('and at it the jobs that are cut off are handed back by age', () => {
    const { backlog, closing, dispatcher, settling } = setUp();
    const [third, first, second] = [3, 1, 2].map((id) => {
      const job = jobOf(id);
      backlog.accept(job);
      job.carrier = carrierOf('started');
      return job;
    }) as [JobRecord, JobRecord, JobRecord];
    dispatcher.tellAll.mockReturnValueOnce([third, first, second]);
    closing.warn();
    for (const job of [third, first]) settling.settle(job, 'rejected', 'obeys');
    dispatcher.lanes.sent.mockReturnValue([second]);
    dispatcher.withdraw.mockReturnValueOnce(true);
    closing.cutOff();
    expect(closing.unfinished.map(({ input }) => input)).toEqual([1, 2, 3]);
    expect(second.error, 'it was cut off itself').toMatchObject({ started: true });
    expect((second.error as Error).cause).toBeUndefined();
  });
});

describe('the deadline', () => {
  test('rejects what is left, the oldest first, and hands it back', () => {
    const { closing, dispatcher, log, queued, backlog } = setUp();
    const sent = (id: number, state: 'sent' | 'started', transfer?: ArrayBuffer[]): JobRecord => {
      const job = jobOf(id, { input: `input ${id}`, ...(transfer && { transfer }) });
      backlog.accept(job);
      job.carrier = carrierOf(state);
      return job;
    };
    const jobs = [
      sent(3, 'sent'),
      sent(1, 'started'),
      sent(2, 'started', [new ArrayBuffer(1)]),
      queued(jobOf(4, { input: 'input 4' })),
      queued(jobOf(5, { input: 'input 5', transfer: [new ArrayBuffer(1)] })),
    ];
    dispatcher.lanes.sent.mockReturnValue(jobs.slice(0, 3));
    dispatcher.withdraw.mockImplementation((job) => job.isStarted);
    closing.cutOff();
    expect(closing.unfinished).toEqual([
      { name: 'job', input: 'input 1', started: true, transferred: false },
      { name: 'job', input: undefined, started: true, transferred: true },
      { name: 'job', input: 'input 3', started: false, transferred: false },
      { name: 'job', input: 'input 4', started: false, transferred: false },
      // Its memory has not left this side yet.
      { name: 'job', input: 'input 5', started: false, transferred: false },
    ]);
    expect(
      log.slice(0, 2),
      'threads are retired no more, and what lies ready is taken first',
    ).toEqual(['close', 'collect']);
    expect(dispatcher.withdraw.mock.calls.map(([job, reason]) => [job.id, reason])).toEqual(
      [1, 2, 3, 4, 5].map((id) => [id, Told.closing]),
    );
    for (const job of jobs) {
      expect(job.ending).toBe('rejected');
      expect(job.error).toBeInstanceOf(PoolClosedError);
      expect((job.error as Error).stack).not.toContain('\n');
    }
    expect(jobs[1]?.error).toMatchObject({
      started: true,
      message:
        'The pool closed at its deadline while this job ran; it may have done part of its work.',
    });
    expect(jobs[0]?.error).toMatchObject({
      started: false,
      message: 'The pool closed at its deadline before this job started.',
    });
    expect(backlog).toMatchObject({ accepted: 0, queued: 0 });
  });

  test('leaves a job alone whose function has ended', () => {
    const { closing, dispatcher } = setUp();
    const job = jobOf(1);
    job.carrier = carrierOf('finished');
    dispatcher.lanes.sent.mockReturnValue([job]);
    closing.cutOff();
    expect(closing.unfinished).toEqual([]);
    expect(job.ending).toBeUndefined();
    expect(dispatcher.withdraw).not.toHaveBeenCalled();
  });
});

test('a failure rejects what is queued, and refuses those that wait and those that come', () => {
  const given = setUp();
  const { closing, queued, waiting } = given;
  const jobs = [queued(jobOf(1)), queued(jobOf(2)), waiting(jobOf(3, { acceptedMs: -1 }))];
  const error = new ModuleLoadError('file:///jobs.js', new Error('broken'), true);
  closing.fail(error);
  expect(jobs.map(({ ending }) => ending)).toEqual(['rejected', 'rejected', 'refused']);
  for (const job of jobs) expect(job.error).toBe(error);
  expect(submit(given)).toBe(error);
  expect(closing.drain(), 'it is not closed').toBe(false);
});
