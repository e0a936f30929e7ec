import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Arena, ARENA_BYTES, MOST_BYTES } from '../../../src/wire/arena.js';
import { repeats } from '../../helpers/extent.js';

const OFFSET = 8;

/** The two sides of new memory. */
function sides(): { writer: Arena; reader: Arena } {
  const memory = new SharedArrayBuffer(OFFSET + Arena.byteLength);
  return { writer: new Arena(memory, OFFSET), reader: new Arena(memory, OFFSET) };
}

/** Writes `length` bytes that all equal `number`. Undefined if there is no room. */
function write(
  writer: Arena,
  length: number,
  number: number,
): { start: number; end: number; position: number } | undefined {
  if (!writer.open()) return undefined;
  const { start, end: limit } = writer;
  expect(limit - start).toBeLessThanOrEqual(MOST_BYTES);
  expect(limit).toBeLessThanOrEqual(ARENA_BYTES);
  if (start + length > limit) return undefined;
  const end = start + length;
  writer.bytes.fill(number, start, end);
  return { start, end, position: writer.keep(start, end) };
}

test('what fits is seen by the other side, and lies at the beginning again once all was read', () => {
  const { writer, reader } = sides();
  for (let number = 1; number <= 3; number += 1) {
    const value = write(writer, 1000, number);
    expect(value).toMatchObject({ start: 0, end: 1000 });
    expect(reader.bytes.subarray(0, 1000).every((byte) => byte === number)).toBe(true);
    reader.release(value?.position as number);
  }
});

test('what was not read is never overwritten: without room there is none, until something was read', () => {
  const { writer, reader } = sides();
  const written = [];
  for (let value = write(writer, MOST_BYTES, 1); value; value = write(writer, MOST_BYTES, 1)) {
    written.push(value);
  }
  expect(written).toHaveLength(ARENA_BYTES / MOST_BYTES);
  reader.release(written[0]?.position as number);
  expect(write(writer, MOST_BYTES, 2)).toMatchObject({ start: 0 });
  expect(write(writer, 1, 3)).toBeUndefined();
});

test('what is left at the end of the memory is skipped, and free again with what comes before it', () => {
  const { writer, reader } = sides();
  const first = write(writer, 100, 1);
  const written = [];
  for (let value = write(writer, MOST_BYTES, 2); value; value = write(writer, MOST_BYTES, 2)) {
    written.push(value);
  }
  // The remaining bytes are too few for the largest value, and the start is not free.
  expect(written.at(-1)?.end).toBeGreaterThan(ARENA_BYTES - MOST_BYTES);
  reader.release(first?.position as number);
  const small = write(writer, 100, 3);
  expect(small).toMatchObject({ start: 0, end: 100 });
  for (const { position } of [...written, small as { position: number }]) reader.release(position);
  // Nothing is held: all of the memory can be written again.
  for (let count = 0; count < ARENA_BYTES / MOST_BYTES; count += 1) {
    expect(write(writer, MOST_BYTES, 4)).toBeDefined();
  }
});

test('nothing that was opened is taken unless it is kept', () => {
  const { writer } = sides();
  for (let count = 0; count < 1000; count += 1) expect(writer.open()).toBe(true);
  expect(writer.start).toBe(0);
});

test('in any history the reader finds what was written, and no byte is lost', () => {
  const step = fc.record({
    length: fc.oneof(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: MOST_BYTES }),
      fc.integer({ min: MOST_BYTES - 2, max: MOST_BYTES }),
    ),
    reads: fc.nat(4),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 50, maxLength: 200 }), fc.nat(2), (steps, thrift) => {
      const { writer, reader } = sides();
      const unread: Array<{ start: number; end: number; position: number; number: number }> = [];
      const read = (): void => {
        const value = unread.shift();
        if (value === undefined) return;
        const bytes = reader.bytes.subarray(value.start, value.end);
        expect(bytes.every((byte) => byte === value.number)).toBe(true);
        reader.release(value.position);
      };
      for (const [index, { length, reads }] of steps.entries()) {
        const number = index % 251;
        const value = write(writer, length, number);
        if (value !== undefined) unread.push({ ...value, number });
        else expect(unread).not.toEqual([]);
        for (let count = thrift; count < reads; count += 1) read();
      }
      while (unread.length > 0) read();
      expect(write(writer, MOST_BYTES, 1)).toMatchObject({ start: 0, end: MOST_BYTES });
    }),
    { numRuns: repeats(200, 2000) },
  );
});

test('positions wrap around after four gigabytes', () => {
  const { writer, reader } = sides();
  let position = 0;
  for (let taken = 0; taken < 2 ** 32 + ARENA_BYTES; taken += MOST_BYTES) {
    expect(writer.open()).toBe(true);
    position = writer.keep(writer.start, writer.end);
    reader.release(position);
  }
  expect(position).toBeGreaterThan(0);
  expect(position).toBeLessThan(2 * ARENA_BYTES);
});
