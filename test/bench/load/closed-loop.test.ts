import { expect, test } from 'vitest';
import { ClosedLoop } from '../../../bench/load/closed-loop.js';

test('never more calls at once than allowed, failed ones included, until it is stopped', async () => {
  let running = 0;
  let most = 0;
  let calls = 0;
  const loop = new ClosedLoop(3, async () => {
    running += 1;
    calls += 1;
    most = Math.max(most, running);
    if (calls === 50) loop.stop();
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    if (calls % 2 === 0) throw new Error('failed');
  });
  await loop.run();
  expect(most).toBe(3);
  expect(running).toBe(0);
  expect(calls).toBe(50);
});
