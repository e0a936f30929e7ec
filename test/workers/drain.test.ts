import { afterEach, expect, test, vi } from 'vitest';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Drain, type DrainHost, openPorts } from '../../workers/drain.js';
import { macrotask, until } from '../helpers/outcomes.js';

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
  vi.restoreAllMocks();
});

/** A drain of a thread whose last function ends when the test says so. */
function setUp(teardown?: () => unknown) {
  const log: unknown[] = [];
  let idle: (() => void) | undefined;
  const port = { ref: () => log.push('ref'), unref: () => log.push('unref') };
  const host: DrainHost = {
    whenIdle: (call) => (idle = call),
    teardown,
    drained: (isHeld) => log.push(['drained', isHeld]),
    stray: (error) => log.push(['stray', error]),
  };
  const drain = new Drain([port as unknown as MessagePort], host);
  return { drain, log, beIdle: () => idle?.() };
}

const isDrained = (log: readonly unknown[]): boolean =>
  log.some((entry) => Array.isArray(entry) && entry[0] === 'drained');

test('lets go of all ports at once', () => {
  const { drain, log } = setUp();
  drain.begin(true);
  expect(log).toEqual(['unref']);
});

test('tears down after the last function has ended, awaits it, and then says what keeps the thread', async () => {
  const steps: string[] = [];
  const { drain, log, beIdle } = setUp(async () => {
    steps.push('begun');
    await macrotask();
    steps.push('done');
  });
  drain.begin(true);
  await macrotask();
  expect([steps, log]).toEqual([[], ['unref']]);
  beIdle();
  expect(steps).toEqual(['begun']);
  await until(() => isDrained(log));
  expect(steps).toEqual(['begun', 'done']);
});

test.each([
  ['throws', () => Promise.reject(new RangeError('not closed'))],
  [
    'throws at once',
    () => {
      throw new RangeError('not closed');
    },
  ],
])('reports a teardown that %s, and goes on', async (_, teardown) => {
  const { drain, log, beIdle } = setUp(teardown);
  drain.begin(true);
  beIdle();
  await until(() => isDrained(log));
  expect(log).toContainEqual(['stray', new RangeError('not closed')]);
});

test('tears down once, however often it is begun and whoever ends last', async () => {
  let times = 0;
  const { drain, log, beIdle } = setUp(() => (times += 1));
  drain.begin(true);
  drain.begin(true);
  beIdle();
  beIdle();
  process.emit('beforeExit', 0);
  await until(() => isDrained(log));
  expect(times).toBe(1);
});

test('tears down when the loop is empty, though a promise of a function never settles', async () => {
  let times = 0;
  const { drain, log } = setUp(() => (times += 1));
  drain.begin(true);
  process.emit('beforeExit', 0);
  await until(() => isDrained(log));
  expect(times).toBe(1);
});

test('at the exit of the process it only lets go of the ports', async () => {
  const { drain, log, beIdle } = setUp(() => log.push('torn down'));
  drain.begin(false);
  beIdle();
  await macrotask();
  expect(log).toEqual(['unref']);
});

test.each([
  ['nothing', [], false],
  ['immediates, which end by themselves', ['Immediate'], false],
  ['a timer', ['Timeout'], true],
])('says that handles keep the thread if they do: %s', async (_, resources, isHeld) => {
  vi.spyOn(process, 'getActiveResourcesInfo').mockReturnValue(resources);
  const { drain, log, beIdle } = setUp();
  drain.begin(true);
  beIdle();
  await until(() => isDrained(log));
  expect(log.at(-1)).toEqual(['drained', isHeld]);
  // Begun again, it checks again.
  vi.spyOn(process, 'getActiveResourcesInfo').mockReturnValue(['TCPSocketWrap']);
  drain.begin(true);
  await until(() => log.at(-1) !== 'unref' && (log.at(-1) as unknown[])[1] === true);
});

test('hands over what waits in the streams first, which takes the ports', async () => {
  vi.spyOn(process.stdout, 'writableLength', 'get').mockReturnValue(1);
  vi.spyOn(process.stdout, 'write').mockImplementation(((_text: string, done: () => void) => {
    setImmediate(done);
    return true;
  }) as never);
  const { drain, log, beIdle } = setUp();
  drain.begin(true);
  beIdle();
  await until(() => isDrained(log));
  expect(log.slice(0, 3)).toEqual(['unref', 'ref', 'unref']);
});

test('the ports that are open are those that keep the event loop alive', () => {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const isOpen = (): boolean => openPorts().some((port) => port === port1);
  expect(isOpen()).toBe(false);
  port1.on('message', () => {});
  expect(isOpen()).toBe(true);
});
