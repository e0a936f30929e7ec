import { expect, test } from 'vitest';
import { fixture, guard } from '../helpers/guard.js';

const { makePool } = guard();
const values = fixture('values.js');
const eight = [1, 2, 3, 4, 5, 6, 7, 8];

/** Eight bytes in the middle of a large buffer. */
function amid(): ArrayBuffer {
  const large = new ArrayBuffer(65_536);
  new Uint8Array(large, 1024, 8).set(eight);
  return large;
}

const views: Array<[string, ArrayBufferView]> = [
  ['Buffer', Buffer.from(amid(), 1024, 8)],
  ['Uint8Array', new Uint8Array(amid(), 1024, 8)],
  ['Uint8ClampedArray', new Uint8ClampedArray(amid(), 1024, 8)],
  ['Int8Array', new Int8Array(amid(), 1024, 8)],
  ['Uint16Array', new Uint16Array(amid(), 1024, 4)],
  ['Int16Array', new Int16Array(amid(), 1024, 4)],
  ['Uint32Array', new Uint32Array(amid(), 1024, 2)],
  ['Int32Array', new Int32Array(amid(), 1024, 2)],
  ['Float32Array', new Float32Array(amid(), 1024, 2)],
  ['Float64Array', new Float64Array(amid(), 1024, 1)],
  ['BigInt64Array', new BigInt64Array(amid(), 1024, 1)],
  ['BigUint64Array', new BigUint64Array(amid(), 1024, 1)],
  ['DataView', new DataView(amid(), 1024, 8)],
];

test.each(views)('a %s on a larger buffer arrives without the rest of it', async (type, view) => {
  const pool = makePool({ threads: 1 }, values);
  expect(await pool.run('look', view)).toEqual({
    isBuffer: type === 'Buffer',
    type: type === 'Buffer' ? 'Uint8Array' : type,
    isShared: false,
    byteLength: 8,
    memory: 8,
    bytes: eight,
  });
  expect([view.byteLength, view.buffer.byteLength]).toEqual([8, 65_536]);
});

test.each(views.slice(1))(
  'a %s returned on a larger buffer arrives without the rest',
  async (type) => {
    const view = (await makePool({ threads: 1 }, values).run('smallView', type)) as ArrayBufferView;
    expect(Object.prototype.toString.call(view)).toBe(`[object ${type}]`);
    expect(Buffer.isBuffer(view)).toBe(false);
    expect([view.byteLength, view.buffer.byteLength]).toEqual([8, 8]);
    expect([...new Uint8Array(view.buffer)]).toEqual(eight);
  },
);

test('a Buffer arrives as a Buffer of its own memory, in both directions', async () => {
  const pool = makePool({ threads: 1 }, values);
  expect(await pool.run('look', Buffer.from('hi'))).toMatchObject({ isBuffer: true, memory: 2 });
  expect(await pool.run('look', Buffer.alloc(0))).toMatchObject({ isBuffer: true, memory: 0 });
  const returned = (await pool.run('smallBuffer', 'hi there')) as Buffer;
  expect(Buffer.isBuffer(returned)).toBe(true);
  expect([returned.toString(), returned.buffer.byteLength]).toEqual(['hi there', 8]);
  const echoed = (await pool.run('echo', Buffer.from('echo'))) as Buffer;
  expect(Buffer.isBuffer(echoed)).toBe(true);
  expect([echoed.toString(), echoed.buffer.byteLength]).toEqual(['echo', 4]);
});

test('a nested Buffer arrives as a Uint8Array, in both directions', async () => {
  const pool = makePool({ threads: 1 }, values);
  const seen = await pool.run('lookInside', { nested: Buffer.from('hi') });
  expect(seen).toMatchObject({ isBuffer: false, type: 'Uint8Array', byteLength: 2 });
  const { nested } = (await pool.run('nestedBuffer', 'hi')) as { nested: Uint8Array };
  expect(Buffer.isBuffer(nested)).toBe(false);
  expect(Buffer.from(nested).toString()).toBe('hi');
});

test('an empty view on a large buffer takes no memory along', async () => {
  const pool = makePool({ threads: 1 }, values);
  const seen = await pool.run('look', new Uint8Array(amid(), 1024, 0));
  expect(seen).toMatchObject({ byteLength: 0, memory: 0 });
});

test('shared memory stays shared: whole, as a view, as a Buffer, and in a result', async () => {
  const pool = makePool({ threads: 1 });
  const memory = new SharedArrayBuffer(64);
  const cells = new Int32Array(memory, 8, 2);
  await pool.run('count', { cells, cell: 1 });
  expect(new Int32Array(memory)[3]).toBe(1);
  const view = (await pool.run('echo', cells)) as Int32Array;
  view[0] = 9;
  expect([cells[0], view.byteOffset]).toEqual([9, 8]);
  const buffer = (await pool.run('echo', Buffer.from(memory, 8, 1))) as Buffer;
  expect([Buffer.isBuffer(buffer), buffer[0]]).toEqual([true, 9]);
  buffer[0] = 10;
  expect(cells[0]).toBe(10);
});

test('a view of a resizable buffer keeps its bytes', async () => {
  const buffer = new ArrayBuffer(16, { maxByteLength: 1024 } as never);
  new Uint8Array(buffer).fill(3);
  const pool = makePool({ threads: 1 }, values);
  expect(await pool.run('look', new Uint8Array(buffer, 4, 4))).toMatchObject({
    byteLength: 4,
    bytes: [3, 3, 3, 3],
  });
});

/** Like a class of an image library: its constructor differs from that of the built-in class. */
class Pixels extends Uint8Array<ArrayBuffer> {
  constructor(source: { buffer: ArrayBuffer; at: number; length: number }) {
    super(source.buffer, source.at, source.length);
  }
}

test('a subclass of a typed array on a larger buffer keeps its bytes', async () => {
  const pool = makePool({ threads: 1 }, values);
  const pixels = new Pixels({ buffer: amid(), at: 1024, length: 8 });
  expect(await pool.run('look', pixels)).toMatchObject({ byteLength: 8, bytes: eight });
});

test('what is charged are the bytes of the view, not of its buffer', async () => {
  const pool = makePool({ threads: 1, backlog: { bytes: 2000 } }, values);
  await pool.ready();
  const job = await pool.submit('look', new Uint8Array(amid(), 1024, 8));
  expect(pool.stats().backlog.bytes).toBeLessThan(1024);
  await job.result;
  expect(pool.stats().backlog.bytes).toBe(0);
});

test('a view is copied at acceptance: a later change of its memory is not seen', async () => {
  const pool = makePool({ threads: 1 }, values);
  const view = new Uint8Array(amid(), 1024, 8);
  const job = await pool.submit('look', view);
  view.fill(99);
  expect(await job.result).toMatchObject({ bytes: eight });
});
