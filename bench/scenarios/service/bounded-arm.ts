/**
 * An arm with this library: a bounded backlog, and a refusal for what has no room in it.
 *
 * Invariant: from `saturated` until `available` documents are refused unread, so that what is refused
 * costs the service next to nothing; those that are being read at that moment are decided by
 * `trySubmit`.
 */
import type { Job, Pool } from '../../../src/index.js';
import { type Arm, follow } from './arm.js';

/** Waits for the pool to be ready. @param trySubmit - Gives a document to the pool, if it has room. */
export async function boundedArm(
  pool: Pick<Pool, 'on' | 'ready' | 'stats'>,
  trySubmit: (document: Buffer) => Job<unknown> | undefined,
): Promise<Arm> {
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
      const job = trySubmit(document);
      if (job === undefined) return false;
      void follow(job.result, done);
      return true;
    },
    retryAfterSeconds: () => retryAfterSeconds,
  };
}
