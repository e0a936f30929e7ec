import { expect, test } from 'vitest';
import { readCancel, RecentCancels, writeCancel } from '../../../../src/nats/message/cancel.js';

test('a cancellation is read as it was written', () => {
  expect(readCancel(writeCancel('n1', 'TimeoutError'))).toEqual({
    nonce: 'n1',
    reason: 'TimeoutError',
  });
});

test.each(['', 'null', 'AbortError'])('%j is none', (text) => {
  expect(readCancel(text)).toBeUndefined();
});

test('the newest 10,000 are remembered', () => {
  const recent = new RecentCancels();
  for (let n = 0; n <= 10_000; n += 1) recent.add(`n${n}`, `reason ${n}`);
  expect(['n0', 'n1', 'n10000'].map((nonce) => recent.get(nonce))).toEqual([
    undefined,
    'reason 1',
    'reason 10000',
  ]);
  recent.forget('n1');
  expect(recent.get('n1')).toBeUndefined();
});
