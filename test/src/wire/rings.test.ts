import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { Inline } from '../../../src/wire/inline.js';
import { Rings } from '../../../src/wire/rings.js';

/** Both sides of the same memory. */
function bothSides(cells: number): { main: Rings; host: Rings } {
  const main = Rings.allocate(cells);
  return { main, host: new Rings(main) };
}

test('a job is started or taken back, never both', () => {
  const { main, host } = bothSides(2);
  main.offer(0);
  main.submit(0);
  expect(main.isStarted(0)).toBe(false);
  expect(host.next()).toBe(0);
  expect(host.start(0, 1)).toBe(true);
  expect(main.takeBack(0)).toBe(false);
  expect([main.isStarted(0), main.isFinished(0)]).toEqual([true, false]);
  host.finish(0, 2);
  expect([main.isStarted(0), main.isFinished(0)]).toEqual([true, true]);
  expect([main.startedMs(0), main.finishedMs(0)]).toEqual([1, 2]);
  main.offer(1);
  expect(main.takeBack(1)).toBe(true);
  expect(host.start(1, 3)).toBe(false);
  expect(main.isStarted(1)).toBe(false);
});

test('cells go and come in order, around the rings many times', () => {
  const { main, host } = bothSides(3);
  for (let job = 0; job < 1000; job += 1) {
    const cell = job % 3;
    main.offer(cell);
    main.submit(cell);
    expect(main.areEmpty).toBe(false);
    expect([...main.waiting()]).toEqual([cell]);
    expect(host.left).toBe(1);
    expect(host.next()).toBe(cell);
    expect([...main.waiting()]).toEqual([]);
    expect(main.latest).toBe(cell);
    expect(host.next()).toBe(-1);
    expect(main.collect()).toBe(-1);
    host.complete(cell);
    expect(main.collect()).toBe(cell);
    expect(main.areEmpty).toBe(true);
  }
});

test('a bell is asked for once, and again after it was answered', () => {
  const { main, host } = bothSides(2);
  expect(host.ring()).toBe(true);
  expect(host.ring()).toBe(false);
  main.answerBell();
  expect(host.ring()).toBe(true);
  main.submit(0);
  expect(main.rouse(), 'the host has not looked yet').toBe(true);
  main.submit(1);
  expect(main.rouse(), 'it will look at both').toBe(false);
  expect(host.sleep(), 'it does not sleep while something lies there').toBe(false);
  host.next();
  host.next();
  expect(host.sleep()).toBe(true);
  main.submit(0);
  expect(main.rouse()).toBe(true);
});

test('what was neither collected nor rung for is counted', () => {
  const { main, host } = bothSides(2);
  const completeOne = (): void => {
    main.submit(0);
    host.next();
    host.complete(0);
  };
  for (let round = 0; round < 3; round += 1) {
    expect(host.unannounced).toBe(0);
    completeOne();
    completeOne();
    expect(host.unannounced).toBe(2);
    // The main thread looks by itself.
    main.answerBell();
    expect(host.unannounced, 'it is about to collect them').toBe(0);
    expect([main.collect(), main.collect(), main.collect()]).toEqual([0, 0, -1]);
    completeOne();
    expect(host.unannounced).toBe(1);
    expect(host.ring()).toBe(true);
    expect(host.unannounced, 'it was rung for').toBe(0);
    completeOne();
    expect(host.unannounced).toBe(1);
    main.answerBell();
    expect([main.collect(), main.collect(), main.collect()]).toEqual([0, 0, -1]);
  }
});

test('a function that returned a promise is marked', () => {
  const { main, host } = bothSides(1);
  main.functions[0] = 7;
  expect(main.isAsync(0)).toBe(false);
  host.markAsync(0);
  expect(main.isAsync(0)).toBe(true);
});

/** Both sides go for the same jobs at once, from the two ends. Returns how many each has got. */
async function race(cells: number): Promise<{ takenBack: number; started: number }> {
  const { main } = bothSides(cells);
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
        rings: new URL('../../../dist/src/wire/rings.js', import.meta.url).href,
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
  // On a busy machine one side may be through before the other has begun: that was no race.
  do {
    ({ takenBack, started } = await race(cells));
    expect(takenBack + started).toBe(cells);
  } while (takenBack === 0 || started === 0);
});

test('a cell holds its value until it is written anew', () => {
  const { main, host } = bothSides(2);
  const form = main.values.write(1, 'input');
  expect(host.values.read(1, form)).toBe('input');
  expect(host.values.write(1, 42)).toBe(Inline.number);
  expect(main.values.read(1, Inline.number)).toBe(42);
});
