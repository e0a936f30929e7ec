import { BacklogFullError, JobDroppedError, JobTooLargeError } from 'millrace';
import { expect, test } from 'vitest';
import { fixture, guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { macrotask, rejection, thrownBy } from '../helpers/outcomes.js';

const { makePool } = guard();
const policies = ['wait', 'reject', 'drop-oldest'] as const;
type Policy = (typeof policies)[number];

async function heldPool(overflow: Policy, backlog: object, heldBytes?: number) {
  const pool = makePool({ threads: 1, overflow, backlog }, fixture('values.js'));
  const latch = new Latch();
  const options = heldBytes === undefined ? {} : { bytes: heldBytes };
  const held = pool.run('hold', { latch: latch.cells, value: 'held' }, options);
  await latch.arrived();
  return { pool, latch, held };
}

function full(limit: string): unknown {
  return expect.toSatisfy(
    (error: any) =>
      error instanceof BacklogFullError &&
      error.code === 'ERR_BACKLOG_FULL' &&
      error.started === false &&
      error.limit === limit &&
      Number.isInteger(error.retryAfterMs) &&
      error.retryAfterMs >= 1,
    `BacklogFullError of ${limit}`,
  );
}

test.each(policies)(
  '%s: trySubmit takes what fits, and never waits nor drops',
  async (overflow) => {
    const { pool, latch, held } = await heldPool(overflow, { jobs: 2 });
    const taken = [pool.trySubmit('echo', 1), pool.trySubmit('echo', 2)];
    expect(pool.trySubmit('echo', 3)).toBeUndefined();
    expect(pool.stats().jobs).toMatchObject({ queued: 2, waiting: 0, dropped: 0, refused: 1 });
    latch.open();
    expect(await held).toBe('held');
    expect(await Promise.all(taken.map((job) => job?.result))).toEqual([1, 2]);
  },
);

test.each(policies)('%s: slots + backlog are accepted, threads ready or not', async (overflow) => {
  const pool = makePool({ threads: 2, concurrency: 2, backlog: 3, overflow });
  const latch = new Latch();
  const jobs = Array.from({ length: 20 }, () =>
    pool.trySubmit('holdAsync', { latch: latch.cells }),
  );
  expect(jobs.filter((job) => job !== undefined)).toHaveLength(7);
  await latch.arrived(4);
  expect(pool.trySubmit('echo', 1)).toBeUndefined();
  latch.open();
  await Promise.all(jobs.map((job) => job?.result));
  expect(pool.trySubmit('echo', 1)).toBeDefined();
});

test.each(policies)('%s: a backlog of 0 takes what can start', async (overflow) => {
  const { pool, latch, held } = await heldPool(overflow, { jobs: 0, waiters: 0 });
  for (const error of [
    await rejection(pool.run('echo', 1)),
    await rejection(pool.submit('echo', 1)),
  ]) {
    expect(error).toEqual(full(overflow === 'wait' ? 'waiters' : 'jobs'));
    expect(error.message).toMatch(/The backlog is full/);
  }
  latch.open();
  expect(await held).toBe('held');
  expect(await pool.run('echo', 'on')).toBe('on');
});

test('reject: the error tells when to retry and how to hold the producer back', async () => {
  const { pool, latch, held } = await heldPool('reject', { jobs: 1 });
  void pool.run('echo', 1);
  const error = await rejection(pool.run('echo', 2));
  expect(error).toEqual(full('jobs'));
  expect(error.message).toContain(`${error.retryAfterMs} ms`);
  expect(error.message).toContain('backlog.jobs');
  expect(error.message).toContain("overflow: 'wait'");
  expect(pool.stats().retryAfterMs).toBeGreaterThanOrEqual(1);
  latch.open();
  await held;
});

test('drop-oldest: takes the place of the oldest unstarted job', async () => {
  const { pool, latch, held } = await heldPool('drop-oldest', { jobs: 2 });
  const cells = new Int32Array(new SharedArrayBuffer(16));
  const jobs = await Promise.all([0, 1, 2, 3].map((cell) => pool.submit('count', { cells, cell })));
  for (const cell of [0, 1]) {
    const error = await rejection(jobs[cell]?.result as Promise<unknown>);
    expect(error).toBeInstanceOf(JobDroppedError);
    expect(error).toMatchObject({ code: 'ERR_JOB_DROPPED', started: false });
    expect(error.message).toContain('drop-oldest');
    expect(jobs[cell]?.state).toBe('dropped');
  }
  latch.open();
  expect(await held).toBe('held');
  for (const cell of [2, 3]) expect(await jobs[cell]?.result).toBe(cell);
  expect([...cells]).toEqual([0, 0, 1, 1]);
  expect(pool.stats().jobs).toMatchObject({ dropped: 2, refused: 0 });
});

test('drop-oldest: a large newcomer takes the place of as many as it needs, a too large one of none', async () => {
  const { pool, latch, held } = await heldPool('drop-oldest', { jobs: 8, bytes: 10_000 }, 1000);
  const jobs = await Promise.all([0, 1, 2, 3].map((n) => pool.submit('echo', n, { bytes: 1000 })));
  const refused = rejection(pool.run('echo', 'too large', { bytes: 8500 }));
  expect(await refused).toEqual(full('bytes'));
  expect(jobs.map((job) => job.state)).toEqual(['queued', 'queued', 'queued', 'queued']);
  const large = pool.run('echo', 'large', { bytes: 4500 });
  expect(jobs.map((job) => job.state)).toEqual(['dropped', 'dropped', 'queued', 'queued']);
  latch.open();
  expect(await Promise.all([held, large])).toEqual(['held', 'large']);
  await Promise.allSettled(jobs.map((job) => job.result));
  expect(pool.stats().jobs).toMatchObject({ fulfilled: 4, dropped: 2, refused: 1 });
});

test.each(policies)('%s: a job that can never fit is refused at once', async (overflow) => {
  const pool = makePool({ threads: 1, overflow, backlog: { jobs: 8, bytes: 2000 } });
  for (const error of [
    await rejection(pool.run('echo', 'x'.repeat(2000))),
    await rejection(pool.submit('echo', new Uint8Array(2000))),
    await rejection(pool.run('echo', 1, { bytes: 2000 })),
    thrownBy(() => pool.trySubmit('echo', 'x'.repeat(2000))),
  ]) {
    expect(error).toBeInstanceOf(JobTooLargeError);
    expect(error).toMatchObject({ code: 'ERR_JOB_TOO_LARGE', started: false });
    expect(error.bytes).toBeGreaterThan(2000);
    expect(error.message).toContain('backlog.bytes');
  }
  expect(pool.stats().jobs).toMatchObject({ submitted: 4, refused: 4 });
  expect(await pool.run('echo', 'on')).toBe('on');
});

test.each(['reject', 'wait'] as const)(
  '%s: bytes are held until the job settles',
  async (overflow) => {
    const limits = { jobs: 100, bytes: 10_000, waiters: 0 };
    const { pool, latch, held } = await heldPool(overflow, limits, 4000);
    const queued = pool.run('echo', 'queued', { bytes: 4000 });
    const error = await rejection(pool.run('echo', 'more', { bytes: 4000 }));
    expect(error).toEqual(full(overflow === 'reject' ? 'bytes' : 'waiters'));
    expect(pool.stats().backlog.bytes).toBeGreaterThanOrEqual(8000);
    latch.open();
    expect(await Promise.all([held, queued])).toEqual(['held', 'queued']);
    expect(pool.stats().backlog.bytes).toBe(0);
    expect(await pool.run('echo', 'more', { bytes: 4000 })).toBe('more');
  },
);

/** A pool in which one thread runs a large job, and the other is idle, ready for a small job. */
async function sentAndNotStarted() {
  const pool = makePool({
    threads: 2,
    overflow: 'drop-oldest',
    backlog: { jobs: 4, bytes: 10_000 },
  });
  await pool.ready();
  const latch = new Latch();
  const held = pool.run('hold', { latch: latch.cells }, { bytes: 7000 });
  await latch.arrived();
  for (let turn = 0; turn < 5; turn += 1) await macrotask();
  return { pool, latch, held };
}

test('drop-oldest: a sent job that is spared runs though another thread stays busy', async () => {
  const { pool, latch, held } = await sentAndNotStarted();
  for (let round = 0; round < 10; round += 1) {
    const spared = pool.run('echo', round, { bytes: 500 });
    const refused = rejection(pool.run('echo', 'too large now', { bytes: 5000 }));
    expect(await refused).toEqual(full('bytes'));
    expect(await spared).toBe(round);
  }
  latch.open();
  await held;
});

test('drop-oldest: a sent job that is spared keeps the memory that it was given', async () => {
  const limits = { jobs: 4, bytes: 10_000 };
  const pool = makePool(
    { threads: 1, concurrency: 2, overflow: 'drop-oldest', backlog: limits },
    fixture('values.js'),
  );
  const latch = new Latch();
  const held = pool.run('hold', { latch: latch.cells }, { bytes: 7000 });
  await latch.arrived();
  const memory = new ArrayBuffer(8);
  const spared = pool.run('look', memory, { transfer: [memory], bytes: 500 });
  const refused = rejection(pool.run('echo', 'too large now', { bytes: 5000 }));
  expect(await refused).toEqual(full('bytes'));
  latch.open();
  await held;
  expect(await spared).toMatchObject({ byteLength: 8 });
});
