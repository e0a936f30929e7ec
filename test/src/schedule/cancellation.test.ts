import { describe, expect, test, vi } from 'vitest';
import { JobTimeoutError } from '../../../src/api/errors.js';
import type { Carrier, JobRecord } from '../../../src/job/job.js';
import { Told } from '../../../src/wire/job-words.js';
import { Cancellation } from '../../../src/schedule/cancellation.js';
import { jobOf } from '../dispatch/jobs.js';
import { asDispatcher, dispatcherOf, partsOf } from './parts.js';

function setUp() {
  const parts = partsOf();
  const { backlog, log, settling, timeouts, signals } = parts;
  const settle = settling.settle.bind(settling);
  vi.spyOn(settling, 'settle').mockImplementation((job, ending, value) => {
    log.push(`${ending} ${job.id}`);
    settle(job, ending, value);
  });
  const dispatcher = dispatcherOf(log);
  const cancellation = new Cancellation(settling, asDispatcher(dispatcher), timeouts, signals, () =>
    log.push(`room for ${backlog.capacity - backlog.accepted}`),
  );
  const accepted = (job: JobRecord): JobRecord => {
    backlog.accept(job);
    return job;
  };
  return { ...parts, dispatcher, cancellation, accepted };
}

describe('a job is watched', () => {
  test('by its timeouts, if it has any', () => {
    const { cancellation, log } = setUp();
    cancellation.watch(jobOf(1));
    expect(log).toEqual([]);
    cancellation.watch(jobOf(2, { terms: { runMs: 1 } }));
    expect(log).toEqual(['add 2']);
  });

  test('by its signal, if it has one', () => {
    const { cancellation, log } = setUp();
    const controller = new AbortController();
    cancellation.watch(jobOf(1, { signal: controller.signal }));
    expect(log).toEqual([]);
    controller.abort();
    expect(log).toEqual(['abort']);
  });

  test('by a signal that has aborted since it was checked, which ends it at once', () => {
    const { cancellation, accepted, log, signals } = setUp();
    const signal = AbortSignal.abort('enough');
    const add = vi.spyOn(signals, 'add');
    const job = accepted(jobOf(1, { signal }));
    cancellation.watch(job);
    expect(job).toMatchObject({ ending: 'cancelled', error: 'enough' });
    expect(add).toHaveBeenCalledExactlyOnceWith(signal, job);
    expect(log).toEqual(['withdraw 1', 'cancelled 1', 'remove 1', 'room for 11']);
  });
});

describe('cancelling', () => {
  test('takes the job off its thread, ends it, and then reports room', () => {
    const { cancellation, accepted, dispatcher, log } = setUp();
    const job = accepted(jobOf(1));
    expect(cancellation.cancel(job, 'why')).toBe(true);
    expect(job).toMatchObject({ ending: 'cancelled', error: 'why' });
    expect(log).toEqual(['withdraw 1', 'cancelled 1', 'remove 1', 'room for 11']);
    expect(dispatcher.withdraw).toHaveBeenCalledExactlyOnceWith(job, Told.cancelled);
  });

  test('does nothing to a job that has ended', () => {
    const { cancellation, accepted, log } = setUp();
    const job = accepted(jobOf(1));
    cancellation.cancel(job, 'why');
    log.length = 0;
    expect(cancellation.cancel(job, 'again')).toBe(false);
    expect(job.error).toBe('why');
    expect(log).toEqual([]);
  });
});

test('all jobs of a signal end before there is room for anybody', () => {
  const { cancellation, accepted, dispatcher, log } = setUp();
  const jobs = [1, 2].map((id) => accepted(jobOf(id)));
  cancellation.abort(new Set(jobs), 'enough');
  expect(jobs.map(({ error }) => error)).toEqual(['enough', 'enough']);
  expect(log).toEqual([
    'withdraw 1',
    'cancelled 1',
    'remove 1',
    'withdraw 2',
    'cancelled 2',
    'remove 2',
    'room for 11',
  ]);
  expect(dispatcher.withdraw.mock.calls.map(([, reason]) => reason)).toEqual([
    Told.cancelled,
    Told.cancelled,
  ]);
});

describe('a timeout that expires', () => {
  test.each([
    ['accept', false],
    ['queue', false],
    ['run', true],
    ['total', false],
    ['total', true],
  ] as const)('ends the job, and says whether it was started: %s, %s', (phase, started) => {
    const { cancellation, accepted, dispatcher, log } = setUp();
    dispatcher.withdraw.mockReturnValueOnce(started);
    const job = accepted(jobOf(1));
    cancellation.expire(job, phase, 12);
    expect(dispatcher.withdraw).toHaveBeenCalledExactlyOnceWith(job, Told.timedOut);
    expect(job.ending).toBe('timedOut');
    expect(job.error).toBeInstanceOf(JobTimeoutError);
    expect(job.error).toMatchObject({ phase, timeoutMs: 12, started });
    expect((job.error as Error).message).toContain("'job'");
    expect((job.error as Error).stack).not.toContain('\n');
    expect(log.at(-1)).toBe('room for 11');
  });

  const carrier = (canBeTakenBack: boolean) => {
    const takeBack = vi.fn<Carrier['takeBack']>(() => canBeTakenBack);
    return {
      takeBack,
      carrier: { takeBack, isStarted: () => true, isFinished: () => false } as unknown as Carrier,
    };
  };

  test('of the queue does not end a job that its thread has started meanwhile', () => {
    const { cancellation, accepted, log } = setUp();
    const job = accepted(jobOf(1));
    const { takeBack, carrier: thread } = carrier(false);
    job.carrier = thread;
    cancellation.expire(job, 'queue', 12);
    expect(takeBack).toHaveBeenCalledExactlyOnceWith(job);
    expect(job.ending).toBeUndefined();
    expect(log).toEqual(['reschedule 1']);
  });

  test('of the queue ends one that could be taken back', () => {
    const { cancellation, accepted, log } = setUp();
    const job = accepted(jobOf(1));
    job.carrier = carrier(true).carrier;
    cancellation.expire(job, 'queue', 12);
    expect(job.ending).toBe('timedOut');
    expect(log).not.toContain('reschedule 1');
  });

  describe('when the function of its job has ended', () => {
    const finished = {
      takeBack: () => false,
      isStarted: () => true,
      isFinished: () => true,
    } as unknown as Carrier;

    test.each(['queue', 'run', 'total'] as const)(
      'takes the result that lies in its cell, and then there is room: %s',
      (phase) => {
        const { cancellation, accepted, dispatcher, log, settling } = setUp();
        const job = accepted(jobOf(1));
        job.carrier = finished;
        dispatcher.collect.mockImplementationOnce(() => settling.settle(job, 'fulfilled', 'just'));
        cancellation.expire(job, phase, 12);
        expect(job).toMatchObject({ ending: 'fulfilled' });
        expect(log).toEqual(['fulfilled 1', 'remove 1', 'room for 11', 'reschedule 1']);
        expect(dispatcher.withdraw).not.toHaveBeenCalled();
      },
    );

    test('waits for a result that is under way', () => {
      const { cancellation, accepted, dispatcher, log } = setUp();
      const job = accepted(jobOf(1));
      job.carrier = finished;
      cancellation.expire(job, 'total', 12);
      expect(job.ending).toBeUndefined();
      expect(log).toEqual(['collect', 'room for 10', 'reschedule 1']);
      expect(dispatcher.withdraw).not.toHaveBeenCalled();
    });
  });

  test('of another kind ends a job that runs', () => {
    const { cancellation, accepted } = setUp();
    const job = accepted(jobOf(1));
    const { takeBack, carrier: thread } = carrier(false);
    job.carrier = thread;
    cancellation.expire(job, 'run', 12);
    expect(takeBack).not.toHaveBeenCalled();
    expect(job.ending).toBe('timedOut');
  });
});
