import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { runProgram } from '../helpers/programs.js';

const { makePool } = guard();

test.each([
  ['while the thread boots', false],
  ['when the thread is ready', true],
])('of 1000 jobs with signals at once exactly 5 are accepted, %s', async (_, isReady) => {
  const pool = makePool({ threads: 1, backlog: 4, overflow: 'reject' });
  if (isReady) await pool.ready();
  const latch = new Latch();
  const { signal } = new AbortController();
  const signals = Array.from({ length: 1000 }, (__, n) =>
    n % 2 === 0 ? signal : new AbortController().signal,
  );
  const outcomes = Promise.allSettled(
    signals.map((each, value) => pool.run('hold', { latch: latch.cells, value }, { signal: each })),
  );
  const { queued, running, refused } = pool.stats().jobs;
  expect({ accepted: queued + running, refused }).toEqual({ accepted: 5, refused: 995 });
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  latch.open();
  const fulfilled = (await outcomes).flatMap((outcome) =>
    outcome.status === 'fulfilled' ? [outcome.value] : [],
  );
  expect(fulfilled).toEqual([0, 1, 2, 3, 4]);
  for (const each of signals) expect(getEventListeners(each, 'abort')).toEqual([]);
});

test('a refusal carries no stack', async () => {
  const pool = makePool({ threads: 1, backlog: 0, overflow: 'reject' });
  const latch = new Latch();
  const held = pool.run('hold', { latch: latch.cells });
  const error = (await pool.run('echo', 1).catch((reason) => reason)) as Error;
  expect(error.stack).not.toMatch(/\n\s+at /);
  expect(Error.stackTraceLimit).toBeGreaterThan(0);
  latch.open();
  await held;
});

test.each(['run', 'submit', 'trySubmit'])(
  '100,000 refused calls of %s on one signal leave no listener and at most 2 MB',
  async (method) => {
    const { code, lines } = await runProgram('refusals.mjs', {
      args: [method],
      execArgv: ['--expose-gc'],
      hangsAfterMs: 50_000,
    });
    expect(code).toBe(0);
    const { refused, listeners, heapBytes } = JSON.parse(lines[0] as string);
    expect({ refused, listeners }).toEqual({ refused: 100_000, listeners: 1 });
    expect(heapBytes).toBeLessThanOrEqual(2 * 1024 ** 2);
  },
  60_000,
);
