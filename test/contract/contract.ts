/**
 * Checks what every pool with these methods promises, local or remote. It uses only the methods and `stats()`; jobs and
 * tests meet at a gate, which is a socket. Tests behind `isLocal` are in the table of differences in
 * docs/distributed.md.
 */
import { Pool, type PoolOptions } from 'millrace';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as Jobs from '../fixtures/contract.js';
import { macrotask, rejection, until } from '../helpers/outcomes.js';
import { Gate } from './gate.js';

type Local = Pool<typeof Jobs>;
type Awaitable<Value> = Value | Promise<Value>;

/** The part of a pool that the contract uses. A remote pool has no groups, and returns some values as promises. */
export interface ContractPool extends Pick<Local, 'run' | 'submit' | 'map' | 'group' | 'close'> {
  trySubmit(...args: Parameters<Local['trySubmit']>): Awaitable<ReturnType<Local['trySubmit']>>;
  stats(): Awaitable<Pick<ReturnType<Local['stats']>, 'jobs'>>;
}

/** Options of a pool of the contract; default: one slot. */
export type ContractOptions = Pick<PoolOptions, 'threads' | 'concurrency' | 'backlog' | 'overflow'>;

const OVERFLOWS = ['wait', 'reject', 'drop-oldest'] as const;

/**
 * Checks a kind of pool.
 *
 * @param make - Makes a pool of the jobs in `fixtures/contract.js`.
 */
export function checkContract(
  kind: string,
  make: (options: ContractOptions) => Promise<ContractPool>,
  { isLocal = true } = {},
): void {
  const overflows = isLocal ? OVERFLOWS : OVERFLOWS.filter((each) => each !== 'drop-oldest');
  describe.each([kind])('%s', () => {
    let gate: Gate;
    const pools: ContractPool[] = [];
    const makePool = async (options: ContractOptions = {}): Promise<ContractPool> => {
      const pool = await make({ threads: 1, ...options });
      pools.push(pool);
      return pool;
    };
    /** Input of a job that waits at the gate. */
    const at = (value: number) => ({ gate: gate.port, value });

    beforeEach(async () => {
      gate = await Gate.make();
    });

    afterEach(async () => {
      gate.open();
      for (const pool of pools.splice(0)) {
        await pool.close({ deadlineMs: 5000 });
        const { jobs } = await pool.stats();
        const { submitted, abandoned: _, waiting, queued, running, ...endings } = jobs;
        const ended = Object.values(endings).reduce((sum, each) => sum + each, 0);
        expect({ waiting, queued, running, ended }).toEqual({
          waiting: 0,
          queued: 0,
          running: 0,
          ended: submitted,
        });
      }
      await gate.close();
    });

    describe('running', () => {
      test('a job gives its result', async () => {
        const pool = await makePool();
        const value = { text: 'ü', list: [1, { nested: true }], bytes: new Uint8Array([1, 2]) };
        expect(await pool.run('echo', value)).toEqual(value);
      });

      test('a job that throws rejects with its error', async () => {
        const pool = await makePool();
        const error = await rejection(pool.run('fail', 'on purpose'));
        expect(error).toBeInstanceOf(RangeError);
        expect(error).toMatchObject({ message: 'on purpose', code: 'E_MINE' });
      });

      test('a name that is none is an error, and starts nothing', async () => {
        const pool = await makePool();
        if (pool instanceof Pool) await pool.ready();
        expect(await rejection((pool as unknown as Pool).run('nothing'))).toMatchObject({
          code: 'ERR_UNKNOWN_JOB',
          started: false,
        });
      });

      test('a job is told of itself', async () => {
        const pool = await makePool();
        const job = await pool.submit('context', undefined);
        expect(await job.result).toEqual({
          id: isLocal ? job.id : expect.any(Number),
          name: 'context',
          attempt: 1,
          aborted: false,
        });
      });

      test('a handle tells the state of its job', async () => {
        const pool = await makePool({ backlog: 1 });
        const running = await pool.submit('hold', at(1));
        const queued = await pool.submit('echo', 2);
        await gate.heard(1);
        await until(() => running.state === 'running');
        expect(queued.state).toBe('queued');
        if (isLocal) expect(queued.id).toBeGreaterThan(running.id);
        gate.open();
        expect(await Promise.all([running.result, queued.result])).toEqual([1, 2]);
        expect([running.state, queued.state]).toEqual(['fulfilled', 'fulfilled']);
      });

      test('jobs start in the order of their submission', async () => {
        const pool = await makePool();
        gate.open();
        const jobs = Array.from({ length: 20 }, (_, index) => pool.run('hold', at(index)));
        await Promise.all(jobs);
        expect(gate.lines).toEqual(Array.from({ length: 20 }, (_, index) => String(index)));
      });

      test('no more run at a time than there are slots', async () => {
        const pool = await makePool({ concurrency: 3 });
        const jobs = Array.from({ length: 9 }, (_, index) => pool.run('hold', at(index)));
        await gate.heard(3);
        await vi.waitFor(async () =>
          expect((await pool.stats()).jobs).toMatchObject({ running: 3, queued: 6 }),
        );
        gate.open();
        await Promise.all(jobs);
      });
    });

    describe('overflow', () => {
      test.each(overflows)('%s: slots + backlog are accepted, and no more', async (overflow) => {
        const pool = await makePool({ concurrency: 2, backlog: 3, overflow });
        const jobs = await Promise.all(
          Array.from({ length: 9 }, (_, index) => pool.trySubmit('hold', at(index))),
        );
        expect(jobs.filter((job) => job !== undefined)).toHaveLength(5);
        gate.open();
        await Promise.all(jobs.map((job) => job?.result));
        expect((await pool.stats()).jobs).toMatchObject({ fulfilled: 5, refused: 4 });
      });

      test('wait: submissions are let in first come, first served', async () => {
        const pool = await makePool({ backlog: 1 });
        const accepted: number[] = [];
        const jobs = [1, 2, 3, 4, 5].map(async (index) => {
          const job = await pool.submit('hold', at(index));
          accepted.push(index);
          return job.result;
        });
        await gate.heard(1);
        await until(() => accepted.length === 2);
        expect(accepted).toEqual([1, 2]);
        expect(await pool.trySubmit('echo', 'it overtakes nobody')).toBeUndefined();
        gate.open();
        await Promise.all(jobs);
        expect(accepted).toEqual([1, 2, 3, 4, 5]);
      });

      test('wait: waiters are bounded, too', async () => {
        const pool = await makePool({ backlog: { jobs: 0, waiters: 1 } });
        const jobs = [pool.run('hold', at(1)), pool.run('hold', at(2))];
        expect(await rejection(pool.run('echo', 3))).toMatchObject({
          code: 'ERR_BACKLOG_FULL',
          limit: 'waiters',
          started: false,
        });
        gate.open();
        await Promise.all(jobs);
      });

      test('reject: the error says when to come again', async () => {
        const pool = await makePool({ backlog: 0, overflow: 'reject' });
        const job = pool.run('hold', at(1));
        const error = await rejection(pool.run('echo', 2));
        expect(error).toMatchObject({ code: 'ERR_BACKLOG_FULL', limit: 'jobs', started: false });
        expect(error.retryAfterMs).toBeGreaterThanOrEqual(1);
        gate.open();
        await job;
      });

      test.runIf(isLocal)(
        'drop-oldest: the newcomer takes the place of the oldest that has not started',
        async () => {
          const pool = await makePool({ backlog: 2, overflow: 'drop-oldest' });
          const running = pool.run('hold', at(1));
          await gate.heard(1);
          const [oldest, second] = [rejection(pool.run('echo', 2)), pool.run('echo', 3)];
          const newest = pool.run('echo', 4);
          expect(await oldest).toMatchObject({ code: 'ERR_JOB_DROPPED', started: false });
          gate.open();
          expect(await Promise.all([running, second, newest])).toEqual([1, 3, 4]);
        },
      );
    });

    describe('cancelling', () => {
      test('a waiting or queued job never starts', async () => {
        const pool = await makePool({ backlog: 1 });
        const controller = new AbortController();
        const running = pool.run('hold', at(1));
        const queued = await pool.submit('hold', at(2));
        const waiting = rejection(pool.run('hold', at(3), { signal: controller.signal }));
        expect([queued.cancel('enough'), queued.cancel('again')]).toEqual([true, false]);
        controller.abort('over');
        expect(await Promise.all([rejection(queued.result), waiting])).toEqual(['enough', 'over']);
        gate.open();
        await running;
        expect(await pool.run('echo', 'next')).toBe('next');
        expect(gate.lines).toEqual(['1']);
      });

      test('a running job settles at once, and is told', async () => {
        const pool = await makePool();
        const job = await pool.submit('obey', at(1));
        await gate.heard(1);
        expect(job.cancel()).toBe(true);
        expect(job.state).toBe('cancelled');
        expect(await rejection(job.result)).toMatchObject({ name: 'AbortError' });
        await gate.heard(2);
        expect(gate.lines).toEqual(['1', 'told AbortError']);
        expect(await pool.run('echo', 'next')).toBe('next');
      });

      test('a signal that has aborted lets nothing start', async () => {
        const pool = await makePool();
        const signal = AbortSignal.abort('over');
        expect(await rejection(pool.run('hold', at(1), { signal }))).toBe('over');
        expect(await pool.run('echo', 'next')).toBe('next');
        expect(gate.lines).toEqual([]);
      });
    });

    describe('timeouts', () => {
      test('of a running job: it is told, and had started', async () => {
        const pool = await makePool();
        const job = pool.run('obey', at(1), { timeout: { runMs: 50 } });
        expect(await rejection(job)).toMatchObject({
          code: 'ERR_JOB_TIMEOUT',
          phase: 'run',
          timeoutMs: 50,
          started: true,
        });
        await gate.heard(2);
        expect(gate.lines).toEqual(['1', 'told TimeoutError']);
      });

      test.each([
        ['queue', { queueMs: 30 }],
        ['total', { totalMs: 30 }],
      ] as const)('%s of a queued job: it never starts', async (phase, timeout) => {
        const pool = await makePool();
        const running = pool.run('hold', at(1));
        expect(await rejection(pool.run('hold', at(2), { timeout }))).toMatchObject({
          code: 'ERR_JOB_TIMEOUT',
          phase,
          started: !isLocal,
        });
        gate.open();
        await running;
        expect(await pool.run('echo', 'next')).toBe('next');
        expect(gate.lines).toEqual(['1']);
      });
    });

    describe('closing', () => {
      test('lets what is accepted run to its end, and refuses what comes', async () => {
        const pool = await makePool();
        const jobs = [pool.run('hold', at(1)), pool.run('hold', at(2))];
        const closing = pool.close();
        expect(await rejection(pool.run('echo', 3))).toMatchObject({
          code: 'ERR_POOL_CLOSED',
          started: false,
        });
        gate.open();
        expect(await Promise.all(jobs)).toEqual([1, 2]);
        expect(await closing).toMatchObject({ fulfilled: 2, refused: 1, unfinished: [] });
      });

      test('hands back what the deadline cuts off', async () => {
        const pool = await makePool();
        const jobs = [1, 2].map((value) => rejection(pool.run('hold', at(value))));
        await gate.heard(1);
        const { unfinished } = await pool.close({ deadlineMs: 100 });
        expect(unfinished).toMatchObject([
          { name: 'hold', input: at(1), started: true },
          { name: 'hold', input: at(2), started: !isLocal },
        ]);
        expect(await Promise.all(jobs)).toMatchObject([
          { code: 'ERR_POOL_CLOSED', started: true },
          { code: 'ERR_POOL_CLOSED', started: !isLocal },
        ]);
      });
    });

    test('progress: the newest value each time, the last one before the result', async () => {
      const pool = await makePool();
      for (let round = 0; round < 20; round += 1) {
        const heard: unknown[] = [];
        const onProgress = (value: unknown): void => void heard.push(value);
        expect(await pool.run('count', 100, { onProgress })).toBe(100);
        expect(heard.at(-1)).toBe(100);
        expect(heard).toEqual(heard.toSorted((a, b) => Number(a) - Number(b)));
      }
    });

    describe('map', () => {
      const numbers = (count: number): number[] =>
        Array.from({ length: count }, (_, index) => index);

      test('gives the results in the order of the items, of any number of them', async () => {
        const pool = await makePool({ concurrency: 2, backlog: 2, overflow: 'reject' });
        const results: unknown[] = [];
        for await (const value of pool.map('echo', numbers(1000))) results.push(value);
        expect(results).toEqual(numbers(1000));
        expect((await pool.stats()).jobs).toMatchObject({ fulfilled: 1000, refused: 0 });
      });

      test('pulls no more than the window has room for', async () => {
        const pool = await makePool();
        let [pulled, delivered, most] = [0, 0, 0];
        function* source(): Generator<number> {
          for (; pulled < 200; pulled += 1) {
            yield pulled;
            most = Math.max(most, pulled + 1 - delivered);
          }
        }
        for await (const _ of pool.map('echo', source(), { window: 5 })) {
          delivered += 1;
          if (delivered % 50 === 0) await macrotask();
        }
        expect(delivered).toBe(200);
        expect(most).toBeLessThanOrEqual(5);
      });

      test('an error comes in its place, and closes the source', async () => {
        const pool = await makePool({ concurrency: 2 });
        const seen: unknown[] = [];
        let isClosed = false;
        function* source(): Generator<unknown> {
          try {
            for (let index = 0; index < 100; index += 1) yield index === 3 ? () => {} : index;
          } finally {
            isClosed = true;
          }
        }
        const reading = (async () => {
          for await (const value of pool.map('echo', source())) seen.push(value);
        })();
        expect(await rejection(reading)).toMatchObject({ code: 'ERR_NOT_CLONEABLE' });
        expect([seen, isClosed]).toEqual([[0, 1, 2], true]);
      });

      test('leaving it takes back what has not started, tells what runs, and closes the source', async () => {
        const pool = await makePool();
        let isClosed = false;
        function* source(): Generator<ReturnType<typeof at>> {
          try {
            for (let index = 0; ; index += 1) yield at(index);
          } finally {
            isClosed = true;
          }
        }
        const rows = pool.map('obey', source());
        const pending = rows.next();
        await gate.heard(1);
        await rows.return();
        expect(await pending).toEqual({ done: true, value: undefined });
        expect(isClosed).toBe(true);
        const left = { running: 0, queued: 0, ...(isLocal && { abandoned: 0 }) };
        expect((await pool.stats()).jobs).toMatchObject(left);
        await gate.heard(2);
        expect(gate.lines).toEqual(['0', 'told AbortError']);
      });

      test('settle: every item gives its outcome', async () => {
        const pool = await makePool();
        const outcomes: unknown[] = [];
        for await (const each of pool.map('fail', ['a', 'b'], { onError: 'settle' })) {
          outcomes.push(each);
        }
        expect(outcomes).toMatchObject([
          { index: 0, status: 'rejected', reason: { message: 'a' } },
          { index: 1, status: 'rejected', reason: { message: 'b' } },
        ]);
      });

      test.runIf(isLocal)('drops nobody, and leaves room for others', async () => {
        const pool = await makePool({ backlog: 8, overflow: 'drop-oldest' });
        const map = { isOver: false };
        const mapping = (async () => {
          for await (const _ of pool.map('echo', numbers(5000)));
          map.isOver = true;
        })();
        while (!map.isOver) {
          const newcomer = await pool.trySubmit('echo', 'newcomer');
          expect(newcomer, 'the map leaves half of the backlog to others').toBeDefined();
          await newcomer?.result;
        }
        await mapping;
        expect((await pool.stats()).jobs.dropped).toBe(0);
      });
    });

    describe.runIf(isLocal)('groups', () => {
      test('cancelling ends what waits and what runs, with the reason', async () => {
        const pool = await makePool({ concurrency: 2 });
        const group = pool.group();
        const jobs = [1, 2, 3].map((value) => rejection(group.run('obey', at(value))));
        const outside = pool.run('echo', 'of no group');
        await gate.heard(2);
        group.cancel('enough');
        expect(await Promise.all(jobs)).toEqual(['enough', 'enough', 'enough']);
        expect(await rejection(group.wait())).toBe('enough');
        await group.close();
        expect((await pool.stats()).jobs.abandoned).toBe(0);
        expect(await outside).toBe('of no group');
      });

      test('a failure ends the group', async () => {
        const pool = await makePool({ concurrency: 2 });
        const group = pool.group();
        const other = rejection(group.run('obey', at(1)));
        await gate.heard(1);
        const failure = await rejection(group.run('fail', 'first'));
        expect(failure).toMatchObject({ message: 'first' });
        expect(await other).toBe(failure);
        expect(await rejection(group.wait())).toBe(failure);
        await group.close();
        expect(gate.lines).toEqual(['1', 'told AbortError']);
      });

      test('leaving waits until nothing of it runs', async () => {
        const pool = await makePool({ concurrency: 2 });
        const group = pool.group();
        const jobs = [1, 2, 3].map((value) => rejection(group.run('obey', at(value))));
        await gate.heard(2);
        await group.close();
        expect((await pool.stats()).jobs).toMatchObject({ running: 0, queued: 0, abandoned: 0 });
        expect(await Promise.all(jobs)).toMatchObject(
          Array.from({ length: 3 }, () => ({ name: 'AbortError' })),
        );
        await until(() => gate.lines.length === 4);
        expect(await rejection(group.run('echo', 1))).toMatchObject({ code: 'ERR_GROUP_CLOSED' });
      });
    });
  });
}
