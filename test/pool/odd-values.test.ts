/** Tests odd values: they may cost their own job, and no other. */
import { once } from 'node:events';
import { NotCloneableError, Pool } from 'millrace';
import { describe, expect, test } from 'vitest';
import { textless, withTrap } from '../fixtures/odd.js';
import { fixture, guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { rejection } from '../helpers/outcomes.js';

const { makePool, sharePool } = guard();
const module = fixture('odd.js');
const shared = sharePool({ threads: 1, backlog: 4 }, module);
const kinds = Object.keys(textless) as Array<keyof typeof textless>;

describe.each(kinds)('%s', (kind) => {
  test.each(['is booting', 'is idle', 'is busy'])(
    'thrown by an input rejects its job: the thread %s',
    async (what) => {
      const isBooting = what === 'is booting';
      const pool = isBooting ? makePool({ threads: 1, backlog: 4 }, module) : shared();
      const latch = new Latch();
      const held = what === 'is busy' ? pool.run('hold', { latch: latch.cells }) : undefined;
      const job = await pool.submit('echo', withTrap(kind));
      const behind = pool.run('echo', 'behind');
      latch.open();
      const error = await rejection(job.result);
      expect(error).toBeInstanceOf(NotCloneableError);
      expect(error).toMatchObject({ what: 'input', started: false });
      expect(error.message).toContain("input of job 'echo'");
      expect(await behind).toBe('behind');
      await held;
      expect(pool.stats().threads).toMatchObject({ lost: 0, retirements: 0 });
    },
  );

  test('thrown by an input refuses a transfer', async () => {
    const pool = shared();
    const buffer = new ArrayBuffer(8);
    const error = await rejection(pool.run('echo', withTrap(kind), { transfer: [buffer] }));
    expect(error).toMatchObject({ code: 'ERR_NOT_CLONEABLE', what: 'input', started: false });
    expect(buffer.byteLength).toBe(8);
    expect(await pool.run('echo', 'on')).toBe('on');
  });

  test.each(['giveWithTrap', 'fulfilWithTrap'])(
    'thrown by a result rejects its job: %s',
    async (name) => {
      const pool = shared();
      const error = await rejection(pool.run(name, kind));
      expect(error).toBeInstanceOf(NotCloneableError);
      expect(error).toMatchObject({ what: 'result', started: true });
      expect(error.message).toContain(`result of job '${name}'`);
      expect(await pool.run('echo', 'on')).toBe('on');
      expect(pool.stats().threads).toMatchObject({ lost: 0, retirements: 0 });
    },
  );

  test('thrown by a job whose result nobody reads becomes a warning', async () => {
    // The warning comes once per pool.
    const pool = makePool({ threads: 1 }, module);
    const warned = once(process, 'warning');
    const job = await pool.submit('throwTextless', kind);
    const [warning] = await warned;
    expect(warning).toMatchObject({ code: 'MILLRACE_FAILED_UNREAD' });
    expect(job.state).toBe('rejected');
    expect(await pool.run('echo', 'on')).toBe('on');
  });
});

describe.each([1, 2])(
  'a result that blocks its thread as it is cloned, concurrency %i',
  (concurrency) => {
    test('is ended by a timeout', async () => {
      const pool = makePool({ threads: 1, concurrency }, module);
      const latch = new Latch();
      const stuck = pool.run('giveStuck', { latch: latch.cells }, { timeout: { runMs: 50 } });
      expect(await rejection(stuck)).toMatchObject({ phase: 'run', started: true });
      expect(latch.arrivals).toBe(1);
      expect(await pool.run('echo', 'on')).toBe('on');
      expect(pool.stats().threads).toMatchObject({ lost: 0, retirements: 1 });
    });

    test('is ended by a cancellation', async () => {
      const pool = makePool({ threads: 1, concurrency, backlog: 4 }, module);
      const latch = new Latch();
      const stuck = await pool.submit('giveStuck', { latch: latch.cells });
      await latch.arrived();
      const behind = pool.run('echo', 'behind');
      expect(stuck.cancel('enough')).toBe(true);
      expect(await rejection(stuck.result)).toBe('enough');
      expect(await behind).toBe('behind');
      expect(pool.stats().threads).toMatchObject({ lost: 0, retirements: 1 });
    });

    test('is ended by closing at a deadline', async () => {
      const pool = makePool({ threads: 1, concurrency }, module);
      const latch = new Latch();
      const input = { latch: latch.cells };
      const stuck = rejection(pool.run('giveStuck', input));
      await latch.arrived();
      const { unfinished } = await pool.close({ deadlineMs: 0 });
      expect(unfinished).toEqual([{ name: 'giveStuck', input, started: true, transferred: false }]);
      expect(await stuck).toMatchObject({ code: 'ERR_POOL_CLOSED', started: true });
    });
  },
);

// Whether the first result is noticed by itself is a race; over twenty rounds it sometimes is not.
test('a result arrives though those that end after it cannot be read', async () => {
  // Not a tallied pool: that reads `stats()` all the time, which collects results that lie ready.
  await using pool = new Pool(module, {
    threads: 1,
    concurrency: 3,
    coalesce: process.env['COALESCE'] !== 'off',
  });
  await pool.ready();
  for (let round = 0; round < 20; round += 1) {
    const latch = new Latch();
    const first = pool.run('hold', { latch: latch.cells, value: round });
    // Too deep for this thread to read, but not for a thread of 4 MB to write.
    const unreadable = [1, 2].map(() => rejection(pool.run('deep', 6000)));
    await latch.arrived();
    latch.open();
    expect(await first).toBe(round);
    for (const error of await Promise.all(unreadable)) {
      expect(error).toMatchObject({ code: 'ERR_NOT_CLONEABLE', what: 'result', started: true });
    }
  }
  expect(pool.stats().threads).toMatchObject({ lost: 0, retirements: 0 });
});
