/**
 * Jobs that give their input back, for the experiments that measure what its bytes cost.
 *
 * Invariant: nothing looks at the bytes.
 */
import { transfer } from '../../src/api/worker.js';

/** Gives the bytes back as a copy. */
export function echo(bytes: Uint8Array): Uint8Array {
  return bytes;
}

/** Gives the bytes themselves back. */
export function move(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return transfer(bytes, [bytes.buffer]);
}
