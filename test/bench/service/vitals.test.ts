/** The vital signs of the process that runs this test. */
import { expect, test } from 'vitest';
import { Vitals, type VitalSigns } from '../../../bench/service/vitals.js';

const MB = 1024 ** 2;

/** Keeps the event loop busy by the clock. */
function stall(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

test('a busy event loop is late, and what is long ago stays in the worst only', async () => {
  const vitals = new Vitals();
  // The monitor begins with its first interval, so that a stall before it is not seen.
  const late = await expectLate(vitals, 200);
  expect(late.loopDelayMs.max).toBeGreaterThanOrEqual(late.loopDelayMs.lately);
  await expect.poll(() => vitals.read().loopDelayMs.lately, { timeout: 15_000 }).toBeLessThan(100);
  expect(vitals.read().loopDelayMs.max).toBeGreaterThanOrEqual(late.loopDelayMs.lately);
});

async function expectLate(vitals: Vitals, ms: number): Promise<VitalSigns> {
  let signs = vitals.read();
  await expect
    .poll(
      () => {
        signs = vitals.read();
        if (signs.loopDelayMs.lately < ms * 0.9) stall(ms);
        return signs.loopDelayMs.lately;
      },
      { timeout: 15_000, interval: 20 },
    )
    .toBeGreaterThanOrEqual(ms * 0.9);
  return signs;
}

test('a look does not hide a delay that begins right after it', async () => {
  const vitals = new Vitals();
  await expectLate(vitals, 100);
  for (let look = 0; look < 3; look += 1) vitals.read();
  const before = vitals.read().loopDelayMs.max;
  stall(before + 200);
  await new Promise((resolve) => setImmediate(resolve));
  await expect.poll(() => vitals.read().loopDelayMs.max).toBeGreaterThanOrEqual(before + 150);
});

test('buffers are external memory, objects are in the heap', () => {
  const vitals = new Vitals();
  const before = vitals.read();
  const buffer = Buffer.alloc(64 * MB);
  const objects = Array.from({ length: 1_000_000 }, (_, index) => ({ index }));
  const after = vitals.read();
  expect(after.externalBytes - before.externalBytes).toBeGreaterThan(60 * MB);
  expect(after.heapUsedBytes - before.heapUsedBytes).toBeGreaterThan(8 * MB);
  expect(after.rssBytes).toBeGreaterThan(after.heapUsedBytes);
  expect(buffer.byteLength + objects.length).toBe(64 * MB + 1_000_000);
});

test('processor time counts from the beginning, and all of it', () => {
  const vitals = new Vitals();
  const before = process.cpuUsage();
  let spentUs = 0;
  while (spentUs < 50_000) {
    stall(5);
    const { user, system } = process.cpuUsage(before);
    spentUs = user + system;
  }
  const { cpuUs } = vitals.read();
  expect(cpuUs).toBeGreaterThanOrEqual(spentUs);
});
