/**
 * Runs many short jobs at once. They wait on the threads and share wake-ups, and nobody can tell except by the clock:
 * each job ends as if it had been sent alone.
 */
import { once } from 'node:events';
import { type Job, NotCloneableError, Pool } from 'millrace';
import { describe, expect, test } from 'vitest';
import { fixture, guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { macrotask, rejection, until } from '../helpers/outcomes.js';
import { Random } from '../helpers/random.js';
import { rows } from '../helpers/rows.js';
import type { TalliedPool } from '../helpers/tallied-pool.js';

const { makePool, sharePool, threads } = guard();
const module = fixture('short.js');
const lasting = sharePool({ threads: 1, backlog: 10_000 }, module);

type Options = Parameters<typeof makePool>[0];

/** A pool that has measured these functions as short ones, so that it sends their jobs ahead. */
async function taughtPool(options: Options, lessons: Record<string, unknown>) {
  const pool = makePool({ backlog: 10_000, ...options }, module);
  await pool.ready();
  return await taught(pool, lessons);
}

async function taught(pool: TalliedPool, lessons: Record<string, unknown>) {
  // The first calls take long, as code is compiled; later ones bring the mean down.
  for (const [name, input] of Object.entries(lessons)) {
    for (let call = 0; call < 100; call += 1) await pool.run(name, input);
  }
  return pool;
}

/** Blocks a thread with a job that counts as a short one. */
async function block(pool: TalliedPool, latches = [new Latch()]) {
  const jobs = latches.map(
    ({ cells }) => pool.trySubmit('short', { latch: cells }) as Job<unknown>,
  );
  await Promise.all(latches.map((latch) => latch.arrived()));
  return jobs;
}

function sharedCells(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * count));
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

function submitAll(pool: Pool, name: string, inputs: readonly unknown[]): Array<Job<unknown>> {
  return inputs.map((input) => pool.trySubmit(name, input) as Job<unknown>);
}

function results(jobs: ReadonlyArray<Job<unknown>>): Promise<unknown[]> {
  return Promise.all(jobs.map((job) => job.result));
}

describe('a job that takes longer than its function ever did', () => {
  test.each(rows([4, 400]))('does not hold up %i behind it', async (count) => {
    const pool = await taughtPool({ threads: 2 }, { short: 0 });
    const latch = new Latch();
    const long = pool.trySubmit('short', { latch: latch.cells, value: 'long' });
    const behind = submitAll(pool, 'short', range(count));
    expect(await results(behind)).toEqual(range(count));
    // The other thread may have run all of them before this one was awake.
    await latch.arrived();
    expect(long?.state).toBe('running');
    latch.open();
    expect(await long?.result).toBe('long');
  });

  test('does not hold up what was sent when all threads were busy, once one is not', async () => {
    const pool = await taughtPool({ threads: 2 }, { short: 0 });
    const latches = [new Latch(), new Latch()] as const;
    const [first, second] = await block(pool, [...latches]);
    const behind = submitAll(pool, 'short', range(20));
    latches[1].open();
    await second?.result;
    expect(await results(behind)).toEqual(range(20));
    expect(first?.state).toBe('running');
    latches[0].open();
    await first?.result;
  });

  test('does not hold up what comes later', async () => {
    const pool = await taughtPool({ threads: 2 }, { short: 0 });
    const latch = new Latch();
    const [long] = await block(pool, [latch]);
    for (let round = 0; round < 50; round += 1) {
      expect(await results(submitAll(pool, 'short', range(10)))).toEqual(range(10));
    }
    expect(long?.state).toBe('running');
    latch.open();
  });

  test.each([
    [1, 0],
    [2, 0],
    [1, 50],
    [50, 1],
    [200, 50],
  ])('does not keep back %i results of its thread, with %i jobs behind', async (before, after) => {
    const pool = await taughtPool({ threads: 1 }, { short: 0 });
    const latch = new Latch();
    const done = submitAll(pool, 'short', range(before));
    const long = pool.trySubmit('short', { latch: latch.cells });
    const behind = submitAll(pool, 'short', range(after));
    expect(await results(done)).toEqual(range(before));
    await latch.arrived();
    expect([long?.state, ...behind.map((job) => job.state)]).toEqual([
      'running',
      ...behind.map(() => 'queued'),
    ]);
    latch.open();
    expect(await results(behind)).toEqual(range(after));
  });

  test('does not change how many are accepted', async () => {
    const pool = await taughtPool({ threads: 1, backlog: 4 }, { short: 0 });
    const latch = new Latch();
    await block(pool, [latch]);
    const jobs = range(10).map((n) => pool.trySubmit('short', n));
    expect(jobs.map((job) => job?.state)).toEqual([
      ...range(4).map(() => 'queued'),
      ...range(6).map(() => undefined),
    ]);
    latch.open();
    expect(await Promise.all(jobs.slice(0, 4).map((job) => job?.result))).toEqual(range(4));
  });
});

describe('order', () => {
  test.each([
    ['inputs that fit in a cell', (n: number) => n],
    ['inputs that do not', (n: number) => String(n).padEnd(300)],
    ['both in turn', (n: number) => (n % 3 === 0 ? String(n).padEnd(300) : n)],
  ])('a thread starts thousands in the order of submission: %s', async (_, inputOf) => {
    const entries = sharedCells(5000);
    const pool = await taughtPool({ threads: 1, workerData: { entries } }, { note: -1 });
    entries.fill(0);
    await results(submitAll(pool, 'note', range(4000).map(inputOf)));
    expect([...entries.subarray(0, 4001)]).toEqual([4000, ...range(4000)]);
  });

  test('it does so after they were taken back from behind a long one', async () => {
    const entries = sharedCells(5000);
    const options = { threads: 1, workerData: { entries } };
    const pool = await taughtPool(options, { note: -1, short: 0 });
    entries.fill(0);
    const latch = new Latch();
    await block(pool, [latch]);
    const jobs = submitAll(pool, 'note', range(1000));
    const last = pool.run('note', 1000, { timeout: { queueMs: 60_000 } });
    for (let turn = 0; turn < 50; turn += 1) await macrotask();
    latch.open();
    await Promise.all([results(jobs), last]);
    expect([...entries.subarray(0, 1002)]).toEqual([1001, ...range(1001)]);
  });
});

describe('what a job leaves behind', () => {
  const leavings = ['microtask', 'tick', 'promise', 'await', 'all in turn'].flatMap((how) =>
    [1, 2, 7].map((levels) => ({ how, levels })),
  );

  test.each(leavings)('has run before the next job starts: $how, $levels deep', async (leaving) => {
    const pool = await taught(lasting(), { leave: leaving });
    const found = await results(
      submitAll(
        pool,
        'leave',
        range(300).map(() => leaving),
      ),
    );
    expect(found).toEqual(found.map(() => 0));
  });

  test.each(leavings)(
    'has run before the next job starts, where an async one was before: $how, $levels deep',
    async (leaving) => {
      const pool = await taught(lasting(), { leave: leaving, short: 0 });
      const latch = new Latch();
      const first = pool.run('short', { latch: latch.cells, isAsync: true });
      await latch.arrived();
      const jobs = submitAll(
        pool,
        'leave',
        range(50).map(() => leaving),
      );
      latch.open();
      await first;
      const found = await results(jobs);
      expect(found).toEqual(found.map(() => 0));
    },
  );

  const throwing = leavings.filter(({ how }) => how === 'microtask' || how === 'tick');
  test.each(
    throwing.flatMap((leaving) => [
      { ...leaving, name: 'count', inputs: 'messages' },
      { ...leaving, name: 'workSmall', inputs: 'cells' },
    ]),
  )(
    'costs nobody else anything where it throws: $how, $levels deep, inputs in $inputs',
    async ({ how, levels, name }) => {
      const [starts, ends] = [sharedCells(101), sharedCells(101)];
      const inputOf = (cell: number) => (name === 'count' ? { cells: starts, cell } : cell);
      const options = { threads: 1, workerData: { starts, ends } };
      const pool = await taughtPool(options, { crashBehind: {}, [name]: inputOf(100) });
      const strays: unknown[] = [];
      pool.on('strayError', (error) => strays.push(error));
      const retired = once(pool, 'threadRetired');
      const before = submitAll(pool, name, range(50).map(inputOf));
      const guilty = pool.run('crashBehind', { how, levels, value: 'answered' });
      const after = submitAll(
        pool,
        name,
        range(50).map((n) => inputOf(50 + n)),
      );
      expect(await guilty).toBe('answered');
      expect(await results([...before, ...after])).toEqual(range(100));
      expect([...starts.subarray(0, 100)]).toEqual(range(100).map(() => 1));
      expect(await retired).toEqual(['uncaught']);
      await until(() => strays.length > 0);
      expect(strays).toEqual([expect.any(RangeError)]);
      expect(strays[0]).toMatchObject({ message: 'left behind' });
      expect(pool.stats().threads).toMatchObject({ lost: 0, retirements: 1 });
    },
  );

  test.each(leavings.filter(({ how }) => how === 'promise' || how === 'await'))(
    'costs nobody anything where it rejects: $how, $levels deep',
    async ({ how, levels }) => {
      const pool = await taughtPool({ threads: 1 }, { crashBehind: {}, echo: 0 });
      const strays = once(pool, 'strayError');
      const before = submitAll(pool, 'echo', range(50));
      const guilty = pool.run('crashBehind', { how, levels, value: 'answered' });
      const after = submitAll(pool, 'echo', range(50));
      expect(await guilty).toBe('answered');
      expect(await results([...before, ...after])).toEqual([...range(50), ...range(50)]);
      const [error] = await strays;
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toBe('left behind');
      expect(pool.stats().threads).toMatchObject({ lost: 0, retirements: 0 });
    },
  );

  test('costs nobody anything where many do so', async () => {
    const pool = await taughtPool({ threads: 2 }, { crashBehind: {}, count: inert() });
    const cells = sharedCells(300);
    const jobs = range(300).map((cell) =>
      cell % 50 === 25
        ? pool.run('crashBehind', { how: 'tick', levels: 1, value: cell })
        : pool.run('count', { cells, cell }),
    );
    expect(await Promise.all(jobs)).toEqual(range(300));
    expect([...cells]).toEqual(range(300).map((cell) => (cell % 50 === 25 ? 0 : 1)));
    // The results may arrive before the last exception.
    await until(() => pool.stats().threads.retirements >= 6);
    expect(pool.stats().threads).toMatchObject({ lost: 0, retirements: 6 });
  });
});

describe('values', () => {
  test.each([
    ['small', { n: 0 }],
    ['large', { n: 0, text: 'x'.repeat(20_000) }],
    ['nested', { n: 0, list: [1] }],
  ])('jobs given the same object do not share it: %s', async (_, input) => {
    const pool = await taught(lasting(), { echo: input });
    const given = await results(
      submitAll(
        pool,
        'echo',
        range(200).map(() => input),
      ),
    );
    expect(given).toEqual(range(200).map(() => input));
    expect(new Set([input, ...given]).size).toBe(201);
    (given[0] as typeof input).n = 1;
    expect(given.slice(1)).toEqual(range(199).map(() => input));
  });

  test.each([
    'small object',
    'large object',
    'array',
    'small bytes',
    'large bytes',
    'small Buffer',
    'large Buffer',
  ])(
    'a function that returns the same value each time gives each job its own: %s',
    async (kind) => {
      const pool = await taught(lasting(), { giveKept: kind });
      const given = await results(
        submitAll(
          pool,
          'giveKept',
          range(200).map(() => kind),
        ),
      );
      const [first, ...others] = given as any[];
      expect(new Set(given).size).toBe(200);
      expect(Buffer.isBuffer(first)).toBe(kind.endsWith('Buffer'));
      if (ArrayBuffer.isView(first)) {
        expect(new Set(given.map((view) => (view as Uint8Array).buffer)).size).toBe(200);
      }
      first[Array.isArray(first) || ArrayBuffer.isView(first) ? 0 : 'n'] = 1;
      for (const other of others) expect(other).toEqual(others[0]);
      expect(first).not.toEqual(others[0]);
      expect(await pool.run('giveKept', kind)).toEqual(others[0]);
    },
  );

  test('text that is not ASCII arrives as it is, whatever its length', async () => {
    const pool = await taught(lasting(), { echo: 'text' });
    const texts = range(20).flatMap((n) => {
      const ascii = 'x'.repeat(242 + n);
      return [`é${ascii}`, `${ascii}é`, `😀${ascii}`, `${ascii}\ud800`, `€${ascii}€`];
    });
    expect(await results(submitAll(pool, 'echo', texts))).toEqual(texts);
  });

  test.each([
    ['a function', () => {}],
    ['an object with a function', { n: 1, act() {} }],
    [
      'a getter that throws',
      {
        get trap(): never {
          throw new RangeError('trapped');
        },
      },
    ],
  ])('an input that cannot be cloned fails alone: %s', async (_, input) => {
    const pool = await taughtPool({ threads: 2 }, { echo: 0 });
    const inputs = range(300).map((n) => (n % 100 === 50 ? input : n));
    const jobs = submitAll(pool, 'echo', inputs);
    for (const [n, job] of jobs.entries()) {
      if (n % 100 !== 50) expect(await job.result).toBe(n);
      else {
        const error = await rejection(job.result);
        expect(error).toBeInstanceOf(NotCloneableError);
        expect(error).toMatchObject({ what: 'input', started: false });
      }
    }
    expect(pool.stats().jobs.rejected).toBe(3);
  });

  test.each(['function', 'function inside', 'getter'])(
    'a result that cannot be cloned fails alone: %s',
    async (what) => {
      const pool = await taughtPool({ threads: 2 }, { give: 0 });
      const inputs = range(300).map((n) => (n % 100 === 50 ? what : n));
      const jobs = submitAll(pool, 'give', inputs);
      for (const [n, job] of jobs.entries()) {
        if (n % 100 !== 50) expect(await job.result).toBe(n);
        else expect(await rejection(job.result)).toMatchObject({ what: 'result', started: true });
      }
      expect(pool.stats().threads).toMatchObject({ lost: 0, retirements: 0 });
    },
  );
});

describe('values that the other side cannot read', () => {
  // Too deep for a stack of half a megabyte to read, but not for the main thread to write.
  const INPUT_LEVELS = 1500;
  // Too deep for the main thread to read, but not for a thread of 4 MB to write.
  const RESULT_LEVELS = 6000;
  const deep = (levels: number): object => {
    let outermost = {};
    for (let level = 0; level < levels; level += 1) outermost = { inner: outermost };
    return outermost;
  };

  test('an input ends its own job, as one that cannot be cloned', async () => {
    const options = { threads: 1, resourceLimits: { stackSizeMb: 0.5 } };
    const pool = await taughtPool(options, { depth: {}, echo: 0 });
    const jobs = range(60).map((n): Promise<unknown> => {
      if (n % 20 === 5) return pool.run('depth', deep(INPUT_LEVELS));
      if (n % 4 === 0) return pool.run('depth', deep(n));
      return pool.run('echo', n % 4 === 1 ? String(n).padEnd(300) : n);
    });
    for (const [n, job] of jobs.entries()) {
      if (n % 20 === 5) {
        const error = await rejection(job);
        expect(error).toBeInstanceOf(NotCloneableError);
        expect(error).toMatchObject({ what: 'input' });
        expect(error.cause).toBeInstanceOf(Error);
      } else expect(await job).toBe(n % 4 === 1 ? String(n).padEnd(300) : n);
    }
    expect(pool.stats().threads).toMatchObject({ lost: 0, retirements: 0 });
  });

  test('an input whose job was taken back ends no other', async () => {
    const options = { threads: 1, resourceLimits: { stackSizeMb: 0.5 } };
    const pool = await taughtPool(options, { depth: {}, short: 0 });
    const latch = new Latch();
    const [long] = await block(pool, [latch]);
    const before = pool.run('depth', deep(10));
    const unread = submitAll(pool, 'depth', [deep(INPUT_LEVELS), deep(INPUT_LEVELS)]);
    const after = pool.run('depth', deep(20));
    expect(unread[0]?.cancel('not this one')).toBe(true);
    latch.open();
    expect(await Promise.all([long?.result, before, after])).toEqual([undefined, 10, 20]);
    expect(await rejection(unread[1]?.result as Promise<unknown>)).toMatchObject({ what: 'input' });
    expect(await rejection(unread[0]?.result as Promise<unknown>)).toBe('not this one');
    expect(await pool.run('depth', deep(30))).toBe(30);
    expect(pool.stats().threads).toMatchObject({ lost: 0, retirements: 0 });
  });

  test('a result ends its own job, as one that cannot be cloned', async () => {
    const pool = await taught(lasting(), { deep: 1, echo: 0 });
    const jobs = range(60).map((n): Promise<unknown> => {
      if (n % 20 === 5) return pool.run('deep', RESULT_LEVELS);
      if (n % 4 === 0) return pool.run('deep', 2);
      return pool.run('echo', n % 4 === 1 ? String(n).padEnd(300) : n);
    });
    for (const [n, job] of jobs.entries()) {
      if (n % 20 === 5) {
        const error = await rejection(job);
        expect(error).toBeInstanceOf(NotCloneableError);
        expect(error).toMatchObject({ what: 'result', started: true });
      } else if (n % 4 === 0) expect(await job).toEqual({ inner: { inner: {} } });
      else expect(await job).toBe(n % 4 === 1 ? String(n).padEnd(300) : n);
    }
    expect(pool.stats().threads).toMatchObject({ lost: 0, retirements: 0 });
  });

  test('a result of a job that was cancelled ends no other, and leaves its slot', async () => {
    const pool = makePool({ threads: 1, concurrency: 2, backlog: 8 }, module);
    const [cancelled, beside, next] = [new Latch(), new Latch(), new Latch()];
    const job = await pool.submit('deepLater', { latch: cancelled.cells, levels: RESULT_LEVELS });
    const innocent = pool.run('holdAsync', { latch: beside.cells, value: 'innocent' });
    await Promise.all([cancelled.arrived(), beside.arrived()]);
    job.cancel('enough');
    expect(await rejection(job.result)).toBe('enough');
    const queued = pool.run('holdAsync', { latch: next.cells, value: 'next' });
    // The thread first gives its sign of life: only the result may free the slot.
    for (let turn = 0; turn < 200; turn += 1) await macrotask();
    cancelled.open();
    await next.arrived();
    next.open();
    beside.open();
    expect(await Promise.all([innocent, queued])).toEqual(['innocent', 'next']);
  });
});

describe('one of many that were sent ahead', () => {
  async function behindOne(options: Options) {
    const pool = await taughtPool({ threads: 1, ...options }, { short: 0, count: inert() });
    const latch = new Latch();
    const [long] = await block(pool, [latch]);
    const cells = sharedCells(50);
    const inputs = range(50).map((cell) => ({ cells, cell }));
    return { pool, latch, long, cells, inputs };
  }

  test.each([0, 49, 25])('is cancelled in the turn of its submission: the %ith', async (which) => {
    const { pool, latch, long, cells, inputs } = await behindOne({});
    const jobs = submitAll(pool, 'count', inputs);
    expect(jobs[which]?.cancel('enough')).toBe(true);
    expect(jobs.map((job) => job.state)).toEqual(
      range(50).map((n) => (n === which ? 'cancelled' : 'queued')),
    );
    expect(await rejection(jobs[which]?.result as Promise<unknown>)).toBe('enough');
    latch.open();
    await results([long as Job<unknown>, ...jobs.filter((_, n) => n !== which)]);
    expect([...cells]).toEqual(range(50).map((n) => (n === which ? 0 : 1)));
    expect(pool.stats().jobs).toMatchObject({ cancelled: 1, queued: 0, running: 0 });
    expect(pool.stats().threads).toMatchObject({ lost: 0, retirements: 0 });
  });

  test.each([
    ['queueMs', 'queue'],
    ['totalMs', 'total'],
  ])('times out: %s', async (name, phase) => {
    const { pool, latch, cells, inputs } = await behindOne({});
    const jobs = inputs.map((input, n) =>
      pool.trySubmit('count', input, n === 25 ? { timeout: { [name]: 1 } } : {}),
    ) as Array<Job<unknown>>;
    const error = await rejection(jobs[25]?.result as Promise<unknown>);
    expect(error).toMatchObject({ code: 'ERR_JOB_TIMEOUT', phase, started: false });
    expect(jobs.filter((job) => job.state === 'queued')).toHaveLength(49);
    latch.open();
    await results(jobs.filter((_, n) => n !== 25));
    expect([...cells]).toEqual(range(50).map((n) => (n === 25 ? 0 : 1)));
    expect(pool.stats().jobs).toMatchObject({ timedOut: 1, queued: 0, running: 0 });
  });

  test('times out while it runs, and the others go on', async () => {
    const { pool, latch, cells, inputs } = await behindOne({});
    const jobs = submitAll(pool, 'count', inputs.slice(0, 25));
    const stuck = new Latch();
    const timedOut = pool.run('spinForever', { latch: stuck.cells }, { timeout: { runMs: 5 } });
    jobs.push(...submitAll(pool, 'count', inputs.slice(25)));
    latch.open();
    expect(await rejection(timedOut)).toMatchObject({ phase: 'run', started: true });
    await results(jobs);
    expect([...cells]).toEqual(range(50).map(() => 1));
  });

  test('is dropped, the oldest first', async () => {
    const { pool, latch, cells, inputs } = await behindOne({
      backlog: 50,
      overflow: 'drop-oldest',
    });
    const jobs = submitAll(pool, 'count', inputs);
    const newest = await pool.submit('short', 'newest');
    expect(jobs.map((job) => job.state)).toEqual(
      range(50).map((n) => (n === 0 ? 'dropped' : 'queued')),
    );
    expect(await rejection(jobs[0]?.result as Promise<unknown>)).toMatchObject({
      code: 'ERR_JOB_DROPPED',
      started: false,
    });
    latch.open();
    expect(await newest.result).toBe('newest');
    await results(jobs.slice(1));
    expect([...cells]).toEqual(range(50).map((n) => (n === 0 ? 0 : 1)));
  });

  test('is handed back when the pool closes at its deadline, with all the others', async () => {
    const { pool, inputs } = await behindOne({});
    const jobs = submitAll(pool, 'count', inputs);
    const { unfinished } = await pool.close({ deadlineMs: 0 });
    expect(unfinished.map(({ name, started }) => [name, started])).toEqual([
      ['short', true],
      ...jobs.map(() => ['count', false]),
    ]);
    expect(unfinished.slice(1).map(({ input }) => input)).toEqual(inputs);
  });

  test('leaves its place, however many were taken back before', async () => {
    const { pool, latch, cells, inputs } = await behindOne({});
    for (let round = 0; round < 1000; round += 1) {
      expect(pool.trySubmit('short', round)?.cancel()).toBe(true);
    }
    const jobs = submitAll(pool, 'count', inputs);
    latch.open();
    await results(jobs);
    expect([...cells]).toEqual(range(50).map(() => 1));
    expect(await results(submitAll(pool, 'short', range(1000)))).toEqual(range(1000));
    expect(pool.stats().jobs).toMatchObject({ cancelled: 1000, queued: 0, running: 0 });
    // These are cancelled while a thread is about to start them.
    for (let round = 0; round < 1000; round += 1) pool.trySubmit('short', round)?.cancel();
    expect(await pool.run('short', 'on')).toBe('on');
  });
});

describe('a thread that is killed', () => {
  test.each(['workSmall', 'workLarge'])(
    'loses none of what it had finished right before: %s',
    async (name) => {
      const [starts, ends] = [sharedCells(501), sharedCells(501)];
      const options = { threads: 1, workerData: { starts, ends } };
      const pool = await taughtPool(options, { [name]: 500, short: 0 });
      const latch = new Latch();
      const before = submitAll(pool, name, range(300));
      const stuck = pool.trySubmit('spinForever', { latch: latch.cells });
      const after = submitAll(
        pool,
        name,
        range(200).map((n) => 300 + n),
      );
      await latch.arrived();
      expect(stuck?.cancel('killed')).toBe(true);
      const values = (await results([...before, ...after])).map(Number);
      expect(values).toEqual(range(500));
      expect([...starts.subarray(0, 500)]).toEqual(range(500).map(() => 1));
      expect([...ends.subarray(0, 500)]).toEqual(range(500).map(() => 1));
      expect(pool.stats().threads).toMatchObject({ lost: 0, retirements: 1 });
    },
  );

  test.each([
    // When it ends, a thread may be inside one job.
    ['workSmall', 1],
    // And another job that has ended may not have sent its result.
    ['workLarge', 2],
  ])('costs those that it had started, and no others: %s', async (name, most) => {
    const random = new Random();
    const [JOBS, KILLS] = [200, 25];
    const [starts, ends] = [sharedCells(JOBS * KILLS + 1), sharedCells(JOBS * KILLS + 1)];
    // Not a tallied pool: that reads `stats()` all the time, which collects results that lie ready.
    await using pool = new Pool(module, {
      threads: 2,
      backlog: 10_000,
      coalesce: process.env['COALESCE'] !== 'off',
      workerData: { starts, ends },
    });
    for (let call = 0; call < 100; call += 1) await pool.run(name, JOBS * KILLS);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await pool.ready();
      const jobs = submitAll(
        pool,
        name,
        range(JOBS).map((n) => kill * JOBS + n),
      );
      const ended = jobs.map((job) =>
        job.result.then(
          () => 'fulfilled',
          (error) => error?.code ?? error,
        ),
      );
      const finished = random.whole(JOBS);
      await until(() => jobs.filter((job) => job.state === 'fulfilled').length >= finished);
      const alive = threads.filter((thread) => thread.threadId !== -1);
      const gone = once(pool, 'threadLost');
      await alive[random.whole(alive.length)]?.terminate();
      await gone;
      const outcomes = await Promise.all(ended);
      const lost = outcomes.filter((outcome) => outcome !== 'fulfilled');
      const context = `seed ${random.seed}, kill ${kill}`;
      expect({ context, lost }).toEqual({
        context,
        lost: ['ERR_THREAD_LOST', 'ERR_THREAD_LOST'].slice(0, Math.min(lost.length, most)),
      });
      for (const [n, outcome] of outcomes.entries()) {
        const cell = kill * JOBS + n;
        const counted = [starts[cell], ends[cell]];
        if (outcome === 'fulfilled') expect({ cell, counted }).toEqual({ cell, counted: [1, 1] });
        // The job was claimed, but possibly not started.
        else expect(counted[0]).toBeLessThanOrEqual(1);
      }
    }
    expect(pool.stats().threads).toMatchObject({ lost: KILLS, retirements: 0 });
  });
});

describe('a function that is async sometimes', () => {
  test.each(
    [1, 4].flatMap((concurrency) =>
      ['turns', 'microtasks'].flatMap((awaits) =>
        [1, 2].map((count) => ({ concurrency, awaits, count })),
      ),
    ),
  )(
    'runs at most $concurrency at a time on each of $count threads, awaiting $awaits',
    async ({ concurrency, awaits, count }) => {
      const options = { threads: count, concurrency };
      const lessons = { atOnce: undefined, atOnceSync: undefined, short: 0 };
      const pool = await taughtPool(options, lessons);
      // All slots are taken, so that jobs lie ready when one is free.
      const latches = range(count * concurrency).map(() => new Latch());
      const isAsync = concurrency > 1;
      const held = latches.map(({ cells }) => pool.run('short', { latch: cells, isAsync }));
      await Promise.all(latches.map((latch) => latch.arrived()));
      const jobs = range(400).map((n) => {
        if (n % 3 === 0) return pool.run('atOnceSync');
        return pool.run('atOnce', n % 7 < 3 ? awaits : undefined);
      });
      for (const latch of latches) latch.open();
      await Promise.all(held);
      const most = Math.max(...((await Promise.all(jobs)) as number[]));
      expect(most).toBeLessThanOrEqual(concurrency);
    },
  );

  test('lets those that were sent behind it run where a slot is free', async () => {
    const pool = await taughtPool({ threads: 1, concurrency: 2 }, { atOnce: undefined });
    const latch = new Latch();
    const held = pool.run('holdAsync', { latch: latch.cells });
    const jobs = submitAll(
      pool,
      'atOnce',
      range(50).map((n) => (n === 0 ? 'turns' : undefined)),
    );
    await results(jobs);
    latch.open();
    await held;
  });
});

describe('the event loop of a thread', () => {
  test('comes to its timers while short jobs never cease', async () => {
    const pool = await taught(lasting(), { short: 0 });
    const cells = sharedCells(1);
    await pool.run('countTurns', { cells });
    let done = 0;
    const stream = async (): Promise<void> => {
      while (Atomics.load(cells, 0) < 5 || done < 3000) {
        await pool.run('short', done);
        done += 1;
      }
    };
    await Promise.all(range(64).map(stream));
    expect(done).toBeGreaterThanOrEqual(3000);
  });

  test.each([
    { first: 'sync', others: 'sync' },
    { first: 'sync', others: 'async' },
    { first: 'async', others: 'sync' },
    { first: 'async', others: 'async' },
  ])('has its turn among many $others ones behind one that is $first', async (which) => {
    const lessons = { awaitTurn: undefined, sawTurn: { spinMs: 0, isAsync: false }, short: 0 };
    const pool = await taught(lasting(), lessons);
    const latch = new Latch();
    const held = pool.run('short', { latch: latch.cells, isAsync: which.first === 'async' });
    await latch.arrived();
    const begin = pool.run('awaitTurn');
    // Ten milliseconds of work, more than may keep others from their turn.
    const inputs = range(100).map(() => ({ spinMs: 0.1, isAsync: which.others === 'async' }));
    const jobs = submitAll(pool, 'sawTurn', inputs);
    latch.open();
    await Promise.all([held, begin]);
    expect((await results(jobs)).at(-1)).toBe(true);
  });
});

/** An input of `count` whose counter nobody reads. */
function inert(): { cells: Int32Array; cell: number } {
  return { cells: sharedCells(1), cell: 0 };
}
