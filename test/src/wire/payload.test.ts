import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  asBuffer,
  compact,
  copyToHandOver,
  detach,
  isBuffer,
  weigh,
} from '../../../src/wire/payload.js';

describe('weigh', () => {
  test.each([
    ['nothing', undefined, 8],
    ['a number', 1, 8],
    ['a string by its length', 'x'.repeat(1000), 1000],
    ['a buffer by its own length, not its slab', Buffer.from('hello'), 5],
    ['a view by its own length', new Float64Array(new ArrayBuffer(800), 0, 10), 80],
    ['an array buffer', new ArrayBuffer(300), 300],
    ['shared memory for nothing', new SharedArrayBuffer(300), 0],
    ['a flat object', { a: 1, b: 'xyz' }, 16 + (9 + 8) + (9 + 3)],
    [
      'a nested view with all of its buffer',
      { v: new Uint8Array(new ArrayBuffer(500), 0, 1) },
      16 + 9 + 500,
    ],
    [
      'a long array by its first entries',
      Array.from({ length: 1000 }, () => 'x'.repeat(92)),
      16 + 1000 * 100,
    ],
    ['a set', new Set([1, 2]), 16 + 2 * 16],
    ['a map', new Map([['ab', 1]]), 16 + 10 + 16 + 16],
    ['null', null, 8],
    ['a boolean', true, 8],
    ['an empty string for nothing', '', 0],
    ['an empty object', {}, 16],
    ['an empty array', [], 16],
    ['an empty map', new Map(), 16 + 16],
    ['eight entries one by one', ['x', ...Array.from({ length: 7 }, () => 1)], 16 + 9 + 7 * 16],
    [
      'more entries by the first eight',
      [...Array.from({ length: 8 }, () => 'x'), 'y'.repeat(1000)],
      16 + 9 * 9,
    ],
    ['a fraction as a whole byte', ['xx', ...Array.from({ length: 8 }, () => 'x')], 99],
    ['a blob, which is not looked into', { blob: new Blob(['x'.repeat(1000)]) }, 16 + 12 + 64],
    ['nested shared memory for nothing', { s: new SharedArrayBuffer(300) }, 16 + 9],
    ['a nested view of it', { v: new Uint8Array(new SharedArrayBuffer(300)) }, 16 + 9],
    ['a nested array buffer', [new ArrayBuffer(300)], 16 + 8 + 300],
    ['four levels', { a: { a: { a: { a: 1 } } } }, 4 * (16 + 9) + 8],
    ['deeper levels by guess', { a: { a: { a: { a: { a: 'x'.repeat(500) } } } } }, 4 * 25 + 64],
    [
      'what comes after 64 looks by guess',
      Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`k${at + 100}`, 1])),
      16 + 100 * 12 + 64 * 8 + 36 * 64,
    ],
    [
      'what throws when it is looked at by guess',
      {
        get trap(): never {
          throw new Error('no');
        },
      },
      64,
    ],
  ])('charges %s', (_, value, bytes) => {
    expect(weigh(value)).toBe(bytes);
  });

  test('takes a bounded number of steps, however large the value', () => {
    let reads = 0;
    const wide = new Proxy(
      Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, 1])),
      {
        get(target, key) {
          reads += 1;
          return Reflect.get(target, key);
        },
      },
    );
    expect(weigh(wide)).toBeGreaterThan(10_000);
    expect(reads).toBeLessThanOrEqual(64);
  });

  test('comes to an end on a cycle, and on a getter that throws', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(weigh(cycle)).toBeGreaterThan(0);
    expect(
      weigh({
        get trap(): never {
          throw new Error('no');
        },
      }),
    ).toBeGreaterThan(0);
  });
});

describe('compact', () => {
  test.each([
    ['a Buffer on a slab', Buffer.from('hello')],
    ['a typed array', new Uint16Array(new ArrayBuffer(100), 10, 5)],
    ['a DataView', new DataView(new ArrayBuffer(100), 3, 7)],
  ])('gives %s memory of its own and keeps its type and content', (_, view) => {
    const own = compact(view) as typeof view;
    expect(own.constructor).toBe(view.constructor);
    expect(own.buffer.byteLength).toBe(view.byteLength);
    const bytes = (v: ArrayBufferView) => [...new Uint8Array(v.buffer, v.byteOffset, v.byteLength)];
    expect(bytes(own)).toEqual(bytes(view));
  });

  test.each([
    ['a view that spans its buffer', new Uint8Array(10)],
    ['a view of shared memory', new Uint8Array(new SharedArrayBuffer(10), 2, 3)],
    ['a plain object', { a: 1 }],
  ])('leaves %s alone', (_, value) => {
    expect(compact(value)).toBe(value);
  });
});

describe('detach', () => {
  test('takes the listed memory away and keeps what the value shares with it', () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const moved = detach({ bytes }, [bytes.buffer]);
    expect(bytes.byteLength).toBe(0);
    const value = moved.value as { bytes: Uint8Array };
    expect([...value.bytes]).toEqual([1, 2, 3]);
    expect(moved.list).toEqual([value.bytes.buffer]);
    expect(moved.list[0]).toBe(value.bytes.buffer);
  });

  test('leaves everything in place where something cannot be cloned', () => {
    const bytes = new Uint8Array(4);
    expect(() => detach({ bytes, act() {} }, [bytes.buffer])).toThrow();
    expect(bytes.byteLength).toBe(4);
  });

  test('keeps a Buffer a Buffer', () => {
    const buffer = Buffer.from(new ArrayBuffer(4));
    expect(Buffer.isBuffer(detach(buffer, [buffer.buffer as ArrayBuffer]).value)).toBe(true);
  });
});

describe('copyToHandOver', () => {
  const BYTES = 64 * 1024;
  const filled = (buffer: ArrayBuffer) => {
    const bytes = new Uint8Array(buffer);
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = at % 251;
    return buffer;
  };
  /** Comparing bytes is faster than comparing elements. */
  const bytesOf = (value: unknown): Buffer =>
    ArrayBuffer.isView(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      : Buffer.from(value as ArrayBuffer);
  class Samples extends Float32Array {}
  class Tagged extends Uint8Array {
    override get [Symbol.toStringTag](): never {
      return 'Tagged' as never;
    }
  }

  test.each<[string, ArrayBuffer | ArrayBufferView]>([
    ['a Uint8Array', new Uint8Array(filled(new ArrayBuffer(BYTES)))],
    ['a part of a larger buffer', new Uint8Array(filled(new ArrayBuffer(2 * BYTES)), 100, BYTES)],
    ['a Uint16Array', new Uint16Array(filled(new ArrayBuffer(BYTES)), 2, BYTES / 2 - 1)],
    ['a BigInt64Array', new BigInt64Array(filled(new ArrayBuffer(BYTES)))],
    ['an array of a class of its own', new Samples(filled(new ArrayBuffer(BYTES)))],
    ['an array with a tag of its own', new Tagged(filled(new ArrayBuffer(BYTES)))],
    ['an ArrayBuffer', filled(new ArrayBuffer(BYTES))],
  ])('of %s equals its clone, has its memory to itself, and leaves it alone', (_, value) => {
    const copy = copyToHandOver(value);
    const clone: unknown = structuredClone(compact(value));
    expect(bytesOf(copy?.value).equals(bytesOf(clone))).toBe(true);
    expect(Object.getPrototypeOf(copy?.value)).toBe(Object.getPrototypeOf(clone));
    const memory = ArrayBuffer.isView(copy?.value) ? copy.value.buffer : copy?.value;
    expect(copy?.transfer).toEqual([memory]);
    expect((memory as ArrayBuffer).byteLength).toBe(value.byteLength);
    structuredClone(copy?.value, { transfer: copy?.transfer as never });
    expect(value.byteLength).toBe((clone as ArrayBuffer).byteLength);
  });

  test.each([
    ['an ArrayBuffer', (bytes: number) => new ArrayBuffer(bytes)],
    ['a Uint8Array', (bytes: number) => new Uint8Array(bytes)],
    ['a Buffer', (bytes: number) => Buffer.alloc(bytes)],
  ])('of %s is made from 16 KiB on', (_, make) => {
    expect(copyToHandOver(make(16_384))).toBeDefined();
    expect(copyToHandOver(make(16_383))).toBeUndefined();
  });

  test('keeps a Buffer a Buffer', () => {
    const buffer = Buffer.alloc(BYTES, 'text');
    const copy = copyToHandOver(buffer);
    expect(Buffer.isBuffer(copy?.value)).toBe(true);
    expect(buffer.equals(copy?.value as Buffer)).toBe(true);
    expect(copy?.transfer).toEqual([(copy as { value: Buffer }).value.buffer]);
  });

  test.each([
    ['small bytes', new Uint8Array(100)],
    ['shared memory', new Uint8Array(new SharedArrayBuffer(BYTES))],
    ['a shared buffer', new SharedArrayBuffer(BYTES)],
    ['a buffer that can be resized', new ArrayBuffer(BYTES, { maxByteLength: 2 * BYTES })],
    ['a view of one', new Uint8Array(new ArrayBuffer(BYTES, { maxByteLength: 2 * BYTES }))],
    ['a DataView', new DataView(new ArrayBuffer(BYTES))],
    ['what only looks like a buffer', Object.create(ArrayBuffer.prototype)],
    ['bytes within an object', { bytes: new Uint8Array(BYTES) }],
    ['text', 'x'.repeat(BYTES)],
    ['undefined', undefined],
  ])('leaves %s to the clone', (_, value) => {
    expect(copyToHandOver(value)).toBeUndefined();
  });
});

describe('a Buffer', () => {
  test.each<[string, unknown]>([
    ['a Uint8Array', new Uint8Array(1)],
    ['a DataView', new DataView(new ArrayBuffer(1))],
    ['an ArrayBuffer', new ArrayBuffer(1)],
    ['what only inherits from Buffer', Object.create(Buffer.prototype)],
    ['text', 'x'],
    ['null', null],
    ['undefined', undefined],
  ])('is not %s', (_, value) => {
    expect(isBuffer(value)).toBe(false);
    expect(isBuffer(Buffer.from('x'))).toBe(true);
  });

  test('is made again over the same memory', () => {
    const bytes = new Uint8Array(new ArrayBuffer(10), 3, 4);
    const buffer = asBuffer(bytes);
    expect(Buffer.isBuffer(buffer)).toBe(true);
    expect([buffer.buffer, buffer.byteOffset, buffer.byteLength]).toEqual([bytes.buffer, 3, 4]);
    bytes[0] = 7;
    expect(buffer[0]).toBe(7);
  });
});

/** Test runners run tests in a separate realm. */
describe('values of another realm', () => {
  test.each([
    ['a buffer', 'new ArrayBuffer(300)', 300],
    ['shared memory', 'new SharedArrayBuffer(300)', 0],
    ['a view', 'new Float64Array(10)', 80],
    ['a nested view', '({ v: new Uint8Array(new ArrayBuffer(500), 0, 1) })', 16 + 9 + 500],
    ['nested shared memory', '({ s: new SharedArrayBuffer(300) })', 16 + 9],
    ['a map', "new Map([['ab', 1]])", 16 + 10 + 16 + 16],
    ['a set', 'new Set([1, 2])', 16 + 2 * 16],
    ['a flat object', "({ a: 1, b: 'xyz' })", 16 + (9 + 8) + (9 + 3)],
    ['a list', '[1, 2]', 16 + 2 * 16],
  ])('are charged like those of this one: %s', (_, code, bytes) => {
    expect(weigh(runInNewContext(code))).toBe(bytes);
  });

  test.each([
    ['a typed array', 'new Uint16Array(new ArrayBuffer(100), 10, 5)', '[object Uint16Array]'],
    ['a DataView', 'new DataView(new ArrayBuffer(100), 10, 10)', '[object DataView]'],
  ])('get memory of their own: %s', (_, code, tag) => {
    const own = compact(runInNewContext(code)) as ArrayBufferView;
    expect(Object.prototype.toString.call(own)).toBe(tag);
    expect([own.byteOffset, own.byteLength, own.buffer.byteLength]).toEqual([0, 10, 10]);
  });

  test('keep shared memory shared', () => {
    const view = runInNewContext('new Uint8Array(new SharedArrayBuffer(100_000), 0, 50_000)');
    expect(compact(view)).toBe(view);
    expect(copyToHandOver(view)).toBeUndefined();
  });

  test('are handed over as copies that equal them', () => {
    for (const code of [
      'new Uint8Array(50_000).fill(7)',
      'new Uint8Array(50_000).fill(7).buffer',
    ]) {
      const copy = copyToHandOver(runInNewContext(code));
      expect(new Uint8Array(copy?.transfer[0] as ArrayBuffer)).toEqual(
        new Uint8Array(50_000).fill(7),
      );
    }
  });
});
