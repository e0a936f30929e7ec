import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
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

/** So that a Node that dispatches in another way shows: then every message takes the long way again. */
test('messages come straight from Node, past the list of listeners', async () => {
  const { port1, port2 } = new MessageChannel();
  const listened: unknown[] = [];
  const received = new Promise((resolve) => onMessage(port1, resolve));
  port1.on('message', (message) => listened.push(message));
  port2.postMessage('a message');
  expect(await received).toBe('a message');
  expect(listened).toEqual([]);
  port2.close();
});
