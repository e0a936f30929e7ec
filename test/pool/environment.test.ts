/** Tests main threads whose environment is not Node's own, like jsdom and happy-dom. `.ci/run` tries the real ones. */
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { guard } from '../helpers/guard.js';
import { thrownBy } from '../helpers/outcomes.js';
import { runProgram } from '../helpers/programs.js';

const { makePool, threads } = guard();

test('timers that are numbers, classes of its own, and what is missing', async () => {
  const { code, lines, stderr } = await runProgram('environment.mjs', { hangsAfterMs: 20_000 });
  expect({ code, lines, stderr }).toEqual({
    code: 0,
    lines: ['1', '3', 'ERR_JOB_TIMEOUT', 'my reason', 'failed ERR_JOB_TIMEOUT', '2', 'end'],
    stderr: '',
  });
});

test.each([
  ['a buffer', 'new Uint8Array([1, 2, 3]).buffer'],
  ['a view', 'new Uint16Array(new ArrayBuffer(100), 10, 5).fill(7)'],
  ['a DataView', 'new DataView(new ArrayBuffer(100), 10, 10)'],
  ['a large view', 'new Float64Array(50_000).fill(7)'],
  ['a map', "new Map([['a', { b: 1 }]])"],
  ['a flat object', "({ a: 1, b: 'x' })"],
])('%s of another realm arrives as it is', async (_, code) => {
  const pool = makePool({ threads: 1 });
  const value: unknown = runInNewContext(code);
  expect(await pool.run('echo', value)).toEqual(structuredClone(value));
});

test('CommonJS gets the same pool, and timers that are faked for a while stop none of its events', async () => {
  const { code, lines, stderr } = await runProgram('required.cjs', { hangsAfterMs: 20_000 });
  expect({ code, lines, stderr }).toEqual({
    code: 0,
    lines: ['{ on: [ 1 ] }', '{ failed: 2 }'],
    stderr: '',
  });
});

test('a buffer of another realm is transferred', async () => {
  const pool = makePool({ threads: 1 });
  const bytes = runInNewContext('new Uint8Array([1, 2, 3])') as Uint8Array<ArrayBuffer>;
  const list = runInNewContext('[buffer]', { buffer: bytes.buffer }) as ArrayBuffer[];
  expect(await pool.run('len', bytes, { transfer: list })).toBe(3);
  expect(bytes.byteLength).toBe(0);
});

test('Deno is refused before anything is started', () => {
  const versions = Object.getOwnPropertyDescriptor(process, 'versions') as PropertyDescriptor;
  Object.defineProperty(process, 'versions', {
    ...versions,
    value: { ...process.versions, deno: '2.9.6' },
  });
  try {
    expect(thrownBy(() => makePool())).toMatchObject({
      name: 'UnsupportedRuntimeError',
      code: 'ERR_UNSUPPORTED_RUNTIME',
    });
    expect(threads).toEqual([]);
  } finally {
    Object.defineProperty(process, 'versions', versions);
  }
});
