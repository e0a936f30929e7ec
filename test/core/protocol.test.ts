import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { Claims } from '../../src/protocol.js';

test('a job is started or taken back, never both', () => {
  const claims = Claims.allocate(1);
  const first = claims.offer(0);
  expect(claims.isStarted(0, first)).toBe(false);
  expect(claims.start(0, first)).toBe(true);
  expect(claims.takeBack(0, first)).toBe(false);
  expect([claims.isStarted(0, first), claims.isFinished(0, first)]).toEqual([true, false]);
  claims.finish(0, first);
  expect([claims.isStarted(0, first), claims.isFinished(0, first)]).toEqual([true, true]);
  const second = claims.offer(0);
  expect(claims.takeBack(0, second)).toBe(true);
  expect(claims.start(0, second)).toBe(false);
});

test('a late claim for an earlier job of the cell fails, also where the tickets overflow', () => {
  const claims = Claims.allocate(1);
  claims.cells[0] = 2 ** 31 - 4;
  const tickets = [claims.offer(0), claims.offer(0), claims.offer(0)];
  expect(new Set(tickets).size).toBe(3);
  const [first, , last] = tickets as [number, number, number];
  expect(claims.start(0, first)).toBe(false);
  expect(claims.start(0, last)).toBe(true);
  expect(claims.isStarted(0, first)).toBe(false);
});

test('of two threads that race for 20,000 jobs exactly one gets each', async () => {
  const jobs = 20_000;
  const claims = Claims.allocate(jobs);
  const tickets = Array.from({ length: jobs }, (_, cell) => claims.offer(cell));
  const won = new Int32Array(new SharedArrayBuffer(4));
  const gate = new Int32Array(new SharedArrayBuffer(4));
  // The other side in plain JavaScript: offered -> started by compare-and-exchange.
  const worker = new Worker(
    `const { cells, tickets, won, gate } = require('node:worker_threads').workerData;
     Atomics.store(gate, 0, 1); Atomics.notify(gate, 0);
     for (let i = 0; i < tickets.length; i += 1) {
       if (Atomics.compareExchange(cells, i, tickets[i], tickets[i] + 1) === tickets[i]) won[0] += 1;
     }`,
    { eval: true, workerData: { cells: claims.cells, tickets, won, gate } },
  );
  const exited = new Promise((resolve) => worker.on('exit', resolve));
  await Atomics.waitAsync(gate, 0, 0).value;
  let takenBack = 0;
  for (let cell = jobs - 1; cell >= 0; cell -= 1) {
    if (claims.takeBack(cell, tickets[cell] as number)) takenBack += 1;
  }
  await exited;
  expect(takenBack + (won[0] as number)).toBe(jobs);
});
