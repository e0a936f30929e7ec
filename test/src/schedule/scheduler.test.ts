import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ModuleLoadError } from '../../../src/api/errors.js';
import type { Overflow, SubmitOptions } from '../../../src/api/options.js';
import type { Loss } from '../../../src/dispatch/lane.js';
import type { JobRecord } from '../../../src/job/job.js';
import { Scheduler, type SchedulerSettings } from '../../../src/schedule/scheduler.js';
import type { ThreadTotals } from '../../../src/schedule/snapshot.js';
import { Told } from '../../../src/wire/job-words.js';
import { JOB_OVERHEAD_BYTES } from '../../../src/wire/payload.js';
import { Kind } from '../../../src/wire/protocol.js';
import { macrotask, rejection, thrownBy } from '../../helpers/outcomes.js';
import { ScriptedLink } from '../dispatch/scripted-link.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Given {
  readonly threads?: number;
  readonly concurrency?: number;
  readonly jobs?: number;
  readonly bytes?: number;
  readonly waiters?: number;
  readonly overflow?: Overflow;
  /** True if the threads are ready from the start. */
  readonly isReady?: boolean;
}

/** No thread is out of service or ever was. */
const NONE: ThreadTotals = { retired: 0, lost: 0, retirements: 0, terminated: 0 };

/** A scheduler with scripted threads, and what it reports. */
function setUp(given: Given = {}) {
  const {
    threads = 1,
    concurrency = 1,
    jobs = 2,
    bytes = 100_000,
    waiters = 2,
    overflow = 'wait',
  } = given;
  const events: string[] = [];
  const settings: SchedulerSettings = {
    threads,
    concurrency,
    coalesce: true,
    backlog: { jobs, bytes, waiters },
    overflow,
    graceMs: undefined,
  };
  const scheduler = new Scheduler(settings, {
    live: (isLive) => void events.push(isLive ? 'live' : 'idle'),
    saturated: () => void events.push('saturated'),
    available: () => void events.push('available'),
    failedUnread: (job) => void events.push(`failed ${job.id}`),
    drained: () => void events.push('drained'),
  });
  const links = Array.from({ length: threads }, () => new ScriptedLink(8));
  if (given.isReady !== false) for (const link of links) scheduler.addThread(link);
  const submit = (input: unknown, options?: SubmitOptions): JobRecord =>
    scheduler.submit('job', input, options);
  const link = links[0] as ScriptedLink;
  const counts = () => scheduler.stats(NONE).jobs;
  /** The thread starts its next job and ends it. */
  const runOne = (): void => {
    link.start();
    link.end(0, { value: 'done' });
    link.announce();
  };
  return { scheduler, events, links, link, submit, counts, runOne };
}

/** A signal and the function that aborts it. */
function signalOf() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason: unknown) => controller.abort(reason) };
}

const lost: Loss = { cause: new Error('lost'), isDeliberate: false };
const odd = { call() {} };

describe('a submission', () => {
  test('goes to an idle thread at once, and wakes it', async () => {
    const { link, submit, runOne } = setUp();
    const job = submit('input');
    expect([link.left, link.isWoken]).toEqual([1, true]);
    expect(job).toMatchObject({ id: 1, name: 'job', state: 'queued', acceptedMs: job.submittedMs });
    runOne();
    expect(await job.result).toBe('done');
  });

  test('is queued if no thread has room, in its order', () => {
    const { link, submit, counts } = setUp();
    submit(1);
    link.start();
    expect([submit(2), submit(3)].map(({ state }) => state)).toEqual(['queued', 'queued']);
    expect(link.left).toBe(0);
    expect(counts()).toMatchObject({ submitted: 3, queued: 2, running: 1, waiting: 0 });
    link.end(0, { value: 1 });
    link.announce();
    expect(link.start()?.input).toBe(2);
  });

  test('does not overtake one that is queued, though its thread has room', () => {
    const { scheduler, link, submit } = setUp({ isReady: false });
    submit(1);
    // The thread becomes ready, which is handled in the middle of the next submission.
    const input = {
      get field() {
        scheduler.addThread(link);
        return 2;
      },
    };
    submit(input);
    expect(link.start()?.input).toBe(1);
  });

  test('has its time of submission and acceptance from the clock', () => {
    const { submit } = setUp();
    vi.advanceTimersByTime(50);
    const nowMs = performance.now();
    expect(submit(1)).toMatchObject({ submittedMs: nowMs, acceptedMs: nowMs });
  });

  test('holds the process alive, and lets it go when all is done', () => {
    const { events, submit, runOne } = setUp();
    submit(1);
    expect(events).toEqual(['live']);
    runOne();
    vi.advanceTimersByTime(250);
    expect(events).toEqual(['live', 'idle']);
  });

  test('is watched by its signal and its timeout until it is settled', async () => {
    const { submit, counts } = setUp();
    const controller = new AbortController();
    const [aborted, late] = [
      submit(1, { signal: controller.signal }),
      submit(2, { timeout: { totalMs: 10 } }),
    ];
    controller.abort('enough');
    expect(await rejection(aborted.result)).toBe('enough');
    vi.advanceTimersByTime(9);
    expect(late.state).toBe('queued');
    vi.advanceTimersByTime(1);
    expect(await rejection(late.result)).toMatchObject({ code: 'ERR_JOB_TIMEOUT', phase: 'total' });
    expect(counts()).toMatchObject({ cancelled: 1, timedOut: 1, queued: 0 });
  });

  test('can be cancelled by its handle', async () => {
    const { submit } = setUp();
    const job = submit(1);
    expect(job.cancel('why')).toBe(true);
    expect(await rejection(job.result)).toBe('why');
    expect(job.cancel()).toBe(false);
  });

  test('that fails and is not read is reported', () => {
    const { events, link, submit } = setUp();
    submit(1);
    link.start();
    link.end(0, { error: new Error('thrown') });
    expect(events).toContain('failed 1');
  });
});

describe('an input that cannot be cloned', () => {
  test('ends its job, if it was accepted', async () => {
    const { scheduler, submit, counts, events, link } = setUp();
    const job = submit(odd);
    expect(job.state).toBe('rejected');
    expect(await rejection(job.result)).toMatchObject({ code: 'ERR_NOT_CLONEABLE', what: 'input' });
    expect(counts()).toMatchObject({ rejected: 1, refused: 0, queued: 0 });
    expect(scheduler.stats(NONE).backlog.bytes).toBe(0);
    expect(link.left).toBe(0);
    expect(events).toContain('failed 1');
  });

  test('is not watched any more', () => {
    const { submit, events } = setUp();
    const signal = new AbortController().signal;
    const listen = vi.spyOn(signal, 'addEventListener');
    submit(odd, { signal, timeout: 5 });
    expect(listen).not.toHaveBeenCalled();
    vi.advanceTimersByTime(250);
    expect(events).toEqual(['failed 1', 'live', 'idle']);
  });

  test('leaves room at once: a full pool that it has filled is available again', () => {
    const { submit, events, link } = setUp({ jobs: 0 });
    submit(odd);
    expect(events).toEqual(['failed 1', 'live']);
    submit(1);
    link.start();
    expect(events).toEqual(['failed 1', 'live', 'saturated']);
  });

  test.each([
    ['that an idle thread could have', true],
    ['that would be queued', false],
  ])('is refused with the memory that it transfers, %s, and nothing is detached', (_, isReady) => {
    const { submit, scheduler, counts } = setUp({ isReady });
    const memory = new ArrayBuffer(8);
    const error = thrownBy(() => submit({ memory, odd }, { transfer: [memory] }));
    expect(error).toMatchObject({ code: 'ERR_NOT_CLONEABLE', what: 'input' });
    expect(error.stack).not.toContain('\n');
    expect(memory.byteLength).toBe(8);
    expect(counts()).toMatchObject({ submitted: 1, refused: 1, rejected: 0, queued: 0 });
    expect(scheduler.stats(NONE).backlog.bytes).toBe(0);
  });

  test('is refused if its memory is detached already', () => {
    const { submit, counts, link } = setUp();
    const memory = new ArrayBuffer(8);
    structuredClone(memory, { transfer: [memory] });
    const error = thrownBy(() => submit(memory, { transfer: [memory] }));
    expect(error).toMatchObject({ code: 'ERR_NOT_CLONEABLE', cause: { name: 'TypeError' } });
    expect(counts()).toMatchObject({ refused: 1, queued: 0 });
    expect(link.left).toBe(0);
  });

  test('lets one in that waits, whose place it had', () => {
    const { submit, counts, scheduler } = setUp({ jobs: 0, isReady: false });
    const memory = new ArrayBuffer(8);
    let waiter: JobRecord | undefined;
    const input = {
      get field() {
        waiter ??= submit('waits for its place');
        return 1;
      },
      odd,
    };
    expect(thrownBy(() => submit(input, { transfer: [memory], bytes: 0 }))).toMatchObject({
      code: 'ERR_NOT_CLONEABLE',
    });
    expect(waiter?.state).toBe('queued');
    expect(counts()).toMatchObject({ submitted: 2, refused: 1, queued: 1, waiting: 0 });
    expect(scheduler.endings().refused).toBe(1);
  });
});

describe('memory that is transferred', () => {
  test('goes with the message to an idle thread, and is gone here', () => {
    const { submit, link } = setUp();
    const memory = new Uint8Array([1, 2, 3]);
    const post = vi.spyOn(link, 'post');
    submit(memory, { transfer: [memory.buffer] });
    expect(memory.byteLength).toBe(0);
    // The same memory, not an earlier copy.
    const [message] = post.mock.calls[0] ?? [];
    expect((message as readonly unknown[])[3]).toBe(memory);
    expect(link.start()?.input).toEqual(new Uint8Array([1, 2, 3]));
  });

  test('is gone at once, too, if the job is queued', () => {
    const { submit, link } = setUp();
    submit('runs');
    link.start();
    const memory = new Uint8Array([1, 2, 3]);
    const job = submit(memory, { transfer: [memory.buffer] });
    expect(memory.byteLength).toBe(0);
    expect(job.input).toEqual(new Uint8Array([1, 2, 3]));
  });

  test('does not overtake what is queued', () => {
    const { submit, link, scheduler } = setUp({ isReady: false });
    submit('first');
    const post = vi.spyOn(link, 'post');
    const memory = new ArrayBuffer(1);
    submit(memory, { transfer: [memory] });
    scheduler.addThread(link);
    expect(post.mock.calls.map(([message]) => message)).not.toContainEqual([
      Kind.input,
      0,
      0,
      memory,
    ]);
    expect(link.start()?.input).toBe('first');
  });
});

test('a view is given memory of its own when it is accepted', () => {
  const { submit, link } = setUp();
  submit('runs');
  link.start();
  const whole = new Uint8Array([1, 2, 3]);
  const job = submit(whole.subarray(1));
  whole.fill(0);
  expect(job.input).toEqual(new Uint8Array([2, 3]));
});

describe('the full backlog', () => {
  test('reports that it is full with the job that fills it, and half full that there is room', () => {
    const { events, submit, runOne } = setUp();
    submit(1);
    submit(2);
    expect(events).toEqual(['live']);
    submit(3);
    expect(events).toEqual(['live', 'saturated']);
    runOne();
    expect(events).toEqual(['live', 'saturated', 'available']);
  });

  test("lets submissions wait: 'wait'", async () => {
    const { events, submit, counts, runOne, scheduler } = setUp();
    for (const input of [1, 2, 3]) submit(input);
    const waiter = submit(4);
    expect(waiter).toMatchObject({ state: 'waiting', acceptedMs: -1 });
    const acceptance = waiter.acceptance();
    expect(counts()).toMatchObject({ submitted: 4, waiting: 1, queued: 3 });
    runOne();
    expect(await acceptance).toBe(waiter);
    expect(waiter.state).toBe('queued');
    submit(5);
    submit(6);
    expect(thrownBy(() => submit(7))).toMatchObject({ code: 'ERR_BACKLOG_FULL', limit: 'waiters' });
    expect(events).toEqual(['live', 'saturated']);
    expect(scheduler.endings().refused).toBe(1);
  });

  test('holds the process for one that waits, which its signal and its timeout can end', async () => {
    const { events, submit } = setUp({ jobs: 0, isReady: false });
    const holder = submit('has the place');
    vi.advanceTimersByTime(1000);
    const controller = new AbortController();
    const [aborted, late] = [
      submit(1, { signal: controller.signal }),
      submit(2, { timeout: { acceptMs: 10 } }),
    ];
    const errors = [aborted, late].map((waiter) => rejection(waiter.acceptance()));
    controller.abort('enough');
    expect([aborted.state, late.state]).toEqual(['cancelled', 'waiting']);
    vi.advanceTimersByTime(10);
    expect(late.state).toBe('timedOut');
    expect(await Promise.all(errors)).toMatchObject(['enough', { phase: 'accept' }]);
    holder.cancel();
    vi.advanceTimersByTime(250);
    expect(events).toEqual(['live', 'saturated', 'available', 'idle']);
  });

  test("refuses submissions: 'reject'", () => {
    const { submit, counts } = setUp({ overflow: 'reject' });
    for (const input of [1, 2, 3]) submit(input);
    expect(thrownBy(() => submit(4))).toMatchObject({ code: 'ERR_BACKLOG_FULL', limit: 'jobs' });
    expect(counts()).toMatchObject({ submitted: 4, refused: 1, queued: 3 });
  });

  test("drops the oldest job: 'drop-oldest'", () => {
    const { submit, counts, link } = setUp({ overflow: 'drop-oldest' });
    const jobs = [1, 2, 3].map((input) => submit(input));
    const last = submit(4);
    expect(jobs.filter(({ state }) => state === 'dropped').map((job) => job.id)).toEqual([1]);
    expect(last.state).toBe('queued');
    expect(counts()).toMatchObject({ submitted: 4, dropped: 1, queued: 3 });
    // If the dropped job waited on the thread, the next one is sent instead.
    const started = [link.start(), link.start()].filter((arrival) => arrival !== undefined);
    expect(started).toMatchObject([{ input: 2 }]);
  });

  test('holds the slots of all threads beside the jobs that may be queued', () => {
    const { submit, counts } = setUp({
      threads: 2,
      concurrency: 3,
      jobs: 1,
      overflow: 'reject',
      isReady: false,
    });
    for (let input = 1; input <= 7; input += 1) submit(input);
    expect(thrownBy(() => submit(8))).toMatchObject({ code: 'ERR_BACKLOG_FULL', retryAfterMs: 17 });
    expect(counts()).toMatchObject({ queued: 7, refused: 1 });
  });

  test('is available again at once, if the job that was in the way cannot be sent', () => {
    const { scheduler, submit, events } = setUp({ jobs: 0 });
    const input = {
      get field() {
        return scheduler.trySubmit('job', 'finds no room', undefined);
      },
      odd,
    };
    submit(input, { bytes: 0 });
    expect(events).toEqual(['saturated', 'failed 1', 'live', 'available']);
  });

  test('is full of bytes as well', () => {
    const { submit, events } = setUp({ bytes: 2 * JOB_OVERHEAD_BYTES + 9, overflow: 'reject' });
    submit('12345');
    expect(events).toEqual(['live']);
    expect(thrownBy(() => submit('12345'))).toMatchObject({ limit: 'bytes' });
    expect(events).toEqual(['live', 'saturated']);
    expect(submit('1234').state).toBe('queued');
  });
});

describe('trySubmit', () => {
  test('takes a job in while there is room, then says so by nothing', () => {
    const { scheduler, counts, events } = setUp({ jobs: 1 });
    const tries = [1, 2, 3].map((input) => scheduler.trySubmit('job', input, undefined));
    expect(tries.map((job) => job?.id)).toEqual([1, 2, undefined]);
    expect(counts()).toMatchObject({ submitted: 3, refused: 1, queued: 2 });
    expect(events).toEqual(['live', 'saturated']);
  });

  test('never waits, and drops nobody', () => {
    const { scheduler, submit, counts } = setUp({ overflow: 'drop-oldest', jobs: 0 });
    submit(1);
    expect(scheduler.trySubmit('job', 2, undefined)).toBeUndefined();
    expect(counts()).toMatchObject({ dropped: 0, refused: 1, waiting: 0 });
  });

  test('says that the bytes are full, too', () => {
    const { scheduler, events } = setUp({ bytes: JOB_OVERHEAD_BYTES + 9 });
    scheduler.trySubmit('job', '12345', undefined);
    expect(events).toEqual(['live']);
    expect(scheduler.trySubmit('job', '12345', undefined)).toBeUndefined();
    expect(events).toEqual(['live', 'saturated']);
  });

  test('throws what is wrong with the submission', () => {
    const { scheduler } = setUp();
    expect(thrownBy(() => scheduler.trySubmit('typo', 1, undefined))).toMatchObject({
      code: 'ERR_UNKNOWN_JOB',
    });
  });
});

test('a thread that is lost gives back what it has not started, and another one runs it', () => {
  const { scheduler, links, submit } = setUp({ threads: 2, jobs: 4 });
  const [first, second] = links as [ScriptedLink, ScriptedLink];
  const [running, next] = [submit(1), submit(2)];
  first.start();
  scheduler.loseThread(first, lost);
  expect([running.state, next.state]).toEqual(['rejected', 'queued']);
  scheduler.loseThread(second, lost);
  expect([running.state, next.state]).toEqual(['rejected', 'queued']);
  const third = new ScriptedLink(8);
  scheduler.addThread(third);
  expect(third.start()?.input).toBe(2);
});

test('what a lost thread gives back is sent to another at once', () => {
  const { scheduler, links, submit } = setUp({ threads: 2, jobs: 4 });
  const [first, second] = links as [ScriptedLink, ScriptedLink];
  submit(1);
  scheduler.loseThread(first, lost);
  expect(second.start()?.input).toBe(1);
});

test('an exception that nobody has caught rejects what runs there; the rest goes to another at once', async () => {
  const { scheduler, links, submit } = setUp({ threads: 2, jobs: 4 });
  const [first, second] = links as [ScriptedLink, ScriptedLink];
  const [running, , waiting] = [submit(1), submit(2), submit(3)];
  first.start();
  second.start();
  second.end(0, { value: 'done' });
  second.announce();
  await macrotask();
  const cause = new Error('thrown');
  scheduler.uncaught(first, cause);
  expect(await rejection(running.result)).toMatchObject({ code: 'ERR_THREAD_LOST', cause });
  expect(first.steps).toEqual(['retire uncaught', 'drain over abandoned']);
  expect(second.start()?.input).toBe(3);
  expect(waiting.state).toBe('running');
});

test('a job that is cancelled while it runs is told, settles at once, and holds its slot until it has ended', async () => {
  const { submit, link, counts, scheduler } = setUp({ jobs: 1, overflow: 'reject' });
  const [job, next] = [submit(1), submit(2)];
  link.start();
  expect(counts()).toMatchObject({ running: 1, queued: 1, abandoned: 0 });
  job.cancel('enough');
  expect(await rejection(job.result)).toBe('enough');
  expect(link.told).toEqual([[0, Told.cancelled]]);
  expect(counts()).toMatchObject({ running: 0, queued: 1, cancelled: 1, abandoned: 1 });
  // The cancelled job holds its slot, but no place in the backlog.
  expect(submit(3).state).toBe('queued');
  expect(thrownBy(() => submit(4))).toMatchObject({ limit: 'jobs' });
  expect([link.left, next.state]).toEqual([0, 'queued']);
  expect(scheduler.stats(NONE).threads).toMatchObject({ ready: 1, busy: 1 });
  link.end(0, { error: new Error('obeys') });
  expect(counts()).toMatchObject({ abandoned: 0, rejected: 0, cancelled: 1 });
  expect(link.start()?.input).toBe(2);
  expect(next.state).toBe('running');
});

test('all jobs of a signal end before any of their places goes to a waiter with the same signal, without grace, too', () => {
  const { submit, links } = setUp({ threads: 2, jobs: 0 });
  const { signal, abort } = signalOf();
  const running = [submit(1, { signal, graceMs: 0 }), submit(2, { signal, graceMs: 0 })];
  for (const link of links) link.start();
  const waiter = submit(3, { signal });
  waiter.acceptance().catch(() => {});
  abort('enough');
  expect(running.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
  expect([waiter.state, waiter.acceptedMs]).toEqual(['cancelled', -1]);
});

test('a timeout takes the result of a job that has ended and was not announced', async () => {
  const { submit, link } = setUp();
  const job = submit(1, { timeout: { runMs: 10 } });
  link.start();
  vi.advanceTimersByTime(5);
  link.end(0, { value: 'quietly' });
  vi.advanceTimersByTime(4);
  expect(job.state).toBe('running');
  vi.advanceTimersByTime(1);
  expect(await job.result).toBe('quietly');
});

test('the grace is the time that the threads took to boot', () => {
  const { scheduler } = setUp({ isReady: false });
  expect(scheduler.graceMs).toBe(100);
  const link = new ScriptedLink(8);
  link.bootMs = 700;
  scheduler.addThread(link);
  expect(scheduler.graceMs).toBe(700);
});

describe('closing', () => {
  test('refuses those that wait and those that come, and is drained after the last', async () => {
    const { scheduler, events, submit, runOne } = setUp({ jobs: 0 });
    const job = submit(1);
    const waiter = rejection(submit(2).acceptance());
    scheduler.close();
    expect(await waiter).toMatchObject({ code: 'ERR_POOL_CLOSED' });
    expect(thrownBy(() => submit(3))).toMatchObject({ code: 'ERR_POOL_CLOSED' });
    expect(events).not.toContain('drained');
    runOne();
    expect(await job.result).toBe('done');
    await Promise.resolve();
    expect(events).toContain('drained');
  });

  test('of an idle pool is drained at once', () => {
    const { scheduler, events } = setUp();
    scheduler.close();
    expect(events).toEqual(['drained']);
  });

  test('is cut off by the deadline: what is left is rejected and handed back', () => {
    const { scheduler, events, submit, link } = setUp();
    const jobs = [submit(1), submit(2)];
    link.start();
    scheduler.close();
    expect(scheduler.unfinished).toEqual([]);
    scheduler.cutOff();
    expect(scheduler.unfinished).toEqual([
      { name: 'job', input: 1, started: true, transferred: false },
      { name: 'job', input: 2, started: false, transferred: false },
    ]);
    expect(jobs.map(({ state }) => state)).toEqual(['rejected', 'rejected']);
    expect(link.told).toEqual([[0, Told.closing]]);
    expect(events.at(-1)).toBe('drained');
  });

  test('tells the jobs that run before the deadline, and counts one that then fails as cut off', async () => {
    const { scheduler, events, submit, link } = setUp();
    const jobs = [submit(1), submit(2)];
    link.start();
    scheduler.close();
    scheduler.warn();
    expect(link.told).toEqual([[0, Told.closing]]);
    expect(jobs.map(({ state }) => state)).toEqual(['running', 'queued']);
    const error = new Error('obeys');
    link.end(0, { error });
    expect(await rejection((jobs[0] as JobRecord).result)).toMatchObject({
      code: 'ERR_POOL_CLOSED',
      started: true,
      cause: { message: 'obeys' },
    });
    link.start();
    link.end(0, { error });
    expect(await rejection((jobs[1] as JobRecord).result), 'it was not told').toMatchObject({
      message: 'obeys',
    });
    expect(events.at(-1)).toBe('drained');
    expect(scheduler.unfinished).toEqual([
      { name: 'job', input: 1, started: true, transferred: false },
    ]);
  });
});

test('a failure rejects what is queued and refuses what waits and what comes, and then there is room', () => {
  const { scheduler, submit, counts, events } = setUp({ isReady: false, jobs: 0 });
  const jobs = [submit(1), submit(2)];
  const error = new ModuleLoadError('file:///jobs.js', new Error('broken'), true);
  scheduler.fail(error);
  expect(jobs.map((job) => [job.state, job.error])).toEqual([
    ['rejected', error],
    ['refused', error],
  ]);
  expect(thrownBy(() => submit(3))).toBe(error);
  expect(counts()).toMatchObject({ submitted: 3, rejected: 1, refused: 2, queued: 0, waiting: 0 });
  expect(events).toEqual(['live', 'saturated', 'failed 1', 'available']);
});

test('once it is stopped no deadline is called any more', () => {
  const { scheduler, submit, events } = setUp();
  const job = submit(1, { timeout: 10 });
  scheduler.stop();
  vi.advanceTimersByTime(1000);
  expect(job.state).toBe('queued');
  expect(events).toEqual(['live']);
  expect(vi.getTimerCount()).toBe(0);
});

test('the totals are those of the moment they were asked for', () => {
  const { scheduler, submit, runOne } = setUp();
  const before = scheduler.endings();
  submit(1);
  runOne();
  expect(before.fulfilled).toBe(0);
  expect(scheduler.endings()).toEqual({
    fulfilled: 1,
    rejected: 0,
    cancelled: 0,
    timedOut: 0,
    dropped: 0,
    refused: 0,
  });
});

describe('a snapshot', () => {
  test('takes what lies ready, and sends what is queued', () => {
    const { scheduler, submit, link } = setUp();
    submit(1);
    submit(2);
    link.start();
    link.end(0, { value: 'quietly' });
    const { jobs } = scheduler.stats(NONE);
    expect(jobs).toMatchObject({ fulfilled: 1, queued: 1 });
    expect(link.start()?.input).toBe(2);
  });

  test('shows the settings, the threads and the age of the oldest', () => {
    const { scheduler, submit } = setUp({ threads: 2, isReady: false });
    submit(1);
    vi.advanceTimersByTime(30);
    const totals = { retired: 2, lost: 3, retirements: 4, terminated: 5 };
    expect(scheduler.stats(totals)).toMatchObject({
      threads: { target: 2, ready: 0, busy: 0, ...totals },
      backlog: { jobs: 1, oldestMs: 30, limit: { jobs: 2, bytes: 100_000, waiters: 2 } },
    });
  });

  test('says when room is likely while it is saturated, else nothing', () => {
    const { scheduler, submit } = setUp({ isReady: false });
    const retryAfterMs = (): number => scheduler.stats(NONE).retryAfterMs;
    submit(1);
    submit(2);
    expect(retryAfterMs()).toBe(0);
    submit(3);
    expect(retryAfterMs()).toBe(100);
  });
});
