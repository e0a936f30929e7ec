import { once } from 'node:events';
import { expect, test } from 'vitest';
import { fixture, guard } from '../helpers/guard.js';
import { rejection } from '../helpers/outcomes.js';

const { makePool, sharePool } = guard();
const module = fixture('throwing.js');
const shared = sharePool({ threads: 1 }, module);
const ways = ['sync', 'async'] as const;

/** The value that a job throws for a kind; checks that its thread is unharmed. */
async function thrown(way: string, kind: string): Promise<any> {
  const pool = shared();
  const job = await pool.submit(way, kind);
  const error = await rejection(job.result);
  expect(job.state).toBe('rejected');
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(pool.stats().threads).toMatchObject({ ready: 1, lost: 0, retirements: 0 });
  return error;
}

test.each(
  ways.flatMap((way) => [
    [way, 'null', null],
    [way, 'undefined', undefined],
    [way, 'a string', 'broken'],
    [way, 'an empty string', ''],
    [way, 'zero', 0],
    [way, 'false', false],
    [way, 'a bigint', 10n],
    [way, 'an object', { reason: 'plain', code: 'E_PLAIN' }],
    [way, 'an array', [1, 'two', null]],
  ]),
)('%s: %s arrives as it was thrown', async (way, kind, value) => {
  expect(await thrown(way as string, kind as string)).toEqual(value);
});

test.each([
  ['a symbol', 'Symbol(thrown)'],
  ['a function', 'a function'],
  ['a promise', '[object Promise]'],
  ['a hostile Proxy', "can't be cloned: a Proxy"],
  ['a revoked Proxy', "can't be cloned: a Proxy"],
  ['an unreadable error', "its message can't be read"],
])('%s arrives as an Error that says what it was', async (kind, description) => {
  for (const way of ways) {
    const error = await thrown(way, kind);
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toContain(description);
  }
});

test.each(ways)('%s: a TypeError is a TypeError here, with its stack from there', async (way) => {
  const error = await thrown(way, 'a TypeError');
  expect(error).toBeInstanceOf(TypeError);
  expect(Object.getPrototypeOf(error)).toBe(TypeError.prototype);
  expect([error.name, error.message]).toEqual(['TypeError', 'wrong type']);
  expect(error.stack).toContain('throwing.js');
  expect(Object.keys(error)).toEqual([]);
});

test('an error that the engine throws arrives like any other', async () => {
  const error = await thrown('sync', 'a real TypeError');
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toContain('null');
});

test('an error of Node arrives with its code and its fields', async () => {
  const error = await thrown('sync', 'an error of Node');
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ code: 'ERR_INVALID_URL', input: 'no URL' });
});

test.each(ways)('%s: a subclass arrives with name, code and fields', async (way) => {
  const error = await thrown(way, 'an Error subclass');
  expect(error).toBeInstanceOf(RangeError);
  expect(error).toMatchObject({
    name: 'HttpError',
    message: 'too busy',
    code: 'E_HTTP',
    status: 503,
    headers: new Map([['retry-after', '1']]),
    at: new Date(5),
  });
  expect(String(error)).toBe('HttpError: too busy');
  expect(error).not.toHaveProperty('notCloned');
});

test('an AggregateError arrives with all of its errors', async () => {
  const error = await thrown('async', 'an AggregateError');
  expect(error).toBeInstanceOf(AggregateError);
  expect(error.message).toBe('all failed');
  expect(error.errors).toHaveLength(4);
  expect(error.errors[0]).toBeInstanceOf(RangeError);
  expect(error.errors[0]).toMatchObject({ name: 'HttpError', code: 'E_HTTP' });
  expect(error.errors.slice(1, 3)).toEqual(['two', null]);
  expect(error.errors[3].cause.cause.code).toBe('E_ROOT');
});

test('a DOMException arrives as one', async () => {
  const error = await thrown('sync', 'a DOMException');
  expect(error).toBeInstanceOf(DOMException);
  expect([error.name, error.message, error.code]).toEqual(['AbortError', 'taken away', 20]);
});

test('a chain of causes arrives with every link of it', async () => {
  const error = await thrown('sync', 'a chain of causes');
  expect(error.message).toBe('top');
  expect(error.cause).toMatchObject({ name: 'HttpError', code: 'E_HTTP', status: 503 });
  expect(error.cause.cause).toBeInstanceOf(TypeError);
  expect(error.cause.cause).toMatchObject({ message: 'root', code: 'E_ROOT' });
});

test('a circle of causes is cut where it closes', async () => {
  const error = await thrown('sync', 'a circle of causes');
  expect([error.message, error.cause.message, error.cause.cause]).toEqual([
    'first',
    'second',
    undefined,
  ]);
  expect(error.cause.notCloned).toEqual(['cause']);
});

test('a cause that is no error arrives', async () => {
  expect((await thrown('sync', 'a cause that is no error')).cause).toEqual({ id: 5 });
});

test.each([
  ['fields that cannot be cloned', ['act', 'kind', 'socket.deep.act'], { socket: { deep: {} } }],
  ['a getter that throws', ['trap'], {}],
])('an error with %s arrives without them, and lists them', async (kind, notCloned, rest) => {
  const error = await thrown('sync', kind);
  expect(error).toBeInstanceOf(RangeError);
  expect(error).toMatchObject({ notCloned, ...rest });
  for (const field of ['act', 'kind', 'trap']) expect(error[field]).toBeUndefined();
});

test.each(ways)('%s: one of many errors that cannot be cloned loses itself only', async (way) => {
  const error = await thrown(way, 'an AggregateError with a function');
  expect(error).toBeInstanceOf(AggregateError);
  expect(error.errors[0]).toMatchObject({ message: 'one', code: 'E_HTTP' });
  expect(error.errors[2]).toMatchObject({ message: 'three', code: 'E_HTTP' });
  expect(error.notCloned).toEqual(['errors[1]']);
});

test.each(ways)('%s: an error in an object or a Map has its code and fields', async (way) => {
  const { results, byName } = await thrown(way, 'an object that holds an error');
  expect(results[0].reason).toBeInstanceOf(RangeError);
  expect(results[0].reason).toMatchObject({ name: 'HttpError', code: 'E_HTTP', status: 503 });
  expect(byName.get('two')).toMatchObject({ name: 'HttpError', code: 'E_HTTP', status: 503 });
});

test.each(ways)('%s: an object with a function arrives without it, and lists it', async (way) => {
  expect(await thrown(way, 'an object with a function')).toEqual({
    code: 'E_PLAIN',
    notCloned: ['act'],
  });
});

test('shared memory and Blobs of an error arrive', async () => {
  const error = await thrown('sync', 'an error with memory');
  expect(error.memory).toBeInstanceOf(SharedArrayBuffer);
  expect(await error.blob.text()).toBe('text');
});

const hostile = [
  'a symbol',
  'a hostile Proxy',
  'a revoked Proxy',
  'an unreadable error',
  'an error with memory',
  'fields that cannot be cloned',
  'a getter that throws',
  'an object with a function',
];

test.each(hostile)('%s that is left behind as a rejection is a stray error', async (kind) => {
  const pool = makePool({ threads: 1 }, module);
  const stray = once(pool, 'strayError');
  await pool.run('leave', kind);
  const [error] = await stray;
  expect(error).toBeTypeOf('object');
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(pool.stats().threads).toMatchObject({ ready: 1, lost: 0 });
});

test.each(hostile)('%s that nobody catches ends its thread, and no other', async (kind) => {
  const pool = makePool({ threads: 1 }, module);
  const stray = once(pool, 'strayError');
  const error = await rejection(pool.run('crash', kind));
  expect(error).toMatchObject({ code: 'ERR_THREAD_LOST', started: true });
  expect(await stray).toEqual([error.cause]);
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(pool.stats().threads).toMatchObject({ ready: 1, lost: 0, retirements: 1 });
});

test('the fields beside those that cannot be cloned arrive', async () => {
  expect(await thrown('sync', 'fields that cannot be cloned')).toMatchObject({
    code: 'E_HTTP',
    status: 503,
  });
});

test('an error without a stack, or with an odd name, arrives', async () => {
  const bare = await thrown('sync', 'an error without a stack');
  expect(bare).toBeInstanceOf(Error);
  expect(bare.message).toBe('no stack');
  const odd = await thrown('sync', 'an error with an odd name');
  expect(odd).toBeInstanceOf(Error);
  expect([odd.name, odd.message]).toEqual(['5', '6']);
});

test('an error of another realm arrives with its class, code and fields', async () => {
  const error = await thrown('sync', 'an error of another realm');
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ message: 'from a vm', code: 'E_VM' });
});
