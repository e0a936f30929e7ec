import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReadableStream } from 'node:stream/web';
import type { MapOptions } from 'millrace';
import { describe, expect, test } from 'vitest';
import type * as Jobs from '../fixtures/mapped.js';
import { repeats } from '../helpers/extent.js';
import { collectGarbage } from '../helpers/garbage.js';
import { fixture, guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { macrotask, rejection, thrownBy } from '../helpers/outcomes.js';

const { makePool } = guard();
const mapped = fixture('mapped.js');
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

async function read<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const values: Row[] = [];
  for await (const value of rows) values.push(value);
  return values;
}

function silent(): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };
}

describe('streams', () => {
  test('a stream of Node comes in, and one goes out', async () => {
    const pool = makePool<typeof Jobs>({ threads: 2 }, mapped);
    const chunks: unknown[] = [];
    await pipeline(
      Readable.from(numbers(500)),
      (source: AsyncIterable<number>) => pool.map('echo', source),
      new Transform({
        objectMode: true,
        transform(chunk, _, done) {
          chunks.push(chunk);
          done();
        },
      }),
    );
    expect(chunks).toEqual(numbers(500));
  });

  test('a stream of the web comes in, and one goes out', async () => {
    const pool = makePool<typeof Jobs>({ threads: 2 }, mapped);
    const rows = pool.map('echo', ReadableStream.from(numbers(500)));
    expect(await read(ReadableStream.from(rows))).toEqual(numbers(500));
  });

  test('a stream of Node that is left is destroyed', async () => {
    const pool = makePool<typeof Jobs>({ threads: 1 }, mapped);
    const source = Readable.from(numbers(5000));
    for await (const value of pool.map('echo', source)) if (value === 10) break;
    expect(source.destroyed).toBe(true);
  });
});

describe('none hangs', () => {
  test('a map in a map, with one place', async () => {
    const pool = makePool<typeof Jobs>({ threads: 1, backlog: 0 }, mapped);
    const inner = pool.map('echo', numbers(50));
    expect(await read(pool.map('echo', inner as AsyncIterable<number>))).toEqual(numbers(50));
  });

  test.each(['wait', 'reject', 'drop-oldest'] as const)(
    '100 maps whose sources wait for the pool: %s',
    async (overflow) => {
      const pool = makePool<typeof Jobs>({ threads: 1, backlog: 200, overflow }, mapped);
      async function* source(): AsyncGenerator<number> {
        for (let index = 0; index < 3; index += 1) yield (await pool.run('echo', index)) as number;
      }
      const maps = numbers(100).map(() => read(pool.map('echo', source())));
      for (const values of await Promise.all(maps)) expect(values).toEqual([0, 1, 2]);
    },
  );

  test('run beside 70 maps on silent sources', async () => {
    const pool = makePool<typeof Jobs>({ threads: 1, backlog: 4 }, mapped);
    const maps = numbers(70).map(() => pool.map('echo', silent()));
    const pending = maps.map((rows) => rejection(rows.next()));
    await macrotask();
    expect(await Promise.all(numbers(100).map((index) => pool.run('echo', index)))).toEqual(
      numbers(100),
    );
    await pool.close();
    for (const error of await Promise.all(pending)) {
      expect(error).toMatchObject({ code: 'ERR_POOL_CLOSED' });
    }
  });

  test('a pool that is kept full by others lets a map go on', async () => {
    const pool = makePool<typeof Jobs>({ threads: 1, backlog: 1 }, mapped);
    const state = { isOver: false };
    const others = numbers(4).map(async () => {
      while (!state.isOver) await (await pool.submit('echo', 1)).result;
    });
    expect(await read(pool.map('echo', numbers(100)))).toEqual(numbers(100));
    state.isOver = true;
    await Promise.all(others);
  });
});

test('a slow head does not hold up what is behind it', async () => {
  const pool = makePool<typeof Jobs>({ threads: 1, concurrency: 3 }, mapped);
  const latch = new Latch();
  const ends = new Int32Array(new SharedArrayBuffer(4));
  const inputs = numbers(41).map((index) => ({
    latch: index === 0 ? latch.cells : undefined,
    ends,
    index,
  }));
  const reading = read(pool.map('end', inputs as never, { inFlight: 3 }));
  for (let count = 0; count < 40; count = Atomics.load(ends, 0)) {
    await Atomics.waitAsync(ends, 0, count).value;
  }
  latch.open();
  expect(await reading).toEqual(numbers(41));
});

test('a function that is called without arguments maps over undefined', async () => {
  const pool = makePool({ threads: 1 });
  const ids = await read(pool.map('thread', [undefined, undefined]));
  expect(new Set(ids).size).toBe(1);
});

describe('bad input', () => {
  test.each<[MapOptions | undefined, string, unknown]>([
    [{ inFlight: 0 }, 'inFlight', [1]],
    [{ window: 0 }, 'window', [1]],
    [{ onError: 'skip' } as never, 'onError', [1]],
    [undefined, 'source', 5],
    [undefined, 'source', undefined],
  ])('%o names the option %s, at once', (options, option, source) => {
    const pool = makePool<typeof Jobs>({ threads: 1 }, mapped);
    expect(thrownBy(() => pool.map('echo', source as never, options as never))).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      option,
    });
  });

  test.each([
    ['at once', 0],
    ['midway', 5],
  ])('a source that throws %s', async (_, at) => {
    const pool = makePool<typeof Jobs>({ threads: 1 }, mapped);
    const error = new Error('no more');
    const values: unknown[] = [];
    function* source(): Generator<number> {
      yield* numbers(at);
      throw error;
    }
    const reading = (async () => {
      for await (const value of pool.map('echo', source())) values.push(value);
    })();
    expect(await rejection(reading)).toBe(error);
    expect(values).toEqual(numbers(at));
    expect(await pool.run('echo', 1), 'the pool goes on').toBe(1);
  });

  test('a source that closes the pool', async () => {
    const pool = makePool<typeof Jobs>({ threads: 1 }, mapped);
    const values: unknown[] = [];
    function* source(): Generator<number> {
      yield 0;
      void pool.close();
      yield 1;
    }
    const reading = (async () => {
      for await (const value of pool.map('echo', source())) values.push(value);
    })();
    expect(await rejection(reading)).toMatchObject({ code: 'ERR_POOL_CLOSED' });
    expect(values).toEqual([0]);
  });

  test('a thread that ends under a map costs the item that it ran', async () => {
    const pool = makePool({ threads: 1 }, fixture('crashes.js'));
    await pool.ready();
    const outcomes = await read(pool.map('exit', [1, 2], { onError: 'settle' }));
    expect(outcomes).toMatchObject([
      { index: 0, status: 'rejected', reason: { code: 'ERR_THREAD_LOST', started: true } },
      { index: 1, status: 'rejected', reason: { code: 'ERR_THREAD_LOST', started: true } },
    ]);
  });
});

test('a slow consumer holds up the source, and memory stays flat', async () => {
  const pool = makePool<typeof Jobs>({ threads: 1 }, mapped);
  await pool.ready();
  const rows = repeats(200_000, 600_000);
  let pulled = 0;
  function* source(): Generator<{ index: number; text: string }> {
    for (; pulled < rows; pulled += 1) yield { index: pulled, text: 'x'.repeat(100) };
  }
  let [delivered, mostHeld] = [0, 0];
  let leastMb = Infinity;
  let mostMb = 0;
  for await (const _ of pool.map('echo', source())) {
    delivered += 1;
    mostHeld = Math.max(mostHeld, pulled - delivered);
    if (delivered % (rows / 20) > 0) continue;
    await macrotask();
    collectGarbage();
    const mb = process.memoryUsage().heapUsed / 1024 ** 2;
    leastMb = Math.min(leastMb, mb);
    mostMb = Math.max(mostMb, mb);
  }
  expect(delivered).toBe(rows);
  expect(mostHeld, 'the window of short jobs').toBeLessThanOrEqual(1024);
  expect(mostMb - leastMb).toBeLessThan(20);
});
