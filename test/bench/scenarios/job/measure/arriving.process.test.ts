/**
 * Sends arrivals to a real pool. Every test drives the pool into the state that a metric describes: overloaded, late,
 * cut off, failing.
 */
import { expect, test } from 'vitest';
import {
  arrive,
  type ArriveRequest,
} from '../../../../../build/bench/scenarios/job/measure/arriving.js';
import type { Input } from '../../../../../bench/user-job/inputs.js';
import { arrivalsOf, NO_ENDINGS } from '../../../../../build/bench/load/endings.js';
import type { Subject } from '../../../../../bench/scenarios/job/measure/user-job.js';

const module = new URL('../../../../fixtures/own-job/endings.js', import.meta.url).href;

const subject: Subject = {
  job: { label: 'endings.js#block', module, name: 'block' },
  input: { kind: 'none' },
  seed: 1,
};

/** One thread, a backlog of two, and twice as many jobs of 10 ms as the thread can run. */
const request: ArriveRequest = {
  kind: 'arrive',
  pool: { threads: 1, concurrency: 1, backlog: { jobs: 2, bytes: 100_000 } },
  rate: { perSecond: 200 },
  seconds: 1.5,
  inFlight: 2,
  warmUpMs: 50,
  windowMs: 100,
};

/** Inputs that are dealt at random with equal probability. */
function blocking(...ms: readonly number[]): Input[] {
  return ms.map((value) => ({ name: `${value} ms`, value }));
}

test('over the saturation what the backlog has no room for is refused, and no more is served than the threads can do', async () => {
  const jobMs = 10;
  const { endings, total, lateness, failures } = await arrive(
    { ...request, ...subject },
    blocking(jobMs),
  );
  const { served, refused } = endings;
  // Jobs of at least 10 ms run one after the other; one running and two waiting jobs remain at the end.
  const capacity = (request.seconds * 1000) / jobMs + 1 + 2;
  expect(served).toBeGreaterThan(0);
  expect(served).toBeLessThanOrEqual(capacity);
  expect(refused).toBeGreaterThan(0);
  expect(endings).toEqual({ served, refused, failed: 0, late: 0, cutOff: 0 });
  expect(served + refused).toBe(lateness.count);
  expect(total.count).toBe(served);
  expect(failures.count).toBe(0);
});

test(
  'every arrival that counts has exactly one ending, whichever it is',
  { timeout: 120_000 },
  async () => {
    const seen = new Set<string>();
    // The number of jobs that start in a second depends on how fast the thread of a cut-off job is replaced.
    for (let seed = 1; seen.size < 5 && seed <= 20; seed += 1) {
      const { endings, total, lateness, failures } = await arrive(
        { ...request, ...subject, seed, timeouts: { queueMs: 10, runMs: 60 }, seconds: 1 },
        blocking(5, 20, 20, 200, -1, -1),
      );
      for (const [ending, count] of Object.entries(endings)) if (count > 0) seen.add(ending);
      expect(arrivalsOf(endings)).toBe(lateness.count);
      expect(total.count).toBe(endings.served);
      for (const { message } of failures.examples) {
        expect(message).toBe('RangeError: A job that fails');
      }
      // `failures` includes the warm-up load and the arrivals that don't count.
      expect(failures.count).toBeGreaterThanOrEqual(endings.failed);
    }
    expect([...seen].toSorted()).toEqual(['cutOff', 'failed', 'late', 'refused', 'served']);
  },
);

/** Few jobs, with room for all of them. */
const light: ArriveRequest & Subject = {
  ...request,
  ...subject,
  pool: { threads: 1, concurrency: 1 },
  rate: { perSecond: 100 },
  seconds: 0.2,
};

test('a load that needs arrivals goes on until enough of them have not failed', async () => {
  const extension = { arrivals: 40, maxSeconds: 60 };
  const { endings, lateness, seconds } = await arrive({ ...light, extension }, blocking(1, 1, -1));
  expect(endings.served).toBeGreaterThanOrEqual(40);
  expect(endings.failed).toBeGreaterThan(0);
  expect(arrivalsOf(endings)).toBe(lateness.count);
  expect(seconds).toBeGreaterThan(light.seconds);
  expect(seconds).toBeLessThan(extension.maxSeconds);
});

test('and no longer than its limit, where all of them fail', async () => {
  const extension = { arrivals: 40, maxSeconds: 0.6 };
  const { endings, seconds, intended } = await arrive({ ...light, extension }, blocking(-1));
  expect(endings).toEqual({ ...NO_ENDINGS, failed: endings.failed });
  expect(endings.failed).toBeGreaterThan(0);
  // Random arrivals over the whole time, and none after it.
  expect(seconds).toBeGreaterThan(light.seconds);
  expect(intended).toBeLessThan(300);
});

test('what was served later than wanted is not in time', async () => {
  const late = await arrive({ ...light, wantedMs: 9 }, blocking(10));
  expect(late.endings.served).toBeGreaterThan(0);
  expect(late.inTime).toBe(0);
  const inTime = await arrive({ ...light, wantedMs: 60_000 }, blocking(1));
  expect(inTime.inTime).toBe(inTime.endings.served);
});

test('a generator that could not make its arrivals in time reports how many it made', async () => {
  // Far more than any main thread can send.
  const { sent, intended, endings, lateness } = await arrive(
    { ...light, ...request, rate: { perSecond: 3_000_000 }, seconds: 0.1 },
    blocking(1),
  );
  expect(sent).toBeLessThan(intended);
  expect(arrivalsOf(endings)).toBe(lateness.count);
});
