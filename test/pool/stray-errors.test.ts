import { once } from 'node:events';
import { expect, test } from 'vitest';
import { fixture, guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { macrotask, rejection } from '../helpers/outcomes.js';

const { makePool } = guard();
const module = fixture('crashes.js');

test('an exception out of a timer rejects the job that runs, as the cause, and its thread is replaced', async () => {
  const pool = makePool({ threads: 1 }, module);
  const latch = new Latch();
  const job = await pool.submit('throwFromTimer', { latch: latch.cells });
  await latch.arrived();
  const stray = once(pool, 'strayError');
  const retired = once(pool, 'threadRetired');
  latch.open();
  const error = await rejection(job.result);
  expect(error).toMatchObject({ code: 'ERR_THREAD_LOST', started: true });
  expect(error.cause).toBeInstanceOf(RangeError);
  expect(error.cause).toMatchObject({ message: 'from a timer', code: 'E_TIMER' });
  expect(await stray).toEqual([error.cause]);
  expect(await retired).toEqual(['uncaught']);
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(pool.stats().threads).toMatchObject({ lost: 0, retirements: 1 });
});

test('what is thrown out of a timer may be null', async () => {
  const pool = makePool({ threads: 1 }, module);
  const stray = once(pool, 'strayError');
  expect(await rejection(pool.run('throwNullFromTimer'))).toMatchObject({
    code: 'ERR_THREAD_LOST',
    cause: null,
  });
  expect(await stray).toEqual([null]);
  expect(await pool.run('echo', 'on')).toBe('on');
});

test('an exception after its job has settled is a stray error and costs nobody anything', async () => {
  const pool = makePool({ threads: 1, backlog: 8 }, module);
  const latch = new Latch();
  expect(await pool.run('answerThenThrow', { latch: latch.cells })).toBe('answered');
  await latch.arrived();
  const cells = new Int32Array(new SharedArrayBuffer(4 * 3));
  const innocents = [0, 1, 2].map((cell) => pool.run('count', { cells, cell }));
  const stray = once(pool, 'strayError');
  latch.open();
  const [error] = await stray;
  expect(error).toBeInstanceOf(RangeError);
  expect(error.message).toBe('from a timer, too late');
  expect(await Promise.all(innocents)).toEqual([0, 1, 2]);
  expect([...cells]).toEqual([1, 1, 1]);
  expect(pool.stats().threads).toMatchObject({ lost: 0, retirements: 1 });
});

test('an exception with several jobs on the thread blames none of them', async () => {
  const pool = makePool({ threads: 1, concurrency: 3, backlog: 8 }, module);
  const strays: unknown[] = [];
  pool.on('strayError', (error) => strays.push(error));
  const latch = new Latch();
  const others = new Latch();
  const jobs = [
    pool.run('holdAsync', { latch: others.cells }),
    pool.run('holdAsync', { latch: others.cells }),
    pool.run('throwFromTimer', { latch: latch.cells }),
  ];
  await Promise.all([others.arrived(2), latch.arrived()]);
  latch.open();
  for (const error of await Promise.all(jobs.map(rejection))) {
    expect(error).toMatchObject({ code: 'ERR_THREAD_LOST', started: true });
    expect(error.cause).toMatchObject({ message: 'from a timer', code: 'E_TIMER' });
  }
  await macrotask();
  expect(strays).toEqual([expect.objectContaining({ message: 'from a timer' })]);
  expect(await pool.run('echo', 'on')).toBe('on');
});

test.each([
  ['an error', undefined, new Error('left behind')],
  ['null', null, null],
  ['a text', 'why', 'why'],
])('a rejection that a job leaves behind is a stray error: %s', async (_, reason, stray) => {
  const pool = makePool({ threads: 1 }, module);
  const strays = once(pool, 'strayError');
  expect(await pool.run('rejectBehind', reason)).toBe('answered');
  expect(await strays).toEqual([stray]);
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(pool.stats().threads).toMatchObject({ ready: 1, lost: 0, retirements: 0 });
});

test('it arrives with its class and its fields', async () => {
  const pool = makePool({ threads: 1 }, module);
  const strays = once(pool, 'strayError');
  await pool.run('rejectBehindWithFields');
  const [error] = await strays;
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ message: 'left behind', code: 'E_LEFT' });
});

test('one that this thread cannot read is a stray error all the same, and no job is blamed', async () => {
  const pool = makePool({ threads: 1, concurrency: 3, backlog: 8 }, module);
  await pool.ready();
  const strays: unknown[] = [];
  pool.on('strayError', (error) => strays.push(error));
  const latch = new Latch();
  // Too deep for this thread to read, but not for a thread of 4 MB to write.
  const guilty = pool.run('rejectDeepBehind', 6000);
  const innocent = pool.run('echo', { date: new Date(5) });
  const last = pool.run('signOn', { latch: latch.cells });
  // Both have ended when the first message is read, and one of them has posted its result.
  latch.blockUntilArrived();
  expect(await Promise.all([guilty, innocent, last])).toEqual([
    'answered',
    { date: new Date(5) },
    undefined,
  ]);
  await macrotask();
  expect(strays).toHaveLength(1);
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(pool.stats().threads).toMatchObject({ ready: 1, lost: 0, retirements: 0 });
});

test('the job that left it behind, and those beside and after it, go on', async () => {
  const pool = makePool({ threads: 1, concurrency: 2, backlog: 8 }, module);
  const latch = new Latch();
  const beside = new Latch();
  const innocent = pool.run('holdAsync', { latch: beside.cells, value: 'innocent' });
  await beside.arrived();
  const strays = once(pool, 'strayError');
  const guilty = pool.run('rejectBehindAndHold', { latch: latch.cells, value: 'guilty' });
  const after = pool.run('echo', 'after');
  await strays;
  latch.open();
  beside.open();
  expect(await Promise.all([innocent, guilty, after])).toEqual(['innocent', 'guilty', 'after']);
  expect(pool.stats().threads.lost).toBe(0);
});

test('without a listener strays are nobody else’s business', async () => {
  const pool = makePool({ threads: 1 }, module);
  for (let round = 0; round < 5; round += 1) await pool.run('rejectBehind', 'unheard');
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(pool.stats().threads).toMatchObject({ ready: 1, lost: 0 });
});

test('a module that leaves a rejection behind while it loads, loads', async () => {
  const pool = makePool({ threads: 1 }, fixture('modules/stray-while-loading.mjs'));
  const strays = once(pool, 'strayError');
  await pool.ready();
  expect(((await strays) as Error[])[0]?.message).toBe('left behind by the module');
  expect(await pool.run('echo', 'on')).toBe('on');
});
