/**
 * A map as its consumer sees it: an async iterator, written by hand, as an async generator would queue `return()` behind a
 * pending `next()`.
 */
import type { Mapping } from './mapping.js';

/** What the rows ask of their map, whatever its jobs are. */
type Asked = Pick<Mapping, 'ask' | 'stop'>;

/** The results of `pool.map`: iterate over it once. */
export class MapRows<Row> implements AsyncIterableIterator<Row> {
  readonly #mapping: Asked;

  /** Only `pool.map` makes one. */
  constructor(mapping: Asked) {
    this.#mapping = mapping;
  }

  /** The next result; calls that overlap are answered in their order. The first call starts the map. */
  next(): Promise<IteratorResult<Row, undefined>> {
    return this.#mapping.ask() as Promise<IteratorResult<Row, undefined>>;
  }

  /**
   * Ends the map, as leaving a `for await` does; pending `next()` are done at once. Fulfils when nothing of the map runs
   * and the source is closed. Rejects with what closing the source throws.
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
