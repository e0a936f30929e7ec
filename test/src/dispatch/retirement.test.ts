import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Answers } from '../../../src/dispatch/answers.js';
import { Lane } from '../../../src/dispatch/lane.js';
import { Recovery } from '../../../src/dispatch/recovery.js';
import { Retirement } from '../../../src/dispatch/retirement.js';
import { sendTo } from '../../../src/dispatch/sending.js';
import type { JobRecord } from '../../../src/job/job.js';
import { Survivors } from '../../../src/dispatch/survivors.js';
import { Stats } from '../../../src/job/stats.js';
import { type Reason, Told } from '../../../src/wire/job-words.js';
import { Kind } from '../../../src/wire/protocol.js';
import { Clock } from './clock.js';
import { type JobFields, jobOf, Outcomes } from './jobs.js';
import { ScriptedLink } from './scripted-link.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A value that does not fit into a cell. */
const LARGE = { text: 'x'.repeat(20_000) };

/** One thread that booted in no time, so that the default grace is 100 ms. */
function setUp(graceMs?: number) {
  const clock = new Clock();
  const outcomes = new Outcomes();
  const answers = new Answers(outcomes, new Stats(0), new Survivors());
  const room = vi.fn<() => void>();
  const retirement = new Retirement(
    answers,
    new Recovery(outcomes),
    clock.deadlines,
    clock.now,
    graceMs,
    room,
  );
  const link = new ScriptedLink(16, clock.now);
  const lane = new Lane(link, []);
  link.deliverTo({
    receive: (message) => {
      answers.receive(lane, message);
      retirement.onAnswer(lane);
    },
    unreadable() {},
  });
  let ids = 0;
  const send = (fields: JobFields = {}): JobRecord => {
    ids += 1;
    const job = jobOf(ids, fields);
    sendTo(lane, job, 0, true);
    return job;
  };
  /** Sends a job, which the thread starts; its function returns a promise if `isAsync`. */
  const run = ({
    isAsync = true,
    ...fields
  }: JobFields & { isAsync?: boolean } = {}): JobRecord => {
    const job = send(fields);
    link.start();
    if (isAsync) link.host.markAsync(job.cell);
    return job;
  };
  /** Settles a running job, as the schedule does. */
  const abandon = (job: JobRecord, reason: Reason = Told.cancelled): void => {
    retirement.abandon(job, lane, reason);
    outcomes.settle(job, 'cancelled', undefined);
  };
  return { clock, outcomes, answers, room, retirement, link, lane, send, run, abandon };
}

/** Ids of the jobs that were rejected because their thread is lost, and whether they had started. */
const lost = ({ settled }: Outcomes) =>
  settled
    .filter(([, ending]) => ending === 'rejected')
    .map(([id, , error]) => {
      expect(error).toMatchObject({ code: 'ERR_THREAD_LOST' });
      return [id, (error as { started: boolean }).started];
    });

describe('the grace of a job is', () => {
  test.each<[string, readonly number[], number]>([
    ['not less than 100 ms', [], 100],
    ['not less than 100 ms, if threads boot sooner', [1], 100],
    ['the time of a boot', [250], 250],
    ['the mean of all boots', [100, 300], 200],
    ['the mean of three', [100, 200, 600], 300],
    ['not more than 5 s', [60_000], 5000],
  ])('%s', (_, boots, expectedMs) => {
    const { retirement } = setUp();
    for (const bootMs of boots) retirement.booted(bootMs);
    expect(retirement.graceMs).toBe(expectedMs);
  });

  test.each([0, 7, 90_000])('%i ms if the pool says so', (graceMs) => {
    const { retirement } = setUp(graceMs);
    retirement.booted(250);
    expect(retirement.graceMs).toBe(graceMs);
  });
});

describe('a job is told to stop', () => {
  test.each(Object.entries(Told).slice(1) as Array<[string, Reason]>)(
    'by a word that it sees at once, and by a message: %s',
    (_, reason) => {
      const { retirement, link, lane, outcomes, run } = setUp();
      run();
      const job = run();
      expect(retirement.tell(lane, job.cell, reason)).toBe(1);
      expect(link.told).toEqual([[1, reason]]);
      expect(link.posted.at(-1)).toEqual([Kind.told, 1]);
      expect([outcomes.settled, job.carrier, lane.abandoned.size]).toEqual([[], lane, 0]);
    },
  );

  test('by a message that is a ping, too', () => {
    const { retirement, link, lane, run } = setUp();
    const ping = retirement.tell(lane, run().cell, Told.closing);
    expect(lane.hasAnswered(ping)).toBe(false);
    link.pong();
    expect(lane.hasAnswered(ping)).toBe(true);
  });
});

describe('a job that is settled while it runs', () => {
  test('is told to stop, and keeps its slot', async () => {
    const { clock, link, lane, outcomes, run, send, abandon } = setUp();
    const job = run();
    send();
    abandon(job, Told.timedOut);
    expect(link.told).toEqual([[0, Told.timedOut]]);
    expect([job.carrier, lane.occupied, lane.abandonedCount()]).toEqual([undefined, 2, 1]);
    await clock.pass(95);
    expect(link.steps).toEqual([]);
    expect([lane.isOpen, outcomes.backlog]).toEqual([true, []]);
  });

  test.each([
    ['in its cell', 'small'],
    ['in a message', LARGE],
  ])('and ends within its grace costs its thread nothing: its result %s', async (_, value) => {
    const { clock, link, lane, answers, run, abandon } = setUp();
    abandon(run());
    await clock.pass(95);
    link.end(0, { value });
    answers.collect(lane);
    await clock.pass(1000);
    expect(link.steps).toEqual([]);
    expect([lane.occupied, lane.abandonedCount(), lane.isOpen]).toEqual([0, 0, true]);
  });

  test('and has ended by then is not told', async () => {
    const { clock, link, lane, run, abandon } = setUp();
    const job = run();
    link.endUnannounced(0, 'its answer is under way');
    abandon(job);
    expect([job.carrier, link.told, lane.abandoned.size]).toEqual([undefined, [], 0]);
    await clock.pass(1000);
    expect(link.steps).toEqual([]);
  });

  test('and ends as its grace does has made it: its answer is taken first', async () => {
    const { clock, link, lane, run, abandon } = setUp();
    abandon(run());
    await clock.pass(95);
    link.end(0, { value: 'in its cell, unannounced' });
    await clock.pass(5);
    expect(link.steps).toEqual([]);
    expect(lane.occupied).toBe(0);
  });
});

describe('a job that outlives its grace', () => {
  test.each([
    ['cancelled', Told.cancelled],
    ['timeout', Told.timedOut],
    ['cancelled', Told.closing],
  ])('takes its thread out of service: %s', async (reason, told) => {
    const { clock, link, lane, run, abandon } = setUp();
    abandon(run(), told);
    link.pong();
    await clock.pass(95);
    expect(lane.isOpen).toBe(true);
    await clock.pass(5);
    expect(link.steps[0]).toBe(`retire ${reason}`);
    expect(lane).toMatchObject({ isRetired: true, isShut: true, isOpen: false });
  });

  test('moves on what its thread has not started, but for what was transferred', async () => {
    const { clock, link, outcomes, room, run, send, abandon } = setUp();
    const job = run();
    send();
    send({ transfer: [new ArrayBuffer(1)] });
    send();
    abandon(job);
    link.pong();
    await clock.pass(100);
    expect(outcomes.backlog, 'the newest first').toEqual([4, 2]);
    expect(room).toHaveBeenCalled();
    expect(lost(outcomes)).toEqual([]);
    expect(link.steps, 'it still has a job').toEqual(['retire cancelled']);
  });

  test('lets its thread drain, if that has answered', async () => {
    const { clock, link, run, abandon } = setUp();
    abandon(run());
    link.pong();
    await clock.pass(1000);
    expect(link.steps).toEqual(['retire cancelled', 'drain over abandoned']);
  });

  test('has its thread ended by force, if that has not answered', async () => {
    const { clock, link, outcomes, room, run, send, abandon } = setUp();
    const [abandoned, finished] = [run(), run(), run()];
    send({ transfer: [new ArrayBuffer(1)] });
    send();
    link.endUnannounced(1, 'saved');
    abandon(abandoned);
    await clock.pass(1000);
    expect(link.steps).toEqual(['retire cancelled', 'terminate']);
    expect(lost(outcomes), 'native code may hold the thread much longer').toEqual([
      [4, false],
      [3, true],
    ]);
    expect(outcomes.backlog).toEqual([5]);
    expect(finished?.carrier, 'its answer is under way').toBeDefined();
    expect(room).toHaveBeenCalled();
  });

  test('is judged by the message that told it, not by an answer to an earlier one', async () => {
    const { clock, link, lane, run, abandon } = setUp();
    const job = run();
    lane.ping([Kind.ping]);
    link.pong();
    abandon(job);
    await clock.pass(100);
    expect(link.steps).toEqual(['retire cancelled', 'terminate']);
  });

  test('lets the other jobs of its thread end before that drains', async () => {
    const { clock, link, outcomes, run, abandon } = setUp();
    const job = run();
    run();
    run();
    abandon(job);
    link.pong();
    await clock.pass(1000);
    expect(link.steps).toEqual(['retire cancelled']);
    link.end(1, { value: 'two' });
    link.announce();
    expect(link.steps).toEqual(['retire cancelled']);
    link.end(1, { value: LARGE });
    expect(link.steps).toEqual(['retire cancelled', 'drain over abandoned']);
    expect(outcomes.settled.slice(1)).toEqual([
      [2, 'fulfilled', 'two'],
      [3, 'fulfilled', LARGE],
    ]);
    link.end(0, { value: 'at last' });
    link.announce();
    expect(link.steps, 'once').toHaveLength(2);
  });

  test('lets its thread drain though the last answer there was collected before it was announced', async () => {
    const { clock, link, lane, answers, retirement, run, abandon } = setUp();
    const job = run();
    run();
    abandon(job);
    link.pong();
    await clock.pass(100);
    link.end(1, { value: 'quietly' });
    answers.collect(lane);
    link.announce();
    expect(link.steps, 'the thread sees that this needs no bell any more').toEqual([
      'retire cancelled',
    ]);
    retirement.inspect(lane, 2);
    expect(link.steps).toEqual(['retire cancelled', 'drain over abandoned']);
    retirement.inspect(lane, 2);
    expect(link.steps, 'once').toHaveLength(2);
  });

  test('and has its thread ended by force does not have it drain as well', async () => {
    const { clock, link, lane, retirement, run, abandon } = setUp();
    abandon(run());
    await clock.pass(100);
    retirement.inspect(lane, 1);
    link.pong();
    expect(link.steps).toEqual(['retire cancelled', 'terminate']);
  });

  test('and ends before the others of its thread do leaves nothing abandoned to drain over', async () => {
    const { clock, link, run, abandon } = setUp();
    const job = run();
    run();
    abandon(job);
    link.pong();
    await clock.pass(100);
    link.end(0, { value: 'at last' });
    link.announce();
    link.end(0, { value: 'two' });
    link.announce();
    expect(link.steps).toEqual(['retire cancelled', 'drain']);
  });

  test.each([
    { pool: 300, own: undefined, expectedMs: 300 },
    { pool: 300, own: 200, expectedMs: 200 },
    { pool: 300, own: 1000, expectedMs: 1000 },
    { pool: undefined, own: 500, expectedMs: 500 },
    { pool: 300, own: 50, expectedMs: 50 },
  ])(
    'after $expectedMs ms: $pool of the pool, $own of the job',
    async ({ pool, own, expectedMs }) => {
      const { clock, link, run, abandon } = setUp(pool);
      abandon(run({ terms: { graceMs: own } }));
      await clock.pass(expectedMs - 5);
      expect(link.steps).toEqual([]);
      await clock.pass(5);
      expect(link.steps[0]).toBe('retire cancelled');
    },
  );

  describe('that is shorter than a boot', () => {
    test('has its thread judged after the time of a boot', async () => {
      const { clock, link, retirement, room, run, abandon } = setUp(50);
      retirement.booted(400);
      abandon(run());
      await clock.pass(50);
      expect(link.steps).toEqual(['retire cancelled']);
      await clock.pass(345);
      expect(link.steps).toEqual(['retire cancelled']);
      room.mockClear();
      await clock.pass(5);
      expect(link.steps).toEqual(['retire cancelled', 'terminate']);
      expect(room).toHaveBeenCalledOnce();
    });

    test('lets its thread drain as soon as that answers', async () => {
      const { clock, link, run, abandon } = setUp(50);
      abandon(run());
      await clock.pass(70);
      expect(link.steps).toEqual(['retire cancelled']);
      link.pong();
      expect(link.steps).toEqual(['retire cancelled', 'drain over abandoned']);
      await clock.pass(1000);
      expect(link.steps).toHaveLength(2);
    });

    test('or none at all takes its thread out of service at once', async () => {
      const { clock, link, lane, outcomes, room, run, send, abandon } = setUp(0);
      const job = run();
      send();
      abandon(job);
      expect(link.steps).toEqual(['retire cancelled']);
      expect([lane.isOpen, outcomes.backlog]).toEqual([false, [2]]);
      expect(room, 'it is up to the caller').not.toHaveBeenCalled();
      await clock.pass(95);
      expect(link.steps).toEqual(['retire cancelled']);
      await clock.pass(5);
      expect(link.steps).toEqual(['retire cancelled', 'terminate']);
      expect(room).toHaveBeenCalledOnce();
    });

    test('has its thread left alone, if that is gone before', async () => {
      const { clock, link, lane, retirement, run, abandon } = setUp(50);
      abandon(run());
      await clock.pass(50);
      retirement.forget(lane);
      await clock.pass(1000);
      expect(link.steps).toEqual(['retire cancelled']);
    });
  });

  test('takes a thread out of service once, however many do', async () => {
    const { clock, link, run, abandon } = setUp();
    const [first, second] = [run(), run()];
    abandon(first);
    await clock.pass(50);
    abandon(second, Told.timedOut);
    link.pong();
    await clock.pass(1000);
    expect(link.steps).toEqual(['retire cancelled', 'drain over abandoned']);
  });

  test('has a thread ended by force that answered the first and not the second', async () => {
    const { clock, link, run, abandon } = setUp();
    const [first, second] = [run(), run()];
    abandon(first);
    link.pong();
    await clock.pass(50);
    abandon(second);
    await clock.pass(50);
    expect(link.steps).toEqual(['retire cancelled', 'drain over abandoned']);
    await clock.pass(50);
    expect(link.steps).toEqual(['retire cancelled', 'drain over abandoned', 'terminate']);
  });

  test('of nothing is retired at once, but while a debugger may hold the thread', async () => {
    const url = vi.spyOn(process.getBuiltinModule('node:inspector'), 'url');
    url.mockReturnValue('ws://127.0.0.1:9229/1');
    const { clock, link, run, abandon } = setUp(0);
    abandon(run());
    await clock.pass(1000);
    expect(link.steps).toEqual([]);
    url.mockRestore();
    await clock.pass(10);
    expect(link.steps).toEqual(['retire cancelled']);
  });

  test('is nothing to a thread that is gone', async () => {
    const { clock, link, lane, retirement, run, abandon } = setUp();
    abandon(run());
    retirement.forget(lane);
    expect([lane.abandoned.size, lane.isGone, lane.isOpen]).toEqual([0, true, false]);
    await clock.pass(1000);
    expect(link.steps).toEqual([]);
  });

  test('is nothing to a pool that ends all of its threads', async () => {
    const { clock, link, retirement, run, abandon } = setUp();
    abandon(run());
    retirement.close();
    await clock.pass(1000);
    expect(link.steps).toEqual([]);
  });

  describe('is given time', () => {
    test('while it blocks its thread and its grace is not over', async () => {
      const { clock, retirement, lane, run, abandon } = setUp(200);
      const job = run({ isAsync: false });
      expect(retirement.isGivingTime(lane), 'nobody told it to stop').toBe(false);
      abandon(job);
      expect(retirement.isGivingTime(lane)).toBe(true);
      retirement.close();
      await clock.pass(190);
      expect(retirement.isGivingTime(lane)).toBe(true);
      await clock.pass(10);
      expect(retirement.isGivingTime(lane)).toBe(false);
    });

    test('until it has ended', () => {
      const { retirement, link, lane, run, abandon } = setUp();
      abandon(run({ isAsync: false }));
      link.endUnannounced(0, 'done');
      expect(retirement.isGivingTime(lane)).toBe(false);
    });

    test('not where it blocks nothing, as its thread drains meanwhile', () => {
      const { retirement, lane, run, abandon } = setUp();
      abandon(run());
      expect(retirement.isGivingTime(lane)).toBe(false);
    });

    test('not where it has none', () => {
      const { retirement, lane, run, abandon } = setUp(0);
      abandon(run({ isAsync: false }));
      expect(retirement.isGivingTime(lane)).toBe(false);
    });
  });
});

describe('an exception that nobody has caught', () => {
  const cause = new Error('thrown');

  test('rejects what runs on its thread, moves the rest on, and lets the thread drain', () => {
    const { link, lane, outcomes, retirement, run, send } = setUp();
    const jobs = [run(), run(), send(), send()];
    retirement.onUncaught(lane, cause);
    expect(link.steps).toEqual(['retire uncaught', 'drain over abandoned']);
    expect(lane).toMatchObject({ isRetired: true, isOpen: false });
    expect(lost(outcomes).toSorted()).toEqual([
      [1, true],
      [2, true],
    ]);
    for (const [, , error] of outcomes.settled) expect((error as Error).cause).toBe(cause);
    expect(lane.abandonedCount(), 'their functions go on').toBe(2);
    expect(link.told, 'and may end sooner').toEqual([
      [0, Told.ending],
      [1, Told.ending],
    ]);
    expect(outcomes.backlog).toEqual([4, 3]);
    expect(jobs.map(({ carrier }) => carrier)).toEqual(jobs.map(() => undefined));
  });

  test('rejects, too, what would end at once when it is told to stop', () => {
    const { link, lane, outcomes, retirement, run } = setUp();
    const { cell } = run();
    const { post } = link;
    link.post = (message, transfer) => {
      post.call(link, message, transfer);
      if (link.running.length > 0) link.endUnannounced(0, 'obeyed');
    };
    retirement.onUncaught(lane, cause);
    expect(link.told).toEqual([[cell, Told.ending]]);
    expect(lost(outcomes)).toEqual([[1, true]]);
  });

  test('rejects what was transferred to its thread, which starts no more: nothing keeps it from draining', () => {
    const { link, lane, outcomes, retirement, send } = setUp();
    send({ transfer: [new ArrayBuffer(1)] });
    send();
    retirement.onUncaught(lane, cause);
    expect(outcomes.settled).toMatchObject([
      [1, 'rejected', { code: 'ERR_THREAD_LOST', started: false, cause }],
    ]);
    expect(outcomes.backlog).toEqual([2]);
    expect(link.steps).toEqual(['retire uncaught', 'drain']);
  });

  test('beside no job rejects nobody', () => {
    const { link, lane, outcomes, retirement } = setUp();
    retirement.onUncaught(lane, cause);
    expect(link.steps).toEqual(['retire uncaught', 'drain']);
    expect(outcomes.settled).toEqual([]);
  });

  test('leaves the results that lie in their cells, and waits for one that is under way', () => {
    const { link, lane, outcomes, retirement, run } = setUp();
    run();
    const second = run();
    link.end(0, { value: 'in its cell' });
    link.host.answer(second.cell, 1);
    link.host.answered(second.cell);
    retirement.onUncaught(lane, cause);
    expect(outcomes.settled).toEqual([[1, 'fulfilled', 'in its cell']]);
    expect(link.steps).toEqual(['retire uncaught']);
    link.say([Kind.done, second.cell, 0, 'in a message']);
    expect(outcomes.settled[1]).toEqual([2, 'fulfilled', 'in a message']);
    expect(link.steps).toEqual(['retire uncaught', 'drain']);
  });

  test('of a job that was cancelled before is nobody to reject', () => {
    const { link, lane, outcomes, retirement, run, abandon } = setUp();
    abandon(run());
    retirement.onUncaught(lane, cause);
    expect(lost(outcomes)).toEqual([]);
    expect(link.steps).toEqual(['retire uncaught', 'drain over abandoned']);
  });

  test('on a thread that is out of service ends its jobs, and it drains', async () => {
    const { clock, link, lane, outcomes, retirement, run, abandon } = setUp();
    abandon(run());
    run();
    link.pong();
    await clock.pass(100);
    expect(link.steps).toEqual(['retire cancelled']);
    retirement.onUncaught(lane, cause);
    expect(lost(outcomes)).toEqual([[2, true]]);
    expect(link.steps).toEqual(['retire cancelled', 'drain over abandoned']);
  });

  test('is followed by others: each rejects nobody twice, and the thread drains once', () => {
    const { link, lane, outcomes, retirement, run } = setUp();
    run();
    retirement.onUncaught(lane, cause);
    retirement.onUncaught(lane, new Error('another'));
    expect(lost(outcomes)).toEqual([[1, true]]);
    expect(link.steps).toHaveLength(2);
  });
});

describe('a thread that looks at nothing', () => {
  /** Inspects the thread twice: if it has consumed nothing in between, it is shut. */
  const lookTwice = ({ lane, retirement }: ReturnType<typeof setUp>, slots = 1): void => {
    retirement.inspect(lane, slots);
    retirement.inspect(lane, slots);
  };

  describe('is not suspected', () => {
    test('if nothing was sent to it that it has not looked at', () => {
      const given = setUp();
      given.run();
      lookTwice(given, 2);
      expect(given.link.unanswered).toBe(0);
      expect(given.lane.isOpen).toBe(true);
    });

    test('while a synchronous job runs there', () => {
      const given = setUp();
      given.run({ isAsync: false });
      given.send();
      lookTwice(given, 2);
      expect(given.link.unanswered).toBe(0);
    });

    test('while all of its slots are taken, by abandoned jobs as well', () => {
      const given = setUp(5000);
      given.abandon(given.run());
      given.run();
      given.send();
      given.link.pong();
      lookTwice(given, 2);
      expect(given.link.unanswered).toBe(0);
      lookTwice(given, 3);
      expect(given.link.unanswered).toBe(1);
    });

    test('if it is out of service', () => {
      const given = setUp();
      given.send();
      given.lane.isRetired = true;
      lookTwice(given);
      expect(given.link.unanswered).toBe(0);
    });
  });

  test('at one look is sent nothing: it may be busy at this moment', () => {
    const { link, lane, outcomes, retirement, send } = setUp();
    send();
    const { posted } = link;
    const before = posted.length;
    retirement.inspect(lane, 1);
    expect([lane.isOpen, outcomes.backlog, link.steps]).toEqual([true, [], []]);
    expect(posted.length, 'a thread in full work costs no message').toBe(before);
  });

  test('and has looked meanwhile is not shut, until it looks at nothing again', () => {
    const { link, lane, retirement, send } = setUp();
    send();
    send();
    retirement.inspect(lane, 2);
    link.start();
    link.host.markAsync(0);
    retirement.inspect(lane, 2);
    expect([lane.isOpen, link.unanswered]).toEqual([true, 0]);
    retirement.inspect(lane, 2);
    expect([lane.isOpen, link.unanswered]).toEqual([false, 1]);
  });

  test('and had a synchronous job between two looks is not shut', () => {
    const { link, lane, retirement, send, run } = setUp();
    send();
    retirement.inspect(lane, 2);
    expect(lane.consumedAtLook).toBe(0);
    run({ isAsync: false });
    send();
    retirement.inspect(lane, 2);
    link.endUnannounced(0, 'done');
    retirement.inspect(lane, 2);
    expect(lane.isOpen).toBe(true);
  });

  test('at two looks gets no more jobs, and what waits there runs elsewhere', () => {
    const given = setUp();
    given.send();
    given.send({ transfer: [new ArrayBuffer(1)] });
    given.send();
    lookTwice(given);
    expect(given.lane).toMatchObject({ isShut: true, isRetired: false, isOpen: false });
    expect(given.outcomes.backlog).toEqual([3, 1]);
    expect([given.link.unanswered, given.link.steps], 'it was asked once').toEqual([1, []]);
  });

  test('and answers at last is put to use again', async () => {
    const given = setUp();
    given.send();
    lookTwice(given);
    await given.clock.pass(900);
    given.room.mockClear();
    given.link.pong();
    expect(given.lane.isOpen).toBe(true);
    expect(given.room).toHaveBeenCalledOnce();
    await given.clock.pass(1000);
    expect(given.link.steps).toEqual([]);
  });

  test('and looks at last is put to use again', async () => {
    const given = setUp();
    given.send({ transfer: [new ArrayBuffer(1)] });
    lookTwice(given);
    given.link.start();
    given.room.mockClear();
    given.retirement.inspect(given.lane, 1);
    expect(given.lane.isOpen).toBe(true);
    expect(given.room).toHaveBeenCalledOnce();
    await given.clock.pass(2000);
    expect(given.link.steps).toEqual([]);
  });

  test.each([
    [undefined, 1000],
    [20, 1000],
    [1000, 1000],
    [3000, 3000],
  ])('for long is ended by force: a grace of %o counts as %i ms', async (graceMs, expectedMs) => {
    const given = setUp(graceMs);
    given.send();
    given.send({ transfer: [new ArrayBuffer(1)] });
    lookTwice(given);
    await given.clock.pass(expectedMs - 5);
    // Further inspections do not restart the time.
    given.retirement.inspect(given.lane, 1);
    expect(given.link.steps).toEqual([]);
    given.room.mockClear();
    await given.clock.pass(5);
    expect(given.link.steps).toEqual(['retire stuck', 'terminate']);
    expect(given.lane).toMatchObject({ isRetired: true, isOpen: false });
    expect(lost(given.outcomes)).toEqual([[2, false]]);
    expect(given.room).toHaveBeenCalledOnce();
  });

  test('is given its grace from the second look on', async () => {
    const { clock, link, lane, retirement, send } = setUp();
    send();
    retirement.inspect(lane, 1);
    await clock.pass(500);
    retirement.inspect(lane, 1);
    await clock.pass(995);
    expect(link.steps).toEqual([]);
    await clock.pass(5);
    expect(link.steps).toEqual(['retire stuck', 'terminate']);
  });

  test('while a function runs there is left to that job and its timeouts', async () => {
    const given = setUp();
    given.run();
    given.send();
    lookTwice(given, 2);
    expect(given.outcomes.backlog, 'what waits is not').toEqual([2]);
    await given.clock.pass(5000);
    expect(given.link.steps).toEqual([]);
    expect(given.lane.isOpen).toBe(false);
  });

  test.each([500, 1500, 7000])(
    'and on which the last function ends after %i ms, in what keeps it, is ended by force in the next second',
    async (endsMs) => {
      const given = setUp();
      given.run();
      given.send();
      lookTwice(given, 2);
      await given.clock.pass(endsMs);
      given.link.end(0, { value: 'in its cell' });
      given.answers.collect(given.lane);
      expect(given.link.steps).toEqual([]);
      await given.clock.pass(1000);
      expect(given.link.steps).toEqual(['retire stuck', 'terminate']);
    },
  );

  test('and is retired for another reason is not retired again', async () => {
    const given = setUp();
    const job = given.run();
    given.send();
    lookTwice(given, 2);
    given.abandon(job);
    await given.clock.pass(100);
    expect(given.link.steps).toEqual(['retire cancelled', 'terminate']);
    await given.clock.pass(5000);
    expect(given.link.steps).toHaveLength(2);
  });

  test('and answers when it is retired is not put to use again', async () => {
    const given = setUp();
    const job = given.run();
    given.send();
    lookTwice(given, 2);
    given.abandon(job);
    given.retirement.onUncaught(given.lane, new Error('thrown'));
    given.link.pong();
    expect(given.lane.isOpen).toBe(false);
    expect(given.lane.suspicion).toBeUndefined();
    await given.clock.pass(5000);
    expect(given.link.steps).toEqual(['retire uncaught', 'drain over abandoned']);
  });

  test('and is gone is nothing to look at', async () => {
    const given = setUp();
    given.send();
    lookTwice(given);
    given.retirement.forget(given.lane);
    await given.clock.pass(5000);
    expect(given.link.steps).toEqual([]);
  });
});
