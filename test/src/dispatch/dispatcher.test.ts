import { afterEach, describe, expect, test, vi } from 'vitest';
import { ThreadLostError, UnknownJobError } from '../../../src/api/errors.js';
import { Dispatcher } from '../../../src/dispatch/dispatcher.js';
import type { Lane, Loss } from '../../../src/dispatch/lane.js';
import { Functions } from '../../../src/job/functions.js';
import type { JobRecord } from '../../../src/job/job.js';
import { Stats } from '../../../src/job/stats.js';
import { Told } from '../../../src/wire/job-words.js';
import { BELL, Form, Kind } from '../../../src/wire/protocol.js';
import { Scheduler } from '../../../src/schedule/scheduler.js';
import { macrotask, rejection } from '../../helpers/outcomes.js';
import { Clock } from './clock.js';
import { type JobFields, jobOf, Outcomes } from './jobs.js';
import { ScriptedLink } from './scripted-link.js';

/** A scheduler with scripted threads. */
function schedulerOf(
  settings: { threads: number; concurrency: number; coalesce: boolean },
  now?: () => number,
) {
  const scheduler = new Scheduler(
    {
      ...settings,
      graceMs: undefined,
      backlog: { jobs: 8, bytes: 100_000, waiters: 0 },
      overflow: 'reject',
    },
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

/** One scripted thread on which short jobs may wait. */
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

/** Advances the fake timers by `ms`, with turns of the event loop. */
async function inTurns(ms: number): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += 5) {
    vi.advanceTimersByTime(5);
    await macrotask();
  }
}

/** Runs a step of the thread right after the main thread has checked whether a job has ended. */
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
  ['in a message', { text: 'x'.repeat(20_000) }],
])(
  'a job that ends as it is cancelled costs its thread nothing, which goes on, its result %s',
  async (_, value) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { link, submit } = await scripted();
    const [cancelled, next] = [submit(1), submit(2)];
    link.start();
    expect(link.left).toBe(1);
    let arrive = (): void => {};
    afterTheLook(link, () => {
      // Messages arrive in later turns.
      arrive = link.endLater(0, { value });
      link.start();
    });
    cancelled.cancel('enough');
    expect(await rejection(cancelled.result)).toBe('enough');
    expect(link.running).toMatchObject([{ input: 2 }]);
    arrive();
    link.end(0, { value: 'next' });
    link.announce();
    expect(await next.result).toBe('next');
    await inTurns(1000);
    expect(link.steps).toEqual([]);
  },
);

test('a cancelled job that does not end keeps its slot, then its thread is retired', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const { link, submit } = await scripted();
  const [cancelled, next] = [submit(1), submit(2)];
  link.start();
  cancelled.cancel('enough');
  expect(await rejection(cancelled.result)).toBe('enough');
  expect(link.told).toEqual([[0, Told.cancelled]]);
  expect(submit(3).state).toBe('queued');
  link.pong();
  await inTurns(95);
  expect(link.steps).toEqual([]);
  await inTurns(10);
  expect(link.steps).toEqual(['retire cancelled', 'drain over abandoned']);
  expect(link.start()).toBeUndefined();
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
    // The blocked thread has as many free slots as the other, or more.
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
  // Thread 0 has not gone to sleep since.
  expect(await goesTo(memory())).toBe(0);
  links[0]?.sleep();
  expect(await goesTo(memory())).toBe(1);
  links[1]?.sleep();
  expect(await goesTo(memory())).toBe(0);
  links[0]?.sleep();
  // Other jobs go to the first thread, asleep or not.
  expect([await goesTo([]), await goesTo([])]).toEqual([0, 0]);
});

/** A dispatcher whose settler and clock belong to the test. */
function direct({ threads = 1, concurrency = 1, coalesce = true } = {}) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const clock = new Clock();
  const { now, deadlines } = clock;
  const outcomes = new Outcomes();
  const functions = new Functions();
  const stats = new Stats(0);
  const room = vi.fn<() => void>();
  const settings = { concurrency, coalesce, graceMs: undefined };
  const dispatcher = new Dispatcher(outcomes, room, settings, functions, deadlines, stats, now);
  const links = Array.from({ length: threads }, () => new ScriptedLink(40, now));
  for (const link of links) dispatcher.add(link);
  room.mockClear();
  const lane = (at: number): Lane => dispatcher.lanes.find(links[at] as ScriptedLink) as Lane;
  let ids = 0;
  /** Sends a job to the thread at this index. */
  const send = (at = 0, fields: JobFields = {}): JobRecord => {
    ids += 1;
    const job = jobOf(ids, { function: functions.get('job'), ...fields });
    dispatcher.send(job, lane(at), true);
    return job;
  };
  /** Advances the time and runs what is due. No grace ends, as that takes turns of the event loop. */
  const pass = (ms: number): void => {
    clock.nowMs += ms;
    deadlines.advance();
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

const byItself: Loss = { cause: new Error('exit'), isDeliberate: false };

/** Records when deadlines are set, and for when. */
function timesSet({ clock, deadlines }: ReturnType<typeof direct>) {
  const times: Array<readonly [nowMs: number, atMs: number]> = [];
  const set = deadlines.set.bind(deadlines);
  vi.spyOn(deadlines, 'set').mockImplementation((deadline, atMs) => {
    times.push([clock.nowMs, atMs]);
    set(deadline, atMs);
  });
  return times;
}

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
  /** The times the watch is set for; the patrol is always set for 50 ms later. */
  function watched(given: ReturnType<typeof direct>): () => number[] {
    const times = timesSet(given);
    return () => times.filter(([, atMs]) => atMs % 50 !== 0).map(([, atMs]) => atMs);
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
    // The job that began at 4 is overdue at 8: the one behind it is taken back, and nothing waits.
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
    // The job is overdue since 1 + 4.
    given.pass(4);
    expect(given.outcomes.backlog).toEqual([2]);

    // The same with a job that was started in between: it has three milliseconds left.
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
    // With one call the deviation equals the mean.
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
    // The first job began at 0; the second thread has started none yet, which needs the usual time.
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

describe('the patrol', () => {
  /** The times the patrol is set for. */
  function patrolled(given: ReturnType<typeof direct>): () => number[] {
    const times = timesSet(given);
    return () => times.filter(([, atMs]) => atMs % 50 === 0).map(([, atMs]) => atMs);
  }

  test('is set once, for the next beat, when a job is sent to any thread', () => {
    const given = direct({ threads: 2 });
    const times = patrolled(given);
    given.clock.nowMs = 10;
    given.send(1);
    given.clock.nowMs = 12;
    given.send(0);
    expect(times()).toEqual([100]);
  });

  test('is set while jobs are out, and not any more', () => {
    const given = direct({ threads: 2 });
    const times = patrolled(given);
    given.send(1);
    given.links[1]?.start();
    given.pass(100);
    given.pass(50);
    expect(times()).toEqual([100, 150, 200]);
    given.links[1]?.end(0, { value: 'quietly' });
    given.room.mockClear();
    given.pass(50);
    expect(given.outcomes.settled, 'it takes what nobody has announced').toEqual([
      [1, 'fulfilled', 'quietly'],
    ]);
    expect(given.room).toHaveBeenCalledOnce();
    expect(times()).toEqual([100, 150, 200]);
    given.send(0);
    expect(times()).toEqual([100, 150, 200, 300]);
  });

  test('is not set twice if jobs are sent from within', () => {
    const given = direct();
    const times = patrolled(given);
    given.send();
    given.links[0]?.start();
    given.links[0]?.end(0, { value: 'quietly' });
    given.room.mockImplementationOnce(() => void given.send());
    given.pass(100);
    expect(times()).toEqual([100, 200]);
  });

  test('goes on for a job that was settled and still runs', () => {
    const given = direct();
    const times = patrolled(given);
    const job = given.send();
    given.links[0]?.start();
    given.dispatcher.withdraw(job, Told.cancelled);
    given.pass(100);
    expect(times()).toEqual([100, 150]);
  });

  test('goes on for a thread that is retired and was not told to end, and lets it drain', async () => {
    const given = direct({ concurrency: 2 });
    const link = given.links[0] as ScriptedLink;
    const jobs = [given.send(), given.send()];
    for (const _ of jobs) link.start();
    given.dispatcher.withdraw(jobs[0] as JobRecord, Told.cancelled);
    link.pong();
    await given.clock.pass(105);
    for (const value of ['nobody waits for it', 'quietly']) link.end(0, { value });
    given.dispatcher.collect();
    expect([given.lane(0).occupied, link.steps]).toEqual([0, ['retire cancelled']]);
    given.clock.nowMs = 149;
    given.pass(1);
    expect(link.steps).toEqual(['retire cancelled', 'drain']);
    const times = patrolled(given);
    given.pass(50);
    expect(times()).toEqual([]);
  });

  test('finds a thread that looks at nothing, and what waits there is room elsewhere', () => {
    const given = direct({ threads: 2 });
    given.send();
    given.pass(100);
    expect(given.links.map(({ unanswered }) => unanswered)).toEqual([0, 0]);
    expect(given.outcomes.backlog).toEqual([]);
    given.room.mockImplementation(() => expect(given.outcomes.backlog).toEqual([1]));
    given.pass(50);
    expect(given.room).toHaveBeenCalled();
    expect(given.links.map(({ unanswered }) => unanswered)).toEqual([1, 0]);
    expect([given.lane(0).isOpen, given.lane(1).isOpen]).toEqual([false, true]);
    given.links[0]?.pong();
    expect(given.lane(0).isOpen).toBe(true);
  });

  test('finds a thread that looks at nothing though no job waits there long enough to be seen', () => {
    const given = direct({ threads: 2 });
    const next = (): Lane | undefined =>
      given.dispatcher.laneFor(jobOf(9, { function: given.functions.get('job') }));
    given.dispatcher.withdraw(given.send(), Told.timedOut);
    given.pass(100);
    expect(next()).toBe(given.lane(0));
    given.pass(50);
    expect(next(), 'the next job goes elsewhere').toBe(given.lane(1));
  });

  test('knows how many slots a thread has', () => {
    const given = direct({ concurrency: 2 });
    for (let slot = 0; slot < 2; slot += 1) {
      given.send();
      given.links[0]?.start();
      given.links[0]?.host.markAsync(slot);
    }
    given.send();
    given.pass(100);
    given.pass(50);
    expect(given.links[0]?.unanswered, 'both are taken').toBe(0);
  });
});

describe('withdrawing', () => {
  test('a job that is on no thread has not been started', () => {
    expect(direct().dispatcher.withdraw(jobOf(1), Told.cancelled)).toBe(false);
  });

  test('a job that waits on its thread is taken back, was not started, and is told nothing', () => {
    const { dispatcher, links, send, lane } = direct();
    const job = send();
    expect(dispatcher.withdraw(job, Told.cancelled)).toBe(false);
    expect(job.carrier).toBeUndefined();
    expect(lane(0).occupied).toBe(0);
    expect([links[0]?.told, links[0]?.steps]).toEqual([[], []]);
  });

  test.each([Told.cancelled, Told.timedOut, Told.closing])(
    'a job that runs is told why (%i), and keeps its slot; what waits behind it stays there',
    (reason) => {
      const { dispatcher, links, outcomes, send, lane } = direct();
      const job = send();
      send();
      links[0]?.start();
      expect(dispatcher.withdraw(job, reason)).toBe(true);
      expect(job.carrier).toBeUndefined();
      expect(links[0]?.told).toEqual([[0, reason]]);
      expect([lane(0).occupied, lane(0).isOpen]).toEqual([2, true]);
      expect([outcomes.backlog, links[0]?.steps]).toEqual([[], []]);
    },
  );

  test('a job whose function has ended was started, and is told nothing', () => {
    const { dispatcher, links, outcomes, send, lane } = direct();
    const job = send();
    send();
    links[0]?.start();
    links[0]?.end(0, { value: 'too late' });
    expect(dispatcher.withdraw(job, Told.cancelled)).toBe(true);
    expect(job.carrier).toBeUndefined();
    expect([links[0]?.told, lane(0).abandoned.size]).toEqual([[], 0]);
    expect(outcomes.backlog).toEqual([]);
  });
});

describe('a job that was withdrawn while it ran', () => {
  /** A thread whose first job is cancelled while it runs, with another one waiting behind it. */
  function cancelled() {
    const given = direct({ threads: 2 });
    const job = given.send();
    given.send();
    const link = given.links[0] as ScriptedLink;
    link.start();
    given.dispatcher.withdraw(job, Told.cancelled);
    given.room.mockClear();
    return { ...given, job, link };
  }

  test('and ends within its grace is room on its thread', async () => {
    const { clock, link, lane, room } = cancelled();
    await clock.pass(95);
    room.mockClear();
    link.end(0, { value: 'nobody waits for it' });
    link.announce();
    expect(room).toHaveBeenCalledOnce();
    expect(lane(0).occupied).toBe(0);
    await clock.pass(1000);
    expect(link.steps).toEqual([]);
  });

  test('and outlives its grace costs its thread, which is no longer placed on', async () => {
    const { clock, dispatcher, functions, link, lane, room } = cancelled();
    link.pong();
    await clock.pass(95);
    let stepsBeforeRoom: readonly string[] = [];
    room.mockImplementation(() => (stepsBeforeRoom = [...link.steps]));
    await clock.pass(5);
    expect(link.steps).toEqual(['retire cancelled', 'drain over abandoned']);
    expect(stepsBeforeRoom, 'room is reported after that').toEqual(link.steps);
    expect(dispatcher.lanes.threads()).toEqual({ ready: 1, busy: 0 });
    expect(dispatcher.laneFor(jobOf(9, { function: functions.get('job') }))).toBe(lane(1));
  });

  test('and whose thread gives no sign of life has it ended by force', async () => {
    const { clock, link } = cancelled();
    await clock.pass(100);
    expect(link.steps).toEqual(['retire cancelled', 'terminate']);
  });

  test('and whose thread is lost has no grace any more', async () => {
    const { clock, dispatcher, link, outcomes } = cancelled();
    dispatcher.lose(link, byItself);
    await clock.pass(1000);
    expect([link.steps, outcomes.settled]).toEqual([[], []]);
  });

  test('is given the time of a boot, as each thread that is added reports it', async () => {
    const { clock, dispatcher, link } = cancelled();
    const slow = new ScriptedLink(4, clock.now);
    slow.bootMs = 900;
    expect(dispatcher.graceMs).toBe(100);
    dispatcher.add(slow);
    expect(dispatcher.graceMs, 'the mean of 0, 0 and 900').toBe(300);
    await clock.pass(100);
    expect(link.steps, 'its own was 100').not.toEqual([]);
  });

  test.each(['ends', 'is on a thread that is gone', 'is in a pool that ends'])(
    'survives until it %s, and whoever waits is told then',
    (how) => {
      const { dispatcher, job, link } = cancelled();
      const ended = vi.fn<() => void>();
      expect(dispatcher.isSurvivor(job)).toBe(true);
      dispatcher.onceEnded(job, ended);
      if (how === 'ends') {
        link.end(0, { value: 'nobody waits for it' });
        expect(ended).not.toHaveBeenCalled();
        link.announce();
      } else if (how === 'is in a pool that ends') dispatcher.stop();
      else dispatcher.lose(link, byItself);
      expect(ended).toHaveBeenCalledOnce();
      expect(dispatcher.isSurvivor(job)).toBe(how === 'is in a pool that ends');
    },
  );

  test('costs no thread once the pool ends all of them', async () => {
    const { clock, dispatcher, link } = cancelled();
    dispatcher.close();
    await clock.pass(1000);
    expect(link.steps).toEqual([]);
  });
});

describe('telling all that run', () => {
  test('leaves what has not started and what has ended, and settles nobody', () => {
    const { dispatcher, links, outcomes, send } = direct({ threads: 3, concurrency: 2 });
    const jobs = [send(0), send(0), send(0), send(1), send(2)];
    links[0]?.start();
    links[0]?.start();
    links[0]?.endUnannounced(0, 'its answer is under way');
    links[1]?.start();
    expect(dispatcher.tellAll(Told.closing)).toEqual([jobs[1], jobs[3]]);
    expect(links.map(({ told }) => told)).toEqual([[[1, Told.closing]], [[0, Told.closing]], []]);
    expect(outcomes.settled).toEqual([]);
    expect(jobs[1]?.isStarted).toBe(true);
  });
});

describe('an exception that nobody has caught', () => {
  test('rejects what runs on its thread, which is retired', () => {
    const { dispatcher, links, outcomes, send } = direct({ threads: 2 });
    send(0);
    send(1);
    for (const link of links) link.start();
    const cause = new Error('thrown');
    dispatcher.uncaught(links[1] as ScriptedLink, cause);
    expect(outcomes.settled).toMatchObject([[2, 'rejected', { code: 'ERR_THREAD_LOST', cause }]]);
    expect(links.map(({ steps }) => steps)).toEqual([
      [],
      ['retire uncaught', 'drain over abandoned'],
    ]);
  });

  test('on a thread that never was ready, or is gone, is nobody to reject', () => {
    const { dispatcher, links, outcomes, send } = direct();
    send();
    links[0]?.start();
    const other = new ScriptedLink(1);
    dispatcher.uncaught(other, new Error('thrown'));
    expect([outcomes.settled, other.steps]).toEqual([[], []]);
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
    dispatcher.lose(new ScriptedLink(1), byItself);
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
    dispatcher.lose(link, byItself);
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
    dispatcher.lose(link, byItself);
    expect(outcomes.settled, 'it is lost once').toHaveLength(3);
  });

  test('a cancelled job that still ran is nobody to reject', () => {
    const { dispatcher, links, outcomes, send } = direct();
    const job = send();
    links[0]?.start();
    dispatcher.withdraw(job, Told.cancelled);
    dispatcher.lose(links[0] as ScriptedLink, { ...byItself, isDeliberate: true });
    expect(outcomes.settled).toEqual([]);
  });

  test('what was transferred to it is gone with it', () => {
    const { dispatcher, links, outcomes, send } = direct();
    send(0, { transfer: [new ArrayBuffer(1)] });
    send();
    dispatcher.lose(links[0] as ScriptedLink, byItself);
    expect(outcomes.settled).toMatchObject([
      [1, 'rejected', { code: 'ERR_THREAD_LOST', started: false, cause: byItself.cause }],
    ]);
    expect(outcomes.backlog).toEqual([2]);
  });

  test.each([
    ['by itself with nothing running', byItself, 0, [1, 0]],
    ['by itself while a job ran', byItself, 1, [0, 0, 0]],
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
    dispatcher.lose(links[0] as ScriptedLink, byItself);
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

test('a job every ten milliseconds wakes the process ten times a second beside itself', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const { links, submit } = schedulerOf({ threads: 1, concurrency: 1, coalesce: true });
  const link = links[0] as ScriptedLink;
  let fired = 0;
  const { setTimeout } = globalThis;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((callback: () => void, ms: number) =>
    setTimeout(() => {
      fired += 1;
      callback();
    }, ms)) as typeof setTimeout);
  for (let count = 0; count < 200; count += 1) {
    submit(count);
    link.start();
    link.end(0, { value: count });
    link.announce();
    vi.advanceTimersByTime(10);
  }
  expect(fired, 'the lease and the patrol in one').toBe(20);
  vi.restoreAllMocks();
});
