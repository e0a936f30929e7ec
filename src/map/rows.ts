/**
 * A map as its consumer sees it: an async iterator, written by hand, as an async generator would queue `return()`
 * behind a pending `next()`.
 */
import type { Mapping } from './mapping.js';

/** The methods of a map that its rows call. */
type Asked = Pick<Mapping, 'ask' | 'stop'>;

/**
 * The results of `pool.map`, which can be iterated only once.
 *
 * @example
 * ```ts
 * import { pipeline } from 'node:stream/promises';
 *
 * const rows = pool.map('square', [1, 2, 3]);
 * await pipeline(rows, async (squares) => {
 *   for await (const square of squares) if (square === 4) break; // ends the map, too
 * });
 * console.log(await rows.next()); // { done: true, value: undefined }
 * ```
 */
export class MapRows<Row> implements AsyncIterableIterator<Row> {
  readonly #mapping: Asked;

  /** Only `pool.map` makes one. */
  constructor(mapping: Asked) {
    this.#mapping = mapping;
  }

  /** Returns the next result; overlapping calls are answered in order. The first call starts the map. */
  next(): Promise<IteratorResult<Row, undefined>> {
    return this.#mapping.ask() as Promise<IteratorResult<Row, undefined>>;
  }

  /**
   * Ends the map, as leaving a `for await` loop does; pending `next()` calls complete at once. Resolves when the source
   * is closed and no job of the map is running (with `RemotePool` running jobs are not awaited). Rejects with the error
   * that closing the source throws.
   */
  async return(): Promise<IteratorReturnResult<undefined>> {
    await this.#mapping.stop();
    return { done: true, value: undefined };
  }

  /** The iterator itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The same as `return()`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#mapping.stop();
  }
}
