import { afterEach, describe, expect, test, vi } from 'vitest';
import { ThreadLostError, UnknownJobError } from '../../../src/api/errors.js';
import { Dispatcher, GRACE_MS } from '../../../src/dispatch/dispatcher.js';
import type { Lane, Loss } from '../../../src/dispatch/lane.js';
import { Deadlines } from '../../../src/job/deadlines.js';
import { Functions } from '../../../src/job/functions.js';
import type { JobRecord } from '../../../src/job/job.js';
import { Stats } from '../../../src/job/stats.js';
import { BELL, Form, Kind } from '../../../src/wire/protocol.js';
import { Scheduler } from '../../../src/schedule/scheduler.js';
import { macrotask, rejection } from '../../helpers/outcomes.js';
import { type JobFields, jobOf, Outcomes } from './jobs.js';
import { ScriptedLink } from './scripted-link.js';

/** A scheduler whose threads are scripted. */
function schedulerOf(
  settings: { threads: number; concurrency: number; coalesce: boolean },
  now: () => number = () => performance.now(),
) {
  const scheduler = new Scheduler(
    { ...settings, backlog: { jobs: 8, bytes: 100_000, waiters: 0 }, overflow: 'reject' },
    { live() {}, saturated() {}, available() {}, failedUnread() {}, drained() {} },
    now,
  );
  const links = Array.from({ length: settings.threads }, () => {
    const link = new ScriptedLink(settings.concurrency + 64, now);
    scheduler.addThread(link);
    return link;
  });
  const submit = (input: unknown, transfer: ArrayBuffer[] = []) => {
    const job = scheduler.trySubmit('job', input, { transfer });
    if (job === undefined) return expect.fail('it was refused');
    return job;
  };
  return { links, submit };
}

/** One thread, on which short jobs may wait. */
async function scripted() {
  const { links, submit } = schedulerOf({ threads: 1, concurrency: 1, coalesce: true });
  const link = links[0] as ScriptedLink;
  for (let call = 0; call < 10; call += 1) {
    const job = submit(call);
    link.start();
    link.end(0, { value: call });
    link.announce();
    expect(await job.result).toBe(call);
  }
  return { link, submit };
}

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  { runMs: 1, isTaken: true, what: 'is taken where it has a while to go on' },
  { runMs: 0.01, isTaken: false, what: 'waits for its own bell where it is nearly through' },
])('what a thread has done when another one rings $what', async ({ runMs, isTaken }) => {
  let nowMs = 0;
  const { links, submit } = schedulerOf(
    { threads: 2, concurrency: 1, coalesce: true },
    () => nowMs,
  );
  const [first, second] = links as [ScriptedLink, ScriptedLink];
  const runOne = (link: ScriptedLink): void => {
    link.start();
    nowMs += runMs;
    link.end(0, { value: 'done' });
  };
  const known = submit('teaches how long it takes');
  runOne(first);
  first.announce();
  await known.result;

  const jobs = [1, 2, 3, 4].map((input) => submit(input));
  expect(links.map(({ left }) => left)).toEqual([2, 2]);
  for (const link of links) runOne(link);
  first.announce();
  await macrotask();
  expect(jobs.filter(({ state }) => state === 'fulfilled').length).toBe(isTaken ? 2 : 1);
  second.announce();
  await macrotask();
  expect(jobs.filter(({ state }) => state === 'fulfilled').length).toBe(2);
});

/** Lets the thread do something right after the main thread has looked whether a job has ended. */
function afterTheLook({ rings }: ScriptedLink, step: () => void): void {
  const look = rings.isFinished.bind(rings);
  rings.isFinished = (cell) => {
    rings.isFinished = look;
    const isFinished = look(cell);
    step();
    return isFinished;
  };
}

test.each([
  ['in its cell', 'value'],
  ['in a message', ['value']],
])(
  'a thread is not stopped for a cancelled job that ends meanwhile, its result %s, and goes on',
  async (_, value) => {
    const { link, submit } = await scripted();
    const [cancelled, next] = [submit(1), submit(2)];
    link.start();
    expect(link.left).toBe(1);
    afterTheLook(link, () => {
      link.end(0, { value });
      link.start();
    });
    cancelled.cancel('enough');
    expect(await rejection(cancelled.result)).toBe('enough');
    expect(link.running).toMatchObject([{ input: 2 }]);
    expect(link.isStopped).toBe(false);
    link.end(0, { value: 'next' });
    link.announce();
    expect(await next.result).toBe('next');
  },
);

test('a thread is stopped for a cancelled job that does not end, and starts nothing else', async () => {
  const { link, submit } = await scripted();
  const [cancelled, next] = [submit(1), submit(2)];
  link.start();
  cancelled.cancel('enough');
  expect(await rejection(cancelled.result)).toBe('enough');
  expect(link.isStopped).toBe(true);
  expect(link.start()).toBeUndefined();
  await macrotask();
  expect(next.state).toBe('queued');
});

test.each([true, false])(
  'what waits behind a job that blocks its thread goes to a free slot elsewhere: coalesce %s',
  async (coalesce) => {
    vi.useFakeTimers();
    const { links, submit } = schedulerOf({ threads: 2, concurrency: 4, coalesce });
    const [blocked, other] = links as [ScriptedLink, ScriptedLink];
    const first = submit(0);
    blocked.start();
    const jobs = [submit(1), submit(2), submit(3)];
    // The thread that is blocked has as many free slots, or more.
    expect([blocked.left, other.left]).not.toEqual([0, 3]);
    vi.advanceTimersByTime(50);
    const started = jobs.map(() => other.start()?.input);
    expect(started.toSorted()).toEqual([1, 2, 3]);
    expect(jobs.map((job) => job.state)).toEqual(['running', 'running', 'running']);
    while (other.running.length > 0) other.end(0, { value: 'elsewhere' });
    other.announce();
    expect(await Promise.all(jobs.map((job) => job.result))).toEqual(jobs.map(() => 'elsewhere'));
    expect(first.state).toBe('running');
  },
);

test('memory goes to an idle thread that is awake, else not to the one that had the last job', async () => {
  const { links, submit } = schedulerOf({ threads: 2, concurrency: 1, coalesce: true });
  const goesTo = async (transfer: ArrayBuffer[]): Promise<number> => {
    const job = submit(transfer.length, transfer);
    const at = links.findIndex(({ left }) => left > 0);
    const link = links[at] as ScriptedLink;
    link.start();
    link.end(0, { value: at });
    link.announce();
    expect(await job.result).toBe(at);
    return at;
  };
  const memory = () => [new ArrayBuffer(8)];
  expect(await goesTo(memory())).toBe(0);
  // It has not gone to sleep since.
  expect(await goesTo(memory())).toBe(0);
  links[0]?.sleep();
  expect(await goesTo(memory())).toBe(1);
  links[1]?.sleep();
  expect(await goesTo(memory())).toBe(0);
  links[0]?.sleep();
  // Others go to the first one, asleep or not.
  expect([await goesTo([]), await goesTo([])]).toEqual([0, 0]);
});

/** A dispatcher of its own, its settler and its clock the test's. */
function direct({ threads = 1, concurrency = 1, coalesce = true } = {}) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate'] });
  const clock = { nowMs: 0 };
  const now = (): number => clock.nowMs;
  const outcomes = new Outcomes();
  const functions = new Functions();
  const deadlines = new Deadlines(now);
  const stats = new Stats(0);
  const room = vi.fn<() => void>();
  const settings = { concurrency, coalesce };
  const dispatcher = new Dispatcher(outcomes, room, settings, functions, deadlines, stats, now);
  const links = Array.from({ length: threads }, () => new ScriptedLink(40, now));
  for (const link of links) dispatcher.add(link);
  room.mockClear();
  const lane = (at: number): Lane => dispatcher.lanes.find(links[at] as ScriptedLink) as Lane;
  let ids = 0;
  /** Sends a job to a thread. */
  const send = (at = 0, fields: JobFields = {}): JobRecord => {
    ids += 1;
    const job = jobOf(ids, { function: functions.get('job'), ...fields });
    dispatcher.send(job, lane(at), true);
    return job;
  };
  /** Lets time pass; deadlines are called and immediates run. */
  const pass = (ms: number): void => {
    clock.nowMs += ms;
    deadlines.advance();
    vi.runAllTicks();
    vi.advanceTimersToNextTimer();
  };
  return {
    clock,
    outcomes,
    functions,
    deadlines,
    stats,
    room,
    dispatcher,
    links,
    lane,
    send,
    pass,
  };
}

const byItself: Loss = { cause: new Error('exit'), isUncaught: false, isDeliberate: false };
const ofException: Loss = { cause: new Error('thrown'), isUncaught: true, isDeliberate: false };

describe('a thread that is added', () => {
  test('is ready, makes its functions known, and is room for jobs', () => {
    const { dispatcher, functions, room } = direct({ threads: 0 });
    const link = new ScriptedLink(4);
    link.names = ['one', 'job'];
    dispatcher.add(link);
    expect(dispatcher.lanes.all.map((each) => each.link)).toEqual([link]);
    expect(functions.names).toEqual(['one', 'job']);
    expect(dispatcher.lanes.find(link)?.indexOf(functions.get('job'))).toBe(1);
    expect(room).toHaveBeenCalledOnce();
  });

  test('is heard: what it ends is settled, and room is reported after that', () => {
    const { links, outcomes, room, send } = direct();
    send();
    links[0]?.start();
    links[0]?.end(0, { value: 'done' });
    room.mockImplementation(() => expect(outcomes.settled).toEqual([[1, 'fulfilled', 'done']]));
    links[0]?.announce();
    expect(room).toHaveBeenCalledOnce();
  });

  test('is heard if it cannot be understood', () => {
    const { links, outcomes, room, send } = direct();
    send();
    const { host } = links[0] as ScriptedLink;
    links[0]?.start();
    host.forms[0] = 0;
    host.answer(0, 1);
    links[0]?.sayUnreadably(new Error('odd'));
    expect(outcomes.settled).toMatchObject([[1, 'rejected', { what: 'result' }]]);
    expect(room).toHaveBeenCalledOnce();
  });
});

describe('sending', () => {
  test('a job whose function the thread does not have is rejected, and never sent', () => {
    const { dispatcher, functions, links, lane, outcomes } = direct();
    const job = jobOf(1, { function: functions.get('other') });
    dispatcher.send(job, lane(0), true);
    const [[, ending, error] = []] = outcomes.settled;
    expect(ending).toBe('rejected');
    expect(error).toBeInstanceOf(UnknownJobError);
    expect(error).toMatchObject({ known: ['job'], message: expect.stringContaining("'other'") });
    expect((error as Error).stack).not.toContain('\n');
    expect([links[0]?.left, lane(0).occupied]).toEqual([0, 0]);
  });

  test('with the last job the thread is woken, with others by ring()', () => {
    const { dispatcher, functions, links, lane } = direct({ threads: 2 });
    const job = (id: number) => jobOf(id, { function: functions.get('job') });
    dispatcher.send(job(1), lane(0), true);
    expect(links[0]?.posted).toEqual([BELL]);
    dispatcher.send(job(2), lane(1), false);
    expect(links[1]?.posted).toEqual([]);
    links[0]?.start();
    links[0]?.sleep();
    dispatcher.ring();
    expect(links[1]?.posted).toEqual([BELL]);
    expect(links[0]?.posted, 'it has heard of everything').toEqual([BELL]);
  });

  test('a thread to which a job was sent is the latest', () => {
    const { dispatcher, functions, lane, send, links } = direct({ threads: 2 });
    const taking = jobOf(9, { function: functions.get('job'), transfer: [new ArrayBuffer(1)] });
    expect(dispatcher.laneFor(taking)).toBe(lane(0));
    send(0);
    links[0]?.start();
    links[0]?.end(0, { value: 1 });
    dispatcher.collect();
    links[0]?.sleep();
    expect(dispatcher.laneFor(taking)).toBe(lane(1));
  });
});

describe('the watch', () => {
  /** When the watch is set, each time. */
  function watched(given: ReturnType<typeof direct>): () => number[] {
    const set = vi.spyOn(given.deadlines, 'set');
    return () => set.mock.calls.map(([, atMs]) => atMs);
  }

  test('is set once, for four milliseconds, when a second job is on a thread', () => {
    const given = direct();
    const times = watched(given);
    given.clock.nowMs = 10;
    given.send();
    expect(times()).toEqual([]);
    given.send();
    given.clock.nowMs = 12;
    given.send();
    expect(times()).toEqual([14]);
  });

  test('is set while jobs wait, and not any more', () => {
    const given = direct();
    const times = watched(given);
    given.send();
    given.send();
    given.pass(4);
    expect(times()).toEqual([4, 8]);
    expect(given.room).toHaveBeenCalledOnce();
    const link = given.links[0] as ScriptedLink;
    link.start();
    given.pass(4);
    // The job that began at 4 is overdue at 8: what waited behind it is back, and nothing waits.
    expect(given.outcomes.backlog).toEqual([2]);
    expect(times()).toEqual([4, 8]);
    expect(given.room).toHaveBeenCalledTimes(2);
  });

  test('is set as long as jobs wait on any thread', () => {
    const given = direct({ threads: 2 });
    const times = watched(given);
    given.send(1);
    given.send(1);
    given.pass(4);
    expect(times()).toEqual([4, 8]);
  });

  test('takes back what waits behind a job that is overdue, and lets nothing queue behind it', () => {
    const given = direct();
    const link = given.links[0] as ScriptedLink;
    given.send();
    link.start();
    const waiting = [given.send(), given.send(), given.send(0, { transfer: [new ArrayBuffer(1)] })];
    given.pass(3);
    expect(given.outcomes.backlog).toEqual([]);
    expect(given.lane(0).isHeldUp).toBe(false);
    given.pass(1);
    expect(given.outcomes.backlog, 'the newest first').toEqual([3, 2]);
    expect(given.lane(0).isHeldUp).toBe(true);
    expect(waiting.map(({ carrier }) => carrier)).toEqual([undefined, undefined, given.lane(0)]);
  });

  test('is set for when the next job is overdue, not sooner than four milliseconds', () => {
    const given = direct();
    const times = watched(given);
    const link = given.links[0] as ScriptedLink;
    given.send();
    given.clock.nowMs = 1;
    link.start();
    given.clock.nowMs = 2;
    given.send();
    expect(times()).toEqual([6]);
    // 1 + 4 is over.
    given.pass(4);
    expect(given.outcomes.backlog).toEqual([2]);

    // Now the same with a job that was started in between: it has three milliseconds left.
    const other = direct();
    const later = watched(other);
    other.send();
    other.send();
    other.clock.nowMs = 3;
    other.links[0]?.start();
    other.pass(1);
    expect(other.outcomes.backlog).toEqual([]);
    expect(later()).toEqual([4, 8]);
  });

  test.each([
    { longMs: 10, nextMs: 6 + 4 },
    { longMs: 29, nextMs: 4 + 25 },
    { longMs: 30, nextMs: 4 + 25 },
    { longMs: 100, nextMs: 4 + 25 },
  ])('looks as late as $nextMs if the jobs are known to take $longMs', ({ longMs, nextMs }) => {
    const given = direct();
    // One call: all of it is deviation, too.
    given.functions.get('job').record(longMs / 5);
    given.send();
    given.links[0]?.start();
    given.send();
    const times = watched(given);
    given.pass(4);
    expect(times()).toEqual([nextMs]);
    expect(given.outcomes.backlog).toEqual([]);
  });

  test('is as early as the first of several threads needs it', () => {
    const given = direct({ threads: 3 });
    given.functions.get('job').record(20 / 5);
    for (const at of [0, 1, 2]) {
      given.send(at);
      given.send(at);
    }
    // The first began at 0, the second is still at none, which asks for the usual time.
    given.links[0]?.start();
    given.links[2]?.start();
    const times = watched(given);
    given.pass(4);
    expect(times()).toEqual([8]);
  });

  test('collects what lies behind a long job', () => {
    const given = direct({ concurrency: 2 });
    given.functions.get('job').record(20);
    given.send();
    given.send();
    given.send();
    const link = given.links[0] as ScriptedLink;
    link.start();
    link.start();
    link.end(1, { value: 'quietly' });
    given.pass(4);
    expect(given.outcomes.settled).toEqual([[2, 'fulfilled', 'quietly']]);
  });

  test('leaves a thread alone on which nothing waits', () => {
    const given = direct({ threads: 2 });
    given.send(0);
    given.send(0);
    given.send(1);
    given.links[1]?.start();
    given.pass(4);
    expect(given.lane(1).isHeldUp).toBe(false);
    expect(given.outcomes.backlog).toEqual([]);
  });

  test('is not set twice if jobs are sent from within', () => {
    const given = direct();
    const times = watched(given);
    given.send();
    given.send();
    given.room.mockImplementationOnce(() => void given.send());
    given.pass(4);
    expect(times()).toEqual([4, 8]);
  });
});

describe('withdrawing', () => {
  test('a job that is on no thread has not been started', () => {
    expect(direct().dispatcher.withdraw(jobOf(1))).toBe(false);
  });

  test('a job that waits on its thread is taken back, and was not started', () => {
    const { dispatcher, links, send, lane } = direct();
    const job = send();
    expect(dispatcher.withdraw(job)).toBe(false);
    expect(job.carrier).toBeUndefined();
    expect(lane(0).occupied).toBe(0);
    expect(links[0]?.isStopped).toBe(false);
  });

  test('a thread with one slot is stopped with its job, and what waits there goes elsewhere', () => {
    const { dispatcher, links, outcomes, send, lane } = direct();
    const job = send();
    send();
    send();
    links[0]?.start();
    expect(dispatcher.withdraw(job)).toBe(true);
    expect(job.carrier).toBeUndefined();
    expect(lane(0)).toMatchObject({ occupied: 1, isStopping: true });
    expect(outcomes.backlog).toEqual([3, 2]);
    expect(links[0]?.isStopped).toBe(true);
    expect(links[0]?.posted).not.toContainEqual([Kind.ping]);
  });

  test('a thread that is stopping is not stopped again', () => {
    const { dispatcher, links, send, lane } = direct();
    const job = send();
    links[0]?.start();
    lane(0).isStopping = true;
    expect(dispatcher.withdraw(job)).toBe(true);
    expect(links[0]?.isStopped).toBe(false);
  });

  test('nor is one on which the function has ended', () => {
    const { dispatcher, links, outcomes, send, lane } = direct();
    const job = send();
    send();
    links[0]?.start();
    links[0]?.end(0, { value: 'too late' });
    expect(dispatcher.withdraw(job)).toBe(true);
    expect(job.carrier).toBeUndefined();
    expect([links[0]?.isStopped, lane(0).isStopping]).toEqual([false, false]);
    expect(outcomes.backlog).toEqual([]);
  });

  test('a thread with several slots is asked for a sign of life, once at a time', () => {
    const { clock, deadlines, dispatcher, links, send, lane } = direct({ concurrency: 2 });
    const set = vi.spyOn(deadlines, 'set');
    const jobs = [send(), send()];
    links[0]?.start();
    links[0]?.start();
    clock.nowMs = 7;
    set.mockClear();
    expect(dispatcher.withdraw(jobs[0] as JobRecord)).toBe(true);
    expect(links[0]).toMatchObject({ pings: 1, isStopped: false });
    expect(lane(0).isAnswering).toBe(false);
    expect(set.mock.calls).toEqual([[lane(0).grace, 1007]]);
    expect(dispatcher.withdraw(jobs[1] as JobRecord)).toBe(true);
    expect(links[0]?.pings).toBe(1);
  });
});

describe('when the grace of a thread is over', () => {
  /** One thread with two slots; its first job runs and was cancelled. */
  function cancelled(running = 2) {
    const given = direct({ concurrency: 2 });
    const jobs = Array.from({ length: running }, () => given.send());
    const link = given.links[0] as ScriptedLink;
    for (const _ of jobs) link.start();
    given.dispatcher.withdraw(jobs[0] as JobRecord);
    given.pass(0);
    given.room.mockClear();
    return { ...given, jobs, link, lane: given.lane(0) };
  }
  const isOver = ({ pass }: ReturnType<typeof cancelled>, ms = GRACE_MS): void => {
    pass(ms);
    vi.runOnlyPendingTimers();
  };

  test('and it has not answered, it is stopped', () => {
    const given = cancelled();
    isOver(given, GRACE_MS - 1);
    expect(given.link.isStopped).toBe(false);
    given.room.mockClear();
    isOver(given, 1);
    expect(given.link).toMatchObject({ isStopped: true, pings: 1 });
    expect(given.lane.isStopping).toBe(true);
    expect(given.room).toHaveBeenCalledOnce();
  });

  test('what it has not started is room elsewhere', () => {
    const given = cancelled();
    given.send();
    isOver(given);
    expect(given.outcomes.backlog).toEqual([3]);
  });

  test('a pong that arrives in the same turn counts', () => {
    const given = cancelled();
    given.pass(GRACE_MS - 1);
    given.clock.nowMs += 1;
    given.deadlines.advance();
    given.link.say([Kind.pong]);
    vi.runOnlyPendingTimers();
    expect(given.link).toMatchObject({ isStopped: false, pings: 2 });
  });

  test('and it has answered, it is asked again while the cancelled job runs', () => {
    const given = cancelled();
    given.link.say([Kind.pong]);
    isOver(given);
    expect(given.link).toMatchObject({ isStopped: false, pings: 2 });
    expect(given.lane.isAnswering).toBe(false);
    isOver(given);
    expect(given.link.isStopped).toBe(true);
  });

  test('and only cancelled jobs fill its slots, it is stopped, answering or not', () => {
    const given = cancelled();
    given.dispatcher.withdraw(given.jobs[1] as JobRecord);
    given.link.say([Kind.pong]);
    isOver(given);
    expect(given.link.isStopped).toBe(true);
  });

  test('not if a slot is free beside them', () => {
    const given = cancelled(1);
    given.link.say([Kind.pong]);
    isOver(given);
    expect(given.link).toMatchObject({ isStopped: false, pings: 2 });
  });

  test('and the cancelled job has ended, it is left alone, answering or not', () => {
    const given = cancelled();
    given.link.end(0, { value: 'at last' });
    given.link.announce();
    given.room.mockClear();
    isOver(given);
    expect(given.link).toMatchObject({ isStopped: false, pings: 1 });
  });

  test('a thread that is stopping or gone is left alone', () => {
    const stopping = cancelled();
    stopping.lane.isStopping = true;
    isOver(stopping);
    expect(stopping.link.isStopped).toBe(false);

    const gone = cancelled();
    gone.pass(GRACE_MS - 1);
    gone.clock.nowMs += 1;
    gone.deadlines.advance();
    gone.dispatcher.lose(gone.link, byItself);
    vi.runOnlyPendingTimers();
    expect(gone.link.isStopped).toBe(false);
  });
});

describe('relieving', () => {
  test('puts back what waits on the busiest thread if another is idle, the newest first', () => {
    const { dispatcher, functions, outcomes, send } = direct({ threads: 2 });
    functions.get('job').record(1);
    for (const _ of [1, 2, 3]) send(0);
    expect(dispatcher.relieve()).toBe(true);
    expect(outcomes.backlog).toEqual([3, 2, 1]);
    expect(dispatcher.relieve(), 'nothing waits any more').toBe(false);
  });

  test('does nothing if no thread is idle', () => {
    const { dispatcher, functions, outcomes, send } = direct({ threads: 1 });
    functions.get('job').record(1);
    for (const _ of [1, 2, 3]) send(0);
    expect(dispatcher.relieve()).toBe(false);
    expect(outcomes.backlog).toEqual([]);
  });
});

test.each([
  [0.1, 2],
  [0.0999, 1],
])('of work that takes %d ms %d threads are looked at when one rings', (runMs, count) => {
  const { functions, links, outcomes, send } = direct({ threads: 2 });
  functions.get('job').record(runMs);
  for (const [at, link] of links.entries()) {
    send(at);
    link.start();
    link.end(0, { value: at });
  }
  links[0]?.announce();
  expect(outcomes.settled).toHaveLength(count);
});

test('the answers of all threads are collected on demand', () => {
  const { dispatcher, links, outcomes, send } = direct({ threads: 2 });
  for (const [at, link] of links.entries()) {
    send(at);
    link.start();
    link.end(0, { value: at });
  }
  dispatcher.collect();
  expect(outcomes.settled).toEqual([
    [1, 'fulfilled', 0],
    [2, 'fulfilled', 1],
  ]);
});

describe('when a thread is lost', () => {
  test('that never was ready, no job is', () => {
    const { dispatcher, send, outcomes } = direct();
    send();
    expect(dispatcher.lose(new ScriptedLink(1), byItself)).toBe(0);
    expect([outcomes.settled, outcomes.backlog]).toEqual([[], []]);
    expect(dispatcher.lanes.all).toHaveLength(1);
  });

  test('its results are saved, what it ran is rejected, and the rest goes elsewhere in its order', () => {
    const { dispatcher, links, outcomes, send } = direct({ concurrency: 3 });
    const jobs = [1, 2, 3, 4, 5].map(() => send());
    const link = links[0] as ScriptedLink;
    link.start();
    link.start();
    link.start();
    link.end(0, { value: 'came back' });
    link.endUnannounced(0, 'did not');
    expect(dispatcher.lose(link, byItself)).toBe(1);
    expect(outcomes.settled.slice(0, 2)).toEqual([
      [1, 'fulfilled', 'came back'],
      [2, 'fulfilled', 'did not'],
    ]);
    const [id, ending, error] = outcomes.settled[2] ?? [];
    expect([id, ending]).toEqual([3, 'rejected']);
    expect(error).toBeInstanceOf(ThreadLostError);
    expect(error).toMatchObject({ started: true, cause: byItself.cause });
    expect((error as Error).stack).not.toContain('\n');
    expect(outcomes.backlog, 'the newest first').toEqual([5, 4]);
    expect(jobs.map(({ carrier }) => carrier)).toEqual(jobs.map(() => undefined));
    expect(jobs.map(({ threadsLost }) => threadsLost)).toEqual([0, 0, 0, 0, 0]);
    expect(dispatcher.lanes.all).toEqual([]);
    expect(dispatcher.lose(link, byItself), 'it is lost once').toBe(0);
  });

  test('by an exception, that is the error of the job if it was the only one', () => {
    const { dispatcher, links, outcomes, send } = direct({ concurrency: 2 });
    send();
    send();
    links[0]?.start();
    expect(dispatcher.lose(links[0] as ScriptedLink, ofException)).toBe(1);
    expect(outcomes.settled).toEqual([[1, 'rejected', ofException.cause]]);
    expect(outcomes.settled[0]?.[2]).toBe(ofException.cause);
  });

  test('by an exception of one of several jobs, nobody can tell whose it was', () => {
    const { dispatcher, links, outcomes, send } = direct({ concurrency: 2 });
    send();
    send();
    links[0]?.start();
    links[0]?.start();
    expect(dispatcher.lose(links[0] as ScriptedLink, ofException)).toBe(2);
    expect(outcomes.settled).toMatchObject([
      [2, 'rejected', { code: 'ERR_THREAD_LOST', cause: ofException.cause }],
      [1, 'rejected', { code: 'ERR_THREAD_LOST', cause: ofException.cause }],
    ]);
  });

  test('a cancelled job that still ran is nobody to reject', () => {
    const { dispatcher, links, outcomes, send } = direct();
    const job = send();
    links[0]?.start();
    dispatcher.withdraw(job);
    expect(dispatcher.lose(links[0] as ScriptedLink, { ...byItself, isDeliberate: true })).toBe(0);
    expect(outcomes.settled).toEqual([]);
  });

  test('what was transferred to it is gone with it', () => {
    const { dispatcher, links, outcomes, send } = direct();
    send(0, { transfer: [new ArrayBuffer(1)] });
    send();
    expect(dispatcher.lose(links[0] as ScriptedLink, byItself)).toBe(0);
    expect(outcomes.settled).toMatchObject([
      [1, 'rejected', { code: 'ERR_THREAD_LOST', started: false, cause: byItself.cause }],
    ]);
    expect(outcomes.backlog).toEqual([2]);
  });

  test.each([
    ['by itself with nothing running', byItself, 0, [1, 0]],
    ['by itself while a job ran', byItself, 1, [0, 0, 0]],
    ['by an exception', ofException, 0, [0, 0]],
    ['on purpose', { ...byItself, isDeliberate: true }, 0, [0, 0]],
  ])('%s, the next job is suspected or not', (_, loss, running, suspected) => {
    const { dispatcher, links, send } = direct();
    const jobs = Array.from({ length: running + 2 }, () => send());
    for (let count = 0; count < running; count += 1) links[0]?.start();
    dispatcher.lose(links[0] as ScriptedLink, loss);
    expect(jobs.map(({ threadsLost }) => threadsLost)).toEqual(suspected);
  });

  test('with nothing on it, nothing happens', () => {
    const { dispatcher, links, outcomes } = direct();
    expect(dispatcher.lose(links[0] as ScriptedLink, byItself)).toBe(0);
    expect([outcomes.settled, outcomes.backlog]).toEqual([[], []]);
  });

  test('a job that three threads did not survive is given up, and the one behind it goes on', () => {
    const { clock, dispatcher, functions, outcomes } = direct({ threads: 0 });
    const [deadly, innocent] = [1, 2].map((id) => jobOf(id, { function: functions.get('job') }));
    for (const round of [1, 2, 3]) {
      const link = new ScriptedLink(4, () => clock.nowMs);
      dispatcher.add(link);
      const lane = dispatcher.lanes.find(link) as Lane;
      for (const job of [deadly, innocent]) dispatcher.send(job as JobRecord, lane, true);
      expect(outcomes.settled).toEqual([]);
      dispatcher.lose(link, byItself);
      expect(deadly?.threadsLost).toBe(round);
    }
    expect(outcomes.backlog).toEqual([2, 1, 2, 1, 2]);
    expect(outcomes.settled).toMatchObject([
      [1, 'rejected', { code: 'ERR_THREAD_LOST', started: false, cause: byItself.cause }],
    ]);
  });

  test('its grace is over with it', () => {
    const given = direct({ concurrency: 2 });
    const job = given.send();
    given.links[0]?.start();
    given.dispatcher.withdraw(job);
    const { grace } = given.lane(0);
    expect(grace.isSet).toBe(true);
    given.dispatcher.lose(given.links[0] as ScriptedLink, byItself);
    expect(grace.isSet).toBe(false);
  });

  test('a message that comes after its end settles nobody', () => {
    const { dispatcher, links, outcomes, send } = direct();
    send();
    const link = links[0] as ScriptedLink;
    link.start();
    dispatcher.lose(link, byItself);
    link.say([Kind.done, 0, Form.plain, 'late']);
    expect(outcomes.settled).toMatchObject([[1, 'rejected', { code: 'ERR_THREAD_LOST' }]]);
  });
});
