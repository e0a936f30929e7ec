/** Runs the process of `bench tail` with real pools, and checks how the arrivals that count end. */
import { expect, test } from 'vitest';
import { arrivalsOf, NO_ENDINGS } from '../../../../bench/load/endings.js';
import { measureFresh } from '../../../../bench/process/fresh-process.js';
import type { ArrivalReply, TailRequest } from '../../../../bench/scenarios/tail/program.js';

const PROGRAM = new URL('../../../../build/bench/scenarios/tail/program.js', import.meta.url);

function arrive(changes: Partial<TailRequest>): Promise<ArrivalReply> {
  const request = {
    kind: 'arrive',
    peer: 'millrace',
    threads: 1,
    seconds: 0.3,
    warmUpSeconds: 0.1,
    seed: 1,
    ratePerSecond: 500,
    ...changes,
  } as TailRequest;
  return measureFresh<ArrivalReply>(PROGRAM, request, {
    limitMs: 60_000,
    signal: new AbortController().signal,
  });
}

test.each(['millrace', 'piscina'] as const)(
  '%s: every arrival that counts is served, and has a latency',
  async (peer) => {
    const { endings, all, short, sent } = await arrive({ peer });
    expect(endings).toEqual({ ...NO_ENDINGS, served: endings.served });
    expect(endings.served).toBeGreaterThan(0);
    expect(all.total.count).toBe(endings.served);
    expect(all.wait.count).toBe(endings.served);
    expect(short.total.count).toBeLessThanOrEqual(endings.served);
    // Arrivals of the warm-up don't count.
    expect(arrivalsOf(endings)).toBeLessThan(sent);
  },
);

test('a generator that can not make its arrivals in time reports how many it made', async () => {
  const { endings, all, sent, intended } = await arrive({
    ratePerSecond: 2_000_000,
    seconds: 0.05,
    warmUpSeconds: 0.01,
  } as Partial<TailRequest>);
  expect(sent).toBeLessThan(intended);
  expect(all.total.count).toBe(endings.served);
});
