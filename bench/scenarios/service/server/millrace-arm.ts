/**
 * The arm with this library: a fixed number of jobs at once, a bounded backlog, and a refusal for what has
 * no room in it.
 *
 * Invariant: from `saturated` until `available` documents are refused unread, so that what is refused
 * costs the service next to nothing; those that are being read at that moment are decided by
 * `trySubmit`.
 */
import { Pool } from '../../../../src/index.js';
import { type Arm, type ArmJob, type ArmSlots, follow } from './arm.js';

/** Waits for the pool to be ready. */
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
