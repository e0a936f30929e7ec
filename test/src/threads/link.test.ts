import { EventEmitter, once } from 'node:events';
import { serialize } from 'node:v8';
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Loss } from '../../../src/dispatch/lane.js';
import { type LinkSettings, ThreadLink } from '../../../src/threads/link.js';
import { sharedNowMs } from '../../../src/wire/clock.js';
import { BELL, Form, Kind, PROTOCOL } from '../../../src/wire/protocol.js';
import { AHEAD_CELLS, Rings } from '../../../src/wire/rings.js';
import { encodeThrown } from '../../../src/wire/thrown.js';
import { macrotask, until } from '../../helpers/outcomes.js';

/** A worker as a link sees it: it fails, it ends, and it can be terminated. */
class StandIn extends EventEmitter {
  /** Calls of its methods, in order. */
  readonly calls: string[] = [];

  terminate(): Promise<number> {
    this.calls.push('terminate');
    return Promise.resolve(1);
  }

  unref(): void {
    this.calls.push('unref');
  }
}

/** Whatever takes this long never ends. */
const HANGS_MS = 10_000;
const LIMIT_MS = 500;
const DRAIN_MS = 70;
const TEARDOWN_MS = 90;
/** Time limit of a drain while settled jobs still run. */
const ABANDONED_MS = 30_000;
const ANSWER_MS = 100;
const ports: MessagePort[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const port of ports.splice(0)) port.close();
});

/** A link and the thread's side of it: a real port, and a worker whose every step the test decides. */
function setUp(hooks: Partial<LinkSettings['hooks']> = {}) {
  const worker = new StandIn();
  const events: unknown[][] = [];
  const settings: LinkSettings = {
    module: 'file:///jobs.js',
    concurrency: 3,
    loadTimeoutMs: LIMIT_MS,
    drainMs: DRAIN_MS,
    teardownMs: TEARDOWN_MS,
    hooks: { setup: undefined, teardown: undefined, ...hooks },
  };
  const link: ThreadLink = new ThreadLink(worker as unknown as Worker, settings, {
    ready: (each) => events.push(['ready', each.names]),
    loadFailed: (_, error) => events.push(['loadFailed', error]),
    stray: (error) => events.push(['stray', error]),
    uncaught: (each, error) => events.push(['uncaught', error, each.state]),
    retired: (each, reason) => events.push(['retired', reason, each.state]),
    terminated: (each) => events.push(['terminated', each.state]),
    gone: (each, loss) => events.push(['gone', loss, each.state]),
    startedOrFailed: (each) => events.push(['startedOrFailed', each.isBusyStarting]),
  });
  const { port1: port, port2: host } = new MessageChannel();
  ports.push(host);
  const arrived: unknown[] = [];
  host.on('message', (message) => arrived.push(message));
  const greet = (): void => link.greet({ protocol: PROTOCOL, threadId: 42, port });
  /** Posts messages of the thread, and waits until one more, sent behind them, has arrived. */
  const say = async (...messages: unknown[]): Promise<void> => {
    for (const message of messages) host.postMessage(message);
    host.postMessage([Kind.stray, serialize(encodeThrown('end'))]);
    const hasArrived = (): boolean => events.at(-1)?.[1] === 'end';
    await until(hasArrived);
    events.pop();
  };
  /** Messages to the thread so far; one more, posted behind them, shows that all have arrived. */
  const told = async (): Promise<unknown[]> => {
    link.post('end');
    await until(() => arrived.at(-1) === 'end');
    return arrived.filter((message) => message !== 'end');
  };
  /** Acts like a thread that has loaded the module. */
  const beReady = async (): Promise<void> => {
    greet();
    await say([Kind.ready, ['one', 'two']]);
    await told();
    events.length = arrived.length = 0;
  };
  const close = async (): Promise<void> => {
    const closed = once(port, 'close');
    host.close();
    await closed;
  };
  const names = (): unknown[] => events.map(([name]) => name);
  return { worker, link, events, names, port, host, arrived, greet, say, told, beReady, close };
}

type Given = ReturnType<typeof setUp>;

/** Makes a job run, as far as the memory of this link's thread shows. */
function startJob(link: ThreadLink): number {
  link.rings.offer(0);
  new Rings(link.rings).start(0, 1);
  return 0;
}

/** What is seen just before the limit and at the limit. */
async function passes(limitMs: number, seen: () => unknown): Promise<[unknown, unknown]> {
  vi.advanceTimersByTime(limitMs - 1);
  await macrotask();
  const before = structuredClone(seen());
  vi.advanceTimersByTime(1);
  await macrotask();
  return [before, structuredClone(seen())];
}

const thrown = (kind: number, error: unknown): unknown[] => [kind, serialize(encodeThrown(error))];

test('a new link waits for its thread to boot', () => {
  const { link, names } = setUp();
  expect(link).toMatchObject({
    state: 'booting',
    names: [],
    bootMs: 0,
    isBusyStarting: true,
    isInService: true,
    wasGreeted: false,
    wasReady: false,
    wasRetired: false,
    mayFinish: false,
    hasNativeWork: false,
    hasAnswered: false,
    rings: { cells: 3 + AHEAD_CELLS },
  });
  expect(names()).toEqual([]);
  expect(() => link.post('to nobody')).not.toThrow();
});

describe('a step that takes too long fails, and the thread is ended', () => {
  const late = `it took longer than loadTimeoutMs = ${LIMIT_MS}`;

  test.each<[string, (given: Given) => void, string | undefined, string]>([
    ['booting', () => {}, undefined, late],
    ['booting, before a setup', () => {}, 'open', late],
    ['loading', ({ greet }) => greet(), undefined, late],
    ['loading, setup included', ({ greet }) => greet(), 'open', `${late}, setup 'open' included`],
  ])('%s', async (_, begin, setup, message) => {
    const given = setUp({ setup });
    begin(given);
    vi.advanceTimersByTime(LIMIT_MS - 1);
    await macrotask();
    expect(given.events).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(given.events, 'its message may be here already').toEqual([]);
    await macrotask();
    expect(given.events).toEqual([
      ['terminated', 'terminated'],
      ['loadFailed', new Error(message)],
    ]);
    expect(given.worker.calls).toEqual(['terminate', 'unref']);
  });

  test('not if the greeting was here already', async () => {
    const { link, names, greet } = setUp();
    vi.advanceTimersByTime(LIMIT_MS);
    greet();
    await macrotask();
    expect(names()).toEqual([]);
    expect(link.state).toBe('loading');
  });

  test('not before the limit of its own has passed: each step has one', async () => {
    const { link, names, greet } = setUp();
    vi.advanceTimersByTime(LIMIT_MS - 1);
    greet();
    vi.advanceTimersByTime(LIMIT_MS - 1);
    await macrotask();
    expect(names()).toEqual([]);
    expect(link.state).toBe('loading');
  });

  test('not once it is ready', async () => {
    const { link, beReady } = setUp();
    await beReady();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(100 * LIMIT_MS);
    await macrotask();
    expect(link.state).toBe('ready');
  });

  test('not if it is being ended', async () => {
    const { link, worker, names } = setUp();
    vi.advanceTimersByTime(LIMIT_MS);
    link.terminate();
    await macrotask();
    expect(names()).toEqual(['terminated']);
    expect(worker.calls).toEqual(['terminate', 'unref']);
  });
});

describe('a thread that greets', () => {
  test('is told to load the module, with all that the host needs', async () => {
    const { link, greet, told, events } = setUp({ setup: 'open', teardown: 'close' });
    greet();
    expect(link).toMatchObject({ state: 'loading', wasGreeted: true, isBusyStarting: true });
    expect(await told()).toEqual([
      [
        Kind.boot,
        'file:///jobs.js',
        link.rings.memory,
        3 + AHEAD_CELLS,
        3,
        { setup: 'open', teardown: 'close' },
      ],
    ]);
    expect(events).toEqual([]);
  });

  test('is told nothing if it is being ended, and is in the middle of nothing', async () => {
    const { link, greet, told, events } = setUp();
    link.terminate();
    greet();
    expect(link).toMatchObject({ state: 'terminated', wasGreeted: true, isBusyStarting: false });
    expect(events).toEqual([
      ['terminated', 'terminated'],
      ['startedOrFailed', false],
    ]);
    expect(await told()).toEqual([]);
  });
});

describe('loading', () => {
  test('makes the thread ready, with its functions', async () => {
    const { link, events, greet, say } = setUp();
    greet();
    await say([Kind.ready, ['one', 'two']]);
    expect(events).toEqual([
      ['startedOrFailed', false],
      ['ready', ['one', 'two']],
    ]);
    expect(link).toMatchObject({
      state: 'ready',
      isInService: true,
      wasReady: true,
      hasAnswered: false,
    });
  });

  test('ends the time that the thread took to become ready', async () => {
    const beforeMs = sharedNowMs();
    const { link, beReady } = setUp();
    const madeMs = sharedNowMs();
    await macrotask();
    const greetedMs = sharedNowMs();
    await beReady();
    expect(link.bootMs).toBeGreaterThanOrEqual(greetedMs - madeMs);
    expect(link.bootMs).toBeLessThanOrEqual(sharedNowMs() - beforeMs);
  });

  test('of a thread that is being ended is over, and nobody uses it', async () => {
    const { link, names, greet, say } = setUp();
    greet();
    link.terminate();
    await say([Kind.ready, ['one']]);
    expect(names()).toEqual(['terminated', 'startedOrFailed']);
    expect(link).toMatchObject({ state: 'terminated', wasReady: false, names: [] });
  });

  test('that fails is reported with the error, and the thread ended, once', async () => {
    const { worker, events, greet, say } = setUp();
    greet();
    await say(thrown(Kind.loadFailed, new RangeError('broken')));
    await say(thrown(Kind.loadFailed, new RangeError('broken')));
    expect(events).toEqual([
      ['startedOrFailed', false],
      ['terminated', 'terminated'],
      ['loadFailed', new RangeError('broken')],
    ]);
    expect(worker.calls).toEqual(['terminate', 'unref']);
  });

  test('that fails with what cannot be read is reported with the error of reading it', async () => {
    const { events, greet, say } = setUp();
    greet();
    await say([Kind.loadFailed, new Uint8Array([1, 2, 3])]);
    expect(events.at(-1)).toMatchObject(['loadFailed', expect.any(Error)]);
  });
});

describe('a thread that is ready', () => {
  test('has what it says about its jobs delivered, in order', async () => {
    const { link, beReady, say } = setUp();
    await beReady();
    const heard: unknown[] = [];
    link.deliverTo({ receive: (message) => heard.push(message), unreadable() {} });
    const messages = [
      BELL,
      [Kind.done, 0, Form.plain, 'x'],
      [Kind.pong],
      [Kind.progress, 0, Form.plain, 5],
    ];
    await say(...messages);
    expect(heard).toEqual(messages);
  });

  test.each([
    ['a bell', BELL, true],
    ['an answer', [Kind.done, 0, Form.plain, 'x'], true],
    ['a pong', [Kind.pong], false],
    ['progress', [Kind.progress, 0, Form.plain, 5], false],
  ])('is seen to have answered a job, or not: %s', async (_, message, hasAnswered) => {
    const { link, beReady, say } = setUp();
    await beReady();
    await say(message);
    expect(link.hasAnswered).toBe(hasAnswered);
  });

  test('has what cannot be read reported', async () => {
    const { link, port, beReady } = setUp();
    await beReady();
    const unread: unknown[] = [];
    port.emit('messageerror', new Error('nobody listens yet'));
    link.deliverTo({ receive() {}, unreadable: (error) => unread.push(error) });
    port.emit('messageerror', new Error('odd'));
    expect(unread).toEqual([new Error('odd')]);
  });

  test('has stray errors reported, and goes on', async () => {
    const { link, events, beReady, say } = setUp();
    await beReady();
    await say(thrown(Kind.stray, 'left behind'));
    expect(events).toEqual([['stray', 'left behind']]);
    expect(link).toMatchObject({ state: 'ready', hasAnswered: false });
  });

  test('has uncaught exceptions reported; what becomes of it is decided elsewhere', async () => {
    const { link, worker, events, beReady, say } = setUp();
    await beReady();
    await say(thrown(Kind.uncaught, new RangeError('thrown')));
    expect(events).toEqual([['uncaught', new RangeError('thrown'), 'ready']]);
    expect(link).toMatchObject({ state: 'ready', hasAnswered: false });
    expect(worker.calls).toEqual([]);
  });
});

describe('a thread that is retired', () => {
  test('is out of service, once, and goes on', async () => {
    const { link, worker, events, told, beReady } = setUp();
    await beReady();
    link.retire('timeout');
    link.retire('stuck');
    expect(events).toEqual([['retired', 'timeout', 'retired']]);
    expect(link).toMatchObject({ state: 'retired', isInService: false, wasRetired: true });
    expect(await told()).toEqual([]);
    expect(worker.calls).toEqual([]);
    expect(vi.getTimerCount(), 'it may take its time').toBe(0);
  });

  test.each<[string, (given: Given) => void | Promise<void>]>([
    ['that is being ended in order', ({ link }) => link.drain(false)],
    ['that is being ended by force', ({ link }) => link.terminate()],
    [
      'that is gone',
      async ({ worker, close }) => {
        worker.emit('exit', 0);
        await close();
      },
    ],
  ])('is none %s', async (_, leave) => {
    const given = setUp();
    await given.beReady();
    await leave(given);
    given.link.retire('cancelled');
    expect(given.names()).not.toContain('retired');
    expect(given.link.wasRetired).toBe(false);
  });

  test('still has its answers delivered', async () => {
    const { link, beReady, say } = setUp();
    await beReady();
    const heard: unknown[] = [];
    link.deliverTo({ receive: (message) => heard.push(message), unreadable() {} });
    link.retire('cancelled');
    await say(BELL);
    link.drain(false);
    await say([Kind.done, 0, Form.plain, 'x']);
    expect(heard).toEqual([BELL, [Kind.done, 0, Form.plain, 'x']]);
  });
});

describe('draining', () => {
  test.each(['ready', 'retired'])('is ordered of a thread that is %s, once', async (state) => {
    const { link, told, beReady, events } = setUp();
    await beReady();
    if (state === 'retired') link.retire('cancelled');
    events.length = 0;
    link.drain(false);
    link.drain(true);
    expect(link).toMatchObject({ state: 'draining', isInService: false, mayFinish: false });
    expect(await told()).toEqual([[Kind.drain, true]]);
    expect(events).toEqual([]);
  });

  test.each<[string, (given: Given) => void]>([
    ['booting', () => {}],
    ['loading', ({ greet }) => greet()],
    [
      'terminated',
      ({ link, greet }) => {
        greet();
        link.terminate();
      },
    ],
  ])('is not ordered of a thread that is %s', async (state, begin) => {
    const given = setUp();
    begin(given);
    given.link.drain(false);
    expect(given.link.state).toBe(state);
  });

  test.each<[string, boolean, string | undefined, number]>([
    ['teardownMs, while it tears down', false, 'close', TEARDOWN_MS],
    ['half a minute, over jobs that were settled', true, undefined, ABANDONED_MS],
    ['half a minute, over such jobs and a teardown', true, 'close', ABANDONED_MS],
  ])(
    'takes at most %s; then the thread is ended by force',
    async (_, isOver, teardown, limitMs) => {
      const { link, worker, events, beReady } = setUp({ teardown });
      await beReady();
      link.drain(isOver);
      expect(link.mayFinish).toBe(isOver);
      expect(await passes(limitMs, () => events)).toEqual([[], [['terminated', 'terminated']]]);
      expect(worker.calls).toEqual(['terminate', 'unref']);
    },
  );

  /** Checks what happens when open handles have kept the thread alive for `drainMs`. */
  async function drainMsPass({ events, told, arrived }: Given): Promise<void> {
    await told();
    arrived.length = 0;
    vi.advanceTimersByTime(DRAIN_MS - 1);
    expect(await told()).toEqual([]);
    arrived.length = 0;
    vi.advanceTimersByTime(1);
    await macrotask();
    expect(await told()).toEqual([[Kind.drain, true]]);
    expect(events).toEqual([]);
  }

  test('takes at most drainMs where nothing is said; the thread is asked, and then ended by force', async () => {
    const given = setUp();
    await given.beReady();
    given.link.drain(false);
    await drainMsPass(given);
    expect(await passes(ANSWER_MS, () => given.events)).toEqual([
      [],
      [['terminated', 'terminated']],
    ]);
  });

  test('has drainMs of its own after the teardown', async () => {
    const given = setUp({ teardown: 'close' });
    await given.beReady();
    given.link.drain(false);
    vi.advanceTimersByTime(TEARDOWN_MS - 1);
    await given.say([Kind.drained, true]);
    await drainMsPass(given);
    await given.say([Kind.drained, true]);
    expect(await passes(ANSWER_MS, () => given.events)).toEqual([
      [],
      [['terminated', 'terminated']],
    ]);
  });

  test('has half a minute where nothing but native work keeps the thread alive', async () => {
    const given = setUp();
    await given.beReady();
    given.link.drain(false);
    await drainMsPass(given);
    await given.say([Kind.drained, false]);
    expect(given.link).toMatchObject({ mayFinish: true, hasNativeWork: true });
    expect(await passes(ABANDONED_MS, () => given.events)).toEqual([
      [],
      [['terminated', 'terminated']],
    ]);
    expect(given.link.mayFinish).toBe(false);
  });

  test('may not finish by itself while a job blocks it', async () => {
    const { link, beReady } = setUp();
    await beReady();
    startJob(link);
    link.drain(true);
    expect(link.mayFinish).toBe(false);
  });

  test('has no less time after the teardown, if jobs that were settled still run', async () => {
    const { link, events, beReady, say } = setUp({ teardown: 'close' });
    await beReady();
    link.drain(true);
    vi.advanceTimersByTime(1000);
    await say([Kind.drained, true]);
    expect(await passes(ABANDONED_MS - 1000, () => events)).toEqual([
      [],
      [['terminated', 'terminated']],
    ]);
  });

  test('is over when the thread is gone, and nobody ends it then', async () => {
    const { link, worker, names, beReady, close } = setUp();
    await beReady();
    link.drain(false);
    worker.emit('exit', 0);
    await close();
    expect(names()).toEqual(['gone']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is over as well when the thread ends in the turn of its limit', async () => {
    const { link, worker, names, beReady, close } = setUp();
    await beReady();
    link.drain(false);
    await close();
    vi.advanceTimersByTime(DRAIN_MS);
    worker.emit('exit', 0);
    await macrotask();
    expect(names()).toEqual(['gone']);
    expect(worker.calls).toEqual([]);
  });
});

describe('the end of a thread for the sake of its pool', () => {
  test.each<[string, (given: Given) => void | Promise<void>, string, unknown[]]>([
    ['booting', () => {}, 'terminated', []],
    ['loading', ({ greet }) => greet(), 'terminated', []],
    ['ready', ({ beReady }) => beReady(), 'draining', [[Kind.drain, true]]],
    [
      'retired',
      async ({ beReady, link }) => {
        await beReady();
        link.retire('cancelled');
      },
      'draining',
      [[Kind.drain, true]],
    ],
    [
      'draining',
      async ({ beReady, link, told, arrived }) => {
        await beReady();
        link.drain(true);
        await told();
        arrived.length = 0;
      },
      'draining',
      [],
    ],
  ])('of one that is %s', async (state, begin, then, orders) => {
    const given = setUp();
    await begin(given);
    expect(given.link.state).toBe(state);
    given.link.end();
    expect(given.link.state).toBe(then);
    if (given.link.wasReady) expect(await given.told()).toEqual(orders);
    expect(given.worker.calls).toEqual(then === 'terminated' ? ['terminate', 'unref'] : []);
  });

  test('gives it time for jobs with a promise that still run', async () => {
    const { link, worker, beReady } = setUp();
    await beReady();
    const cell = startJob(link);
    new Rings(link.rings).markAsync(cell);
    link.end();
    expect(link).toMatchObject({ state: 'draining', mayFinish: true });
    expect(worker.calls).toEqual([]);
  });

  test('is by force if a synchronous job blocks it', async () => {
    const { link, worker, beReady } = setUp();
    await beReady();
    startJob(link);
    link.end();
    expect(link.state).toBe('terminated');
    expect(worker.calls).toEqual(['terminate', 'unref']);
  });

  test('by force is reported, once, and keeps the process no longer alive', async () => {
    const { link, worker, events, beReady, close } = setUp();
    await beReady();
    link.terminate();
    link.terminate();
    link.end();
    link.drain(false);
    expect(events).toEqual([['terminated', 'terminated']]);
    expect(worker.calls).toEqual(['terminate', 'unref']);
    worker.emit('exit', 1);
    await close();
    link.terminate();
    expect(worker.calls).toEqual(['terminate', 'unref']);
    expect(link.state).toBe('gone');
  });
});

describe('a thread is gone', () => {
  test.each(['close', 'exit'])(
    'once, when it has exited and its port is closed: %s first',
    async (first) => {
      const { worker, link, names, beReady, close } = setUp();
      await beReady();
      if (first === 'close') await close();
      else worker.emit('exit', 9);
      expect([names(), link.state]).toEqual([[], 'ready']);
      if (first === 'close') worker.emit('exit', 9);
      else await close();
      expect([names(), link.state, link.isInService]).toEqual([['gone'], 'gone', false]);
      worker.emit('exit', 9);
      expect(names()).toEqual(['gone']);
    },
  );

  test('with its exit, if it has not greeted', () => {
    const { worker, link, events } = setUp();
    worker.emit('exit', 9);
    const cause = new Error('the thread exited with code 9');
    expect(events).toEqual([
      ['startedOrFailed', false],
      ['loadFailed', cause],
      ['gone', { cause, isDeliberate: false }, 'gone'],
    ]);
    expect(link.wasReady).toBe(false);
    expect(vi.getTimerCount(), 'nothing is expected of it').toBe(0);
  });

  test('after its last message', async () => {
    const { link, worker, host, names, beReady } = setUp();
    await beReady();
    const log: unknown[] = [];
    link.deliverTo({ receive: (message) => log.push(message), unreadable() {} });
    worker.emit('exit', 0);
    host.postMessage([Kind.done, 0, Form.plain, 'last words']);
    host.close();
    await until(() => names().includes('gone'));
    expect(log).toEqual([[Kind.done, 0, Form.plain, 'last words']]);
  });

  /** Ways in which a ready thread ends, and the reported loss. */
  test.each<[string, (given: Given) => Promise<void> | void, Loss]>([
    [
      'by itself',
      () => {},
      { cause: new Error('the thread exited with code 7'), isDeliberate: false },
    ],
    [
      'by an error of the worker, of which the first counts',
      ({ worker }) => {
        worker.emit('error', new Error('out of memory'));
        worker.emit('error', new Error('and more'));
      },
      { cause: new Error('out of memory'), isDeliberate: false },
    ],
    [
      'by itself after an uncaught exception, which was reported',
      async ({ say }) => say(thrown(Kind.uncaught, new RangeError('thrown'))),
      { cause: new Error('the thread exited with code 7'), isDeliberate: false },
    ],
    ['in order', ({ link }) => link.drain(false), { cause: undefined, isDeliberate: true }],
    ['by force', ({ link }) => link.terminate(), { cause: undefined, isDeliberate: true }],
    [
      'while it was retired',
      ({ link }) => link.retire('cancelled'),
      { cause: undefined, isDeliberate: true },
    ],
    [
      'by an error while it drained',
      ({ link, worker }) => {
        link.drain(false);
        worker.emit('error', new Error('out of memory'));
      },
      { cause: new Error('out of memory'), isDeliberate: true },
    ],
  ])('%s', async (_, end, loss) => {
    const given = setUp();
    await given.beReady();
    await end(given);
    await given.close();
    given.worker.emit('exit', 7);
    expect(given.events.at(-1)).toEqual(['gone', loss, 'gone']);
    expect(given.names()).not.toContain('loadFailed');
    expect(given.names().filter((name) => name === 'gone')).toHaveLength(1);
  });

  test('while it loads: that is a failure to load, unless it was being ended', async () => {
    for (const isEnded of [false, true]) {
      const { link, worker, names, greet, close } = setUp();
      greet();
      if (isEnded) link.terminate();
      worker.emit('exit', 1);
      await close();
      expect(names()).toEqual(
        isEnded
          ? ['terminated', 'startedOrFailed', 'gone']
          : ['startedOrFailed', 'loadFailed', 'gone'],
      );
    }
  });

  test('while it loads, by an exception that nobody caught: that is why it did not load', async () => {
    const { worker, events, greet, say, close } = setUp();
    greet();
    await say(thrown(Kind.uncaught, new RangeError('thrown')));
    expect(events).toEqual([]);
    await close();
    worker.emit('exit', 1);
    const cause = new RangeError('thrown');
    expect(events).toEqual([
      ['startedOrFailed', false],
      ['loadFailed', cause],
      ['gone', { cause, isDeliberate: false }, 'gone'],
    ]);
  });
});

describe('at the exit of the process', () => {
  /** The messages that told the thread to leave, and the waits for its end. */
  async function leaves(given: Given): Promise<{ orders: unknown[]; waits: unknown[] }> {
    const { link, told } = given;
    const wait = vi.spyOn(link.rings, 'waitForEnd').mockReturnValue(true);
    // The clock stands still, so that a pause of this process does not reduce the limit.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    link.leave();
    link.awaitEnd(5);
    clock.mockRestore();
    return { orders: await told(), waits: wait.mock.calls.map(([limitMs]) => limitMs) };
  }
  const servedAsync = ({ link }: Given): void => new Rings(link.rings).markAsync(0);
  const isLeft = { orders: [[Kind.drain, false]], waits: [expect.closeTo(5, 0)] };
  const isNot = { orders: [], waits: [] };

  test('a thread that has served a job with a promise is told to leave, and waited for', async () => {
    const given = setUp();
    await given.beReady();
    servedAsync(given);
    expect(await leaves(given)).toEqual(isLeft);
    expect(given.link.state).toBe('ready');
  });

  test('so is one that was retired', async () => {
    const given = setUp();
    await given.beReady();
    servedAsync(given);
    given.link.retire('cancelled');
    expect(await leaves(given)).toEqual(isLeft);
  });

  test('one that has served no such job can have left no work behind', async () => {
    const given = setUp();
    await given.beReady();
    expect(await leaves(given)).toEqual(isNot);
  });

  test('one that never was ready has served none', async () => {
    const given = setUp();
    given.greet();
    await given.told();
    given.arrived.length = 0;
    servedAsync(given);
    expect(await leaves(given)).toEqual(isNot);
  });

  test('one that is being ended by force is not: it runs no code that could say that it has ended', async () => {
    const given = setUp();
    await given.beReady();
    servedAsync(given);
    given.link.terminate();
    expect(await leaves(given)).toEqual(isNot);
  });

  test('one that is gone is not waited for', async () => {
    const given = setUp();
    await given.beReady();
    servedAsync(given);
    await given.close();
    given.worker.emit('exit', 0);
    const wait = vi.spyOn(given.link.rings, 'waitForEnd');
    given.link.leave();
    given.link.awaitEnd(5);
    expect(wait).not.toHaveBeenCalled();
  });

  test('the wait is over as soon as the thread has ended, or the time is', async () => {
    const given = setUp();
    await given.beReady();
    servedAsync(given);
    given.link.awaitEnd(0);
    given.link.awaitEnd(-1);
    new Rings(given.link.rings).end();
    const beforeMs = performance.now();
    given.link.awaitEnd(HANGS_MS);
    expect(performance.now() - beforeMs).toBeLessThan(HANGS_MS);
  });
});
