import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { describe, expect, test, vi } from 'vitest';
import { checkSource, type Pulled, Source } from '../../../src/map/source.js';
import { macrotask, rejection, thrownBy } from '../../helpers/outcomes.js';

async function all(source: Source): Promise<unknown[]> {
  const items: unknown[] = [];
  for (let pulled = await source.pull(); pulled.done !== true; pulled = await source.pull()) {
    items.push(pulled.value);
  }
  return items;
}

/** A source that answers when the test says so, and counts how often it is closed. */
function silent() {
  let resolve!: (pulled: Pulled) => void;
  const promise = new Promise<Pulled>((resolvePull) => (resolve = resolvePull));
  const close = vi.fn<() => unknown>(() => ({}));
  const iterable = { [Symbol.asyncIterator]: () => ({ next: () => promise, return: close }) };
  return { source: new Source(iterable as never), resolve, close };
}

test.each<[string, () => never]>([
  ['an array', () => [1, 2] as never],
  ['a set', () => new Set([1, 2]) as never],
  ['an array of promises', () => [Promise.resolve(1), 2] as never],
  ['a stream of Node', () => Readable.from([1, 2]) as never],
  ['a stream of the web', () => ReadableStream.from([1, 2]) as never],
  [
    'an async generator',
    () =>
      (async function* () {
        yield* [1, 2];
      })() as never,
  ],
])('%s gives its items', async (_, make) => {
  const iterable = make();
  checkSource(iterable);
  const source = new Source(iterable);
  expect(await all(source)).toEqual([1, 2]);
  await source.close();
});

test.each([undefined, null, 1, {}, () => {}, Promise.resolve([])])('%o is no source', (value) => {
  expect(thrownBy(() => checkSource(value))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    option: 'source',
  });
});

test('what is synchronous is given at once', () => {
  const source = new Source([1]);
  expect(source.pull()).toEqual({ done: false, value: 1 });
  expect(source.pull()).toEqual({ done: true, value: undefined });
});

test('it is opened by the first pull', async () => {
  const open = vi.fn<() => Iterator<number>>(() => [1][Symbol.iterator]());
  const source = new Source({ [Symbol.iterator]: open });
  await source.close();
  expect(open).not.toHaveBeenCalled();
  void source.pull();
  void source.pull();
  expect(open).toHaveBeenCalledOnce();
});

describe('closing', () => {
  test('is done once, and waited for', async () => {
    let isClosed = false;
    const close = vi.fn<() => Promise<unknown>>(async () => {
      await macrotask();
      isClosed = true;
      return {};
    });
    const source = new Source({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false as const, value: 1 }),
        return: close as never,
      }),
    });
    await source.pull();
    await source.close();
    expect(isClosed).toBe(true);
    await source.close();
    expect(close).toHaveBeenCalledOnce();
  });

  test('throws what closing throws', async () => {
    const error = new Error('it can not be closed');
    const source = new Source({
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: 1 }),
        return() {
          throw error;
        },
      }),
    });
    void source.pull();
    expect(await rejection(source.close())).toBe(error);
  });

  test.each(['has ended', 'has failed'])('is not done where the source %s', async (how) => {
    const close = vi.fn<() => IteratorResult<number>>();
    const source = new Source({
      [Symbol.iterator]: () => ({
        next() {
          if (how === 'has failed') throw new Error('failed');
          return { done: true, value: 1 };
        },
        return: close,
      }),
    });
    try {
      void source.pull();
    } catch {}
    await source.close();
    expect(close).not.toHaveBeenCalled();
  });

  test('a source that can not be closed is left alone', async () => {
    const source = new Source({
      [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }),
    });
    void source.pull();
    await source.close();
  });

  test('waits for a pull that is outstanding', async () => {
    const { source, resolve, close } = silent();
    void source.pull();
    const closed = vi.fn<() => void>();
    const closing = source.close().then(closed);
    await macrotask();
    expect(close).toHaveBeenCalledOnce();
    expect(closed).not.toHaveBeenCalled();
    resolve({ done: false, value: 1 });
    await closing;
  });

  test('waits a second for a pull that is not answered', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { source } = silent();
      void source.pull();
      const closed = vi.fn<() => void>();
      const closing = source.close().then(closed);
      await vi.advanceTimersByTimeAsync(999);
      expect(closed).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1);
      await closing;
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('errors', () => {
  test.each([new Error('failed'), undefined, 'text'])(
    'what it throws is thrown: %o',
    async (error) => {
      const source = new Source({
        [Symbol.asyncIterator]: () => ({
          async next() {
            throw error;
          },
        }),
      });
      expect(await rejection(source.pull() as Promise<Pulled>)).toBe(error);
    },
  );

  test('an item that is a promise and rejects closes the source, as for await does', async () => {
    const error = new Error('no item');
    const close = vi.fn<() => never>(() => {
      throw new Error('hidden');
    });
    const source = new Source({
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: Promise.reject(error) }),
        return: close,
      }),
    });
    expect(await rejection(source.pull() as Promise<Pulled>)).toBe(error);
    await source.close();
    expect(close).toHaveBeenCalledOnce();
  });

  test.each([undefined, 1, 'text'])('an answer that is no object is an error: %o', (answer) => {
    const source = new Source({ [Symbol.iterator]: () => ({ next: () => answer as never }) });
    expect(thrownBy(() => source.pull())).toBeInstanceOf(TypeError);
  });
});
