/**
 * This library, as the other peers are run: by `run`, with a backlog that never refuses.
 *
 * Invariant: everything else is the default, also where a setting might suit a figure better; the
 * single variant sends one message for each job and differs in nothing else.
 */
import { Pool, type PoolOptions } from '../../src/index.js';
import { JOB_MODULE, type ExperimentJobs } from './jobs.js';
import type { Peer } from './peer.js';

/** What a job is charged, and then some. */
const BYTES_PER_JOB = 1024;

export const millrace: Peer = millraceWith('millrace', {});

/** Without sending short jobs together. */
export const millraceSingle: Peer = millraceWith('millrace-single', { coalesce: false });

function millraceWith(name: string, special: { readonly coalesce?: boolean }): Peer {
  return {
    name,
    package: undefined,
    async start({ threads, job, inFlight, isCold, bytesPerJob = BYTES_PER_JOB }) {
      const options: PoolOptions = {
        threads,
        backlog: { jobs: inFlight, bytes: (inFlight + threads) * bytesPerJob },
        ...special,
      };
      const pool = new Pool<ExperimentJobs>(JOB_MODULE, options);
      if (isCold !== true) await pool.ready();
      return {
        run: (input) => pool.run(job, input),
        stop: async () => void (await pool.close()),
      };
    },
  };
}
