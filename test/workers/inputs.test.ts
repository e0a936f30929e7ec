import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BELL, Form, Kind } from '../../src/wire/protocol.js';
import { Parcels } from '../../workers/inputs.js';

let main: MessagePort;
let link: MessagePort;
let parcels: Parcels;
/** The messages that were taken from the link on the way to an input. */
let received: unknown[];

beforeEach(() => {
  ({ port1: main, port2: link } = new MessageChannel());
  received = [];
  // As a host does: an input goes to where it is looked for.
  parcels = new Parcels(link, (message) => {
    received.push(message);
    const [kind, cell, form, value] = message as [number, number, number, unknown];
    if (kind === Kind.input) parcels.receive(cell, form, value);
  });
});
afterEach(() => {
  main.close();
});

describe('an input that has come', () => {
  test('is taken once, by its cell', () => {
    parcels.receive(2, Form.plain, 'two');
    parcels.receive(1, Form.plain, 'one');
    expect(parcels.take(1)).toEqual({ value: 'one' });
    expect(parcels.take(2)).toEqual({ value: 'two' });
    expect(parcels.take(2)).toEqual({ error: undefined });
    expect(received).toEqual([]);
  });

  test.each([undefined, null, 0, ''])('may be %o', (value) => {
    parcels.receive(1, Form.plain, value);
    expect(parcels.take(1)).toEqual({ value });
  });

  test('is a Buffer again where it was one, over the same memory', () => {
    const bytes = new Uint8Array(new ArrayBuffer(8), 2, 3);
    bytes.set([1, 2, 3]);
    parcels.receive(1, Form.buffer, bytes);
    const { value } = parcels.take(1) as { value: Buffer };
    expect(Buffer.isBuffer(value)).toBe(true);
    expect([...value]).toEqual([1, 2, 3]);
    expect(value.buffer).toBe(bytes.buffer);
    parcels.receive(1, Form.plain, bytes);
    expect((parcels.take(1) as { value: unknown }).value).toBe(bytes);
  });

  test('of a later job of the cell stands for that one', () => {
    parcels.receive(1, Form.plain, 'first');
    parcels.take(1);
    parcels.receive(1, Form.plain, 'second');
    expect(parcels.take(1)).toEqual({ value: 'second' });
  });
});

describe('an input that is still in the link', () => {
  test('is taken from it, with all that came before, and nothing that came after', () => {
    main.postMessage([Kind.ping]);
    main.postMessage(BELL);
    main.postMessage([Kind.input, 1, Form.plain, 'one']);
    main.postMessage([Kind.input, 2, Form.plain, 'two']);
    expect(parcels.take(1)).toEqual({ value: 'one' });
    expect(received, 'the bell is no message').toEqual([
      [Kind.ping],
      [Kind.input, 1, Form.plain, 'one'],
    ]);
    expect(parcels.take(2)).toEqual({ value: 'two' });
  });

  test('is not looked for where it has come', () => {
    main.postMessage([Kind.ping]);
    parcels.receive(1, Form.plain, 'one');
    parcels.take(1);
    expect(received).toEqual([]);
  });
});

describe('an input that could not be read', () => {
  test('is missing, for the reason that came first', () => {
    const first = new Error('first');
    const second = new Error('second');
    parcels.failed(first);
    parcels.failed(second);
    expect(parcels.take(1)).toEqual({ error: first });
    expect((parcels.take(2) as { error: unknown }).error).toBe(second);
    expect(parcels.take(3)).toEqual({ error: undefined });
  });

  test('leaves the others readable', () => {
    parcels.failed(new Error('unreadable'));
    main.postMessage([Kind.input, 2, Form.plain, 'two']);
    expect(parcels.take(2)).toEqual({ value: 'two' });
    expect(parcels.take(1)).toEqual({ error: new Error('unreadable') });
  });

  test('has the error of the host that could not take it', () => {
    const failing = new Parcels(link, () => {
      throw new Error('the host');
    });
    main.postMessage([Kind.ping]);
    expect(failing.take(1)).toEqual({ error: new Error('the host') });
  });
});
