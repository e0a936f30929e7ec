/** Verifies advice by real runs: a promise that can't hold is lowered until it does. */
import { expect, test } from 'vitest';
import { adviseAndVerify } from '../../../../../build/bench/scenarios/job/advice/advising.js';
import { WANTED_ARRIVALS } from '../../../../../bench/scenarios/job/advice/verification.js';
import { describeAdvice } from '../../../../../bench/scenarios/job/advice/report.js';
import { Measurer } from '../../../../../build/bench/scenarios/job/measure/measurer.js';
import { arrivalsOf } from '../../../../../bench/load/endings.js';
import { plain } from '../../../../../bench/report/terminal/paint.js';
import { SILENT } from '../../../../../bench/report/terminal/screen.js';
import { inputs, saturated, service } from '../figures.js';

const path = new URL('../../../../fixtures/own-job/endings.js', import.meta.url);
const job = { label: 'endings.js#fiveMs', module: path.href, path: path.pathname, name: 'fiveMs' };

test('a promise beyond what the pool can do is not verified, but lowered until it holds', async () => {
  const signal = new AbortController().signal;
  const subject = { job, input: { kind: 'none' }, seed: 1 } as const;
  const measurer = new Measurer(subject, { screen: SILENT, paint: plain, signal });
  // Jobs of 5 ms on one thread: max 200 per second, but the measurement claims 500.
  const measured = {
    wantedP99Ms: 150,
    service,
    inputs,
    chosen: saturated(1, 500),
    comparisons: [],
    loads: [],
  };
  const load = { seconds: 0.3, inFlight: 2, warmUpMs: 50, windowMs: 50 };
  const advice = await adviseAndVerify(measured, load, job, measurer);
  if (advice.kind !== 'advised') throw new Error(advice.kind);
  const [first, ...more] = advice.verifications;
  expect(first).toMatchObject({ isEnough: true, isP99Held: false });
  expect(first?.ratePerSecond).toBeGreaterThan(200);
  // Jobs beyond the pool's capacity were rejected or came too late, and are in no latency.
  expect(first?.unservedShare).toBeGreaterThan(0.1);
  expect(first?.confidence).toBeLessThan(0.01);
  expect(more.length).toBeGreaterThan(0);
  for (const { endings, arrivals, inTime } of advice.verifications) {
    expect(arrivalsOf(endings)).toBe(arrivals);
    expect(arrivals - endings.failed).toBeGreaterThanOrEqual(WANTED_ARRIVALS);
    expect(inTime).toBeLessThanOrEqual(endings.served);
  }
  const last = advice.verifications.at(-1);
  expect(advice.isVerified).toBe(last?.isP99Held);
  expect(advice.promisedPerSecond).toBe(last?.ratePerSecond);
  const [verdict] = describeAdvice(advice);
  expect(verdict).toMatchObject({
    text: expect.stringMatching(advice.isVerified ? /did not hold and was lowered/ : /^No rate/),
  });
});
