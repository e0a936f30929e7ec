/**
 * What a job module may import: the type of its functions' second argument, and how to hand
 * memory over with a result instead of copying it.
 *
 * Invariant: no side effect, nothing of the pool is loaded by importing this file.
 */
import type { Transferable } from 'node:worker_threads';

/** The second argument of every job function. Its parts are made when they are first used. */
export interface JobContext {
  /** The name under which the job was submitted. */
  readonly name: string;
  /** The job's number in its pool, the same as `job.id` on the submitting side: for logs. */
  readonly id: number;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /**
   * Aborts when the job is cancelled, runs into a timeout, when the pool is about to close, or when the thread ends after
   * an uncaught exception. Its `reason` is an `AbortError` or, for timeouts, a `TimeoutError` DOMException.
   *
   * It works everywhere: its event comes with the thread's next turn, and `aborted`, `reason` and `throwIfAborted()` are
   * true at the moment they are read, in the middle of a synchronous loop, too. A look costs some 20 ns more than with an
   * ordinary signal. Signals that `AbortSignal.any` makes of it follow with the next turn. After the end of the job's
   * function it never aborts any more.
   *
   * ```ts
   * export async function download(url: string, { signal }: JobContext) {
   *   const response = await fetch(url, { signal });
   *   return response.text();
   * }
   *
   * export function search(limit: number, { signal }: JobContext) {
   *   for (let n = 0; n < limit; n += 1) {
   *     if (n % 1000 === 0) signal.throwIfAborted();
   *     if (isPerfect(n)) return n;
   *   }
   *   return undefined;
   * }
   * ```
   */
  readonly signal: AbortSignal;
  /**
   * Reports how far the job has come, to `onProgress` of the call that submitted it. One value is under way at a time,
   * and of those reported meanwhile the newest is kept: so calling it a million times costs no memory, and the last value
   * arrives before the result. May be taken out of its context. Cost: 20 ns a call, 10 ns where nobody listens.
   *
   * @param value - Anything that can be cloned; one that can't is reported by the pool's `strayError` event.
   */
  progress(value: unknown): void;
}

/** What the functions named by `setup` and `teardown` are called with. */
export interface ThreadInfo {
  /** The thread's number, as Node counts its threads. */
  readonly threadId: number;
  /** The pool's option `workerData`, cloned. */
  readonly workerData: unknown;
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
 *   `ERR_NOT_CLONEABLE`, `what: 'result'`; so does the memory of a small Buffer, which others share.
 */
export function transfer<Value>(value: Value, list: readonly Transferable[]): Value {
  const marked: TransferredResult = { [TRANSFER]: list, value };
  return marked as Value;
}

/** Whether a job returned the marker of `transfer`. */
export function isTransferred(result: unknown): result is TransferredResult {
  return typeof result === 'object' && result !== null && TRANSFER in result;
}
