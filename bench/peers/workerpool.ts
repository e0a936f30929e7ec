/**
 * Runs workerpool on worker threads, with a dedicated script as its documentation recommends: functions that are sent
 * as text would be compiled again for each job.
 *
 * It has no setting for the jobs per thread (one at a time). A queue without `Array.prototype.shift` made no
 * difference above the noise, so the default is used.
 */
import { fileURLToPath } from 'node:url';
import { builtFile } from '../process/built-file.js';
import { wakeThreads } from './jobs.js';
import type { Peer } from './peer.js';

const THREAD = fileURLToPath(builtFile('bench/peers/workerpool-thread.js'));

export const workerpool: Peer = {
  name: 'workerpool',
  package: 'workerpool',
  async start({ threads, job, isCold }) {
    const { default: library } = await import('workerpool');
    const pool = library.pool(THREAD, {
      workerType: 'thread',
      minWorkers: threads,
      maxWorkers: threads,
    });
    // It returns promises of its own class, which suffice here.
    const run = (input: number) => pool.exec(job, [input]) as PromiseLike<number>;
    if (isCold !== true) await wakeThreads(threads, run);
    return { run, stop: async () => void (await pool.terminate(true)) };
  },
};
