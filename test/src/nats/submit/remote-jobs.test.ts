import { afterEach, expect, test, vi } from 'vitest';
import type { RemoteJobRecord } from '../../../../src/nats/submit/remote-job.js';
import { RemoteJobs } from '../../../../src/nats/submit/remote-jobs.js';
import { macrotask } from '../../../helpers/outcomes.js';
import { makeRemoteJob } from '../../../helpers/remote-jobs.js';

afterEach(() => void vi.restoreAllMocks());

const NONE = { fulfilled: 0, rejected: 0, cancelled: 0, timedOut: 0, refused: 0 };

function setUp() {
  const settled: RemoteJobRecord[] = [];
  const jobs = new RemoteJobs((job) => void settled.push(job));
  const add = (id: string): RemoteJobRecord => {
    const job = makeRemoteJob(id, jobs.count());
    jobs.add(job);
    return job;
  };
  return { jobs, add, settled };
}

/** Checks the invariant of the counts. */
function verifySum(jobs: RemoteJobs): void {
  const counts = [...Object.values(jobs.states()), ...Object.values(jobs.endings)];
  expect(counts.reduce((sum, each) => sum + each)).toBe(jobs.submitted);
}

test('every job is in one state or has one ending', () => {
  const { jobs, add, settled } = setUp();
  const [waits, queued, runs, done] = ['a', 'b', 'c', 'd'].map(add) as [
    RemoteJobRecord,
    RemoteJobRecord,
    RemoteJobRecord,
    RemoteJobRecord,
  ];
  for (const [at, job] of [queued, runs, done].entries()) jobs.accept(job, at + 1);
  runs.hasStarted = true;
  expect(jobs.settle(done, 'fulfilled', 1)).toBe(true);
  expect(jobs.settle(done, 'rejected', 2)).toBe(false);
  expect(jobs.states()).toEqual({ waiting: 1, queued: 1, running: 1 });
  expect(jobs.endings).toEqual({ ...NONE, fulfilled: 1 });
  expect([jobs.submitted, jobs.accepted, jobs.size, settled]).toEqual([4, 2, 3, [done]]);
  expect([...jobs]).toEqual([waits, queued, runs]);
  verifySum(jobs);
});

test('a submission is found by its id and its nonce, until it settles', () => {
  const { jobs, add } = setUp();
  const job = add('it');
  expect([jobs.find('it', 'it-nonce'), jobs.find('it', 'another'), jobs.has('it')]).toEqual([
    job,
    undefined,
    true,
  ]);
  jobs.settle(job, 'cancelled', undefined);
  expect([jobs.find('it', 'it-nonce'), jobs.has('it')]).toEqual([undefined, false]);
});

test('a job that is refused for its id leaves the other one of that id in place', () => {
  const { jobs, add } = setUp();
  const first = add('it');
  const second = makeRemoteJob('it', jobs.count());
  jobs.settle(second, 'refused', new Error('duplicate'));
  expect(jobs.find('it', 'it-nonce')).toBe(first);
  expect(jobs.endings).toEqual({ ...NONE, refused: 1 });
  verifySum(jobs);
});

test('drained() fulfils at once without jobs, and else when the last one has settled', async () => {
  const { jobs, add } = setUp();
  await jobs.drained();
  const [first, last] = [add('a'), add('b')];
  let isDrained = false;
  const drained = jobs.drained().then(() => (isDrained = true));
  jobs.settle(first, 'fulfilled', 1);
  await macrotask();
  expect(isDrained).toBe(false);
  jobs.settle(last, 'rejected', new Error('no'));
  await drained;
});

test('of the failures that nobody has asked for, the first is reported', async () => {
  const { jobs, add } = setUp();
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const fail = (id: string): RemoteJobRecord => {
    const job = add(id);
    jobs.accept(job, 1);
    jobs.settle(job, 'rejected', new Error(`of ${id}`));
    return job;
  };
  // Its handle is given out, and read, after it has failed.
  fail('read').result.catch(() => {});
  const refused = add('refused');
  jobs.settle(refused, 'refused', new Error('full'));
  const cancelled = add('cancelled');
  jobs.accept(cancelled, 1);
  jobs.settle(cancelled, 'cancelled', 'by its caller');
  await macrotask();
  expect(warn).not.toHaveBeenCalled();
  fail('first');
  fail('second');
  await macrotask();
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(/^Job 'job' failed and nobody has read its result .*: of first$/),
    { type: 'MillraceWarning', code: 'MILLRACE_FAILED_UNREAD' },
  );
});
