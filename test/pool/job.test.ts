import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { macrotask, until } from '../helpers/outcomes.js';

const { makePool } = guard();

test('a job goes through its states in order', async () => {
  const pool = makePool({ threads: 1, backlog: 1 });
  const [first, second] = [new Latch(), new Latch()];
  const held = await pool.submit('hold', { latch: first.cells });
  expect(held.state).toBe('queued');
  await first.arrived();
  expect(held.state).toBe('running');
  const next = await pool.submit('hold', { latch: second.cells });
  expect(next.state).toBe('queued');
  first.open();
  await second.arrived();
  await until(() => held.state === 'fulfilled');
  expect(next.state).toBe('running');
  second.open();
  await next.result;
  expect([held.state, next.state]).toEqual(['fulfilled', 'fulfilled']);
});

test('a job has a number, a name, and no way to be awaited by mistake', async () => {
  const pool = makePool({ threads: 1, backlog: 4 });
  const jobs = await Promise.all([pool.submit('echo', 1), pool.submit('len', 'text')]);
  const third = pool.trySubmit('echo', 3);
  expect([...jobs.map((job) => job.id), third?.id]).toEqual([1, 2, 3]);
  expect(jobs.map((job) => job.name)).toEqual(['echo', 'len']);
  expect('then' in (third as object)).toBe(false);
  expect(await Promise.all(jobs.map((job) => job.result))).toEqual([1, 4]);
});

test('a job that is submitted as a later attempt is told so, and the next one in its cell is not', async () => {
  const pool = makePool({ threads: 1 });
  const attempt = { [Symbol.for('millrace.attempt')]: 3 } as object;
  expect(await pool.run('context', undefined, attempt)).toMatchObject({ attempt: 3 });
  expect(await pool.run('context', undefined)).toMatchObject({ attempt: 1 });
});

test('inspecting a job shows what matters of it, and does not read its result', async () => {
  const pool = makePool({ threads: 1 });
  let told = 0;
  pool.on('failed', () => (told += 1));
  const job = await pool.submit('len', undefined);
  expect(inspect(job)).toBe("Job { id: 1, name: 'len', state: 'queued' }");
  await until(() => job.state === 'rejected');
  expect(inspect(job)).toContain("state: 'rejected'");
  await until(() => told === 1);
  for (let turn = 0; turn < 5; turn += 1) await macrotask();
  expect(told).toBe(1);
});

test('a bound job is a function like run()', async () => {
  const pool = makePool({ threads: 1 });
  const len = pool.job('len');
  expect(await Promise.all(['a', 'bc', ''].map((text) => len(text)))).toEqual([1, 2, 0]);
  expect(await len([1, 2], { timeout: 60_000 })).toBe(2);
});

// Cloning the rest of a transferred input runs the getter, after the pool has checked for room.
test('a getter of an input that is transferred cannot use the room twice', async () => {
  const pool = makePool({ threads: 1, backlog: 0, overflow: 'reject' });
  await pool.ready();
  const latch = new Latch();
  const memory = new ArrayBuffer(8);
  const inner: Array<Promise<unknown>> = [];
  const input = {
    latch: latch.cells,
    get value() {
      inner.push(pool.run('hold', { latch: latch.cells }).catch((error) => error));
      return 'outer';
    },
  };
  const outer = pool.run('hold', input, { transfer: [memory], bytes: 1 }).catch((error) => error);
  const { queued, running } = pool.stats().jobs;
  expect(queued + running).toBe(1);
  latch.open();
  await Promise.all([outer, ...inner]);
});

test('run() and its like may be called from a getter of an input', async () => {
  const pool = makePool({ threads: 1, backlog: 8 });
  await pool.ready();
  const inner: Array<Promise<unknown>> = [];
  const input = {
    get nested() {
      inner.push(pool.run('echo', 'inner'));
      return 'outer';
    },
  };
  expect(await pool.run('echo', input)).toEqual({ nested: 'outer' });
  expect(inner.length).toBeGreaterThanOrEqual(1);
  expect(new Set(await Promise.all(inner))).toEqual(new Set(['inner']));
});
