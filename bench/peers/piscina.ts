/**
 * Piscina. Settings, compared at 16 and 256 no-ops and 64 jobs of 10 µs to 1 ms in flight:
 *
 * - `concurrentTasksPerWorker`, its greatest lever: how many jobs it sends a thread ahead of their
 *   turn. 64 was the best throughput of 1, 4 and 64, about twice that of 1, as neither side waits for
 *   the other, and with 1024 in flight 512 was a little better still. But a job sent ahead is stuck
 *   behind the one before it: for latency it is 1 (in the tails of `bench tail` 1, 2 and 8 could not
 *   be told apart).
 * - `atomics`: 'sync' (the default), 'async' and 'disabled' were equal within the noise, with 'sync'
 *   the best of them as often as any.
 * - `recordTiming: false` and `FixedQueue`, as its documentation advises for speed.
 */
import { fileURLToPath } from 'node:url';
import { JOB_MODULE, wakeThreads } from './jobs.js';
import type { Peer } from './peer.js';

export const piscina: Peer = {
  name: 'piscina',
  package: 'piscina',
  async start({ threads, job, inFlight, favour, isCold }) {
    const { FixedQueue, Piscina } = await import('piscina');
    const pool = new Piscina<number, number>({
      filename: fileURLToPath(JOB_MODULE),
      name: job,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker:
        favour === 'throughput' ? Math.max(64, Math.ceil(inFlight / threads)) : 1,
      atomics: 'sync',
      recordTiming: false,
      taskQueue: new FixedQueue(),
    });
    if (isCold !== true) await wakeThreads(threads, (input) => pool.run(input));
    return {
      run: (input) => pool.run(input),
      stop: () => pool.destroy(),
    };
  },
};
