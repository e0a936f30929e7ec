/**
 * Returns bytes, copied or moved: the jobs of the experiments that measure what the bytes of a job cost.
 *
 * Invariant: nothing looks at the bytes.
 */
import { transfer } from '../../src/api/worker.js';

/** Returns the bytes as a copy. */
export function echo(bytes: Uint8Array): Uint8Array {
  return bytes;
}

/** Returns the bytes themselves. */
export function move(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return transfer(bytes, [bytes.buffer]);
}
