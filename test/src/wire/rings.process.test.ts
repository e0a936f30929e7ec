/**
 * Tests the rings between two real threads: each job goes to exactly one side, and a side can wait for the other's end.
 */
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { Rings } from '../../../src/wire/rings.js';

/** Both sides claim the same jobs at once, from opposite ends. Returns how many each side got. */
async function race(cells: number): Promise<{ takenBack: number; started: number }> {
  const main = Rings.allocate(cells);
  for (let cell = 0; cell < cells; cell += 1) {
    main.offer(cell);
    main.submit(cell);
  }
  const won = new Int32Array(new SharedArrayBuffer(4));
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { memory, cells, won, gate, rings } = require('node:worker_threads').workerData;
     import(rings).then(({ Rings }) => {
       const host = new Rings({ memory, cells });
       Atomics.store(gate, 0, 1); Atomics.notify(gate, 0);
       for (let cell = host.next(); cell >= 0; cell = host.next()) if (host.start(cell, 0)) won[0] += 1;
     });`,
    {
      eval: true,
      workerData: {
        memory: main.memory,
        cells,
        won,
        gate,
        rings: new URL('../../../build/src/wire/rings.js', import.meta.url).href,
      },
    },
  );
  const exited = new Promise((resolve) => worker.on('exit', resolve));
  await Atomics.waitAsync(gate, 0, 0).value;
  let takenBack = 0;
  for (let cell = cells - 1; cell >= 0; cell -= 1) if (main.takeBack(cell)) takenBack += 1;
  await exited;
  return { takenBack, started: won[0] as number };
}

test('of two threads that race for 20,000 jobs exactly one gets each', async () => {
  const cells = 20_000;
  let takenBack = 0;
  let started = 0;
  // On a busy machine one side may finish before the other has begun: that was no race.
  do {
    ({ takenBack, started } = await race(cells));
    expect(takenBack + started).toBe(cells);
  } while (takenBack === 0 || started === 0);
});

test('a thread that blocks until another one has ended goes on when it has, and sees all that it did', async () => {
  const main = Rings.allocate(1);
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const done = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { memory, cells, done, gate, rings } = require('node:worker_threads').workerData;
     import(rings).then(({ Rings }) => {
       const host = new Rings({ memory, cells });
       Atomics.store(gate, 0, 1); Atomics.notify(gate, 0);
       Atomics.wait(gate, 0, 1);
       done[0] = 1;
       host.end();
     });`,
    {
      eval: true,
      workerData: {
        memory: main.memory,
        cells: 1,
        done,
        gate,
        rings: new URL('../../../build/src/wire/rings.js', import.meta.url).href,
      },
    },
  );
  const exited = new Promise((resolve) => worker.on('exit', resolve));
  await Atomics.waitAsync(gate, 0, 0).value;
  expect(done[0]).toBe(0);
  Atomics.store(gate, 0, 2);
  Atomics.notify(gate, 0);
  main.waitForEnd(60_000);
  expect(done[0]).toBe(1);
  await exited;
});
