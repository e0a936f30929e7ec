import fc from 'fast-check';
import { Pool } from 'millrace';
import { expect, test } from 'vitest';
import type * as Jobs from '../fixtures/mapped.js';
import { repeats } from '../helpers/extent.js';
import { macrotask } from '../helpers/outcomes.js';

/**
 * Checks the promises of `pool.map` and `pool.group` on real threads: sources and jobs take random times and fail at
 * random, the consumer is slow, leaves or is aborted, others use the pool, and it may close midway.
 */

const module = new URL('../fixtures/mapped.js', import.meta.url);

const anyItem = fc.record({
  /** Turns of the event loop that the source, the job and the consumer take. */
  sourceTurns: fc.constantFrom(0, 0, 0, 1, 3),
  turns: fc.constantFrom(0, 0, 1, 5, 30),
  consumerTurns: fc.constantFrom(0, 0, 0, 1, 10),
  fate: fc.oneof(
    { weight: 30, arbitrary: fc.constant('returns') },
    { weight: 1, arbitrary: fc.constantFrom('throws', 'throws undefined') },
  ),
  obeys: fc.boolean(),
});
const anySetup = fc.record({
  threads: fc.integer({ min: 1, max: 2 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  backlog: fc.nat({ max: 6 }),
  coalesce: fc.boolean(),
  items: fc.array(anyItem, { maxLength: 40 }),
  isAsync: fc.boolean(),
  throwsAtEnd: fc.boolean(),
  ordered: fc.boolean(),
  onError: fc.constantFrom('stop' as const, 'settle' as const),
  inFlight: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
  window: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
  /** An event, and the number of rows after which it happens. */
  after: fc.nat({ max: 30 }),
  event: fc.constantFrom('nothing', 'break', 'throw', 'abort', 'close', 'leave the group'),
  others: fc.nat({ max: 20 }),
});
type Setup = typeof anySetup extends fc.Arbitrary<infer Value> ? Value : never;

const SOURCE_ERROR = new Error('the source has failed');
const ABORTED = new Error('aborted');
const LEFT = new Error('the loop was left');

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await macrotask();
}

class Source {
  pulled = 0;
  closed = 0;
  isOver = false;
  #isPulling = false;
  readonly #setup: Setup;
  readonly #running: Int32Array;
  readonly #onPull: () => void;

  constructor(setup: Setup, running: Int32Array, onPull: () => void) {
    this.#setup = setup;
    this.#running = running;
    this.#onPull = onPull;
  }

  /** Behaves like a generator, but notices overlapping calls. */
  open(): AsyncIterable<unknown> | Iterable<unknown> {
    const close = (): IteratorResult<unknown> => {
      this.closed += 1;
      return { done: true, value: undefined };
    };
    return this.#setup.isAsync
      ? {
          [Symbol.asyncIterator]: () => ({
            next: () => this.#pullLater(),
            return: async () => close(),
          }),
        }
      : { [Symbol.iterator]: () => ({ next: () => this.#pull(), return: close }) };
  }

  async #pullLater(): Promise<IteratorResult<unknown>> {
    expect(this.#isPulling, 'one pull is outstanding').toBe(false);
    this.#isPulling = true;
    await turns(this.#setup.items[this.pulled]?.sourceTurns ?? 0);
    this.#isPulling = false;
    if (this.closed > 0) return { done: true, value: undefined };
    return this.#pull();
  }

  #pull(): IteratorResult<unknown> {
    expect(this.closed, 'nothing is pulled from what is closed').toBe(0);
    const item = this.#setup.items[this.pulled];
    if (item === undefined) {
      this.isOver = true;
      if (this.#setup.throwsAtEnd) throw SOURCE_ERROR;
      return { done: true, value: undefined };
    }
    const { turns: count, fate, obeys } = item;
    const value = { running: this.#running, index: this.pulled, turns: count, fate, obeys };
    this.pulled += 1;
    this.#onPull();
    return { done: false, value };
  }
}

async function check(setup: Setup): Promise<void> {
  const { threads, concurrency, backlog, coalesce, items, ordered, onError, event } = setup;
  const pool = new Pool<typeof Jobs>(module, {
    threads,
    concurrency,
    backlog,
    coalesce,
    graceMs: 2000,
  });
  const running = new Int32Array(new SharedArrayBuffer(4));
  const faults: string[] = [];
  const delivered: number[] = [];
  const source = new Source(setup, running, () => {
    const held = source.pulled - delivered.length;
    if (setup.window !== undefined && held > setup.window) faults.push(`${held} are held`);
  });
  const controller = new AbortController();
  const group = pool.group();
  const options = {
    ordered,
    signal: controller.signal,
    ...(setup.inFlight !== undefined && { inFlight: setup.inFlight }),
    ...(setup.window !== undefined && { window: setup.window }),
  };
  const rows: AsyncIterable<unknown> = (event === 'leave the group' ? group : pool).map(
    'work',
    source.open() as never,
    { ...options, onError: onError as 'settle' },
  );
  const others = Array.from({ length: setup.others }, (_, index) =>
    pool.run('echo', index).catch(() => undefined),
  );
  let closing: Promise<unknown> | undefined;
  let leaving: Promise<void> | undefined;
  const read = async (): Promise<void> => {
    for await (const row of rows) {
      const index = onError === 'stop' ? (row as number) : (row as { index: number }).index;
      delivered.push(index);
      if (onError === 'settle')
        expectOutcome(items[index] as Setup['items'][number], row as never, index);
      await turns(items[index]?.consumerTurns ?? 0);
      if (delivered.length !== setup.after + 1) continue;
      if (event === 'break') break;
      if (event === 'throw') throw LEFT;
      if (event === 'abort') controller.abort(ABORTED);
      if (event === 'close') closing = pool.close();
      if (event === 'leave the group') leaving = group.close();
    }
  };
  let thrown: { readonly error: unknown } | undefined;
  try {
    await read();
  } catch (error) {
    thrown = { error };
  }
  expect(Atomics.load(running, 0), 'nothing of it runs after its end').toBe(0);
  await leaving;
  expect(faults).toEqual([]);
  const wasOpened = source.pulled > 0 || source.isOver;
  // The end of an asynchronous source may cross with the call that closes it.
  const mayCross = source.isOver && setup.isAsync;
  if (mayCross) expect(source.closed).toBeLessThanOrEqual(1);
  else if (wasOpened) expect(source.closed).toBe(source.isOver ? 0 : 1);
  const inOrder = delivered.toSorted((a, b) => a - b);
  expect(new Set(inOrder).size).toBe(inOrder.length);
  if (ordered) expect(delivered).toEqual(inOrder.map((_, index) => index));
  checkEnd(setup, thrown, delivered);
  await closing;
  await Promise.all(others);
  expect(pool.stats().jobs).toMatchObject({
    waiting: 0,
    queued: 0,
    running: 0,
    abandoned: 0,
    dropped: 0,
  });
  expect(await group.close()).toBeUndefined();
  await pool.close();
}

function expectOutcome(
  { fate }: Setup['items'][number],
  row: { readonly status: string; readonly value?: unknown; readonly reason?: any },
  index: number,
): void {
  if (fate === 'returns') expect(row).toMatchObject({ status: 'fulfilled', value: index });
  else if (fate === 'throws') expect(row.reason).toMatchObject({ message: `job ${index}` });
  else expect(row).toMatchObject({ status: 'rejected', reason: undefined });
}

function checkEnd(
  { items, throwsAtEnd, onError, event, ordered }: Setup,
  thrown: { readonly error: unknown } | undefined,
  delivered: readonly number[],
): void {
  if (thrown === undefined) {
    if (event !== 'break') expect(delivered.length).toBe(items.length);
    return;
  }
  const { error } = thrown;
  if (error === SOURCE_ERROR) {
    expect(throwsAtEnd).toBe(true);
    return expect(delivered.length).toBe(items.length);
  }
  if (error === LEFT) return expect(event).toBe('throw');
  if (error === ABORTED) return expect(event).toBe('abort');
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (code === 'ERR_POOL_CLOSED') return expect(event).toBe('close');
  if (name === 'AbortError') return expect(event).toBe('leave the group');
  expect(onError).toBe('stop');
  const failing = items.flatMap(({ fate }, index) => (fate === 'returns' ? [] : [index]));
  if (ordered) expect(failing[0], 'it comes in its place').toBe(delivered.length);
  expect(
    failing.some((index) =>
      items[index]?.fate === 'throws'
        ? (error as Error | undefined)?.message === `job ${index}`
        : error === undefined,
    ),
  ).toBe(true);
}

const HISTORIES = repeats(20, 200);

test(`a map keeps its promises in ${HISTORIES} random histories on real threads`, async () => {
  await fc.assert(fc.asyncProperty(anySetup, check), { numRuns: HISTORIES });
  expect.hasAssertions();
});
