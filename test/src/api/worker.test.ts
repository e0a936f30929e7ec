import { expect, test } from 'vitest';
import { isTransferred, TRANSFER, transfer } from '../../../src/api/worker.js';
import { rows } from '../../helpers/rows.js';

test('a result is marked with what moves', () => {
  const pixels = new Uint8Array(4);
  const list = [pixels.buffer];
  const marked: unknown = transfer(pixels, list);
  expect(isTransferred(marked)).toBe(true);
  expect(marked).toEqual({ value: pixels, [TRANSFER]: list });
  expect((marked as { value: unknown }).value).toBe(pixels);
  expect((marked as { [TRANSFER]: unknown })[TRANSFER]).toBe(list);
  expect(pixels.byteLength, 'it is detached when the result is sent').toBe(4);
});

test.each(rows([undefined, null, 5, new ArrayBuffer(1)]))(
  '%o is marked like any result',
  (value) => {
    const marked: unknown = transfer(value, []);
    expect(isTransferred(marked)).toBe(true);
    expect(marked).toEqual({ value, [TRANSFER]: [] });
  },
);

test('another copy of this library knows the mark', () => {
  expect(TRANSFER).toBe(Symbol.for('millrace.transfer'));
  expect(isTransferred({ [Symbol.for('millrace.transfer')]: [], value: 1 })).toBe(true);
});

test.each(
  rows<unknown>([
    undefined,
    null,
    5,
    'millrace.transfer',
    TRANSFER,
    {},
    [],
    { value: 1 },
    { TRANSFER: [] },
    { [Symbol('millrace.transfer')]: [] },
    Object.assign(() => {}, { [TRANSFER]: [] }),
  ]),
)('%o is no marked result', (value) => {
  expect(isTransferred(value)).toBe(false);
});
