/** Tests threads that end in order: they finish what they still have to do, and none is terminated for it. */
import { once } from 'node:events';
import type { PoolOptions } from 'millrace';
import { describe, expect, test } from 'vitest';
import { fixture, guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { rejection, until } from '../helpers/outcomes.js';

const { makePool, threads } = guard();

const WORK = [
  'a hash',
  'random bytes',
  'a compression',
  'a file',
  'a look-up',
  'a timer',
  'one thing after the other',
];

function setUp(options: PoolOptions = {}) {
  const pool = makePool(
    // Nothing else may end what takes this long.
    { threads: 1, drainMs: 2 ** 31 - 1, ...options },
    fixture('modules/native.mjs'),
  );
  const latch = new Latch();
  const cells = new Int32Array(new SharedArrayBuffer(4));
  return { pool, latch, cells, input: { latch: latch.cells, cells } };
}

/** The exit code of the first thread. */
function exitCode(): Promise<number> {
  return new Promise((resolve) => {
    threads[0]?.on('exit', resolve);
  });
}

describe.each(WORK)('%s that nobody awaits is done', (what) => {
  test('before close() is', async () => {
    const { pool, cells, input } = setUp();
    await pool.run('leave', { ...input, what });
    const exited = exitCode();
    expect(await pool.close()).toMatchObject({ threadsLeft: 0 });
    expect([cells[0], await exited]).toEqual([1, 0]);
  });

  test('after its job has obeyed its signal', async () => {
    const { pool, latch, cells, input } = setUp();
    const job = await pool.submit('obey', { ...input, what });
    await latch.arrived();
    job.cancel('enough');
    expect(await rejection(job.result)).toBe('enough');
    const exited = exitCode();
    await pool.close();
    expect([cells[0], await exited]).toEqual([1, 0]);
    expect(threads).toHaveLength(1);
  });

  test('on a thread that is retired', async () => {
    const { pool, latch, cells, input } = setUp({ graceMs: 0 });
    const job = await pool.submit('ignore', { ...input, what });
    await latch.arrived();
    const exited = exitCode();
    job.cancel('enough');
    expect(await pool.run('echo', 'on')).toBe('on');
    expect(await exited).toBe(0);
    expect(cells[0]).toBe(1);
    await until(() => pool.stats().threads.retired === 0);
    expect(pool.stats().threads).toMatchObject({ retirements: 1, terminated: 0, lost: 0 });
  });

  test('beside an exception that nobody catches', async () => {
    const { pool, cells, input } = setUp();
    const stray = once(pool, 'strayError');
    await pool.run('throwBehind', { ...input, what });
    const exited = exitCode();
    expect((await stray)[0]).toMatchObject({ message: 'thrown behind a job' });
    expect(await pool.run('echo', 'on')).toBe('on');
    expect([await exited, cells[0]]).toEqual([0, 1]);
    expect(pool.stats().threads).toMatchObject({ retirements: 1, terminated: 0, lost: 0 });
  });
});

test('a promise that never settles holds nobody up', async () => {
  const { pool, latch, input } = setUp({ graceMs: 0 });
  const job = await pool.submit('never', input);
  await latch.arrived();
  const exited = exitCode();
  job.cancel('enough');
  expect(await exited).toBe(0);
});

test('the exit listeners of the job module run', async () => {
  const { pool, cells, input } = setUp();
  await pool.run('noteExit', input);
  await pool.close();
  expect(cells[0]).toBe(1);
});

test('a port of the job module keeps its thread, as it would anywhere; drainMs is the limit', async () => {
  const { pool } = setUp({ drainMs: 50 });
  await pool.run('keepPort');
  const exited = exitCode();
  expect(await pool.close()).toMatchObject({ threadsLeft: 0 });
  expect(await exited).toBe(1);
});

test('what was written to the console is handed over by a thread that is retired', async () => {
  const { pool, latch } = setUp({ graceMs: 0 });
  await pool.ready();
  let written = '';
  const [thread] = threads;
  thread?.stdout.on('data', (data) => (written += data));
  const job = await pool.submit('say', { latch: latch.cells, lines: 20 });
  await latch.arrived();
  const exited = exitCode();
  job.cancel('enough');
  expect(await exited).toBe(0);
  expect(written.match(/line \d+/g)).toHaveLength(20);
});
