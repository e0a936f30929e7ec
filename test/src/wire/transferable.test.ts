import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { checkTransferable } from '../../../src/wire/transferable.js';
import { thrownBy } from '../../helpers/outcomes.js';

const { poolSize } = Buffer;
afterEach(() => {
  Buffer.poolSize = poolSize;
  vi.unstubAllGlobals();
});

test('what can be transferred passes, and is left attached', () => {
  const { port1 } = new MessageChannel();
  const list = [new ArrayBuffer(4), new ArrayBuffer(0), new ArrayBuffer(poolSize), port1];
  expect(() => checkTransferable([])).not.toThrow();
  expect(() => checkTransferable(list)).not.toThrow();
  expect(list.slice(0, 3)).toMatchObject([4, 0, poolSize].map((byteLength) => ({ byteLength })));
  port1.close();
});

test('what is no list, or nothing to transfer, is left to Node', () => {
  for (const list of [undefined, 5, [5], [{}], [null], [new Uint8Array(4)]]) {
    expect(() => checkTransferable(list as never)).not.toThrow();
  }
});

test('detached memory throws, wherever it stands', () => {
  const detached = new ArrayBuffer(4);
  structuredClone(detached, { transfer: [detached] });
  expect(() => checkTransferable([detached])).toThrow(TypeError);
  expect(() => checkTransferable([new ArrayBuffer(4), detached])).toThrow(TypeError);
});

describe('the memory of a pooled Buffer throws, says so, and is left alone', () => {
  const memoryOf = (buffer: Buffer): ArrayBuffer => buffer.buffer as ArrayBuffer;

  test.each<[string, () => Buffer]>([
    ['Buffer.from of text', () => Buffer.from('hello')],
    ['Buffer.from of base64', () => Buffer.from('aGVsbG8=', 'base64')],
    ['Buffer.from of bytes', () => Buffer.from([104, 101, 108, 108, 111])],
    ['Buffer.concat', () => Buffer.concat([Buffer.from('hel'), Buffer.from('lo')])],
    ['Buffer.allocUnsafe', () => Buffer.allocUnsafe(5).fill('hello')],
  ])('%s', (_, make) => {
    const neighbour = Buffer.from('neighbour');
    const buffer = make();
    const other = new ArrayBuffer(4);
    const error = thrownBy(() => checkTransferable([other, memoryOf(buffer)]));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.code).toBe('ERR_BUFFER_POOLED');
    expect(error.message).toMatch(/^transfer\[1\] is the memory of a pooled Buffer/);
    expect(error.message).toContain('Uint8Array.from(buffer)');
    expect([`${buffer}`, `${neighbour}`, other.byteLength]).toEqual(['hello', 'neighbour', 4]);
  });

  test('of pools of any size', () => {
    const before = Buffer.from('hello');
    Buffer.poolSize = 3 * poolSize;
    const buffers = Array.from({ length: 100 }, () => Buffer.allocUnsafe(poolSize / 10));
    const pool = buffers.at(-1) as Buffer;
    expect(pool.buffer).not.toBe(before.buffer);
    for (const buffer of [before, pool]) {
      expect(() => checkTransferable([memoryOf(buffer)])).toThrow(/pooled/);
    }
  });

  test('not that of Buffers with memory of their own', () => {
    for (const buffer of [
      Buffer.alloc(5),
      Buffer.allocUnsafeSlow(5),
      Buffer.allocUnsafeSlow(poolSize),
      Buffer.from(new ArrayBuffer(5)),
      Buffer.from(Uint8Array.from(Buffer.from('hello')).buffer),
    ]) {
      expect(() => checkTransferable([memoryOf(buffer)])).not.toThrow();
    }
  });
});

/** Test setups replace structuredClone by a copy via JSON; jsdom has none. */
test.each([
  ['missing', undefined],
  ['a copy by JSON', (value: unknown) => JSON.parse(JSON.stringify(value))],
])('the pool is told from memory of its size where structuredClone is %s', (_, clone) => {
  vi.stubGlobal('structuredClone', clone);
  expect(() => checkTransferable([new ArrayBuffer(poolSize)])).not.toThrow();
  // A pool of the usual size: an earlier one may still be in use.
  const buffers = Array.from({ length: 100 }, () => Buffer.allocUnsafe(poolSize / 10));
  const pooled = buffers.at(-1)?.buffer as ArrayBuffer;
  expect(thrownBy(() => checkTransferable([pooled])).code).toBe('ERR_BUFFER_POOLED');
});
