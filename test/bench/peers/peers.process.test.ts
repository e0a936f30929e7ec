/** Checks that every peer keeps the contract, on real threads and with the settings it is measured with. */
import type { Worker } from 'node:worker_threads';
import { Pool, type PoolOptions } from 'millrace';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isOtherPool, PEER_NAMES, PEERS, peerVersions } from '../../../build/bench/peers/index.js';
import { JOB_MODULE } from '../../../build/bench/peers/jobs.js';
import { work } from '../../../build/bench/jobs/cpu.js';
import { nowUs } from '../../../bench/process/clock.js';

const others = PEER_NAMES.filter((name) => isOtherPool(name));

test('the other pools are those that are compared, and all are installed here', () => {
  expect(others).toEqual(['piscina', 'tinypool', 'workerpool', 'poolifier']);
  for (const version of Object.values(peerVersions(PEER_NAMES))) {
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
  }
});

const threads: Worker[] = [];
const threadStarted = (worker: Worker) => void threads.push(worker);
beforeEach(() => {
  threads.length = 0;
  process.on('worker', threadStarted);
});
afterEach(() => process.off('worker', threadStarted));

describe.each(PEER_NAMES)('%s', (name) => {
  test.skipIf(name === 'millrace-single' && !canSendSingly()).each([
    { favour: 'throughput', job: 'noop' },
    { favour: 'throughput', job: 'work' },
    { favour: 'latency', job: 'spin' },
  ] as const)('$job, at the settings for $favour', async ({ favour, job }) => {
    expect(PEERS[name].name).toBe(name);
    const { run, stop } = await PEERS[name].start({ threads: 2, inFlight: 200, favour, job });
    const inputs = Array.from({ length: 200 }, (_, index) => index);
    const beforeUs = nowUs();
    const results = await Promise.all(inputs.map((input) => run(input)));
    const afterUs = nowUs();
    if (job === 'noop') expect(results).toEqual(inputs);
    if (job === 'work') expect(results).toEqual(inputs.map(work));
    for (const [input, startUs] of job === 'spin' ? results.entries() : []) {
      expect(startUs).toBeGreaterThan(beforeUs);
      expect(startUs).toBeLessThanOrEqual(afterUs - input + 1);
    }
    expect(threads.length).toBe(2);
    await stop();
    expect(threads.map(({ threadId }) => threadId)).toEqual([-1, -1]);
  });

  test.skipIf(name === 'millrace-single' && !canSendSingly())(
    'cold it has every thread, too, once all of them have answered',
    async () => {
      const { run, stop } = await PEERS[name].start({
        threads: 2,
        inFlight: 4,
        favour: 'latency',
        job: 'identify',
        isCold: true,
      });
      const heard = new Set<number>();
      const ask = async () => {
        while (heard.size < 2) heard.add(await run(1000));
      };
      await Promise.all([ask(), ask(), ask(), ask()]);
      expect([...heard].toSorted()).toEqual(threads.map(({ threadId }) => threadId).toSorted());
      await stop();
    },
  );
});

/** True if this version of the library has the option `coalesce`, which the variant needs. */
function canSendSingly(): boolean {
  try {
    void new Pool(JOB_MODULE, { threads: 1, coalesce: false } as PoolOptions).close();
    return true;
  } catch {
    return false;
  }
}
