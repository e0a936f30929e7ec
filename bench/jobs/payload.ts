/**
 * Job module of the experiments that measure the cost of a job's bytes: returns bytes, copied or moved.
 *
 * Invariant: nothing reads the bytes.
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
