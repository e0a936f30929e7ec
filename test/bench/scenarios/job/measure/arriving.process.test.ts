/**
 * Arrivals at a real pool. Every test drives it into the state that the figure speaks of: over its
 * saturation, late, cut off, failing.
 */
import { expect, test } from 'vitest';
import {
  arrive,
  type ArriveRequest,
} from '../../../../../dist/bench/scenarios/job/measure/arriving.js';
import type { Input } from '../../../../../bench/user-job/inputs.js';
import { arrivalsOf } from '../../../../../dist/bench/scenarios/job/measure/figures.js';
import type { Subject } from '../../../../../bench/scenarios/job/measure/user-job.js';

const module = new URL('../../../../fixtures/own-job/endings.js', import.meta.url).href;

const subject: Subject = {
  job: { label: 'endings.js#block', module, name: 'block' },
  input: { kind: 'none' },
  seed: 1,
};

/** One thread, two places behind it, and twice the jobs of 10 ms that it can do. */
const request: ArriveRequest = {
  kind: 'arrive',
  pool: { threads: 1, concurrency: 1, backlog: { jobs: 2, bytes: 100_000 } },
  rate: { perSecond: 200 },
  seconds: 1.5,
  inFlight: 2,
  warmUpMs: 50,
  windowMs: 100,
};

/** Inputs that are dealt at random, each as often as the others. */
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
  // Jobs of at least 10 ms, one after the other: so many in the time, and what is left then.
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
    // How many jobs start in a second depends on how fast a thread that was cut off is replaced.
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
      // Those of the arrivals before the ones that count, and of the load before them, are in it.
      expect(failures.count).toBeGreaterThanOrEqual(endings.failed);
    }
    expect([...seen].toSorted()).toEqual(['cutOff', 'failed', 'late', 'refused', 'served']);
  },
);
