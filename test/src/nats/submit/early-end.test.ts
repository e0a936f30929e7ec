import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type EndEarly, watchEarlyEnd } from '../../../../src/nats/submit/early-end.js';
import { makeRemoteJob } from '../../../helpers/remote-jobs.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => void vi.useRealTimers());

/** Collects what nodes are told, and ends the jobs. */
function setUp() {
  const told: string[] = [];
  const end: EndEarly = (job, ending, value, reason) => {
    if (job.settle(ending, value)) told.push(reason);
  };
  return { job: makeRemoteJob(), end, told };
}

test('a signal that is aborted already ends the job at once, with its reason', () => {
  const { job, end, told } = setUp();
  watchEarlyEnd(job, { signal: AbortSignal.abort('no'), timeouts: { totalMs: 5 } }, end);
  expect([job.ending, job.value, told]).toEqual(['cancelled', 'no', ['AbortError']]);
  expect(vi.getTimerCount()).toBe(0);
});

test('one that is aborted later ends it then, and a job that has ended leaves it alone', () => {
  const { job, end, told } = setUp();
  const control = new AbortController();
  watchEarlyEnd(job, { signal: control.signal, timeouts: {} }, end);
  expect(job.ending).toBeUndefined();
  control.abort('late');
  expect([job.ending, job.value, told]).toEqual(['cancelled', 'late', ['AbortError']]);

  const other = setUp();
  const unused = new AbortController();
  watchEarlyEnd(other.job, { signal: unused.signal, timeouts: { totalMs: 5 } }, other.end);
  expect(getEventListeners(unused.signal, 'abort').length).toBe(1);
  other.job.settle('fulfilled', 1);
  expect(getEventListeners(unused.signal, 'abort').length).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  { timeouts: { totalMs: 5 }, steps: [], phase: 'total', started: false },
  { timeouts: { totalMs: 5 }, steps: ['accept', 'start'], phase: 'total', started: true },
  { timeouts: { acceptMs: 5 }, steps: [], phase: 'accept', started: false },
  { timeouts: { acceptMs: 5 }, steps: ['accept'], phase: undefined },
  { timeouts: { queueMs: 5 }, steps: [], phase: undefined },
  // It may have started, as the news of that may be lost.
  { timeouts: { queueMs: 5 }, steps: ['accept'], phase: 'queue', started: true },
  { timeouts: { queueMs: 5 }, steps: ['accept', 'start'], phase: undefined },
] as const)('after $steps, $timeouts expire: $phase', ({ timeouts, steps, phase, started }) => {
  const { job, end, told } = setUp();
  watchEarlyEnd(job, { signal: undefined, timeouts }, end);
  for (const step of steps) {
    if (step === 'accept') job.accept(1);
    else job.hasStarted = true;
  }
  vi.advanceTimersByTime(4);
  expect(job.ending).toBeUndefined();
  vi.advanceTimersByTime(1);
  if (phase === undefined) {
    expect([job.ending, told]).toEqual([undefined, []]);
  } else {
    expect([job.ending, told]).toEqual(['timedOut', ['TimeoutError']]);
    expect(job.value).toMatchObject({ code: 'ERR_JOB_TIMEOUT', phase, timeoutMs: 5, started });
  }
});
