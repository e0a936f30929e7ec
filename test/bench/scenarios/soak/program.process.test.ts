/** Runs the process of a soak with a real pool, driven into each state that its windows report. */
import { expect, test } from 'vitest';
import { arrivalsOf } from '../../../../bench/load/endings.js';
import { measureFresh } from '../../../../bench/process/fresh-process.js';
import type {
  SoakReply,
  SoakRequest,
  WindowMessage,
} from '../../../../bench/scenarios/soak/program.js';
import { drawConclusions } from '../../../../bench/scenarios/soak/verdict.js';
import type { SoakWindow } from '../../../../bench/scenarios/soak/window.js';
import { soakResult } from './windows.js';

const PROGRAM = new URL('../../../../build/bench/scenarios/soak/program.js', import.meta.url);
const US = 1000;

/** Runs a soak of two windows of a quarter of a second, on one thread. */
async function soak(changes: Partial<SoakRequest>): Promise<{
  reply: SoakReply;
  sums: Record<'completed' | 'refused' | 'failed', number>;
  said: string;
}> {
  const request: SoakRequest = {
    kind: 'soak',
    threads: 1,
    job: 'noop',
    input: 0,
    ratePerSecond: 200,
    windows: 2,
    windowSeconds: 0.25,
    ...changes,
  };
  const windows: SoakWindow[] = [];
  const reply = await measureFresh<SoakReply>(PROGRAM, request, {
    limitMs: 60_000,
    signal: new AbortController().signal,
    onMessage: (message) => {
      if (message.kind === 'window') windows.push((message as WindowMessage).window);
    },
  });
  const sum = (part: 'completed' | 'refused' | 'failed'): number =>
    windows.reduce((total, window) => total + window[part], 0);
  const sums = { completed: sum('completed'), refused: sum('refused'), failed: sum('failed') };
  const { endings, sent } = reply;
  // Every arrival has one ending, and the windows add up to the same endings.
  expect(arrivalsOf(endings)).toBe(sent);
  expect(endings).toEqual({
    served: sums.completed,
    refused: sums.refused,
    failed: sums.failed,
    late: 0,
    cutOff: sent - sums.completed - sums.refused - sums.failed,
  });
  expect(endings.cutOff).toBeGreaterThanOrEqual(0);
  const said = drawConclusions(soakResult(windows, { generator: reply })).join(' ');
  return { reply, sums, said };
}

test('what the pool has room for is served', async () => {
  const { sums, said } = await soak({});
  expect(sums.completed).toBeGreaterThan(0);
  expect(sums).toMatchObject({ refused: 0, failed: 0 });
  expect(said).not.toMatch(/could not take|failed/);
});

test('what it has no room for is refused, and what is left at the end is cut off', async () => {
  // Each job takes 50 ms of the thread's time, and 20,000 of them arrive per second.
  const { sums, reply, said } = await soak({ job: 'spin', input: 50 * US, ratePerSecond: 20_000 });
  expect(sums.refused).toBeGreaterThan(0);
  expect(reply.endings.cutOff).toBeGreaterThan(0);
  expect(said).toContain('The pool could not take the whole load: ');
  expect(said).toMatch(/Jobs that had not ended when the run did: [\d,]+\./);
});

test('a job that fails is counted as such', async () => {
  const { sums, said } = await soak({ job: 'missing' as SoakRequest['job'] });
  expect(sums.failed).toBeGreaterThan(0);
  expect(sums).toMatchObject({ completed: 0, refused: 0 });
  expect(said).toMatch(/Jobs that failed: \d+, 100\.0 % of all\./);
});

test('a generator that can not hold its rate is reported', async () => {
  const { reply, said } = await soak({ ratePerSecond: 5_000_000, windows: 1, windowSeconds: 0.1 });
  expect(reply.sent).toBeLessThan(reply.intended);
  expect(said).toContain('The load generator could not hold its rate: ');
});
