/** Tests the values of cells and the memory that they take; the encoded bytes are tested with the codec. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ARENA_BYTES, MOST_BYTES } from '../../../src/wire/arena.js';
import { Held, Values } from '../../../src/wire/values.js';
import { repeats } from '../../helpers/extent.js';
import { Latch } from '../../helpers/latch.js';

const CELLS = 300;

/** The two sides of one direction. */
function sides(): { writer: Values; reader: Values } {
  const memory = new SharedArrayBuffer(8 + Values.byteLength(CELLS));
  return { writer: new Values(memory, 8, CELLS), reader: new Values(memory, 8, CELLS) };
}

describe('what a cell holds', () => {
  test.each<[string, unknown, number]>([
    ['undefined', undefined, Held.undefined],
    ['null', null, Held.null],
    ['true', true, Held.true],
    ['false', false, Held.false],
    ['zero', 0, Held.number],
    ['minus zero', -0, Held.number],
    ['not a number', Number.NaN, Held.number],
    ['infinity', -Infinity, Held.number],
    ['the smallest number', 5e-324, Held.number],
    ['a bigint', 1n, Held.encoded],
    ['no text', '', Held.encoded],
    ['text', 'a text', Held.encoded],
    ['text of every script', 'ä, я, 日, 😀, \ud800', Held.encoded],
    ['a flat object', { n: 1, t: 'text', b: true, nothing: null }, Held.encoded],
    [
      'rows',
      [
        { id: 1, tags: ['a'] },
        { id: 2, tags: [] },
      ],
      Held.encoded,
    ],
    ['bytes', new Uint8Array([0, 127, 128, 255]), Held.encoded],
    ['a Buffer', Buffer.from([0, 127, 128, 255]), Held.encoded],
    ['floats', new Float64Array([0.1, -0]), Held.encoded],
    ['a long text', 'x'.repeat(MOST_BYTES - 100), Held.encoded],
  ])('%s', (_, value, form) => {
    const { writer, reader } = sides();
    expect(writer.write(1, value)).toBe(form);
    const read = reader.read(1, form);
    expect(read).toStrictEqual(value);
    if (typeof value === 'object' && value !== null) expect(read).not.toBe(value);
  });

  test.each<[string, unknown]>([
    ['a symbol', Symbol('value')],
    ['a function', () => {}],
    ['a date', new Date(0)],
    ['a map', new Map([[1, 2]])],
    ['a map that says it is an object', Object.setPrototypeOf(new Map([[1, 2]]), Object.prototype)],
    [
      'a promise that says it is an object',
      Object.setPrototypeOf(Promise.resolve(1), Object.prototype),
    ],
    ['an instance of a class', new Latch()],
    ['a text that is too long', 'x'.repeat(MOST_BYTES)],
    ['bytes that are better handed over', new Uint8Array(16 * 1024)],
    ['shared memory', new Uint8Array(new SharedArrayBuffer(4))],
  ])('not %s', (_, value) => {
    const { writer } = sides();
    expect(writer.write(1, value)).toBe(Held.none);
    expect(writer.toPost(value)).toBe(value);
    // Nothing of it is left behind.
    expect(writer.write(1, 'x'.repeat(MOST_BYTES - 100))).toBe(Held.encoded);
  });
});

test('of a value that is refused after a getter has run a copy is posted, and each getter runs once', () => {
  const { writer } = sides();
  let runs = 0;
  const value = {
    get first() {
      runs += 1;
      return runs;
    },
    date: new Date(5),
  };
  expect(writer.write(0, value)).toBe(Held.none);
  expect(structuredClone(writer.toPost(value))).toEqual({ first: 1, date: new Date(5) });
  expect(runs).toBe(1);
});

test('a value that is written while another one is being written is refused', () => {
  const { writer, reader } = sides();
  const forms: number[] = [];
  const value = {
    get inner() {
      forms.push(writer.write(1, { a: 1 }), writer.write(2, 7));
      return 'outer';
    },
    last: 'x'.repeat(100),
  };
  expect(writer.write(0, value)).toBe(Held.encoded);
  expect(forms).toEqual([Held.none, Held.number]);
  expect(reader.read(0, Held.encoded)).toEqual({ inner: 'outer', last: 'x'.repeat(100) });
  expect(reader.read(2, Held.number)).toBe(7);
});

test('what a getter throws is thrown on, and the next value is written as ever', () => {
  const { writer, reader } = sides();
  const value = {
    get trap(): never {
      throw new RangeError('trapped');
    },
  };
  expect(() => writer.write(0, value)).toThrow(new RangeError('trapped'));
  expect(writer.write(0, { a: 1 })).toBe(Held.encoded);
  expect(reader.read(0, Held.encoded)).toEqual({ a: 1 });
});

test('without room a value is refused, and one that is skipped makes room', () => {
  const { writer, reader } = sides();
  const text = 'x'.repeat(10_000);
  let held = 0;
  while (writer.write(held, text) === Held.encoded) held += 1;
  expect(held).toBeGreaterThan(ARENA_BYTES / 10_000 / 2);
  expect(writer.write(held, 42)).toBe(Held.number);
  for (let cell = 0; cell < held; cell += 1) reader.skip(cell, Held.encoded);
  expect(writer.write(0, text)).toBe(Held.encoded);
  expect(reader.read(0, Held.encoded)).toBe(text);
});

test('in any history each value is read as it was written', () => {
  const value = fc.oneof(
    fc.string({ maxLength: 50 }),
    fc.integer(),
    fc.integer({ min: 1000, max: MOST_BYTES - 100 }).map((length) => 'y'.repeat(length)),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const step = fc.record({ value, reads: fc.nat(3), isSkipped: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
      const { writer, reader } = sides();
      const unread: Array<{ cell: number; form: number; value: unknown }> = [];
      const read = (isSkipped: boolean): void => {
        const next = unread.shift();
        if (next === undefined) return;
        if (isSkipped) reader.skip(next.cell, next.form);
        else expect(reader.read(next.cell, next.form)).toStrictEqual(next.value);
      };
      for (const [index, { value: written, reads, isSkipped }] of steps.entries()) {
        const cell = index % CELLS;
        const form = writer.write(cell, written);
        if (form === Held.none) expect(unread).not.toEqual([]);
        else unread.push({ cell, form, value: written });
        for (let count = 0; count < reads; count += 1) read(isSkipped);
      }
      while (unread.length > 0) read(false);
    }),
    { numRuns: repeats(200, 2000) },
  );
});

test('a thread has at most 512 KB of shared memory, with what its rings take', async () => {
  const { AHEAD_CELLS, Rings } = await import('../../../src/wire/rings.js');
  expect(Rings.allocate(AHEAD_CELLS + 1).memory.byteLength).toBeLessThanOrEqual(512 * 1024);
});
