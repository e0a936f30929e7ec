/**
 * What `src/threads/threads.ts` and `src/threads/link.ts` rely on in Piscina, so that an upgrade shows what changed.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type MessagePort, Worker } from 'node:worker_threads';
import { Piscina, version } from 'piscina';
import { afterEach, expect, test } from 'vitest';
import { fixture, fixturePath } from '../helpers/guard.js';
import { until } from '../helpers/outcomes.js';

interface Greeting {
  readonly threadId: number;
  readonly workerData: unknown;
  readonly port: MessagePort;
}

const piscinas: Piscina[] = [];

/** A Piscina as `threads.ts` makes it. */
function start(threads: number, options = {}) {
  const piscina = new Piscina({
    filename: fixturePath('piscina-host.js'),
    name: 'serve',
    minThreads: threads,
    maxThreads: threads,
    atomics: 'disabled',
    recordTiming: false,
    ...options,
  });
  piscinas.push(piscina);
  const greetings: Greeting[] = [];
  const errors: Error[] = [];
  piscina.on('message', (greeting: Greeting) => greetings.push(greeting));
  piscina.on('error', (error: Error) => errors.push(error));
  return {
    piscina,
    greetings,
    errors,
    workers: () => [...piscina.threads] as Worker[],
    greeted: (count: number) => until(() => greetings.length >= count),
  };
}

afterEach(async () => {
  for (const piscina of piscinas.splice(0)) await piscina.destroy();
});

test('is the exact version that was read and tested', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(manifest.dependencies.piscina).toBe('5.3.2');
  expect(version).toBe('5.3.2');
});

test('lists its threads, as Worker objects, when it is constructed', () => {
  const workers = start(3).workers();
  expect(workers).toHaveLength(3);
  for (const worker of workers) expect(worker).toBeInstanceOf(Worker);
  expect(new Set(workers.map((worker) => worker.threadId)).size).toBe(3);
});

test('passes on what a thread posts through parentPort, ports included', async () => {
  const { greetings, greeted, workers } = start(2, { workerData: { given: 'data' } });
  await greeted(2);
  const ids = greetings.map((greeting) => greeting.threadId).toSorted();
  expect(ids).toEqual(
    workers()
      .map((worker) => worker.threadId)
      .toSorted(),
  );
  expect(greetings[0]?.workerData).toEqual({ given: 'data' });
  const port = greetings[0]?.port as MessagePort;
  port.postMessage('answer');
  expect(await once(port, 'message')).toEqual(['answer later']);
});

test('hears that a thread is ready before the thread greets, and keeps that to itself', async () => {
  const { piscina, greeted, greetings, workers } = start(1);
  const posted: unknown[] = [];
  workers()[0]?.on('message', (message) => posted.push(message));
  await greeted(1);
  expect(posted).toHaveLength(2);
  expect(posted[0]).not.toHaveProperty('greeting');
  expect(posted[1]).toBe(greetings[0]);
  expect(piscina.threads).toHaveLength(1);
});

test.each(['terminate', 'exit'])(
  'has put the replacement of a ready thread into its list when a later listener hears of the exit: %s',
  async (how) => {
    const { greetings, greeted, workers } = start(2);
    await greeted(2);
    const before = workers();
    const lost = before.find((each) => each.threadId === greetings[0]?.threadId) as Worker;
    let after: Worker[] = [];
    lost.on('exit', () => (after = workers()));
    const exited = once(lost, 'exit');
    if (how === 'terminate') void lost.terminate();
    else greetings[0]?.port.postMessage('exit');
    await exited;
    expect(after).toHaveLength(2);
    expect(after).not.toContain(lost);
    const replacement = after.find((worker) => !before.includes(worker));
    await greeted(3);
    expect(replacement?.threadId).toBe(greetings[2]?.threadId);
  },
);

test('replaces ready threads again and again', async () => {
  const { greeted, workers } = start(1);
  for (let round = 1; round <= 5; round += 1) {
    await greeted(round);
    void workers()[0]?.terminate();
  }
  await greeted(6);
  expect(workers()).toHaveLength(1);
});

test('takes its first threads for ready; gives up where one dies booting that replaces another', async () => {
  const survivor = new Int32Array(new SharedArrayBuffer(4));
  const execArgv = ['--import', fixture('modules/preload-for-one.mjs').href];
  const { errors, greeted, workers } = start(2, { workerData: { survivor }, execArgv });
  const [doomed, last] = workers() as [Worker, Worker];
  Atomics.store(survivor, 0, last.threadId);
  Atomics.notify(survivor, 0);
  await greeted(1);
  await until(() => errors.length === 2);
  expect(errors.map((error) => error.message)).toEqual(['not for me', 'not for me']);
  expect(workers()).toEqual([last]);
  expect(doomed.threadId).toBe(-1);
  // From here on no thread is replaced, though it had been ready.
  const exited = once(last, 'exit');
  void last.terminate();
  await exited;
  expect(workers()).toEqual([]);
});

test('tells an uncaught exception of an idle thread as an error event, and replaces the thread', async () => {
  const { errors, greetings, greeted, workers } = start(1);
  await greeted(1);
  const thrown = once(workers()[0] as Worker, 'error');
  greetings[0]?.port.postMessage('throw');
  const [error] = await thrown;
  expect(errors).toEqual([error]);
  await greeted(2);
  expect(workers()).toHaveLength(1);
});

test('throws from its constructor what Node refuses of the options', () => {
  expect(() => start(2, { execArgv: ['--title=x'] })).toThrow('--title=x');
  expect(() => start(2, { workerData: () => {} })).toThrow('could not be cloned');
});

test('destroy() ends every thread, booting or ready, and closes their ports', async () => {
  for (const isReady of [false, true]) {
    const { piscina, greetings, greeted, workers } = start(2);
    if (isReady) await greeted(2);
    const before = workers();
    const closed = greetings.map((greeting) => once(greeting.port, 'close'));
    await piscina.destroy();
    expect(before.map((worker) => worker.threadId)).toEqual([-1, -1]);
    expect(workers()).toEqual([]);
    await Promise.all(closed);
  }
});

test('two destroy() at once start new threads: there must be one only', async () => {
  const { piscina, greeted, workers } = start(1);
  await greeted(1);
  const [thread] = workers();
  const exited = once(thread as Worker, 'exit');
  void piscina.destroy();
  await piscina.destroy();
  await exited;
  expect(workers()).toHaveLength(1);
  expect(workers()).not.toContain(thread);
});
