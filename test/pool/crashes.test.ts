import { once } from 'node:events';
import { ThreadLostError } from 'millrace';
import { expect, test } from 'vitest';
import { fixture, guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { rejection, until } from '../helpers/outcomes.js';

const { makePool, threads } = guard();
const module = fixture('crashes.js');

test.each([0, 1, 42])('a job that exits with code %i is lost with its thread', async (code) => {
  const pool = makePool({ threads: 1 }, module);
  const lost = once(pool, 'threadLost');
  const job = await pool.submit('exit', { code });
  const error = await rejection(job.result);
  expect(error).toBeInstanceOf(ThreadLostError);
  expect(error).toMatchObject({ code: 'ERR_THREAD_LOST', started: true });
  expect(error.cause.message).toContain(`exited with code ${code}`);
  expect(error.message).toContain("job 'exit'");
  expect(job.state).toBe('rejected');
  expect(await lost).toEqual([error.cause]);
  expect(await pool.run('echo', 'on')).toBe('on');
  await pool.ready();
  expect(pool.stats().threads).toMatchObject({ target: 1, ready: 1, lost: 1, retirements: 0 });
  expect(threads.length).toBe(2);
});

test('a job that runs out of memory is lost, and says so', async () => {
  const resourceLimits = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 };
  const pool = makePool({ threads: 1, resourceLimits }, module);
  const error = await rejection(pool.run('exhaustMemory'));
  expect(error).toMatchObject({ code: 'ERR_THREAD_LOST', started: true });
  expect(error.cause).toMatchObject({ code: 'ERR_WORKER_OUT_OF_MEMORY' });
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(pool.stats().threads.lost).toBe(1);
});

test('what has not started is run by another thread, in order, and nobody notices', async () => {
  const pool = makePool({ threads: 1, backlog: 16 }, module);
  const latch = new Latch();
  const exiting = pool.run('exit', { code: 1, latch: latch.cells });
  await latch.arrived();
  const cells = new Int32Array(new SharedArrayBuffer(4 * 8));
  const jobs = await Promise.all(
    Array.from({ length: 8 }, (_, cell) => pool.submit('count', { cells, cell })),
  );
  expect(pool.stats().jobs).toMatchObject({ running: 1, queued: 8 });
  latch.open();
  expect(await rejection(exiting)).toMatchObject({ code: 'ERR_THREAD_LOST', started: true });
  expect(await Promise.all(jobs.map((job) => job.result))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect([...cells]).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
});

test('an answer that was posted arrives, though its thread ends right after', async () => {
  const pool = makePool({ threads: 1, backlog: 64 }, module);
  for (let round = 0; round < 20; round += 1) {
    expect(await pool.run('answerAndExit', round)).toBe(round);
  }
  expect(await pool.run('echo', 'on')).toBe('on');
  await pool.ready();
  expect(pool.stats().threads).toMatchObject({ ready: 1, lost: 20 });
  expect(pool.stats().jobs).toMatchObject({ fulfilled: 21, rejected: 0 });
});

test('a thread that ends while it is idle is replaced', async () => {
  const pool = makePool({ threads: 1 }, module);
  const latch = new Latch();
  expect(await pool.run('exitWhenIdle', { latch: latch.cells })).toBe('answered');
  await latch.arrived();
  const lost = once(pool, 'threadLost');
  latch.open();
  const [cause] = await lost;
  expect(cause.message).toContain('exited with code 6');
  expect(await pool.run('echo', 'on')).toBe('on');
});

test('a job that was sent to a thread that ends before it starts it runs elsewhere', async () => {
  const pool = makePool({ threads: 1 }, module);
  const latch = new Latch();
  await pool.run('exitWhenIdle', { latch: latch.cells });
  await latch.arrived();
  const cells = new Int32Array(new SharedArrayBuffer(4));
  const job = await pool.submit('count', { cells, cell: 0 });
  expect(job.state).toBe('queued');
  latch.open();
  expect(await job.result).toBe(0);
  expect([...cells]).toEqual([1]);
  expect(pool.stats()).toMatchObject({ threads: { lost: 1 }, jobs: { rejected: 0 } });
});

test('where its input moved there for good, it is rejected as not started', async () => {
  const pool = makePool({ threads: 1 }, module);
  const latch = new Latch();
  await pool.run('exitWhenIdle', { latch: latch.cells });
  await latch.arrived();
  const input = new ArrayBuffer(8);
  const job = await pool.submit('echo', input, { transfer: [input] });
  latch.open();
  const error = await rejection(job.result);
  expect(error).toBeInstanceOf(ThreadLostError);
  expect(error).toMatchObject({ code: 'ERR_THREAD_LOST', started: false });
  expect(error.message).toContain('had not started');
  expect(await pool.run('echo', 'on')).toBe('on');
});

test('all threads at once are replaced, and each loss costs one job', async () => {
  const pool = makePool({ threads: 3, backlog: 16 }, module);
  const latch = new Latch();
  const exiting = [1, 2, 3].map((code) =>
    rejection(pool.run('exit', { code, latch: latch.cells })),
  );
  await latch.arrived(3);
  const queued = [1, 2, 3, 4].map((n) => pool.run('echo', n));
  latch.open();
  const codes = (await Promise.all(exiting)).map((error) => error.code);
  expect(codes).toEqual(['ERR_THREAD_LOST', 'ERR_THREAD_LOST', 'ERR_THREAD_LOST']);
  expect(await Promise.all(queued)).toEqual([1, 2, 3, 4]);
  await pool.ready();
  expect(pool.stats().threads).toMatchObject({ target: 3, ready: 3, lost: 3 });
});

test('a thread that is terminated from outside is replaced like any other', async () => {
  const pool = makePool({ threads: 1 }, module);
  const latch = new Latch();
  const held = pool.run('hold', { latch: latch.cells });
  await latch.arrived();
  void threads[0]?.terminate();
  expect(await rejection(held)).toMatchObject({ code: 'ERR_THREAD_LOST', started: true });
  expect(await pool.run('echo', 'on')).toBe('on');
});

test('losing every thread again and again is survived, with a pause between', async () => {
  const pool = makePool({ threads: 1, backlog: 16 }, module);
  for (let round = 0; round < 6; round += 1) {
    const error = await rejection(pool.run('exit', { code: round }));
    expect(error).toMatchObject({ code: 'ERR_THREAD_LOST', started: true });
  }
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(pool.stats().threads.lost).toBe(6);
});

test('a job that waits is not given up for the exceptions of others', async () => {
  const [crashes, next] = [[1, 2, 3, 4].map(() => new Latch()), new Latch()];
  const loads = new Int32Array(new SharedArrayBuffer(4));
  // No new thread is ready for it until all of these have crashed.
  const workerData = { loads, freely: crashes.length, latch: next.cells };
  const pool = makePool(
    { threads: crashes.length, concurrency: 2, backlog: 8, workerData },
    fixture('modules/first-loads.mjs'),
  );
  await until(() => pool.stats().threads.ready === crashes.length);
  const guilty = crashes.map(({ cells }) => pool.run('holdAndCrash', { latch: cells }));
  await Promise.all(crashes.map((latch) => latch.arrived()));
  const innocent = await pool.submit('echo', 'innocent');
  for (const [index, latch] of crashes.entries()) {
    const retired = once(pool, 'threadRetired');
    latch.open();
    await retired;
    expect(await guilty[index]).toBe('answered');
    expect(innocent.state).toBe('queued');
  }
  next.open();
  expect(await innocent.result).toBe('innocent');
  expect(pool.stats().threads.retirements).toBe(4);
});

// Reading the input exhausts the heap before the job is claimed, on every thread that it is sent to.
test('an input that no thread survives is given up, and those behind it run', async () => {
  const resourceLimits = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 };
  const pool = makePool({ threads: 1, backlog: 4, resourceLimits }, module);
  await pool.ready();
  const input = Array.from({ length: 2_000_000 }, (_, n) => ({ n }));
  const poison = rejection(pool.run('echo', input, { bytes: 1000 }));
  const innocent = pool.run('echo', 'innocent');
  expect(await poison).toMatchObject({ code: 'ERR_THREAD_LOST', started: false });
  expect(await innocent).toBe('innocent');
});

test.each([
  ['closes', 'closeParentPort', undefined, 'closed'],
  ['posts null through', 'postToParent', null, 'posted'],
  ['posts an object through', 'postToParent', { protocol: 'mine', ready: true }, 'posted'],
])('a job that %s the port of its thread harms nobody', async (_, name, input, result) => {
  const pool = makePool({ threads: 1 }, module);
  expect(await pool.run(name, input)).toBe(result);
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(pool.stats().threads).toMatchObject({ ready: 1, lost: 0 });
});
