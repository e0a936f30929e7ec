import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ByteStack, digestOf } from '../../../../bench/gate/measure/byte-stack.js';

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

test('what is taken off is the SHA-256 of the bytes, and what is below stays', () => {
  const bytes = new ByteStack();
  bytes.pushByte(7);
  bytes.pushNumber(1.5);
  const upper = Buffer.from('000000000000f83f', 'hex');
  expect(Buffer.from(bytes.take(1), 'latin1').toString('hex')).toBe(sha256(upper));
  expect(bytes.length).toBe(1);
  expect(bytes.take(0)).toBe(digestOf(Uint8Array.of(7)));
});

test('it grows, and keeps what it has', () => {
  const bytes = new ByteStack();
  for (let value = 0; value < 256; value += 1) bytes.pushByte(value);
  const text = 'ab\u{1f600}\ud800'.repeat(100_000);
  bytes.pushText(text);
  const length = Buffer.alloc(8);
  length.writeDoubleLE(text.length);
  const first = Uint8Array.from({ length: 256 }, (_, value) => value);
  const expected = Buffer.concat([first, length, Buffer.from(text, 'utf16le')]);
  expect(bytes.take(0)).toBe(digestOf(expected));
});

test('a digest is put back as its 32 bytes', () => {
  const bytes = new ByteStack();
  const digest = digestOf(Uint8Array.of(1, 2, 3));
  bytes.pushDigest(digest);
  expect(bytes.length).toBe(32);
  expect(bytes.take(0)).toBe(digestOf(Buffer.from(digest, 'latin1')));
});
