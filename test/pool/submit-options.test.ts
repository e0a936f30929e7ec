import { InvalidOptionError } from 'millrace';
import { expect, test } from 'vitest';
import { guard } from '../helpers/guard.js';
import { rejection, thrownBy } from '../helpers/outcomes.js';
import { rows } from '../helpers/rows.js';

const { makePool } = guard();

const noMilliseconds = [0, -1, 1.5, Number.NaN, Infinity, 2 ** 31];

const wrong: Array<[option: string, options: unknown]> = [
  ...[null, 5, 'signal', true, [], () => ({})].map((options) => ['options', options] as never),
  ['signals', { signals: [] }],
  ['priority', { priority: 1 }],
  ['timeout.runMS', { timeout: { runMS: 5 } }],
  ...[null, 'signal', 5, {}, { aborted: false }, new AbortController(), new EventTarget()].map(
    (signal) => ['signal', { signal }] as never,
  ),
  ...noMilliseconds.map((timeout) => ['timeout', { timeout }] as never),
  ...[null, '5', true, [], [5]].map((timeout) => ['timeout', { timeout }] as never),
  ...['acceptMs', 'queueMs', 'runMs', 'totalMs'].flatMap((phase) =>
    [...noMilliseconds, null, '5', {}].map(
      (value) => [`timeout.${phase}`, { timeout: { [phase]: value } }] as never,
    ),
  ),
  ...[null, new ArrayBuffer(1), 'buffer', 5, {}, new Set()].map(
    (transfer) => ['transfer', { transfer }] as never,
  ),
  ...[-1, 1.5, Number.NaN, Infinity, null, '5', true, {}].map(
    (bytes) => ['bytes', { bytes }] as never,
  ),
];

test('refuses every wrong option of a job: rejected by run and submit, thrown by trySubmit', async () => {
  const pool = makePool({ threads: 1 });
  for (const [option, options] of wrong) {
    for (const error of [
      await rejection(pool.run('echo', 1, options as never)),
      await rejection(pool.submit('echo', 1, options as never)),
      await rejection(pool.job('echo')(1, options as never)),
      thrownBy(() => pool.trySubmit('echo', 1, options as never)),
    ]) {
      expect(error).toBeInstanceOf(InvalidOptionError);
      expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', option, started: false });
      expect(error.message).toContain(`'${option}'`);
    }
  }
  expect(pool.stats().jobs.submitted).toBe(0);
  expect(await pool.run('echo', 'on')).toBe('on');
});

test.each(rows([undefined, null, 5, Symbol('echo'), {}, ['echo'], () => {}]))(
  'refuses %o as the name of a job',
  async (name) => {
    const pool = makePool({ threads: 1 });
    for (const error of [
      await rejection(pool.run(name as never)),
      await rejection(pool.submit(name as never)),
      thrownBy(() => pool.trySubmit(name as never)),
    ]) {
      expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', option: 'name' });
    }
    expect(await pool.run('echo', 'on')).toBe('on');
  },
);

test.each([
  undefined,
  {},
  { signal: undefined, timeout: undefined, transfer: undefined, bytes: undefined },
  { timeout: {} },
  { timeout: 2 ** 31 - 1 },
  { timeout: { acceptMs: undefined, queueMs: 2 ** 31 - 1, runMs: 60_000, totalMs: 60_000 } },
  { transfer: [], bytes: 0 },
  { signal: new AbortController().signal },
  { signal: AbortSignal.any([new AbortController().signal]) },
])('takes the options %o', async (options) => {
  const pool = makePool({ threads: 1 });
  expect(await pool.run('echo', 'run', options as never)).toBe('run');
  expect(await (await pool.submit('echo', 'submit', options as never)).result).toBe('submit');
  expect(await pool.trySubmit('echo', 'trySubmit', options as never)?.result).toBe('trySubmit');
});

test.each([
  ['deadlineMs', { deadlineMs: -1 }],
  ['deadlineMs', { deadlineMs: 1.5 }],
  ['deadlineMs', { deadlineMs: 2 ** 31 }],
  ['deadlineMs', { deadlineMs: '5' }],
  ['deadlineMs', { deadlineMs: null }],
  ['deadline', { deadline: 5 }],
  ['options', null],
  ['options', 5],
  ['options', []],
])('a close() with a wrong %s is rejected, and closes nothing: %o', async (option, options) => {
  const pool = makePool({ threads: 1 });
  const error = await rejection(pool.close(options as never));
  expect(error).toBeInstanceOf(InvalidOptionError);
  expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', option });
  expect(await pool.run('echo', 'on')).toBe('on');
});
