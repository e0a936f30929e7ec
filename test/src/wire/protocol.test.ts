import { expect, test } from 'vitest';
import { BELL, Form, isHello, Kind, PROTOCOL } from '../../../src/wire/protocol.js';
import { rows } from '../../helpers/rows.js';

test('a greeting is known by the name of the protocol', () => {
  expect(isHello({ protocol: PROTOCOL, threadId: 1, port: undefined })).toBe(true);
});

test.each(
  rows<unknown>([
    undefined,
    null,
    BELL,
    '',
    PROTOCOL,
    {},
    [],
    [PROTOCOL],
    { protocol: undefined },
    { protocol: 'millrace/0' },
    { protocol: [PROTOCOL] },
    { protocols: PROTOCOL },
  ]),
)('%o, which a job module may post, is no greeting', (message) => {
  expect(isHello(message)).toBe(false);
});

test.each([
  ['kinds of messages', Kind],
  ['forms of values', Form],
])('no two %s share a number', (_, numbers: Readonly<Record<string, number>>) => {
  const values = Object.values(numbers);
  expect(new Set(values).size).toBe(values.length);
  expect(values.every((value) => Number.isInteger(value))).toBe(true);
});

/** Two versions of the library must not meet under one name: if the numbers change, so must the name. */
test('the numbers of this version of the protocol are fixed', () => {
  expect({ PROTOCOL, BELL, Kind, Form }).toEqual({
    PROTOCOL: 'millrace/2',
    BELL: 0,
    Kind: {
      boot: 1,
      input: 2,
      ping: 3,
      ready: 4,
      loadFailed: 5,
      done: 6,
      stray: 7,
      uncaught: 8,
      pong: 9,
      told: 10,
      progress: 11,
      more: 12,
      drain: 13,
      drained: 14,
    },
    Form: {
      plain: 0,
      buffer: 1,
      thrown: 2,
      notCloneable: 3,
      unreadable: 4,
      unreadableResult: 5,
    },
  });
});
