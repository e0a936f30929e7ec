/**
 * Checks memory that is about to be transferred, where the versions of Node differ in what they do about it.
 *
 * Invariant: nothing is detached by looking.
 */
import workerThreads, { type Transferable } from 'node:worker_threads';
import { types } from 'node:util';
import { cloneMoving } from './cloning.js';

/** Functions of Node 22 and later that the types of Node 20 lack. */
const { isMarkedAsUntransferable } = workerThreads as {
  readonly isMarkedAsUntransferable?: (item: unknown) => boolean;
};

/** The size of the pool that Node 20 begins with, whatever `Buffer.poolSize` says later. */
const FIRST_POOL_BYTES = 8192;

/**
 * Checks that what is listed can be transferred. Cost: some 50 ns for each item; on Node 20 10 µs for memory
 * that is as large as the pool of Buffers.
 *
 * @throws TypeError if memory is detached (Node 20 takes it for an empty one) or that of a pooled Buffer, such as
 *   `Buffer.from('text')` (Node 20 would clone all of the pool). The latter has a `code`, `ERR_BUFFER_POOLED`.
 */
export function checkTransferable(list: readonly Transferable[]): void {
  // Node rejects anything that is not a list.
  if (!Array.isArray(list)) return;
  for (const [at, item] of list.entries()) {
    if (!types.isArrayBuffer(item)) continue;
    // Making a view of detached memory throws.
    if (item.byteLength === 0) void new Uint8Array(item);
    else if (isPooled(item)) throw pooledError(at);
  }
}

/** Node never transfers the memory in which it puts small Buffers side by side: each would lose its own. */
function isPooled(memory: ArrayBuffer): boolean {
  if (isMarkedAsUntransferable !== undefined) return isMarkedAsUntransferable(memory);
  if (memory.byteLength !== FIRST_POOL_BYTES && memory.byteLength !== Buffer.poolSize) return false;
  try {
    // Node 20 leaves it out without a word, before it sees that it is listed twice.
    cloneMoving(null, [memory, memory]);
    return true;
  } catch {
    return false;
  }
}

function pooledError(at: number): TypeError {
  const message =
    `transfer[${at}] is the memory of a pooled Buffer, which other small Buffers share, or is marked as ` +
    'untransferable: Node does not move it. Copy the Buffer (Uint8Array.from(buffer), or ' +
    'Buffer.allocUnsafeSlow to begin with), or leave it out of transfer: a small one is cheap to copy.';
  return Object.assign(new TypeError(message), { code: 'ERR_BUFFER_POOLED' });
}
