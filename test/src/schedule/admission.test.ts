import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import {
  BacklogFullError,
  InvalidOptionError,
  JobTooLargeError,
  type MillraceError,
  PoolClosedError,
  UnknownJobError,
} from '../../../src/api/errors.js';
import type { SubmitOptions } from '../../../src/api/options.js';
import { Functions } from '../../../src/job/functions.js';
import type { JobRecord, JobTerms } from '../../../src/job/job.js';
import { Stats } from '../../../src/job/stats.js';
import { Admission } from '../../../src/schedule/admission.js';
import { Backlog } from '../../../src/schedule/backlog.js';
import { JOB_OVERHEAD_BYTES } from '../../../src/wire/payload.js';
import { thrownBy } from '../../helpers/outcomes.js';
import { jobOf } from '../dispatch/jobs.js';

function setUp(limits = { jobs: 5, bytes: 10_000, waiters: 3 }, slots = 2) {
  const backlog = new Backlog<JobRecord>(slots, limits);
  const functions = new Functions();
  const stats = new Stats(0);
  const admission = new Admission(backlog, slots, functions, stats);
  const check = (name: unknown, input?: unknown, options?: SubmitOptions): number =>
    admission.check(name as string, input, options);
  return { admission, backlog, functions, stats, check };
}

const closed = (): MillraceError => new PoolClosedError('closed', false);

describe('a submission', () => {
  test('is charged what its input weighs and what a job costs', () => {
    const { check, stats } = setUp();
    expect(check('job', 'x'.repeat(100))).toBe(100 + JOB_OVERHEAD_BYTES);
    expect(check('job', 'x'.repeat(100), { bytes: 7 })).toBe(7 + JOB_OVERHEAD_BYTES);
    expect(check('job', 'x'.repeat(100), { bytes: 0 })).toBe(JOB_OVERHEAD_BYTES);
    expect(check('job', 'x'.repeat(100), {})).toBe(100 + JOB_OVERHEAD_BYTES);
    expect(stats.submitted).toBe(4);
    expect(stats.endings.refused).toBe(0);
  });

  test('may be as large as all bytes allow, and no larger', () => {
    const { check, stats } = setUp();
    expect(check('job', '', { bytes: 10_000 - JOB_OVERHEAD_BYTES })).toBe(10_000);
    const error = thrownBy(() => check('job', '', { bytes: 10_001 - JOB_OVERHEAD_BYTES }));
    expect(error).toBeInstanceOf(JobTooLargeError);
    expect(error).toMatchObject({ bytes: 10_001, message: expect.stringContaining('(10000)') });
    expect(error.message).toContain("'job'");
    expect(stats).toMatchObject({ submitted: 2, endings: { refused: 1 } });
  });

  test.each([7, undefined, null])('with a name that is no text (%s) is not counted', (name) => {
    const { check, stats } = setUp();
    const error = thrownBy(() => check(name));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error.option).toBe('name');
    expect(error.message).toBe(
      `The job's name is of type ${typeof name}; valid is the name of an exported function.`,
    );
    expect(stats).toMatchObject({ submitted: 0, endings: { refused: 0 } });
  });

  test('with invalid options is not counted', () => {
    const { check, stats } = setUp();
    expect(thrownBy(() => check('job', 1, { bytes: -1 }))).toMatchObject({ option: 'bytes' });
    expect(stats).toMatchObject({ submitted: 0, endings: { refused: 0 } });
  });

  test('is weighed before it is counted, as a getter of its input may submit, too', () => {
    const { check, stats } = setUp();
    check('job', {
      get field() {
        return check('job');
      },
    });
    const seen: number[] = [];
    check('job', {
      get field() {
        return seen.push(stats.submitted);
      },
    });
    expect(seen).toEqual([2]);
    expect(stats.submitted).toBe(3);
  });

  test('of a name that the module does not have is refused once the module is known', () => {
    const { check, functions, stats } = setUp();
    expect(check('typo', 1)).toBeGreaterThan(0);
    functions.loaded(['one', 'two']);
    const error = thrownBy(() => check('typo', 1));
    expect(error).toBeInstanceOf(UnknownJobError);
    expect(error.known).toEqual(['one', 'two']);
    expect(error.message).toContain("'typo'");
    expect(error.stack).not.toContain('\n');
    expect(stats).toMatchObject({ submitted: 2, endings: { refused: 1 } });
    expect(check('one', 1)).toBeGreaterThan(0);
  });

  test('whose signal has aborted is cancelled, with the reason of the signal', () => {
    const { check, stats } = setUp();
    const signal = AbortSignal.abort('enough');
    expect(thrownBy(() => check('job', 1, { signal }))).toBe('enough');
    expect(stats).toMatchObject({ submitted: 1, endings: { cancelled: 1, refused: 0 } });
    const { signal: live } = new AbortController();
    expect(check('job', 1, { signal: live })).toBeGreaterThan(0);
  });

  test('is refused for the first reason of several: closed, unknown, aborted, too large', () => {
    const { admission, check, functions, stats } = setUp();
    functions.loaded(['job']);
    const options = { signal: AbortSignal.abort('enough'), bytes: 99_999 };
    expect(thrownBy(() => check('job', 1, options))).toBe('enough');
    expect(thrownBy(() => check('typo', 1, options))).toBeInstanceOf(UnknownJobError);
    admission.close(closed);
    expect(thrownBy(() => check('typo', 1, options))).toBeInstanceOf(PoolClosedError);
    expect(stats).toMatchObject({ submitted: 3, endings: { cancelled: 1, refused: 2 } });
  });
});

test('once closed everything is refused, for the latest reason, and without a stack', () => {
  const { admission, check, stats } = setUp();
  admission.close(closed);
  const error = thrownBy(() => check('job'));
  expect(error).toMatchObject({ code: 'ERR_POOL_CLOSED', message: 'closed' });
  expect(error.stack).not.toContain('\n');
  admission.close(() => new PoolClosedError('later', false));
  expect(thrownBy(() => check('job')).message).toBe('later');
  expect(stats).toMatchObject({ submitted: 2, endings: { refused: 2 } });
});

describe('the job of a submission', () => {
  const cancel = (): boolean => true;

  test('has the number of the submission and all that was given', () => {
    const { admission, check, functions } = setUp();
    check('job');
    check('job');
    const { signal } = new AbortController();
    const transfer = [new ArrayBuffer(1)];
    const timeout = { runMs: 5, totalMs: 9 };
    const input = { a: 1 };
    const job = admission.record(cancel, 'job', input, { signal, transfer, timeout }, 77, 12);
    expect(job).toMatchObject({ id: 2, name: 'job', bytes: 77, submittedMs: 12, acceptedMs: -1 });
    expect(job.function).toBe(functions.get('job'));
    expect(job.input).toBe(input);
    expect(job.signal).toBe(signal);
    expect(job.transfer).toBe(transfer);
    expect(job.terms).toEqual({ runMs: 5, totalMs: 9 });
  });

  test('has neither signal nor terms nor memory to take along, if none is given', () => {
    const { admission } = setUp();
    for (const options of [undefined, {}, { transfer: [] }, { bytes: 4 }]) {
      const job = admission.record(cancel, 'job', 1, options, 1, 1);
      expect([job.signal, job.terms, job.transfer]).toEqual([undefined, undefined, undefined]);
    }
  });

  test.each<[string, SubmitOptions, JobTerms]>([
    ['a timeout that is a number is one of the whole', { timeout: 30 }, { totalMs: 30 }],
    ['timeouts', { timeout: { queueMs: 3 } }, { queueMs: 3 }],
    ['a grace', { graceMs: 0 }, { graceMs: 0 }],
    ['a grace beside timeouts', { graceMs: 7, timeout: { runMs: 5 } }, { graceMs: 7, runMs: 5 }],
  ])('has terms, if it is given one of them: %s', (_, options, terms) => {
    const { admission } = setUp();
    expect(admission.record(cancel, 'job', 1, options, 1, 1).terms).toEqual(terms);
  });

  test('calls back about its progress in the async context of the submission', () => {
    const { admission } = setUp();
    const context = new AsyncLocalStorage<string>();
    const heard: unknown[] = [];
    const onProgress = (value: unknown): unknown => heard.push([value, context.getStore()]);
    const job = context.run('of the caller', () =>
      admission.record(cancel, 'job', 1, { onProgress }, 1, 1),
    );
    expect(job.terms?.graceMs).toBeUndefined();
    context.run('of a thread', () => job.terms?.onProgress?.('half'));
    expect(heard).toEqual([['half', 'of the caller']]);
  });

  test('is cancelled by what it was given', () => {
    const { admission } = setUp();
    const calls: unknown[] = [];
    const note = (...args: unknown[]): boolean => calls.push(args) > 0;
    const job = admission.record(note, 'job', 1, undefined, 1, 1);
    expect(job.cancel('why')).toBe(true);
    expect(calls).toEqual([[job, 'why']]);
  });
});

test('a refusal is counted, and its error has no stack', () => {
  const { admission, stats } = setUp();
  const error = admission.refuse(closed);
  expect(error).toBeInstanceOf(PoolClosedError);
  expect(error.stack).not.toContain('\n');
  expect(stats.endings.refused).toBe(1);
});

test.each([
  ['jobs', 'reject', '4 of 7 jobs accepted'],
  ['bytes', 'reject', '2010 of 10000 bytes accepted'],
  ['bytes', 'drop-oldest', '2010 of 10000 bytes accepted'],
  ['bytes', 'wait', '30 of 10000 bytes waiting'],
  ['waiters', 'wait', '1 of 3 waiters'],
] as const)('an error says how full it is: %s, %s', (limit, overflow, held) => {
  const { admission, backlog } = setUp();
  for (const id of [1, 2, 3]) backlog.accept(jobOf(id, { bytes: 500 }));
  backlog.accept(jobOf(4, { bytes: 510 }));
  backlog.wait(jobOf(5, { bytes: 30 }));
  const error = admission.fullError(limit, overflow);
  expect(error).toBeInstanceOf(BacklogFullError);
  expect(error).toMatchObject({ limit, retryAfterMs: 50 });
  expect(error.message).toContain(`(${held})`);
  expect(error.message).toContain('about 50 ms');
  expect(error.message.includes("overflow: 'wait'")).toBe(overflow !== 'wait');
});

test('a pool that has measured nothing asks nobody to stay away for more than a second', () => {
  const { admission, backlog, stats } = setUp({ jobs: 1024, bytes: 1e6, waiters: 0 }, 1);
  for (let id = 0; id < 1025; id += 1) backlog.accept(jobOf(id));
  const error = admission.fullError('jobs', 'reject');
  expect([error.retryAfterMs, admission.retryAfterMs()]).toEqual([1000, 1000]);
  expect(error.message).toContain('about 1000 ms');
  stats.recordRun(0, 20, 20);
  expect(admission.fullError('jobs', 'reject').retryAfterMs).toBe(10_240);
});

// Before any measurement, 100 ms per job are assumed.
test.each([
  { accepted: 0, waiting: 0, jobs: 5, slots: 2, expectedMs: 50 },
  { accepted: 5, waiting: 0, jobs: 5, slots: 2, expectedMs: 50 },
  { accepted: 6, waiting: 0, jobs: 5, slots: 2, expectedMs: 100 },
  { accepted: 6, waiting: 1, jobs: 5, slots: 2, expectedMs: 150 },
  { accepted: 6, waiting: 3, jobs: 4, slots: 2, expectedMs: 250 },
  { accepted: 12, waiting: 3, jobs: 8, slots: 4, expectedMs: 175 },
])(
  'half full again in $expectedMs ms: $accepted accepted, $waiting waiting, $slots slots, backlog $jobs',
  ({ accepted, waiting, jobs, slots, expectedMs }) => {
    const { admission, backlog } = setUp({ jobs, bytes: 10_000, waiters: 3 }, slots);
    for (let id = 0; id < accepted; id += 1) backlog.accept(jobOf(id));
    for (let id = 0; id < waiting; id += 1) backlog.wait(jobOf(100 + id));
    expect(admission.retryAfterMs()).toBe(expectedMs);
  },
);
