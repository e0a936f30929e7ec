import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { rejection, thrownBy } from '../helpers/outcomes.js';

const { makePool } = guard();

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

test.each([
  ['an error', new RangeError('before')],
  ['null', null],
  ['a text', 'before'],
])('a signal that has aborted before refuses the job with its reason: %s', async (_, reason) => {
  const pool = makePool({ threads: 1, backlog: 0 });
  const signal = AbortSignal.abort(reason);
  const cells = new Int32Array(new SharedArrayBuffer(4));
  const input = { cells, cell: 0 };
  expect(await rejection(pool.run('count', input, { signal }))).toBe(reason);
  expect(await rejection(pool.submit('count', input, { signal }))).toBe(reason);
  expect(thrownBy(() => pool.trySubmit('count', input, { signal }))).toBe(reason);
  expect(listeners(signal)).toBe(0);
  expect(pool.stats().jobs).toMatchObject({ submitted: 3, cancelled: 3 });
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(cells[0]).toBe(0);
});

test('a signal that jobs share carries one listener, from the first to the last of them', async () => {
  const pool = makePool({ threads: 2, backlog: 4 });
  const { signal } = new AbortController();
  const latch = new Latch();
  const jobs = Array.from({ length: 12 }, () =>
    pool.run('hold', { latch: latch.cells }, { signal }),
  );
  expect(pool.stats().jobs).toMatchObject({ queued: 6, waiting: 6 });
  expect(listeners(signal)).toBe(1);
  await latch.arrived(2);
  expect(listeners(signal)).toBe(1);
  latch.open();
  await Promise.all(jobs);
  expect(listeners(signal)).toBe(0);
});

test('pools that share a signal carry one each', async () => {
  const pools = [1, 2, 3].map(() => makePool({ threads: 1 }));
  const cancelling = new AbortController();
  const { signal } = cancelling;
  const latch = new Latch();
  const jobs = pools.map((pool) => rejection(pool.run('hold', { latch: latch.cells }, { signal })));
  expect(listeners(signal)).toBe(3);
  cancelling.abort('all');
  expect(await Promise.all(jobs)).toEqual(['all', 'all', 'all']);
  expect(listeners(signal)).toBe(0);
});

test.each([
  ['fulfils', 'echo', 1],
  ['throws', 'len', undefined],
  ['is unknown', 'nothing', 1],
  ['cannot be cloned', 'echo', () => {}],
])('the listener goes when the job %s', async (_, name, input) => {
  const pool = makePool({ threads: 1 });
  const cancelling = new AbortController();
  const { signal } = cancelling;
  await pool.run(name, input, { signal }).catch(() => {});
  expect(listeners(signal)).toBe(0);
  cancelling.abort('late');
  expect(await pool.run('echo', 'on')).toBe('on');
});

test.each(['reject', 'drop-oldest'] as const)('no listener outlives a %s', async (overflow) => {
  const pool = makePool({ threads: 1, backlog: 1, overflow });
  const latch = new Latch();
  const held = pool.run('hold', { latch: latch.cells });
  await latch.arrived();
  const signals = Array.from({ length: 50 }, () => new AbortController().signal);
  const jobs = signals.map((signal) => pool.run('echo', 1, { signal }).catch(() => {}));
  await Promise.resolve();
  expect(signals.filter((signal) => listeners(signal) > 0)).toHaveLength(1);
  latch.open();
  await Promise.all([held, ...jobs]);
  expect(signals.filter((signal) => listeners(signal) > 0)).toEqual([]);
});

test('one signal ends what runs, what is queued and what waits, and nothing else', async () => {
  const pool = makePool({ threads: 1, backlog: 2 });
  const cancelling = new AbortController();
  const { signal } = cancelling;
  const latch = new Latch();
  const running = rejection(pool.run('hold', { latch: latch.cells }, { signal }));
  await latch.arrived();
  const cells = new Int32Array(new SharedArrayBuffer(4 * 6));
  const jobs = Array.from({ length: 6 }, (_, cell) =>
    pool.run('count', { cells, cell }, cell % 2 === 0 ? { signal } : {}).catch((reason) => reason),
  );
  expect(pool.stats().jobs).toMatchObject({ running: 1, queued: 2, waiting: 4 });
  cancelling.abort('those');
  expect(await running).toBe('those');
  expect(await Promise.all(jobs)).toEqual(['those', 1, 'those', 3, 'those', 5]);
  expect([...cells]).toEqual([0, 1, 0, 1, 0, 1]);
});

test('aborting while the threads boot ends the job, which never runs', async () => {
  const pool = makePool({ threads: 1 });
  const cancelling = new AbortController();
  const cells = new Int32Array(new SharedArrayBuffer(4));
  const job = pool.run('count', { cells, cell: 0 }, { signal: cancelling.signal });
  cancelling.abort('early');
  expect(await rejection(job)).toBe('early');
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(cells[0]).toBe(0);
});

test.each([
  ['small', 1],
  ['small', 2],
  ['large', 1],
  ['large', 2],
])('a getter of the input that aborts cancels the job: %s, look %i', async (size, which) => {
  const pool = makePool({ threads: 1 });
  await pool.ready();
  const cancelling = new AbortController();
  const { signal } = cancelling;
  let looks = 0;
  const input = {
    text: 'x'.repeat(size === 'large' ? 1000 : 1),
    get trap() {
      looks += 1;
      if (looks === which) cancelling.abort('trapped');
      return looks;
    },
  };
  expect(await rejection(pool.run('echo', input, { signal }))).toBe('trapped');
  expect(looks).toBeGreaterThanOrEqual(which);
  expect(listeners(signal)).toBe(0);
  expect(pool.stats().jobs).toMatchObject({ submitted: 1, cancelled: 1 });
  expect(await pool.run('echo', 'on')).toBe('on');
});

test('a listener of the caller that submits while the signal aborts is served', async () => {
  const pool = makePool({ threads: 1, backlog: 1 });
  const cancelling = new AbortController();
  const { signal } = cancelling;
  const latch = new Latch();
  let again: Promise<unknown> | undefined;
  signal.addEventListener('abort', () => (again = pool.run('echo', 'again')), { once: true });
  const held = rejection(pool.run('hold', { latch: latch.cells }, { signal }));
  await latch.arrived();
  cancelling.abort('now');
  expect(await held).toBe('now');
  expect(await again).toBe('again');
});

test('AbortSignal.timeout and AbortSignal.any work like any other', async () => {
  const pool = makePool({ threads: 1 });
  const cancelling = new AbortController();
  for (const signal of [
    AbortSignal.timeout(20),
    AbortSignal.any([cancelling.signal, AbortSignal.timeout(20)]),
  ]) {
    const latch = new Latch();
    const job = pool.run('hold', { latch: latch.cells }, { signal });
    expect((await rejection(job)).name).toBe('TimeoutError');
  }
  expect(await pool.run('echo', 'on')).toBe('on');
});
