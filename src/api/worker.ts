/**
 * What a job module may import: the type of its functions' second argument, and how to hand
 * memory over with a result instead of copying it.
 *
 * Invariant: no side effect, nothing of the pool is loaded by importing this file.
 */
import type { Transferable } from 'node:worker_threads';

/** The second argument of every job function. */
export interface JobContext {
  /** The name under which the job was submitted. */
  readonly name: string;
  /** The job's number in its pool, the same as `job.id` on the submitting side: for logs. */
  readonly id: number;
}

/** Marks what `transfer` returns. A registered symbol, so that two copies of this file agree. */
export const TRANSFER: unique symbol = Symbol.for('millrace.transfer') as never;

/** A result with the list of what moves instead of being copied; only the host looks inside. */
export interface TransferredResult {
  /** What moves. */
  readonly [TRANSFER]: readonly Transferable[];
  /** The result itself. */
  readonly value: unknown;
}

/**
 * Returns a job's result by moving the listed buffers or ports to the submitting thread instead of
 * copying them. They are detached here once the result is sent.
 *
 * ```ts
 * export function render(page: Page) {
 *   const pixels = draw(page); // a Uint8Array
 *   return transfer(pixels, [pixels.buffer]);
 * }
 * ```
 *
 * @param value - The result, typed as itself so that the submitting side infers it.
 * @param list - What to move: `ArrayBuffer`, `MessagePort` and whatever else Node can transfer.
 * @returns A marker that only has a meaning as the return value of a job function (or what its
 *   promise fulfils with). A list that can't be transferred makes the job reject with
 *   `ERR_NOT_CLONEABLE`, `what: 'result'`.
 */
export function transfer<Value>(value: Value, list: readonly Transferable[]): Value {
  const marked: TransferredResult = { [TRANSFER]: list, value };
  return marked as Value;
}

/** Whether a job returned the marker of `transfer`. */
export function isTransferred(result: unknown): result is TransferredResult {
  return typeof result === 'object' && result !== null && TRANSFER in result;
}
