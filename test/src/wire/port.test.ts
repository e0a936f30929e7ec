import { EventEmitter, once } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { onMessage } from '../../../src/wire/port.js';

test('every message arrives once and in order, and the port tells of its close as ever', async () => {
  const { port1, port2 } = new MessageChannel();
  const received: unknown[] = [];
  const closed = once(port1, 'close');
  const isAllThere = new Promise<void>((resolve) => {
    onMessage(port1, (message) => {
      received.push(message);
      if (received.length === 100) resolve();
    });
  });
  for (let index = 0; index < 100; index += 1) port2.postMessage(index);
  await isAllThere;
  port2.close();
  await closed;
  expect(received).toEqual(Array.from({ length: 100 }, (_, index) => index));
});

/** Detects a version of Node that dispatches in another way: every message takes the long way then. */
test('messages come straight from Node, past the list of listeners, and tell it', async () => {
  const { port1, port2 } = new MessageChannel();
  const listened: unknown[] = [];
  const received = new Promise((resolve) => {
    onMessage(port1, (...message) => resolve(message));
  });
  port1.on('message', (message) => listened.push(message));
  port2.postMessage('a message');
  expect(await received).toEqual(['a message', true]);
  expect(listened).toEqual([]);
  port2.close();
});

/** A port of a Node that dispatches in another way. */
class LongWayPort extends EventEmitter {}

test('messages take the long way where Node does not ask, and tell it', () => {
  const port = new LongWayPort();
  const received: unknown[] = [];
  onMessage(port as unknown as MessagePort, (...message) => received.push(message));
  port.emit('message', 'first');
  port.emit('message', 'second');
  expect(received).toEqual([
    ['first', false],
    ['second', false],
  ]);
  expect(Reflect.ownKeys(port)).not.toContain(Symbol.for('nodejs.internal.kHybridDispatch'));
});

test('every event but a message is dispatched as before', () => {
  const dispatched: unknown[] = [];
  const DISPATCH = Symbol.for('nodejs.internal.kHybridDispatch');
  const port = Object.assign(new LongWayPort(), {
    [DISPATCH](this: unknown, ...args: unknown[]): void {
      dispatched.push([this, ...args]);
    },
  });
  const received: unknown[] = [];
  onMessage(port as unknown as MessagePort, (message) => received.push(message));
  const dispatch = port[DISPATCH] as (...args: unknown[]) => void;
  dispatch.call(port, 'content', 'messageerror', 'event');
  expect([dispatched, received]).toEqual([[[port, 'content', 'messageerror', 'event']], []]);
  dispatch.call(port, 'content', 'message', 'event');
  expect([dispatched.length, received]).toEqual([1, ['content']]);
});

test('the short way is taken, too, where a hardened realm has frozen what ports inherit', () => {
  const DISPATCH = Symbol.for('nodejs.internal.kHybridDispatch');
  const prototype = Object.freeze(
    Object.assign(Object.create(EventEmitter.prototype), { [DISPATCH]() {} }),
  );
  const port = Object.assign(Object.create(prototype), new EventEmitter());
  const received: unknown[] = [];
  onMessage(port as MessagePort, (message) => received.push(message));
  port[DISPATCH]('content', 'message', 'event');
  expect(received).toEqual(['content']);
});
