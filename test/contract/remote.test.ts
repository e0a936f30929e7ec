/**
 * Checks the contract over a real server: a pool's slots are those of its one node, and its capacity is the stream's.
 */
import { Pool } from 'millrace';
import { provision, RemotePool, serve } from 'millrace/nats';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import type * as Jobs from '../fixtures/contract.js';
import { HAS_NATS, NatsServer } from '../helpers/nats-server.js';
import { checkContract, type ContractPool } from './contract.js';

const module = new URL('../fixtures/contract.js', import.meta.url);

describe.runIf(HAS_NATS)('over NATS', () => {
  let server: NatsServer;
  let pools = 0;
  const closing: Array<() => Promise<unknown>> = [];
  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  afterAll(() => server.stop());

  checkContract(
    'a remote pool',
    async ({ threads = 1, concurrency = 1, backlog = 1024, overflow }) => {
      const { jobs = 1024, waiters = 1024 } =
        typeof backlog === 'number' ? { jobs: backlog } : backlog;
      const name = `pool-${(pools += 1)}`;
      const slots = threads * concurrency;
      const connection = await server.connect();
      await provision(connection, name, { jobs: slots + jobs });
      const pool = new Pool<typeof Jobs>(module, { threads, concurrency });
      const node = await serve(pool, {
        connection: await server.connect(),
        name,
        concurrency: slots,
      });
      closing.push(async () => {
        await node.close();
        await pool.close({ deadlineMs: 1000 });
      });
      const remote = await RemotePool.connect<typeof Jobs>({
        connection,
        name,
        waiters,
        ...(overflow !== undefined && { overflow: overflow as 'wait' }),
      });
      return remote as unknown as ContractPool;
    },
    { isLocal: false },
  );
});
