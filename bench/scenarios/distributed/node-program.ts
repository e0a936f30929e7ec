/** Runs a serving process of `bench distributed`: serves each remote pool with a pool of one thread. */
import { connect } from '@nats-io/transport-node';
import { Pool } from '../../../src/index.js';
import { serve } from '../../../src/nats/nats.js';
import { builtFile } from '../../process/built-file.js';
import { type Message, serveParent, tellParent } from '../../process/child.js';

/** The request that a serving process receives. */
export interface NodeRequest extends Message {
  readonly kind: 'serve';
  readonly port: number;
  /** The remote pools, and the number of jobs that the process runs of each at a time. */
  readonly pools: ReadonlyArray<{ readonly name: string; readonly concurrency: number }>;
}

serveParent<NodeRequest>((request) => void start(request));

async function start({ port, pools }: NodeRequest): Promise<void> {
  const connection = await connect({ servers: `127.0.0.1:${port}` });
  for (const { name, concurrency } of pools) {
    const pool = new Pool(builtFile('bench/jobs/remote.js'), { threads: 1, concurrency });
    await pool.ready();
    await serve(pool, { connection, name, concurrency });
  }
  tellParent({ kind: 'serving' });
}
