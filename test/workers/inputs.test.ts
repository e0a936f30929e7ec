import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BELL, Form, Kind } from '../../src/wire/protocol.js';
import { LargeInputs } from '../../workers/inputs.js';

let main: MessagePort;
let link: MessagePort;
let inputs: LargeInputs;
/** Messages that were taken from the link on the way to an input. */
let received: unknown[];

beforeEach(() => {
  ({ port1: main, port2: link } = new MessageChannel());
  received = [];
  // Like a host: an input goes where it is looked up.
  inputs = new LargeInputs(link, (message) => {
    received.push(message);
    const [kind, cell, form, value] = message as [number, number, number, unknown];
    if (kind === Kind.input) inputs.receive(cell, form, value);
  });
});
afterEach(() => {
  main.close();
});

describe('an input that has come', () => {
  test('is taken once, by its cell', () => {
    inputs.receive(2, Form.plain, 'two');
    inputs.receive(1, Form.plain, 'one');
    expect(inputs.take(1)).toEqual({ value: 'one' });
    expect(inputs.take(2)).toEqual({ value: 'two' });
    expect(inputs.take(2)).toEqual({ error: undefined });
    expect(received).toEqual([]);
  });

  test.each([undefined, null, 0, ''])('may be %o', (value) => {
    inputs.receive(1, Form.plain, value);
    expect(inputs.take(1)).toEqual({ value });
  });

  test('is a Buffer again where it was one, over the same memory', () => {
    const bytes = new Uint8Array(new ArrayBuffer(8), 2, 3);
    bytes.set([1, 2, 3]);
    inputs.receive(1, Form.buffer, bytes);
    const { value } = inputs.take(1) as { value: Buffer };
    expect(Buffer.isBuffer(value)).toBe(true);
    expect([...value]).toEqual([1, 2, 3]);
    expect(value.buffer).toBe(bytes.buffer);
    inputs.receive(1, Form.plain, bytes);
    expect((inputs.take(1) as { value: unknown }).value).toBe(bytes);
  });

  test('of a later job of the cell stands for that one', () => {
    inputs.receive(1, Form.plain, 'first');
    inputs.take(1);
    inputs.receive(1, Form.plain, 'second');
    expect(inputs.take(1)).toEqual({ value: 'second' });
  });
});

describe('an input that is still in the link', () => {
  test('is taken from it, with all that came before, and nothing that came after', () => {
    main.postMessage([Kind.ping]);
    main.postMessage(BELL);
    main.postMessage([Kind.input, 1, Form.plain, 'one']);
    main.postMessage([Kind.input, 2, Form.plain, 'two']);
    expect(inputs.take(1)).toEqual({ value: 'one' });
    expect(received, 'the bell is no message').toEqual([
      [Kind.ping],
      [Kind.input, 1, Form.plain, 'one'],
    ]);
    expect(inputs.take(2)).toEqual({ value: 'two' });
  });

  test('is not looked for where it has come', () => {
    main.postMessage([Kind.ping]);
    inputs.receive(1, Form.plain, 'one');
    inputs.take(1);
    expect(received).toEqual([]);
  });
});

describe('an input that could not be read', () => {
  test('is missing, for the reason that came first', () => {
    const first = new Error('first');
    const second = new Error('second');
    inputs.failed(first);
    inputs.failed(second);
    expect(inputs.take(1)).toEqual({ error: first });
    expect((inputs.take(2) as { error: unknown }).error).toBe(second);
    expect(inputs.take(3)).toEqual({ error: undefined });
  });

  test('leaves the others readable', () => {
    inputs.failed(new Error('unreadable'));
    main.postMessage([Kind.input, 2, Form.plain, 'two']);
    expect(inputs.take(2)).toEqual({ value: 'two' });
    expect(inputs.take(1)).toEqual({ error: new Error('unreadable') });
  });

  test('has the error of the host that could not take it', () => {
    const failing = new LargeInputs(link, () => {
      throw new Error('the host');
    });
    main.postMessage([Kind.ping]);
    expect(failing.take(1)).toEqual({ error: new Error('the host') });
  });
});
