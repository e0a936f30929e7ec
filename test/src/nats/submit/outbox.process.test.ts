/** Tests the bounds with more publishers than there is room for, on one and on three real servers. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterEach, describe, expect, test } from 'vitest';
import { Pool } from '../../../../build/src/index.js';
import { serve } from '../../../../build/src/nats/node/serve.js';
import { provision } from '../../../../build/src/nats/server/provision.js';
import type { RemoteLimits } from '../../../../build/src/nats/server/limits.js';
import type { RemotePoolOptions } from '../../../../build/src/nats/submit/pool-options.js';
import { RemotePool } from '../../../../build/src/nats/submit/remote-pool.js';
import type * as Jobs from '../../../fixtures/contract.js';
import { repeats } from '../../../helpers/extent.js';
import { HAS_NATS, NatsServer, startCluster } from '../../../helpers/nats-server.js';

const module = new URL('../../../fixtures/contract.js', import.meta.url);

const PRODUCER = fileURLToPath(
  new URL('../../../fixtures/programs/nats-producer.mjs', import.meta.url),
);

const CLUSTERS = [1, 3];

describe.runIf(HAS_NATS)('the bounds', () => {
  let servers: readonly NatsServer[] = [];
  const closing: Array<() => Promise<unknown>> = [];
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
    for (const server of servers) await server.stop();
  });

  async function start(count: number, limits: RemoteLimits): Promise<NatsConnection> {
    servers = count === 1 ? [await NatsServer.start()] : await startCluster(count);
    const connection = await (servers[0] as NatsServer).connect();
    await provision(connection, 'it', { replicas: count, ...limits });
    return connection;
  }

  async function connectPool(
    at: number,
    options: Partial<RemotePoolOptions> = {},
  ): Promise<RemotePool<typeof Jobs>> {
    const connection = await (servers[at % servers.length] as NatsServer).connect();
    const remote = await RemotePool.connect<typeof Jobs>({ connection, name: 'it', ...options });
    closing.push(() => remote.close({ deadlineMs: 0 }));
    return remote;
  }

  async function startNode(concurrency: number): Promise<void> {
    const pool = new Pool<typeof Jobs>(module, { threads: 1, concurrency });
    const connection = await (servers.at(-1) as NatsServer).connect();
    const node = await serve(pool, { connection, name: 'it', concurrency });
    closing.push(async () => {
      await node.close();
      await pool.close({ deadlineMs: 1000 });
    });
  }

  async function stored(connection: NatsConnection) {
    const { streams } = await jetstreamManager(connection);
    return (await streams.info('millrace-it-jobs', { subjects_filter: '>' })).state;
  }

  test.each([
    ['by count', { jobs: 100 }, 100],
    // 27 jobs of about 370 bytes: the subject and the headers are stored, too.
    ['by bytes', { jobs: 1000, bytes: 10_000 }, undefined],
  ] as const)('500 at once are accepted up to the bound, %s', async (_, limits, expected) => {
    const connection = await start(1, limits);
    const remote = await connectPool(0, { overflow: 'reject', publishing: 500 });
    const jobs = Array.from({ length: 500 }, () => remote.submit('echo', 'x'));
    const outcomes = await Promise.allSettled(jobs);
    const accepted = outcomes.filter(({ status }) => status === 'fulfilled');
    const reasons = outcomes.flatMap((each) =>
      each.status === 'rejected' ? [(each.reason as { limit: string }).limit] : [],
    );
    const { messages, bytes } = await stored(connection);
    expect(accepted).toHaveLength(messages);
    if (expected === undefined) {
      expect(bytes).toBeLessThanOrEqual(10_000);
      expect(bytes).toBeGreaterThan(9000);
    } else expect(messages).toBe(expected);
    expect(new Set(reasons)).toEqual(new Set([expected === undefined ? 'bytes' : 'jobs']));
  });

  test.each(CLUSTERS)('those that wait for room are let in, on %i servers', async (count) => {
    await start(count, { jobs: 4 });
    const remote = await connectPool(0);
    const jobs = Array.from({ length: 12 }, (_, index) =>
      remote.run('echo', index, { id: `own ${index}` }),
    );
    await startNode(2);
    expect(await Promise.all(jobs)).toEqual(Array.from({ length: 12 }, (_, index) => index));
  });

  test('a job that waits for its key lets others go past, and comes in when one of its key has ended', async () => {
    await start(1, { jobs: 10, keyLimit: 1 });
    const [remote, other] = [await connectPool(0), await connectPool(0)];
    const order: unknown[] = [];
    const run = (pool: RemotePool<typeof Jobs>, value: string, key: string) =>
      pool.run('echo', value, { key }).then((result) => void order.push(result));
    const first = await other.submit('echo', 'a0', { key: 'a' });
    const jobs = [first.result, run(remote, 'a1', 'a'), run(remote, 'a2', 'a')];
    await remote.submit('echo', 'b', { key: 'b' });
    await remote.submit('echo', 'none');
    expect(await remote.trySubmit('echo', 'a3', { key: 'a' })).toBeUndefined();
    expect(await remote.trySubmit('echo', 'c', { key: 'c' })).toBeDefined();
    expect((await remote.stats()).jobs).toMatchObject({ waiting: 2, queued: 3 });
    await startNode(1);
    await Promise.all(jobs);
    expect(order).toEqual(['a1', 'a2']);
  });

  test.each(CLUSTERS)(
    '240 publishers of 6 keys against 100 jobs and 30 of each key, on %i servers: never more, none lost, none twice',
    async (count) => {
      const connection = await start(count, { jobs: 100, keyLimit: 30 });
      await startNode(8);
      const remotes = await Promise.all([0, 1, 2, 3, 4, 5].map((at) => connectPool(at)));
      const over = new AbortController();
      let value = 0;
      const [accepted, results] = [[] as number[], [] as Array<Promise<unknown>>];
      const publish = async (index: number): Promise<void> => {
        while (!over.signal.aborted) {
          const own = (value += 1);
          const key = `key ${index % 6}`;
          const remote = remotes[index % 6] as RemotePool<typeof Jobs>;
          const job = await remote.trySubmit('wait', { ms: 2, value: own }, { key });
          if (job === undefined) continue;
          accepted.push(own);
          results.push(job.result);
        }
      };
      const publishing = Array.from({ length: 240 }, (_, index) => publish(index));
      const untilMs = performance.now() + repeats(1500, 4000);
      let [most, mostOfKey] = [0, 0];
      while (performance.now() < untilMs) {
        const { messages, subjects = {} } = await stored(connection);
        most = Math.max(most, messages);
        mostOfKey = Math.max(mostOfKey, ...Object.values(subjects));
      }
      over.abort();
      await Promise.all(publishing);
      expect(await Promise.all(results)).toEqual(accepted);
      expect(new Set(accepted).size).toBe(accepted.length);
      expect(most).toBeLessThanOrEqual(100);
      expect(mostOfKey).toBeLessThanOrEqual(30);
      // The load came close to the bounds, so they were tested.
      expect([most > 90, mostOfKey > 25]).toEqual([true, true]);
    },
    120_000,
  );

  test('a producer that offers far more than is done holds what may wait, and no more', async () => {
    await start(1, { jobs: 100 });
    await startNode(4);
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--expose-gc',
      PRODUCER,
      String((servers[0] as NatsServer).port),
      String(repeats(20_000, 100_000)),
    ]);
    const { grownMb, done, refused } = JSON.parse(stdout) as Record<string, number>;
    expect(done).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(10 * (done as number));
    expect(grownMb).toBeLessThan(60);
  });
});
