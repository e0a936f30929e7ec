/**
 * Defines what a job module may import: the type of its functions' second argument, and `transfer`.
 *
 * Invariant: no side effect, nothing of the pool is loaded by importing this file.
 */
import type { Transferable } from 'node:worker_threads';

/**
 * The second argument of every job function. Its parts are created when they are first used.
 *
 * @example
 * ```ts
 * // jobs.ts
 * import type { JobContext } from 'millrace/worker';
 *
 * export function sum(below: number, { signal, progress }: JobContext) {
 *   let total = 0;
 *   for (let n = 0; n < below; n += 1) {
 *     if (n % 1000 === 0) {
 *       signal.throwIfAborted(); // stops when the job is cancelled
 *       progress(n / below); // to onProgress
 *     }
 *     total += n;
 *   }
 *   return total;
 * }
 * ```
 */
export interface JobContext {
  /** The name under which the job was submitted. */
  readonly name: string;
  /** The job's number in its pool, for logs; the same as `Job.id` on the submitting side. */
  readonly id: number;
  /** The attempt number, starting at 1. Above 1 only with `millrace/nats`, after a node was lost. */
  readonly attempt: number;
  /**
   * Aborts when the job is cancelled or times out, shortly before the deadline of `close()`, or when the thread ends
   * after an uncaught exception. Its `reason` is an `AbortError` DOMException, or a `TimeoutError` after a timeout.
   *
   * `aborted`, `reason` and `throwIfAborted()` are up to date whenever they are read, even inside a synchronous loop.
   * The `abort` event fires at such a read, or with the next turn of the thread's event loop, as do signals derived by
   * `AbortSignal.any`. It never aborts after the job's function has ended. Cost: each read takes about 20 ns more than
   * on an ordinary signal.
   *
   * @example
   * ```ts
   * // jobs.ts
   * import type { JobContext } from 'millrace/worker';
   *
   * export async function download(url: string, { signal }: JobContext) {
   *   const response = await fetch(url, { signal });
   *   return response.text();
   * }
   * ```
   */
  readonly signal: AbortSignal;
  /**
   * Reports the job's progress to `onProgress` of its submission. At most one value is in transit; until it arrives,
   * newer values replace each other. So frequent calls use no extra memory, and the last value arrives before the
   * result. It may be destructured from the context. Cost: 20 ns per call, 10 ns without a listener.
   *
   * @param value - Any cloneable value. Others are reported by the pool's `strayError` event.
   */
  progress(value: unknown): void;
}

/** The argument of the functions named by the options `setup` and `teardown`. */
export interface ThreadInfo {
  /** The thread's id, `worker_threads.threadId`. */
  readonly threadId: number;
  /** The pool's option `workerData`, cloned. */
  readonly workerData: unknown;
}

/** Marks what `transfer` returns. A registered symbol, so that two copies of this file agree. */
export const TRANSFER: unique symbol = Symbol.for('millrace.transfer') as never;

/** A result with the list of what moves instead of being copied; only the host looks inside. */
export interface TransferredResult {
  /** The objects to move. */
  readonly [TRANSFER]: readonly Transferable[];
  /** The result itself. */
  readonly value: unknown;
}

/**
 * Marks buffers or ports of a job's result to be moved to the submitting thread instead of copied. They are detached on
 * the worker thread once the result is sent.
 *
 * @param value - The result. Its type is kept, so that the submitting side infers it.
 * @param list - The objects to move: `ArrayBuffer`, `MessagePort` and others that Node can transfer.
 * @returns A marker, which the job function must return, or resolve to. A list that can't be transferred makes the
 *   job reject with `ERR_NOT_CLONEABLE` (`what: 'result'`), and so does the memory of a small Buffer, which is shared.
 * @example
 * ```ts
 * // jobs.ts
 * import { transfer } from 'millrace/worker';
 *
 * export function render({ width, height }: { width: number; height: number }) {
 *   const pixels = new Uint8Array(4 * width * height);
 *   return transfer(pixels, [pixels.buffer]);
 * }
 * ```
 */
export function transfer<Value>(value: Value, list: readonly Transferable[]): Value {
  const marked: TransferredResult = { [TRANSFER]: list, value };
  return marked as Value;
}

/** Whether a job returned the marker of `transfer`. */
export function isTransferred(result: unknown): result is TransferredResult {
  return typeof result === 'object' && result !== null && TRANSFER in result;
}
