import { expect, test } from 'vitest';
import { fixture, guard } from '../helpers/guard.js';
import { rejection } from '../helpers/outcomes.js';

const { makePool, threads } = guard();

test('a module that makes a pool of itself while it loads fails to load, and says why', async () => {
  const pool = makePool({ threads: 1 }, fixture('modules/nested.mjs'));
  const error = await rejection(pool.ready());
  expect(error.code).toBe('ERR_MODULE_LOAD');
  expect(error.cause).toMatchObject({ name: 'NestedPoolError', code: 'ERR_NESTED_POOL' });
  expect(error.cause.message).toMatch(/if \(isMainThread\)/);
  expect(threads.length).toBe(3);
});

test('a job that makes a pool of its own module is told so, and the pool goes on', async () => {
  const pool = makePool({ threads: 1 }, fixture('modules/own-pool.mjs'));
  expect(await rejection(pool.run('same'))).toMatchObject({
    name: 'NestedPoolError',
    code: 'ERR_NESTED_POOL',
  });
  expect(await pool.run('echo', 'on')).toBe('on');
});

test('a job may make a pool of another module', async () => {
  const pool = makePool({ threads: 1 }, fixture('modules/own-pool.mjs'));
  expect(await pool.run('other', 'through two pools')).toBe('through two pools');
});
