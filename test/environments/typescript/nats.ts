/** A program that uses `millrace/nats`; it is compiled but not run. */
import { connect } from '@nats-io/transport-node';
import { Pool } from 'millrace';
import { provision, RemotePool, serve, type RemoteStats } from 'millrace/nats';
import type * as Jobs from './jobs.js';

export async function submit(): Promise<number> {
  const connection = await connect({ servers: 'localhost' });
  await provision(connection, 'it', { jobs: 10, keyLimit: 2 });
  const remote = await RemotePool.connect<typeof Jobs>({ connection, name: 'it' });
  const results: number[] = [];
  for await (const row of remote.map('square', [1, 2])) results.push(row);
  const stats: RemoteStats = await remote.stats();
  const job = await remote.trySubmit('square', 3, { key: 'a' });
  results.push((await job?.result) ?? stats.jobs.queued);
  const node = await serve(new Pool<typeof Jobs>('/jobs.js'), { connection, name: 'it' });
  await node.close();
  return remote.run('square', 4);
}
