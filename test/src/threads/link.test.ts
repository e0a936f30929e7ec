import { EventEmitter, once } from 'node:events';
import { serialize } from 'node:v8';
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Loss } from '../../../src/dispatch/lane.js';
import { ThreadLink } from '../../../src/threads/link.js';
import { BELL, Kind, PROTOCOL } from '../../../src/wire/protocol.js';
import { AHEAD_CELLS } from '../../../src/wire/rings.js';
import { encodeThrown } from '../../../src/wire/thrown.js';
import { macrotask, until } from '../../helpers/outcomes.js';

/** What a link sees of a worker: that it fails, that it ends, and that it can be ended. */
class StandIn extends EventEmitter {
  readonly threadId = 42;
  terminations = 0;

  terminate(): Promise<number> {
    this.terminations += 1;
    return Promise.resolve(1);
  }
}

const LIMIT_MS = 500;
const ports: MessagePort[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  for (const port of ports.splice(0)) port.close();
});

/** A link and the thread's side of it: a real port, and a worker whose every step the test decides. */
function setUp() {
  const worker = new StandIn();
  const events: unknown[][] = [];
  const link = new ThreadLink(worker as unknown as Worker, 3, LIMIT_MS, {
    ready: (each) => events.push(['ready', each.names]),
    loadFailed: (_, error) => events.push(['loadFailed', error]),
    stray: (error) => events.push(['stray', error]),
    gone: (each, loss) => events.push(['gone', loss, each.state]),
    startedOrFailed: (each) => events.push(['startedOrFailed', each.isBusyStarting]),
  });
  const { port1: port, port2: host } = new MessageChannel();
  ports.push(host);
  const arrived: unknown[] = [];
  host.on('message', (message) => arrived.push(message));
  const greet = (): void => link.greet({ protocol: PROTOCOL, threadId: 42, port });
  /** The thread posts messages, and they arrive: one more is sent behind them, to see that. */
  const say = async (...messages: unknown[]): Promise<void> => {
    for (const message of messages) host.postMessage(message);
    host.postMessage([Kind.stray, serialize(encodeThrown('end'))]);
    const hasArrived = (): boolean => events.at(-1)?.[1] === 'end';
    await until(hasArrived);
    events.pop();
  };
  /** As a thread that has loaded the module. */
  const beReady = async (): Promise<void> => {
    greet();
    link.load('file:///jobs.js', 0);
    await say([Kind.ready, ['one', 'two']]);
    events.length = 0;
  };
  const close = async (): Promise<void> => {
    const closed = once(port, 'close');
    host.close();
    await closed;
  };
  const names = (): unknown[] => events.map(([name]) => name);
  return { worker, link, events, names, port, host, arrived, greet, say, beReady, close };
}

const crash = (error: unknown): unknown[] => [Kind.crash, serialize(encodeThrown(error))];

test('a new link waits for its thread to boot', () => {
  const { link, names } = setUp();
  expect(link).toMatchObject({
    state: 'booting',
    names: [],
    isBusyStarting: true,
    wasGreeted: false,
    wasReady: false,
    isStopped: false,
    hasAnswered: false,
    threadId: 42,
    rings: { cells: 3 + AHEAD_CELLS },
  });
  expect(names()).toEqual([]);
  expect(() => link.post('to nobody')).not.toThrow();
});

describe('a step that takes too long fails, and the thread is ended', () => {
  const late = new Error(`it took longer than loadTimeoutMs = ${LIMIT_MS}`);

  test.each<[string, (given: ReturnType<typeof setUp>) => void]>([
    ['booting', () => {}],
    [
      'loading',
      ({ greet, link }) => {
        greet();
        link.load('file:///jobs.js', 0);
      },
    ],
  ])('%s', async (_, begin) => {
    const given = setUp();
    begin(given);
    given.events.length = 0;
    vi.advanceTimersByTime(LIMIT_MS - 1);
    await macrotask();
    expect(given.events).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(given.events, 'its message may be here already').toEqual([]);
    await macrotask();
    expect(given.events).toEqual([['loadFailed', late]]);
    expect(given.link.isStopped).toBe(true);
    expect(given.worker.terminations).toBe(1);
  });

  test('not if the greeting was here already', async () => {
    const { link, names, greet } = setUp();
    vi.advanceTimersByTime(LIMIT_MS);
    greet();
    await macrotask();
    expect(names()).toEqual(['startedOrFailed']);
    expect(link.isStopped).toBe(false);
  });

  test('not between the greeting and the order to load', async () => {
    const { link, greet } = setUp();
    greet();
    vi.advanceTimersByTime(100 * LIMIT_MS);
    await macrotask();
    expect(link).toMatchObject({ state: 'greeted', isStopped: false });
  });

  test('not once it is ready', async () => {
    const { link, beReady } = setUp();
    await beReady();
    vi.advanceTimersByTime(100 * LIMIT_MS);
    await macrotask();
    expect(link).toMatchObject({ state: 'ready', isStopped: false });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('not if nothing more is expected of the thread', async () => {
    const { link, worker, names } = setUp();
    vi.advanceTimersByTime(LIMIT_MS);
    link.renounce();
    await macrotask();
    expect(names()).toEqual([]);
    expect([link.isStopped, worker.terminations]).toEqual([true, 0]);
  });
});

test('a thread that has greeted is not in the middle of anything', () => {
  const { link, events, greet } = setUp();
  greet();
  expect(link).toMatchObject({ state: 'greeted', wasGreeted: true, isBusyStarting: false });
  expect(events).toEqual([['startedOrFailed', false]]);
});

describe('loading', () => {
  test('is ordered with all that the host needs', async () => {
    const { link, greet, arrived } = setUp();
    greet();
    link.load('file:///jobs.js', 0);
    expect(link).toMatchObject({ state: 'loading', isBusyStarting: true });
    await until(() => arrived.length > 0);
    expect(arrived).toEqual([
      [Kind.boot, 'file:///jobs.js', link.rings.memory, 3 + AHEAD_CELLS, 3],
    ]);
  });

  test('is ordered after the delay', () => {
    const { link, greet } = setUp();
    greet();
    link.load('file:///jobs.js', 50);
    vi.advanceTimersByTime(49);
    expect(link.state).toBe('greeted');
    vi.advanceTimersByTime(1);
    expect(link.state).toBe('loading');
  });

  test('is not ordered of a thread that was stopped meanwhile', () => {
    const { link, greet } = setUp();
    greet();
    link.load('file:///jobs.js', 50);
    link.stop();
    vi.advanceTimersByTime(1000);
    expect(link.state).toBe('greeted');
    link.load('file:///jobs.js', 0);
    expect(link.state).toBe('greeted');
  });

  test('is ordered once, and only of a thread that has greeted', async () => {
    const { link, greet, arrived } = setUp();
    link.load('file:///jobs.js', 0);
    expect(link.state).toBe('booting');
    greet();
    link.load('file:///jobs.js', 0);
    link.load('file:///jobs.js', 0);
    await until(() => arrived.length > 0);
    await macrotask();
    expect(arrived).toHaveLength(1);
  });

  test('makes the thread ready, with its functions', async () => {
    const { link, events, greet, say } = setUp();
    greet();
    link.load('file:///jobs.js', 0);
    events.length = 0;
    await say([Kind.ready, ['one', 'two']]);
    expect(events).toEqual([
      ['startedOrFailed', false],
      ['ready', ['one', 'two']],
    ]);
    expect(link).toMatchObject({ state: 'ready', wasReady: true, hasAnswered: false });
  });

  test('of a thread that was stopped meanwhile is over, and nobody uses it', async () => {
    const { link, names, greet, say } = setUp();
    greet();
    link.load('file:///jobs.js', 0);
    link.renounce();
    await say([Kind.ready, ['one']]);
    expect(names()).toEqual(['startedOrFailed', 'startedOrFailed']);
    expect(link).toMatchObject({ state: 'loading', wasReady: false, names: [] });
  });

  test('that fails is reported with the error, and the thread ended, once', async () => {
    const { link, worker, events, greet, say } = setUp();
    greet();
    link.load('file:///jobs.js', 0);
    events.length = 0;
    const failed = [Kind.loadFailed, serialize(encodeThrown(new RangeError('broken')))];
    await say(failed);
    await say(failed);
    expect(events).toEqual([
      ['startedOrFailed', false],
      ['loadFailed', new RangeError('broken')],
    ]);
    expect(worker.terminations).toBe(1);
  });

  test('that fails with what cannot be read is reported with the error of reading it', async () => {
    const { link, events, greet, say } = setUp();
    greet();
    link.load('file:///jobs.js', 0);
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
    await say(BELL, [Kind.done, 0, 0, 'x'], [Kind.pong]);
    await until(() => heard.length === 3);
    expect(heard).toEqual([BELL, [Kind.done, 0, 0, 'x'], [Kind.pong]]);
    expect(link.hasAnswered).toBe(true);
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
    await say([Kind.stray, serialize(encodeThrown('left behind'))]);
    expect(events).toEqual([['stray', 'left behind']]);
    expect(link).toMatchObject({ state: 'ready', hasAnswered: false });
  });
});

describe('flushing', () => {
  test('is over when the thread says so', async () => {
    const { link, arrived, beReady, say } = setUp();
    await beReady();
    const flushed = link.flush(1000);
    await until(() => arrived.length > 1);
    expect(arrived.at(-1)).toEqual([Kind.flush]);
    await say([Kind.flushed]);
    await flushed;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is over after its grace, and a turn for an answer that is here already', async () => {
    const { link, beReady } = setUp();
    await beReady();
    let isOver = false;
    void link.flush(20).then(() => (isOver = true));
    vi.advanceTimersByTime(19);
    await macrotask();
    expect(isOver).toBe(false);
    vi.advanceTimersByTime(1);
    await Promise.resolve();
    expect(isOver).toBe(false);
    await macrotask();
    await macrotask();
    expect(isOver).toBe(true);
  });

  test('is over when the thread is gone', async () => {
    const { link, worker, beReady, close } = setUp();
    await beReady();
    const flushed = link.flush(1000);
    worker.emit('exit', 0);
    await close();
    await flushed;
    expect(vi.getTimerCount()).toBe(0);
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
      expect([names(), link.state]).toEqual([['gone'], 'gone']);
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
      ['gone', { cause, isUncaught: false, isDeliberate: false }, 'gone'],
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
    host.postMessage([Kind.done, 0, 0, 'last words']);
    host.close();
    await until(() => names().includes('gone'));
    expect(log).toEqual([[Kind.done, 0, 0, 'last words']]);
  });

  /** How a ready thread ends, and what is said of it. */
  test.each<[string, (given: ReturnType<typeof setUp>) => Promise<void> | void, Loss]>([
    [
      'by itself',
      () => {},
      { cause: new Error('the thread exited with code 7'), isUncaught: false, isDeliberate: false },
    ],
    [
      'by an error of the worker, of which the first counts',
      ({ worker }) => {
        worker.emit('error', new Error('out of memory'));
        worker.emit('error', new Error('and more'));
      },
      { cause: new Error('out of memory'), isUncaught: false, isDeliberate: false },
    ],
    [
      'by an uncaught exception',
      async ({ say }) => say(crash(new RangeError('thrown'))),
      { cause: new RangeError('thrown'), isUncaught: true, isDeliberate: false },
    ],
    [
      'by throwing undefined',
      async ({ say }) => say(crash(undefined)),
      { cause: undefined, isUncaught: true, isDeliberate: false },
    ],
    [
      'by an exception, which says more than the error of its worker',
      async ({ worker, say }) => {
        worker.emit('error', new Error('the worker failed'));
        await say(crash(new RangeError('thrown')));
      },
      { cause: new RangeError('thrown'), isUncaught: true, isDeliberate: false },
    ],
    [
      'on purpose',
      ({ link }) => link.stop(),
      { cause: undefined, isUncaught: false, isDeliberate: true },
    ],
    [
      'on purpose of somebody else',
      ({ link }) => link.renounce(),
      { cause: undefined, isUncaught: false, isDeliberate: true },
    ],
  ])('%s', async (_, end, loss) => {
    const given = setUp();
    await given.beReady();
    await end(given);
    await given.close();
    given.worker.emit('exit', 7);
    expect(given.events).toEqual([['gone', loss, 'gone']]);
  });

  test('while it loads: that is a failure to load, unless it was stopped', async () => {
    for (const isStopped of [false, true]) {
      const { link, worker, names, greet, close } = setUp();
      greet();
      link.load('file:///jobs.js', 0);
      if (isStopped) link.stop();
      worker.emit('exit', 1);
      await close();
      expect(names().slice(1)).toEqual(
        isStopped ? ['startedOrFailed', 'gone'] : ['startedOrFailed', 'loadFailed', 'gone'],
      );
    }
  });
});

test('a thread that is stopped is terminated; one that is renounced is left to its owner', () => {
  const { link, worker } = setUp();
  link.renounce();
  expect([link.isStopped, worker.terminations]).toEqual([true, 0]);
  link.stop();
  expect([link.isStopped, worker.terminations]).toEqual([true, 1]);
  expect(vi.getTimerCount()).toBe(0);
});
