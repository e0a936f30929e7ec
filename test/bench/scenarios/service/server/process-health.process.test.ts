/** Checks the health readings of the process that runs this test. */
import { expect, test } from 'vitest';
import { ProcessHealth } from '../../../../../bench/scenarios/service/server/process-health.js';
import { collectGarbage } from '../../../../helpers/garbage.js';

const MB = 1024 ** 2;

/** Blocks the event loop for `ms`. */
function stall(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

/** Turns the event loop until the monitor has sampled: its interval has passed and timers have run. */
async function turn(): Promise<void> {
  const endMs = performance.now() + 30;
  let turnsLeft = 2;
  while (turnsLeft > 0) {
    await new Promise((resolve) => setImmediate(resolve));
    if (performance.now() >= endMs) turnsLeft -= 1;
  }
}

/** Reads the health and blocks the event loop right afterwards. */
async function lookAndStall(health: ProcessHealth, ms: number): Promise<void> {
  await turn();
  health.read();
  stall(ms);
  await turn();
}

test('a delay is seen by the next look, also where it began right after one', async () => {
  const health = new ProcessHealth();
  await turn();
  for (let look = 0; look < 4; look += 1) {
    await lookAndStall(health, 200);
    const { lately, p99, max } = health.read().loopDelayMs;
    expect(lately).toBeGreaterThan(180);
    expect(max).toBeGreaterThanOrEqual(lately);
    expect(max).toBeGreaterThanOrEqual(p99);
  }
});

test('what is long ago stays in the worst only', async () => {
  const health = new ProcessHealth();
  await lookAndStall(health, 300);
  const worst = health.read().loopDelayMs.max;
  expect(worst).toBeGreaterThan(280);
  await expect.poll(() => health.read().loopDelayMs.lately, { timeout: 15_000 }).toBeLessThan(250);
  expect(health.read().loopDelayMs.max).toBeGreaterThanOrEqual(worst);
});

test('buffers are external memory, objects are in the heap', () => {
  const health = new ProcessHealth();
  // Garbage of other tests must not be collected in between.
  collectGarbage();
  const before = health.read();
  const buffer = Buffer.alloc(64 * MB);
  const objects = Array.from({ length: 1_000_000 }, (_, index) => ({ index }));
  const after = health.read();
  expect(after.externalBytes - before.externalBytes).toBeGreaterThan(60 * MB);
  expect(after.heapUsedBytes - before.heapUsedBytes).toBeGreaterThan(8 * MB);
  expect(after.rssBytes).toBeGreaterThan(after.heapUsedBytes);
  expect(buffer.byteLength + objects.length).toBe(64 * MB + 1_000_000);
});

test('processor time counts from the beginning, and all of it', () => {
  const health = new ProcessHealth();
  const before = process.cpuUsage();
  let spentUs = 0;
  while (spentUs < 50_000) {
    stall(5);
    const { user, system } = process.cpuUsage(before);
    spentUs = user + system;
  }
  const { cpuUs } = health.read();
  expect(cpuUs).toBeGreaterThanOrEqual(spentUs);
});
