/**
 * Creates the variant with this library: a fixed number of jobs at once, a bounded backlog, and rejection of
 * documents that don't fit into it.
 *
 * Invariant: from `saturated` until `available` documents are rejected unread, so that a rejection costs the
 * service next to nothing; for those being read at that moment `trySubmit` decides.
 */
import { Pool } from '../../../../src/index.js';
import { type Arm, type ArmJob, type ArmSlots, follow } from './arm.js';

/** Creates the variant once its pool is ready. */
export async function millraceArm(
  { module, name }: ArmJob,
  { threads, concurrency = 1, backlogJobs }: ArmSlots & { readonly backlogJobs: number },
): Promise<Arm> {
  const pool = new Pool(module, { threads, concurrency, backlog: backlogJobs });
  let isFull = false;
  let retryAfterSeconds = 1;
  pool.on('saturated', () => {
    isFull = true;
    retryAfterSeconds = Math.max(1, Math.ceil(pool.stats().retryAfterMs / 1000));
  });
  pool.on('available', () => {
    isFull = false;
  });
  await pool.ready();
  return {
    isFull: () => isFull,
    start(document, done) {
      const job = pool.trySubmit(name, document);
      if (job === undefined) return false;
      void follow(job.result, done);
      return true;
    },
    retryAfterSeconds: () => retryAfterSeconds,
  };
}
