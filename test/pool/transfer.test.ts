import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { fixture, guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { macrotask, rejection, thrownBy } from '../helpers/outcomes.js';

const { makePool } = guard();
const values = fixture('values.js');

const buffer = (): ArrayBuffer => new Uint8Array([1, 2, 3, 4]).buffer;

/** Memory goes to a thread at once if one is ready, otherwise it waits in the backlog. */
const WHEN = [
  ['while no thread is ready', false],
  ['when a thread is ready', true],
] as const;

test.each(WHEN)('what is listed is detached when the call returns, %s', async (_, isReady) => {
  const pool = makePool({ threads: 1, backlog: 8 }, values);
  if (isReady) await pool.ready();
  const [run, submit, trySubmit] = [buffer(), buffer(), buffer()];
  const results = [
    pool.run('look', run, { transfer: [run] }),
    pool.submit('look', submit, { transfer: [submit] }).then((job) => job.result),
    pool.trySubmit('look', trySubmit, { transfer: [trySubmit] })?.result,
  ];
  expect([run.byteLength, submit.byteLength, trySubmit.byteLength]).toEqual([0, 0, 0]);
  for (const result of await Promise.all(results)) expect(result).toMatchObject({ byteLength: 4 });
});

test.each(WHEN)(
  'a Buffer arrives as a Buffer, a nested one as its bytes, %s',
  async (_, isReady) => {
    const pool = makePool({ threads: 1 }, values);
    if (isReady) await pool.ready();
    const whole = Buffer.from(buffer());
    const seen = await pool.run('look', whole, { transfer: [whole.buffer as ArrayBuffer] });
    expect(seen).toMatchObject({ isBuffer: true, byteLength: 4, bytes: [1, 2, 3, 4] });
    expect(whole.byteLength).toBe(0);
    const nested = new Uint16Array(buffer());
    const inside = await pool.run('lookInside', { nested }, { transfer: [nested.buffer] });
    expect(inside).toMatchObject({ type: 'Uint16Array', bytes: [1, 2, 3, 4] });
    expect(nested.byteLength).toBe(0);
  },
);

test.each(WHEN)('what is listed and not in the input is detached, too, %s', async (_, isReady) => {
  const pool = makePool({ threads: 1 });
  if (isReady) await pool.ready();
  const extra = buffer();
  expect(await pool.run('echo', 'text', { transfer: [extra] })).toBe('text');
  expect(extra.byteLength).toBe(0);
});

test.each(WHEN)('a port goes to the thread and speaks from there, %s', async (_, isReady) => {
  const { port1, port2 } = new MessageChannel();
  const said = once(port1, 'message');
  const pool = makePool({ threads: 1 }, values);
  if (isReady) await pool.ready();
  await pool.run('answerPort', port2, { transfer: [port2] });
  expect(await said).toEqual(['hello']);
  port1.close();
});

test.each([
  ['the backlog is full', {}, 'ERR_BACKLOG_FULL'],
  ['the job is too large', { bytes: 100_000 }, 'ERR_JOB_TOO_LARGE'],
  ['an option is wrong', { timeout: -1 }, 'ERR_INVALID_OPTION'],
  ['its signal has aborted', { signal: AbortSignal.abort({ code: 'aborted' }) }, 'aborted'],
])('stays intact where %s', async (_, options, code) => {
  const limits = { jobs: 0, bytes: 10_000 };
  const pool = makePool({ threads: 1, backlog: limits, overflow: 'reject' });
  const latch = new Latch();
  const held = pool.run('hold', { latch: latch.cells });
  const kept = buffer();
  const transfer = [kept];
  expect(await rejection(pool.run('echo', kept, { ...options, transfer }))).toMatchObject({ code });
  expect(await rejection(pool.submit('echo', kept, { ...options, transfer }))).toMatchObject({
    code,
  });
  expect(kept.byteLength).toBe(4);
  latch.open();
  await held;
});

test('goes to the thread with all that comes after, in the order of the calls', async () => {
  const pool = makePool({ threads: 1, backlog: 8 }, values);
  await pool.ready();
  const moved = buffer();
  const results = [
    pool.run('echo', 1),
    pool.run('look', moved, { transfer: [moved] }),
    pool.run('echo', 2),
  ];
  expect(await Promise.all(results)).toMatchObject([1, { bytes: [1, 2, 3, 4] }, 2]);
});

test('a getter beside it that submits is served, and sees the pool count both', async () => {
  const pool = makePool({ threads: 1, backlog: 8 }, values);
  await pool.ready();
  const moved = buffer();
  const inner: Array<Promise<unknown>> = [];
  const input = {
    get nested() {
      const mine = buffer();
      inner.push(pool.run('look', mine, { transfer: [mine] }));
      expect(mine.byteLength).toBe(0);
      expect(pool.stats().jobs.submitted).toBe(2);
      return new Uint8Array(moved);
    },
  };
  const outer = pool.run('lookInside', input, { transfer: [moved], bytes: 4 });
  expect(moved.byteLength).toBe(0);
  expect(await outer).toMatchObject({ bytes: [1, 2, 3, 4] });
  expect(inner).toHaveLength(1);
  expect(await inner[0]).toMatchObject({ bytes: [1, 2, 3, 4] });
});

test('a getter beside it that throws leaves it intact, and all of its place is free again', async () => {
  const pool = makePool({ threads: 1, backlog: 0, overflow: 'reject' }, values);
  await pool.ready();
  const kept = buffer();
  const input = {
    kept,
    get trap(): never {
      throw new Error('trapped');
    },
  };
  for (let turn = 0; turn < 3; turn += 1) {
    const error = await rejection(pool.run('echo', input, { transfer: [kept], bytes: 4 }));
    expect(error).toMatchObject({ code: 'ERR_NOT_CLONEABLE', cause: { message: 'trapped' } });
  }
  expect(kept.byteLength).toBe(4);
  expect(pool.stats().jobs).toMatchObject({ submitted: 3, refused: 3, queued: 0, running: 0 });
  expect(await pool.run('look', kept, { transfer: [kept] })).toMatchObject({ byteLength: 4 });
});

test('stays intact where the name is unknown, the input uncloneable or the pool closed', async () => {
  const pool = makePool({ threads: 1 });
  await pool.ready();
  const kept = buffer();
  const transfer = [kept];
  expect(thrownBy(() => pool.trySubmit('ehco', kept, { transfer })).code).toBe('ERR_UNKNOWN_JOB');
  const error = await rejection(pool.run('echo', { kept, act: () => {} }, { transfer }));
  expect(error).toMatchObject({ code: 'ERR_NOT_CLONEABLE', what: 'input', started: false });
  await pool.close();
  expect(await rejection(pool.run('echo', kept, { transfer }))).toMatchObject({
    code: 'ERR_POOL_CLOSED',
  });
  expect(kept.byteLength).toBe(4);
});

test('stays intact while it waits, and is detached when there is room', async () => {
  const pool = makePool({ threads: 1, backlog: 0 }, values);
  const latch = new Latch();
  const held = pool.run('hold', { latch: latch.cells });
  const waiting = buffer();
  const result = pool.run('look', waiting, { transfer: [waiting] });
  await macrotask();
  expect(waiting.byteLength).toBe(4);
  latch.open();
  await held;
  expect(await result).toMatchObject({ byteLength: 4 });
  expect(waiting.byteLength).toBe(0);
});

test('stays intact where it waited and was cancelled', async () => {
  const pool = makePool({ threads: 1, backlog: 0 });
  const latch = new Latch();
  const held = pool.run('hold', { latch: latch.cells });
  const waiting = buffer();
  const cancelling = new AbortController();
  const { signal } = cancelling;
  const result = rejection(pool.run('echo', waiting, { transfer: [waiting], signal }));
  cancelling.abort();
  expect(await result).toBe(signal.reason);
  expect(waiting.byteLength).toBe(4);
  latch.open();
  await held;
});

test('stays intact where it waited and one signal cancels it and the job before', async () => {
  const pool = makePool({ threads: 1, backlog: 0 });
  const latch = new Latch();
  const cancelling = new AbortController();
  const { signal } = cancelling;
  const held = rejection(pool.run('hold', { latch: latch.cells }, { signal }));
  await latch.arrived();
  const waiting = buffer();
  const result = rejection(pool.run('echo', waiting, { transfer: [waiting], signal }));
  cancelling.abort();
  expect(await Promise.all([held, result])).toEqual([signal.reason, signal.reason]);
  expect(waiting.byteLength).toBe(4);
});

test('waits in a free slot behind a job that blocks its thread, as long as that takes', async () => {
  const pool = makePool({ threads: 1, concurrency: 3, backlog: 4 }, values);
  await pool.ready();
  const latch = new Latch();
  const held = pool.run('hold', { latch: latch.cells, value: 'held' });
  await latch.arrived();
  const moved = buffer();
  const job = await pool.submit('look', moved, { transfer: [moved] });
  // By the time this one times out, a held-up thread has long been noticed.
  const impatient = pool.run('echo', 'impatient', { timeout: { queueMs: 100 } });
  expect(await rejection(impatient)).toMatchObject({ phase: 'queue', started: false });
  expect(job.state).toBe('queued');
  latch.open();
  expect(await job.result).toMatchObject({ bytes: [1, 2, 3, 4] });
  expect(await held).toBe('held');
});

// On Node 20 structuredClone takes it for an empty buffer.
test.each(WHEN)('a buffer that is detached already is refused, %s', async (_, isReady) => {
  const pool = makePool({ threads: 1 }, values);
  if (isReady) await pool.ready();
  const gone = buffer();
  structuredClone(gone, { transfer: [gone] });
  const kept = buffer();
  const error = await rejection(pool.run('look', gone, { transfer: [kept, gone] }));
  expect(error).toMatchObject({ code: 'ERR_NOT_CLONEABLE', what: 'input', started: false });
  expect(kept.byteLength).toBe(4);
  expect(await pool.run('echo', 'on')).toBe('on');
});

describe.each(WHEN)('%s', (_when, isReady) => {
  test.each([
    ['the same buffer twice', (kept: ArrayBuffer) => [kept, kept]],
    ['a plain object', (kept: ArrayBuffer) => [kept, {}]],
    ['a number', (kept: ArrayBuffer) => [kept, 5]],
    ['null', (kept: ArrayBuffer) => [kept, null]],
    ['a view', (kept: ArrayBuffer) => [kept, new Uint8Array(1)]],
    ['shared memory', (kept: ArrayBuffer) => [kept, new SharedArrayBuffer(1)]],
  ])('a list with %s is refused and leaves the others intact', async (_, list) => {
    const pool = makePool({ threads: 1 });
    if (isReady) await pool.ready();
    const kept = buffer();
    const transfer = list(kept) as never;
    for (const error of [
      await rejection(pool.run('echo', kept, { transfer })),
      await rejection(pool.submit('echo', kept, { transfer })),
      thrownBy(() => pool.trySubmit('echo', kept, { transfer })),
    ]) {
      expect(error).toMatchObject({ code: 'ERR_NOT_CLONEABLE', what: 'input', started: false });
    }
    expect(kept.byteLength).toBe(4);
    expect(await pool.run('echo', 'on')).toBe('on');
    expect(pool.stats().jobs.refused).toBe(3);
  });
});

test.each(WHEN)(
  'a pooled Buffer is refused with a way out, and it and its neighbours stay intact, %s',
  async (_, isReady) => {
    const pool = makePool({ threads: 1 }, values);
    if (isReady) await pool.ready();
    const neighbour = Buffer.from('neighbour');
    const pooled = Buffer.from('hello');
    const kept = buffer();
    const transfer = [kept, pooled.buffer as ArrayBuffer];
    for (const error of [
      await rejection(pool.run('look', pooled, { transfer })),
      await rejection(pool.submit('lookInside', { nested: pooled }, { transfer })),
      thrownBy(() => pool.trySubmit('echo', 'beside', { transfer })),
    ]) {
      expect(error).toMatchObject({ code: 'ERR_NOT_CLONEABLE', what: 'input', started: false });
      expect(error.message).toMatch(
        /transfer\[1\] is the memory of a pooled Buffer.*Copy the Buffer/,
      );
      expect(error.message).not.toContain('plain data');
    }
    expect([`${pooled}`, `${neighbour}`, kept.byteLength]).toEqual(['hello', 'neighbour', 4]);
    expect(pool.stats().jobs).toMatchObject({ submitted: 3, refused: 3 });
    const copy = Uint8Array.from(pooled);
    const seen = await pool.run('look', copy, { transfer: [copy.buffer] });
    expect(seen).toMatchObject({ type: 'Uint8Array', byteLength: 5 });
    expect(await pool.run('look', pooled)).toMatchObject({ isBuffer: true, byteLength: 5 });
  },
);

test('a pooled Buffer that waited for room is refused when there is some', async () => {
  const pool = makePool({ threads: 1, backlog: 0 }, values);
  const latch = new Latch();
  const held = pool.run('hold', { latch: latch.cells });
  const pooled = Buffer.from('hello');
  const refused = rejection(pool.run('look', pooled, { transfer: [pooled.buffer as ArrayBuffer] }));
  latch.open();
  await held;
  expect(await refused).toMatchObject({ code: 'ERR_NOT_CLONEABLE', what: 'input', started: false });
  expect(`${pooled}`).toBe('hello');
});

test('the list is read once: changing it later changes nothing', async () => {
  const pool = makePool({ threads: 1 }, values);
  const moved = buffer();
  const transfer = [moved];
  const job = await pool.submit('look', moved, { transfer });
  transfer.push(buffer());
  expect(await job.result).toMatchObject({ byteLength: 4 });
});
