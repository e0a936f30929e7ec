/**
 * Runs Tinypool on worker threads. Settings, compared as for Piscina:
 *
 * - `concurrentTasksPerWorker`: as for Piscina, for the same reasons; 64 had two to three times the throughput of 1.
 * - `useAtomics: true` (the default) was slightly better.
 * - `isolateWorkers: false` (the default): a new thread for each job would measure something else.
 */
import { fileURLToPath } from 'node:url';
import { JOB_MODULE, wakeThreads } from './jobs.js';
import type { Peer } from './peer.js';

export const tinypool: Peer = {
  name: 'tinypool',
  package: 'tinypool',
  async start({ threads, job, inFlight, favour, isCold }) {
    const { Tinypool } = await import('tinypool');
    const pool = new Tinypool({
      filename: fileURLToPath(JOB_MODULE),
      name: job,
      runtime: 'worker_threads',
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker:
        favour === 'throughput' ? Math.max(64, Math.ceil(inFlight / threads)) : 1,
      useAtomics: true,
      isolateWorkers: false,
    });
    if (isCold !== true) await wakeThreads(threads, (input) => pool.run(input));
    return {
      run: (input) => pool.run(input) as Promise<number>,
      stop: () => pool.destroy(),
    };
  },
};
