/**
 * Pulls items from whatever can be iterated: arrays, generators, async iterables, streams of Node and of the web.
 *
 * Invariants: it is opened at the first pull; at most one pull is outstanding; it is closed exactly once, unless it has
 * ended or failed by itself: then it is closed already.
 */
import { invalid } from '../api/options.js';

/** The source of `pool.map`. Promises yielded by a synchronous iterable are awaited one at a time. */
export type MapSource<Item> = AsyncIterable<Item> | Iterable<Item | PromiseLike<Item>>;

/** The answer to a pull. */
export type Pulled = IteratorResult<unknown, unknown>;

/** How long a source may take to answer a pull that was outstanding when it was closed. */
const PULL_MS = 1000;

interface AnyIterator {
  next(): unknown;
  return?(): unknown;
}

export class Source {
  readonly #iterable: MapSource<unknown>;
  #iterator: AnyIterator | undefined;
  #isAsync = true;
  /** Whether it has ended, failed or been closed. */
  #isOver = false;
  /** The promise of the outstanding pull. */
  #pull: unknown;

  constructor(iterable: MapSource<unknown>) {
    this.#iterable = iterable;
  }

  /**
   * Asks for the next item.
   *
   * @returns The answer, or a promise of it where the source or its item takes time.
   * @throws What the source throws. It is over then.
   */
  pull(): Pulled | Promise<Pulled> {
    try {
      const answer = (this.#iterator ??= this.#open()).next();
      if (this.#isAsync) return this.#answer(answer);
      const pulled = checked(answer);
      if (pulled.done === true) this.#isOver = true;
      else if (isThenable(pulled.value)) return this.#item(pulled.value);
      return pulled;
    } catch (error) {
      this.#isOver = true;
      throw error;
    }
  }

  /**
   * Closes the source, at most once, if it has been opened and is not over. A pull that is outstanding is waited for,
   * but for a second at most: a source that is silent can't be closed before it speaks.
   *
   * @throws What its `return` throws.
   */
  async close(): Promise<void> {
    const iterator = this.#iterator;
    if (this.#isOver || iterator === undefined) return;
    this.#isOver = true;
    const closed = closing(iterator);
    const pull = this.#pull;
    if (pull === undefined) return closed;
    await within(PULL_MS, Promise.all([closed, Promise.resolve(pull).catch(ignore)]));
  }

  #open(): AnyIterator {
    const { [Symbol.asyncIterator]: openAsync } = this.#iterable as Partial<AsyncIterable<unknown>>;
    if (openAsync !== undefined) return openAsync.call(this.#iterable) as AnyIterator;
    this.#isAsync = false;
    return (this.#iterable as Iterable<unknown>)[Symbol.iterator]();
  }

  async #answer(answer: unknown): Promise<Pulled> {
    try {
      this.#pull = answer;
      const pulled = checked(await answer);
      if (pulled.done === true) this.#isOver = true;
      return pulled;
    } catch (error) {
      this.#isOver = true;
      throw error;
    } finally {
      this.#pull = undefined;
    }
  }

  /** Awaits what a synchronous source has yielded. Where it rejects the source is closed, as by `for await`. */
  async #item(item: PromiseLike<unknown>): Promise<Pulled> {
    try {
      this.#pull = item;
      return { done: false, value: await item };
    } catch (error) {
      // Its own error would hide the one that it is closed for.
      this.#pull = undefined;
      await this.close().catch(ignore);
      throw error;
    } finally {
      this.#pull = undefined;
    }
  }
}

/** @throws InvalidOptionError if nothing can be pulled from it. */
export function checkSource(value: unknown): asserts value is MapSource<unknown> {
  const source = Object(value) as Partial<AsyncIterable<unknown> & Iterable<unknown>>;
  if (typeof source[Symbol.asyncIterator] === 'function') return;
  if (typeof source[Symbol.iterator] === 'function') return;
  throw invalid(
    'source',
    value,
    'an iterable or an async iterable: an array, a generator, a stream',
  );
}

async function closing(iterator: AnyIterator): Promise<void> {
  await iterator.return?.();
}

function checked(answer: unknown): Pulled {
  if (typeof answer === 'object' && answer !== null) return answer as Pulled;
  throw new TypeError(`The source's next() gave ${String(answer)}, and not an object.`);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<PromiseLike<unknown>>).then === 'function'
  );
}

/** Awaits a promise for a limited time. Unlike the pool's other timers, this one keeps the process alive. */
async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function ignore(): void {}
