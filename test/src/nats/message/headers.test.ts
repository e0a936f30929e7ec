import { headers } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import {
  readAddress,
  readHeaders,
  writeAddress,
  writeHeaders,
} from '../../../../src/nats/message/headers.js';

const least = {
  id: 'ein ü\r\nX: y',
  nonce: 'n',
  name: 'größe',
  submitter: 's',
  encoding: 'v8',
} as const;

test.each([
  {
    ...least,
    startWithinMs: undefined,
    runMs: undefined,
    graceMs: undefined,
    isHeard: false,
  },
  { ...least, encoding: 'json', startWithinMs: 5, runMs: 7, graceMs: 0, isHeard: true } as const,
])('what is written is read again: %j', (job) => {
  expect(readHeaders(writeHeaders(job))).toEqual(job);
});

test('what is no job of ours is none', () => {
  expect(readHeaders(undefined)).toBeUndefined();
  expect(readHeaders(headers())).toBeUndefined();
  const malformed = writeHeaders({ ...least, isHeard: false } as never);
  malformed.set('Millrace-Id', '%E0%A4%A');
  expect(readHeaders(malformed)).toBeUndefined();
});

test.each([{}, { news: 'started' }, { news: 'progress', encoding: 'json' }] as const)(
  'what a node says is written and read again: %j',
  (said) => {
    const address = { id: least.id, nonce: 'n', encoding: 'v8', ...said } as const;
    expect(readAddress(writeAddress(address))).toEqual(address);
  },
);

test('what no node of ours says is nothing', () => {
  expect(readAddress(undefined)).toBeUndefined();
  expect(readAddress(headers())).toBeUndefined();
  const malformed = writeAddress({ id: 'x', nonce: 'n', encoding: 'v8' });
  malformed.set('Millrace-Id', '%zz');
  expect(readAddress(malformed)).toBeUndefined();
});
