import { describe, expect, test } from 'vitest';
import { repeats } from '../helpers/extent.js';
import { collectGarbage } from '../helpers/garbage.js';
import { fixture, guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { macrotask, rejection, until } from '../helpers/outcomes.js';

const { makePool } = guard();
const module = fixture('progress.js');

/** Collects what a job reports and how it ends, in order. */
function listen() {
  const seen: unknown[] = [];
  return { seen, options: { onProgress: (value: unknown) => void seen.push(value) } };
}

function isAscending(values: readonly unknown[]): boolean {
  return values.every((value, at) => at === 0 || (value as number) > (values[at - 1] as number));
}

describe('the values of a job', () => {
  test('arrive one by one, as clones, a Buffer as a Buffer', async () => {
    const pool = makePool({ threads: 1 }, module);
    const values = [1, 'text', undefined, null, { deep: [1, new Map([['key', 5n]])] }];
    const arrived = new Int32Array(new SharedArrayBuffer(4));
    const seen: unknown[] = [];
    const onProgress = (value: unknown): void => {
      seen.push(value);
      Atomics.add(arrived, 0, 1);
      Atomics.notify(arrived, 0);
    };
    await pool.run('reportEach', { values, arrived }, { onProgress });
    expect(seen).toEqual([...values, Buffer.from('bytes')]);
    expect(Buffer.isBuffer(seen.at(-1))).toBe(true);
  });

  test('are a million, of which few arrive, and the last one does, before the result', async () => {
    const pool = makePool({ threads: 1 }, module);
    const { seen, options } = listen();
    const result = await pool.run('count', 1_000_000, options).finally(() => seen.push('ended'));
    expect(result).toBe(1_000_000);
    expect(seen.slice(-2)).toEqual([1_000_000, 'ended']);
    seen.pop();
    expect(seen[0]).toBe(1);
    expect(isAscending(seen)).toBe(true);
    // At most two for each turn of this thread's event loop.
    expect(seen.length).toBeLessThan(200_000);
  });

  test('need no turn of the main thread: it may be busy all the while', async () => {
    const pool = makePool({ threads: 1 }, module);
    await pool.ready();
    const { seen, options } = listen();
    const ended = new Latch();
    ended.open();
    const run = pool.run('countAndWait', { n: 100_000, latch: ended.cells }, options);
    ended.blockUntilArrived();
    expect(seen).toEqual([]);
    expect(await run).toBe(100_000);
    expect([seen[0], seen.at(-1)]).toEqual([1, 100_000]);
    expect(seen.length).toBeLessThanOrEqual(3);
  });

  test('hold no memory on either side, while nobody takes them or after', async () => {
    const mb = 2 ** 20;
    const used = (): number => {
      collectGarbage();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const pool = makePool({ threads: 1 }, module);
    await pool.ready();
    let heard = 0;
    const ended = new Latch();
    const input = { n: 1_000_000, latch: ended.cells };
    const before = used();
    const run = pool.run('countObjects', input, { onProgress: () => (heard += 1) });
    ended.blockUntilArrived();
    expect(used() - before).toBeLessThan(10 * mb);
    expect(await run).toBeLessThan(10 * mb);
    expect(used() - before).toBeLessThan(10 * mb);
    expect(heard).toBeGreaterThan(0);
  });

  test('that are kept arrive though the job reports no more', async () => {
    const pool = makePool({ threads: 1 }, module);
    for (let round = 0; round < repeats(20, 200); round += 1) {
      const latch = new Latch();
      const { seen, options } = listen();
      const n = 2 + (round % 7);
      const run = pool.run('countAndWait', { n, latch: latch.cells }, options);
      await latch.arrived();
      await until(() => seen.at(-1) === n);
      latch.open();
      expect(await run).toBe(n);
      expect(seen.at(-1)).toBe(n);
      expect(isAscending(seen)).toBe(true);
    }
  });
});

describe('the last value arrives before the job is settled', () => {
  test.each([1, 4])('in each of thousands, with %i at once on a thread', async (concurrency) => {
    const pool = makePool({ threads: 2, concurrency }, module);
    const jobs = repeats(1000, 10_000);
    let at = 0;
    const next = async (): Promise<void> => {
      while (at < jobs) {
        const job = at;
        at += 1;
        const n = 1 + (job % 7);
        const name = ['count', 'countAsync'][job % 2] as string;
        let last: unknown;
        let isSettled = false;
        const result = await pool.run(name, n, {
          onProgress(value) {
            expect(isSettled).toBe(false);
            expect(last === undefined || (last as number) < (value as number)).toBe(true);
            last = value;
          },
        });
        isSettled = true;
        expect([last, result]).toEqual([n, n]);
      }
    };
    await Promise.all(Array.from({ length: 2 * 2 * concurrency }, next));
  });

  test('if it fails, too', async () => {
    const pool = makePool({ threads: 1 }, module);
    const { seen, options } = listen();
    const error = await rejection(pool.run('countAndThrow', 5, options));
    expect(error).toMatchObject({ name: 'RangeError', message: 'counted to 5' });
    expect(seen.at(-1)).toBe(5);
  });

  test('if it is large, too', async () => {
    const pool = makePool({ threads: 1 }, module);
    const { seen, options } = listen();
    const values = Array.from({ length: 100 }, (_, n) => 'x'.repeat(n * 100));
    await pool.run('report', values, options);
    expect(seen.at(-1)).toBe(values.at(-1));
  });
});

describe('nobody hears', () => {
  test('of a job without onProgress, and its thread posts nothing', async () => {
    const pool = makePool({ threads: 1 }, module);
    expect(await pool.run('messagesOf', 1000)).toBe(0);
    const { options } = listen();
    expect(await pool.run('messagesOf', 1000, options)).toBeGreaterThan(0);
    expect(await pool.run('messagesOf', 1000), 'the cell’s next job').toBe(0);
  });

  test('of what is reported after the end, whoever runs then', async () => {
    const pool = makePool({ threads: 1 }, module);
    const first = listen();
    const second = listen();
    await pool.run('keepProgress', undefined, first.options);
    await pool.run('callLate', 'too late', second.options);
    await pool.run('echo', 'on', second.options);
    await macrotask();
    expect([first.seen, second.seen]).toEqual([['in time'], []]);
  });

  test('of what is reported after the job was settled, though it runs on', async () => {
    const pool = makePool({ threads: 1, graceMs: 60_000 }, module);
    const latch = new Latch();
    const { seen, options } = listen();
    const job = await pool.submit('reportOn', { latch: latch.cells }, options);
    await until(() => seen.length > 2);
    job.cancel('enough');
    const count = seen.length;
    const next = pool.run('count', 3);
    for (let turn = 0; turn < 50; turn += 1) await macrotask();
    latch.open();
    expect(await next).toBe(3);
    expect(seen).toHaveLength(count);
  });
});

describe('a callback', () => {
  test('may cancel its job, and hears no more of it', async () => {
    const pool = makePool({ threads: 1, graceMs: 60_000 }, module);
    const latch = new Latch();
    const seen: unknown[] = [];
    const onProgress = (value: unknown): void => {
      seen.push(value);
      if (seen.length === 3) job.cancel('enough');
    };
    const job = await pool.submit('reportOn', { latch: latch.cells }, { onProgress });
    expect(await rejection(job.result)).toBe('enough');
    latch.open();
    expect(await pool.run('count', 3)).toBe(3);
    expect(seen).toHaveLength(3);
  });

  test('may submit jobs, and close the pool', async () => {
    const pool = makePool({ threads: 1 }, module);
    const inner: unknown[] = [];
    const closed = new Promise((resolve) => {
      const onProgress = (value: unknown): void => {
        if (value === 1) inner.push(pool.run('echo', 'inner'));
        if (value === 3) resolve(pool.close());
      };
      inner.push(pool.run('report', [1, 2, 3], { onProgress }));
    });
    expect(await closed).toMatchObject({ unfinished: [], threadsLeft: 0 });
    expect(await Promise.all(inner)).toEqual([3, 'inner']);
  });

  test('that throws throws at its owner: nobody else is harmed', async () => {
    const pool = makePool({ threads: 1 }, module);
    await pool.ready();
    const listeners = process.rawListeners(
      'uncaughtException',
    ) as NodeJS.UncaughtExceptionListener[];
    const uncaught: unknown[] = [];
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => uncaught.push(error));
    const failing = new RangeError('thrown by onProgress');
    const onProgress = (): never => {
      throw failing;
    };
    const result = await pool.run('count', 3, { onProgress });
    await macrotask();
    process.removeAllListeners('uncaughtException');
    for (const listener of listeners) process.on('uncaughtException', listener);
    expect(result).toBe(3);
    expect(new Set(uncaught)).toEqual(new Set([failing]));
    expect(await pool.run('count', 3)).toBe(3);
  });
});

test('values that cannot be cloned are stray errors, and harm nothing', async () => {
  const pool = makePool({ threads: 1 }, module);
  const strays: unknown[] = [];
  pool.on('strayError', (error) => strays.push(error));
  const { seen, options } = listen();
  expect(await pool.run('uncloneable', undefined, options)).toBe('done');
  expect(seen[0]).toBe('first');
  // The last value was kept until the symbol replaced it.
  for (const value of seen) expect(['first', 'last']).toContain(value);
  await macrotask();
  expect(strays.length).toBeGreaterThanOrEqual(2);
  for (const error of strays) expect(error).toMatchObject({ name: 'DataCloneError' });
  expect(await pool.run('count', 3, options)).toBe(3);
  expect(seen.at(-1)).toBe(3);
});

test('jobs beside each other hear their own', async () => {
  const pool = makePool({ threads: 2, concurrency: 4 }, module);
  const all = await Promise.all(
    Array.from({ length: repeats(200, 2000) }, async (_, n) => {
      const { seen, options } = listen();
      await pool.run('report', [`${n} a`, `${n} b`], options);
      return [n, seen] as const;
    }),
  );
  for (const [n, seen] of all) {
    expect(seen.at(-1)).toBe(`${n} b`);
    for (const value of seen) expect(value).toMatch(new RegExp(`^${n} [ab]$`));
  }
});
