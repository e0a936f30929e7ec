import { describe, expect, test } from 'vitest';
import type * as Jobs from '../fixtures/mapped.js';
import { fixture, guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { macrotask, rejection, thrownBy } from '../helpers/outcomes.js';

const { makePool } = guard();
const mapped = fixture('mapped.js');

test('a failure that nobody was told of goes to the event failed, once', async () => {
  const pool = makePool({ threads: 1 }, fixture('contract.js'));
  const failed: unknown[] = [];
  pool.on('failed', (error, { name }) => failed.push([(error as Error).message, name]));
  const group = pool.group();
  void group.run('fail', 'nobody awaits it');
  void group.run('fail', 'nor this');
  await rejection(pool.run('fail', 'this one is awaited'));
  await group.close();
  await macrotask();
  expect(failed).toEqual([['nobody awaits it', 'fail']]);
});

test('the block that it is left by waits until its jobs have ended', async () => {
  const pool = makePool<typeof Jobs>({ threads: 1, concurrency: 4 }, mapped);
  const running = new Int32Array(new SharedArrayBuffer(4));
  const work = (index: number) => ({ running, index, turns: 1e9, fate: 'returns', obeys: true });
  await pool.ready();
  const left = new Error('the block is left');
  const block = async (): Promise<void> => {
    const group = pool.group();
    try {
      for (let index = 0; index < 8; index += 1) void group.run('work', work(index) as never);
      while (Atomics.load(running, 0) < 4) await macrotask();
      throw left;
    } finally {
      await group.close();
    }
  };
  expect(await rejection(block())).toBe(left);
  expect(Atomics.load(running, 0)).toBe(0);
  expect(pool.stats().jobs).toMatchObject({ running: 0, queued: 0, abandoned: 0, cancelled: 8 });
  expect(pool.stats().threads).toMatchObject({ retirements: 0 });
});

test('a job that ignores its signal costs its thread, and the group is left all the same', async () => {
  const pool = makePool<typeof Jobs>({ threads: 1, graceMs: 20 }, mapped);
  await pool.ready();
  const latch = new Latch();
  const group = pool.group();
  void group.run('hold', { latch: latch.cells, value: 1 } as never);
  await latch.arrived();
  await group.close();
  expect(pool.stats().jobs.abandoned).toBe(0);
  expect(await pool.run('echo', 'on a new thread')).toBe('on a new thread');
});

describe('bad input', () => {
  test.each([
    [{ failFast: 'yes' }, 'failFast'],
    [{ signal: 1 }, 'signal'],
    [{ join: 'all' }, 'join'],
  ])('%o names the option %s', (options, option) => {
    const pool = makePool({ threads: 1 });
    expect(thrownBy(() => pool.group(options as never))).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      option,
    });
  });

  test('an option of a job that is wrong is a failure of the group', async () => {
    const pool = makePool({ threads: 1 });
    const group = pool.group();
    const error = await rejection(group.run('echo', 1, { timeout: -1 }));
    expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION' });
    expect(await rejection(group.wait())).toBe(error);
    await group.close();
  });

  test('a group of a pool that is closed', async () => {
    const pool = makePool({ threads: 1 });
    await pool.close();
    const group = pool.group();
    expect(await rejection(group.run('echo', 1))).toMatchObject({ code: 'ERR_POOL_CLOSED' });
    await group.close();
  });
});
