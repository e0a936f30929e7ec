/**
 * Runs this library like the other peers: by `run`, with a backlog that never rejects.
 *
 * Invariant: everything else has its default, even if another setting might improve a metric; the single variant
 * sends one message per job and differs in nothing else.
 */
import { Pool, type PoolOptions } from '../../src/index.js';
import { JOB_MODULE, type ExperimentJobs } from './jobs.js';
import type { Peer } from './peer.js';

/** Bytes of the backlog per job; more than a job is charged. */
const BYTES_PER_JOB = 1024;

export const millrace: Peer = millraceWith('millrace', {});

/** Does not send short jobs together. */
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
