/** Tests the fate of jobs when nodes and servers are lost: real processes are killed and frozen. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { provision } from '../../../../build/src/nats/server/provision.js';
import { RemotePool } from '../../../../build/src/nats/submit/remote-pool.js';
import type { RemoteLimits } from '../../../../build/src/nats/server/limits.js';
import type * as Jobs from '../../../fixtures/contract.js';
import { HAS_NATS, NatsServer } from '../../../helpers/nats-server.js';
import { repeats } from '../../../helpers/extent.js';
import { rejection, until } from '../../../helpers/outcomes.js';

const PROGRAM = fileURLToPath(new URL('../../../fixtures/programs/nats-node.mjs', import.meta.url));
const ACK_WAIT_MS = 2000;

describe.runIf(HAS_NATS)('when something is lost', () => {
  let server: NatsServer;
  let remote: RemotePool<typeof Jobs>;
  const nodes: ChildProcess[] = [];

  beforeEach(async () => {
    server = await NatsServer.start();
  });
  afterEach(async () => {
    await remote.close({ deadlineMs: 0 });
    for (const node of nodes.splice(0)) {
      const exit = once(node, 'exit');
      if (node.exitCode !== null || node.signalCode !== null || !node.kill('SIGKILL')) continue;
      await exit;
    }
    await server.stop();
  });

  async function start(limits: Partial<RemoteLimits> = {}): Promise<void> {
    const connection = await server.connect();
    await provision(connection, 'it', { jobs: 1000, ackWaitMs: ACK_WAIT_MS, ...limits });
    remote = await RemotePool.connect<typeof Jobs>({ connection, name: 'it' });
  }

  async function startNode(concurrency: number): Promise<ChildProcess> {
    const args = [PROGRAM, String(server.port), 'it', String(concurrency)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    nodes.push(child);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    return child;
  }

  async function drained(): Promise<void> {
    while ((await remote.stats()).server.jobs > 0);
  }

  const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

  /** Submits `count` jobs of `ms` each. @returns Their results, once `first` of them have settled. */
  async function offer(count: number, ms: number, first: number): Promise<Array<Promise<unknown>>> {
    let settled = 0;
    const jobs = numbers(count).map(async (value) => {
      const result = await remote.run('wait', { ms, value });
      settled += 1;
      return result;
    });
    await until(() => settled >= first);
    return jobs;
  }

  test('a node that is killed: all jobs settle once, and the lost ones soon', async () => {
    await start();
    const [first] = await Promise.all([startNode(8), startNode(8)]);
    const jobs = await offer(400, 20, 100);
    first?.kill('SIGKILL');
    const killedMs = performance.now();
    expect(await Promise.all(jobs)).toEqual(numbers(400));
    expect(performance.now() - killedMs).toBeLessThan(60_000);
    expect((await remote.stats()).jobs).toMatchObject({ submitted: 400, fulfilled: 400 });
    await drained();
  });

  test('a node that is frozen and goes on settles nothing twice', async () => {
    await start();
    const [first] = await Promise.all([startNode(4), startNode(4)]);
    const jobs = await offer(100, 20, 20);
    first?.kill('SIGSTOP');
    expect(await Promise.all(jobs)).toEqual(numbers(100));
    first?.kill('SIGCONT');
    expect(await remote.run('echo', 'next')).toBe('next');
    expect((await remote.stats()).jobs).toMatchObject({ submitted: 101, fulfilled: 101 });
    await drained();
  });

  test.each(numbers(repeats(1, 5)))(
    'a server that is killed and started again, run %i: all settle',
    async () => {
      await start({ jobs: 40 });
      await Promise.all([startNode(4), startNode(4)]);
      const jobs = await offer(600, 5, 200);
      await server.kill();
      await server.restart();
      expect(await Promise.all(jobs)).toEqual(numbers(600));
      await drained();
    },
    120_000,
  );

  test.each(numbers(repeats(1, 20)))(
    'a job that kills every node that runs it, beside innocent ones, run %i: only it is given up',
    async () => {
      await start();
      const over = new AbortController();
      const keepNode = async (): Promise<void> => {
        while (!over.signal.aborted) await once(await startNode(4), 'exit');
      };
      const keeping = [keepNode(), keepNode()];
      const poison = rejection(remote.run('die'));
      const jobs = numbers(40).map((value) => remote.run('wait', { ms: 20, value }));
      expect(await Promise.all(jobs)).toEqual(numbers(40));
      expect(await poison).toMatchObject({ code: 'ERR_DEAD_LETTER', started: true, attempts: 3 });
      await drained();
      over.abort();
      for (const child of nodes) child.kill('SIGKILL');
      await Promise.all(keeping);
    },
    180_000,
  );

  test('a job that takes longer than the server waits for signs of life runs once', async () => {
    await start({ ackWaitMs: 1000 });
    await Promise.all([startNode(1), startNode(1)]);
    // A job that is redelivered to a node is counted before it starts.
    const connection = await server.connect();
    const counted: string[] = [];
    connection.subscribe('millrace.it.attempts.*', {
      callback: (_, { subject }) => void counted.push(subject),
    });
    await connection.flush();
    const job = await remote.submit('wait', { ms: 5500, value: 'once' });
    expect(await job.result).toBe('once');
    await drained();
    expect(counted).toEqual([]);
  });
});
