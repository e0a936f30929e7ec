import { expect, test } from 'vitest';
import { measureThroughput } from '../../../bench/load/steady-load.js';

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

test('as many jobs as asked for are in flight, and those of the window are counted', async () => {
  let running = 0;
  let most = 0;
  let ended = 0;
  const { jobs, seconds, perSecond, cpuUsPerJob } = await measureThroughput({
    inFlight: 3,
    run: async () => {
      running += 1;
      most = Math.max(most, running);
      await tick();
      running -= 1;
      ended += 1;
    },
    warmUpMs: 10,
    windowMs: 30,
  });
  expect(most).toBe(3);
  expect(jobs).toBeGreaterThan(0);
  expect(jobs).toBeLessThan(ended);
  expect(seconds).toBeGreaterThanOrEqual(0.029);
  expect(perSecond).toBeCloseTo(jobs / seconds);
  expect(cpuUsPerJob).toBeGreaterThan(0);
});

test('where jobs end all at once the window holds whole turns', async () => {
  let waiting: Array<() => void> = [];
  const turn = () => {
    const turned = waiting;
    waiting = [];
    for (const end of turned) end();
  };
  const timer = setInterval(turn, 20);
  const { jobs } = await measureThroughput({
    inFlight: 100,
    run: () => new Promise<void>((resolve) => waiting.push(resolve)),
    warmUpMs: 30,
    windowMs: 30,
  });
  clearInterval(timer);
  expect(jobs).toBeGreaterThanOrEqual(100);
  expect(jobs % 100).toBe(0);
});

test('no job is started after the window', async () => {
  let started = 0;
  await measureThroughput({
    inFlight: 2,
    run: () => {
      started += 1;
      return tick();
    },
    warmUpMs: 1,
    windowMs: 5,
  });
  const startedThen = started;
  await tick();
  await tick();
  expect(started).toBe(startedThen);
});

test('a job that fails is a failure of the whole', async () => {
  let calls = 0;
  const run = async () => {
    await tick();
    calls += 1;
    if (calls === 20) throw new Error('no');
  };
  await expect(
    measureThroughput({ inFlight: 2, run, warmUpMs: 1, windowMs: 60_000 }),
  ).rejects.toThrow('no');
});

test('without a warm-up nothing is known of its stability', async () => {
  const load = { inFlight: 1, run: tick, windowMs: 5 };
  expect((await measureThroughput({ ...load, warmUpMs: 0 })).isStable).toBe(false);
});

test('jobs that end at a steady pace are stable', async () => {
  // All jobs in flight end at once, every 5 ms: windows hold whole turns, which agree by definition.
  let waiting: Array<() => void> = [];
  const timer = setInterval(() => {
    const turned = waiting;
    waiting = [];
    for (const end of turned) end();
  }, 5);
  const { isStable } = await measureThroughput({
    inFlight: 1000,
    run: () => new Promise<void>((resolve) => waiting.push(resolve)),
    warmUpMs: 20,
    windowMs: 20,
  });
  clearInterval(timer);
  expect(isStable).toBe(true);
});
