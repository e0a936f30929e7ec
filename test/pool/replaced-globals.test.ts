/** Tests a job module that replaces what the host of its thread may use, like fake timers and polyfills. */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { fixture, guard } from '../helpers/guard.js';
import { rejection } from '../helpers/outcomes.js';

const { makePool } = guard();
const module = fixture('modules/replaces-globals.mjs');

test.each([1, 4])('jobs go on after async ones, %i at a time', async (concurrency) => {
  const pool = makePool({ threads: 1, concurrency }, module);
  for (let round = 0; round < 20; round += 1) {
    const both = ['later', 'now'].map((name) => pool.run(name, round, { timeout: 20_000 }));
    expect(await Promise.all(both)).toEqual([round, round]);
  }
});

test('values arrive as they are', async () => {
  const pool = makePool({ threads: 1 }, module);
  expect(await pool.run('now', { text: 'x', n: 1 })).toEqual({ text: 'x', n: 1 });
  expect(await pool.run('object')).toEqual({ text: 'x', n: 1 });
  for (const bytes of [8, 8000, 80_000]) {
    expect(await pool.run('isBuffer', Buffer.alloc(bytes))).toBe(true);
    expect(await pool.run('buffer', bytes)).toEqual(Buffer.alloc(bytes, 7));
  }
});

test('errors arrive as they are', async () => {
  const pool = makePool({ threads: 1 }, module);
  const error = await rejection(pool.run('fails', { at: [1] }));
  expect(error).toBeInstanceOf(RangeError);
  expect(error).toMatchObject({ message: 'why', fields: { at: [1] } });
  expect(error).not.toHaveProperty('notCloned');
  const abort = await rejection(pool.run('aborts'));
  expect(abort).toBeInstanceOf(DOMException);
  expect(abort.name).toBe('AbortError');
});

test('times are those of the machine', async () => {
  const pool = makePool({ threads: 1 }, module);
  await pool.ready();
  for (let job = 0; job < 10; job += 1) await pool.run('later', job);
  const { runMs, waitMs } = pool.stats();
  expect(Math.max(runMs.max, waitMs.max)).toBeLessThan(60_000);
});

test('a stray rejection is reported', async () => {
  const pool = makePool({ threads: 1 }, module);
  const stray = once(pool, 'strayError');
  expect(await pool.run('leavesRejection')).toBe('returned');
  expect(await stray).toEqual([new Error('left')]);
  expect(await pool.run('now', 'on')).toBe('on');
});

test('an uncaught exception ends the thread, and another takes its place', async () => {
  const pool = makePool({ threads: 1 }, module);
  const retired = once(pool, 'threadRetired');
  await rejection(pool.run('crashes'));
  await retired;
  expect(await pool.run('now', 'on')).toBe('on');
});
