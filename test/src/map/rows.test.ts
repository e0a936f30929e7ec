import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { expect, test } from 'vitest';
import { counted, scripted } from './scripted.js';

/** Lets the thread work while somebody reads. */
async function working<Value>(
  turn: () => Promise<unknown>,
  reading: Promise<Value>,
): Promise<Value> {
  const state = { isRead: false };
  const ended = reading.finally(() => (state.isRead = true));
  while (!state.isRead) await turn();
  return ended;
}

async function read(rows: AsyncIterable<unknown>): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const value of rows) values.push(value);
  return values;
}

test('is an async iterable iterator', async () => {
  const { map, turn } = scripted();
  const rows = map([1, 2, 3]);
  expect(rows[Symbol.asyncIterator]()).toBe(rows);
  expect(await working(turn, read(rows))).toEqual([2, 4, 6]);
});

test.each([
  ['Readable.from', (rows: AsyncIterable<unknown>) => Readable.from(rows)],
  ['ReadableStream.from', (rows: AsyncIterable<unknown>) => ReadableStream.from(rows)],
])('%s takes it', async (_, from) => {
  const { map, turn } = scripted();
  expect(await working(turn, read(from(map([1, 2, 3]))))).toEqual([2, 4, 6]);
});

test('ten calls at once are answered in their order, and only the last ones are done', async () => {
  const { map, turn } = scripted();
  const rows = map([1, 2, 3]);
  const asked = Array.from({ length: 10 }, () => rows.next());
  const values = (await working(turn, Promise.all(asked))).map(({ value }) => value);
  expect(values).toEqual([2, 4, 6, ...Array.from({ length: 7 }, () => undefined)]);
});

test.each(['break', 'throw'])('leaving a loop by %s closes the source', async (how) => {
  const { map, turn, stats } = scripted();
  const { source, use } = counted(Array.from({ length: 100 }, (_, index) => index));
  const leave = async (): Promise<string> => {
    try {
      for await (const _ of map(source)) {
        if (how === 'break') break;
        throw new Error('left');
      }
      return 'break';
    } catch {
      return 'throw';
    }
  };
  expect(await working(turn, leave())).toBe(how);
  expect(use.closed).toBe(1);
  expect(stats()).toMatchObject({ running: 0, queued: 0, abandoned: 0 });
});

test('it can be disposed of', async () => {
  const { map, turn } = scripted();
  const { source, use } = counted([1, 2, 3]);
  const rows = map(source);
  void rows.next();
  await working(turn, rows[Symbol.asyncDispose]());
  expect(use.closed).toBe(use.opened);
});
