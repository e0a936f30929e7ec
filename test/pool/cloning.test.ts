import { NotCloneableError } from 'millrace';
import { expect, test } from 'vitest';
import { unsendable } from '../fixtures/values.js';
import { fixture, guard } from '../helpers/guard.js';
import { rejection } from '../helpers/outcomes.js';

const { makePool, sharePool } = guard();
const values = fixture('values.js');
const jobsPool = sharePool({ threads: 1, backlog: 8 });
const valuesPool = sharePool({ threads: 1 }, values);

test.each([
  ['text', 'ümläut 日本'],
  ['a bigint', 10n],
  ['undefined', undefined],
  ['null', null],
  ['not a number', Number.NaN],
  ['minus zero', -0],
  ['a date', new Date(5)],
  ['a pattern', /a+/gu],
  ['a map', new Map<unknown, unknown>([[{ key: 1 }, [2]]])],
  ['a set', new Set([1, 'two'])],
  ['a sparse array', [, 1, , 2]], // oxlint-disable-line no-sparse-arrays
  ['an error', new RangeError('as a value')],
  ['deep data', { a: [{ b: { c: [{ d: new Map([[1, new Set([null])]]) }] } }] }],
])('%s goes to the thread and back', async (_, value) => {
  const pool = jobsPool();
  expect(await pool.run('echo', value)).toEqual(value);
  expect(await (await pool.submit('echo', value)).result).toEqual(value);
});

test('a circle stays a circle, and an object that is met twice stays one', async () => {
  const shared = { text: 'shared' };
  const circle: Record<string, unknown> = { first: shared, second: shared };
  circle['self'] = circle;
  const returned = (await jobsPool().run('echo', circle)) as typeof circle;
  expect(returned['self']).toBe(returned);
  expect(returned['first']).toBe(returned['second']);
});

test('two jobs given the same object do not share it, nor do their results', async () => {
  const pool = jobsPool();
  const input = { list: [1] };
  const [first, second] = (await Promise.all([
    pool.run('echo', input),
    pool.run('echo', input),
  ])) as Array<typeof input>;
  first?.list.push(2);
  expect(second).toEqual({ list: [1] });
});

test('large bytes are copied: what is sent stays whole, and no two jobs and results share memory', async () => {
  const pool = jobsPool();
  for (const sent of [
    new Uint8Array(1_000_000).fill(7),
    Buffer.alloc(1_000_000, 7),
    new Float64Array(100_000).fill(7),
  ]) {
    const results = (await Promise.all([pool.run('echo', sent), pool.run('echo', sent)])) as Array<
      typeof sent
    >;
    expect(sent.at(-1)).toBe(7);
    results[0]?.fill(8);
    expect(results[1]?.at(0)).toBe(7);
    expect(results[1]?.length).toBe(sent.length);
    expect(Object.getPrototypeOf(results[1])).toBe(Object.getPrototypeOf(sent));
  }
});

test('what a job keeps of its large result is not taken from it', async () => {
  const pool = valuesPool();
  const first = (await pool.run('keepLarge')) as Uint8Array;
  const second = (await pool.run('keepLarge')) as Uint8Array;
  expect([first.length, first[0], second.length, second[0]]).toEqual([100_000, 1, 100_000, 2]);
});

const uncloneable: Array<[string, unknown]> = [
  ['a function', () => {}],
  ['a symbol', Symbol('input')],
  ['an object with a function', { deep: [{ act: () => {} }] }],
  ['an object with a symbol', { kind: Symbol('kind') }],
  ['a WeakMap', new WeakMap()],
  ['a promise', Promise.resolve(1)],
  ['a Proxy', new Proxy({}, {})],
  [
    'a getter that throws',
    {
      get trap(): never {
        throw new RangeError('trapped');
      },
    },
  ],
];

test.each(uncloneable)('%s as input rejects its own job only', async (_, input) => {
  const pool = jobsPool();
  const before = pool.run('echo', 'before');
  const job = await pool.submit('echo', input);
  const after = pool.run('echo', 'after');
  const error = await rejection(job.result);
  expect(error).toBeInstanceOf(NotCloneableError);
  expect(error).toMatchObject({ code: 'ERR_NOT_CLONEABLE', what: 'input', started: false });
  expect(error.cause).toBeInstanceOf(Error);
  expect(error.message).toContain("input of job 'echo'");
  expect(job.state).toBe('rejected');
  expect(await Promise.all([before, after])).toEqual(['before', 'after']);
  expect(pool.stats().threads).toMatchObject({ ready: 1, lost: 0, retirements: 0 });
});

test.each(uncloneable)('%s as input rejects while the threads boot, too', async (_, input) => {
  const pool = makePool({ threads: 1 });
  const error = await rejection(pool.run('echo', input));
  expect(error).toMatchObject({ code: 'ERR_NOT_CLONEABLE', what: 'input', started: false });
  expect(await pool.run('echo', 'on')).toBe('on');
});

test.each(
  Object.keys(unsendable).flatMap((kind) => [
    ['returnUnsendable', kind],
    ['fulfilUnsendable', kind],
  ]),
)('%s: a %s rejects, and the thread lives on', async (name, kind) => {
  const pool = valuesPool();
  const error = await rejection(pool.run(name, kind));
  expect(error).toBeInstanceOf(NotCloneableError);
  expect(error).toMatchObject({ code: 'ERR_NOT_CLONEABLE', what: 'result', started: true });
  expect(error.cause).toBeInstanceOf(Error);
  expect(error.message).toContain(`result of job '${name}'`);
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(pool.stats().threads).toMatchObject({ ready: 1, lost: 0, retirements: 0 });
});

test.each([
  ['thenable', 'fulfilled'],
  ['doubleThenable', 'first'],
])('a %s is awaited once', async (name, result) => {
  const pool = valuesPool();
  expect(await pool.run(name, 'fulfilled')).toBe(result);
  expect(await pool.run('echo', 'on')).toBe('on');
});

test('a promise whose `then` calls back twice ends its job once', async () => {
  const pool = makePool({ threads: 1, concurrency: 3, backlog: 16 }, values);
  await pool.ready();
  for (let round = 0; round < 3; round += 1) {
    expect(await pool.run('doublePromise')).toBe('first');
  }
  const inputs = Array.from({ length: 12 }, (_, n) => n);
  expect(await Promise.all(inputs.map((n) => pool.run('thenable', n)))).toEqual(inputs);
  expect(pool.stats()).toMatchObject({ jobs: { fulfilled: 15 }, threads: { busy: 0 } });
});

test.each([
  ['rejectingThenable', 'reason'],
  ['throwingThen', new RangeError('then is a trap')],
  ['throwingThenCall', new RangeError('then was called')],
])('a %s rejects its job', async (name, reason) => {
  const pool = valuesPool();
  expect(await rejection(pool.run(name, 'reason'))).toEqual(reason);
  expect(await pool.run('echo', 'on')).toBe('on');
});

test('a thenable that fulfils with a promise is awaited to the end, as `await` does', async () => {
  const pool = valuesPool();
  expect(await pool.run('thenableOfPromise', 'inner')).toBe('inner');
});
