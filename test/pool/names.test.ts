import { UnknownJobError } from 'millrace';
import { expect, test } from 'vitest';
import { fixture, guard } from '../helpers/guard.js';
import { rejection, thrownBy } from '../helpers/outcomes.js';

const { makePool } = guard();
const none = ['hasOwnProperty', '__proto__', 'prototype', 'length', 'then', 'module.exports', ''];

test.each([
  ['commonjs-visible.cjs', { visible: 'visible x', alsoVisible: 'also x' }, ['Class', 'constant']],
  ['commonjs-hidden.cjs', { hidden: 'hidden x', alsoHidden: 'alsoHidden x' }, ['Class', 'default']],
  ['commonjs-function.cjs', { default: 'default x', field: 'field x' }, ['call', 'bind', 'name']],
  ['commonjs-compiled.cjs', { default: 'default x', named: 'named x' }, ['__esModule']],
  ['default-only.mjs', { default: 'default x' }, ['main']],
  [
    'names.mjs',
    {
      declared: 'declared',
      arrow: 'arrow',
      asynchronous: 'asynchronous',
      bound: 'bound',
      'an unusual name': 'unusual',
      toString: 'unusual',
      constructor: 'unusual',
    },
    [
      'Service',
      'Anonymous',
      'service',
      'table',
      'method',
      'member',
      'create',
      'constant',
      'default',
    ],
  ],
])('the jobs of %s are its own exported functions and nothing else', async (file, jobs, others) => {
  const pool = makePool({ threads: 1 }, fixture(`modules/${file}`));
  for (const [name, result] of Object.entries(jobs)) {
    expect(await pool.run(name, 'x')).toBe(result);
  }
  for (const name of [...others, ...none]) {
    expect(await rejection(pool.run(name, 'x'))).toBeInstanceOf(UnknownJobError);
  }
});

test('a function that is native code is a job', async () => {
  const pool = makePool({ threads: 1 }, fixture('modules/names.mjs'));
  expect(await pool.run('native', -5)).toBe(5);
});

test('a job gets its name and its number', async () => {
  const pool = makePool({ threads: 1 });
  const first = await pool.submit('context');
  const second = await pool.submit('context');
  expect(await first.result).toEqual({ name: 'context', id: first.id, attempt: 1 });
  expect(await second.result).toEqual({ name: 'context', id: second.id, attempt: 1 });
  expect(second.id).toBe(first.id + 1);
});

test('an unknown name is rejected when the module is known, without having started', async () => {
  const pool = makePool({ threads: 1 });
  const before = await pool.submit('ehco', 1);
  for (const error of [
    await rejection(pool.run('ehco', 1)),
    await rejection(before.result),
    await pool.ready().then(() => rejection(pool.run('ehco', 1))),
    await rejection(pool.submit('ehco', 1)),
    thrownBy(() => pool.trySubmit('ehco', 1)),
  ]) {
    expect(error).toBeInstanceOf(UnknownJobError);
    expect(error).toMatchObject({ code: 'ERR_UNKNOWN_JOB', started: false });
    expect(error.message).toMatch(/no job 'ehco': it exports .*echo/);
    expect((error as UnknownJobError).known).toContain('echo');
  }
  expect(before.state).toBe('rejected');
  expect(pool.stats().jobs).toMatchObject({ rejected: 2, refused: 3 });
  expect(await pool.run('echo', 'on')).toBe('on');
});

test('a module without any function has no job, and says so', async () => {
  const pool = makePool({ threads: 1 }, fixture('modules/empty.mjs'));
  await pool.ready();
  const error = await rejection(pool.run('nothing'));
  expect(error).toMatchObject({ code: 'ERR_UNKNOWN_JOB' });
  expect(error.message).toContain('it exports no function');
});
