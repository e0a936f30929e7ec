/**
 * Tests what `src/threads/start-thread.ts`, `src/threads/link.ts` and `workers/drain.ts` rely on in Piscina, so that an
 * upgrade shows what has changed.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type MessagePort, Worker } from 'node:worker_threads';
import { Piscina, version } from 'piscina';
import { afterEach, expect, test } from 'vitest';
import { onePiscina } from '../../src/threads/start-thread.js';
import { fixturePath } from '../helpers/guard.js';
import { macrotask, until } from '../helpers/outcomes.js';

interface Greeting {
  readonly threadId: number;
  readonly workerData: unknown;
  readonly port: MessagePort;
}

const piscinas: Piscina[] = [];

/** A Piscina like those that `start-thread.ts` makes. */
function start(options = {}) {
  const piscina = onePiscina(fixturePath('piscina-host.js'), options);
  piscinas.push(piscina);
  const greetings: Greeting[] = [];
  const errors: Error[] = [];
  piscina.on('message', (greeting: Greeting) => greetings.push(greeting));
  piscina.on('error', (error: Error) => errors.push(error));
  return {
    piscina,
    greetings,
    errors,
    worker: piscina.threads[0] as Worker,
    greeted: async () => {
      await until(() => greetings.length > 0);
      return greetings[0] as Greeting;
    },
  };
}

/** The exit code of a thread, which may have failed before. */
function exitOf(worker: Worker): Promise<number> {
  return new Promise((resolve) => {
    worker.on('exit', resolve);
  });
}

afterEach(async () => {
  for (const piscina of piscinas.splice(0)) await piscina.destroy();
});

test('is the exact version that was read and tested', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(manifest.dependencies.piscina).toBe('5.3.2');
  expect(version).toBe('5.3.2');
});

test('has started its thread, a Worker object, when it is constructed', () => {
  const { piscina, worker } = start();
  expect(piscina.threads).toEqual([worker]);
  expect(worker).toBeInstanceOf(Worker);
  expect(worker.threadId).toBeGreaterThan(0);
});

test('passes on what its thread posts through parentPort, ports included', async () => {
  const { greeted, worker } = start({ workerData: { given: 'data' } });
  const { threadId, workerData, port } = await greeted();
  expect(threadId).toBe(worker.threadId);
  expect(workerData).toEqual({ given: 'data' });
  port.postMessage('answer');
  expect(await once(port, 'message')).toEqual(['answer later']);
});

test('hears that a thread is ready before the thread greets, and keeps that to itself', async () => {
  const { greeted, greetings, worker } = start();
  const posted: unknown[] = [];
  worker.on('message', (message) => posted.push(message));
  await greeted();
  expect(posted).toHaveLength(2);
  expect(posted[0]).not.toHaveProperty('greeting');
  expect(posted[1]).toBe(greetings[0]);
});

test('leaves an idle thread alone only with idleTimeout: Infinity', async () => {
  const kept = start();
  const ended = start({ idleTimeout: 0 });
  await exitOf(ended.worker);
  await kept.greeted();
  await macrotask();
  expect(ended.piscina.threads).toEqual([]);
  expect(kept.piscina.threads).toEqual([kept.worker]);
});

test.each(['terminate', 'exit', 'throw', 'let go'])(
  'replaces no thread once it wants none, however that ends: %s',
  async (how) => {
    const { piscina, greeted, greetings, errors, worker } = start();
    const { port } = await greeted();
    const exited = exitOf(worker);
    if (how === 'terminate') void worker.terminate();
    else port.postMessage(how);
    expect(await exited).toBe({ terminate: 1, exit: 4, throw: 1, 'let go': 0 }[how]);
    await macrotask();
    expect(piscina.threads).toEqual([]);
    expect(greetings).toHaveLength(1);
    expect(errors.map(({ message }) => message)).toEqual(
      how === 'throw' ? ['thrown on an idle thread'] : [],
    );
  },
);

test('replaces none that dies booting', async () => {
  const { piscina, errors, worker } = start({ filename: fixturePath('modules/throws.mjs') });
  await exitOf(worker);
  await macrotask();
  expect(piscina.threads).toEqual([]);
  expect(errors).toMatchObject([{ code: 'E_BROKEN' }]);
});

test('keeps the event loop of its thread alive by two ports: parentPort, and that for its tasks', async () => {
  const { greeted } = start();
  const { port } = await greeted();
  port.postMessage('ports');
  // The third port is that of the greeting.
  expect(await once(port, 'message')).toEqual([3]);
});

test('throws from its constructor what Node refuses of the options', () => {
  expect(() => start({ execArgv: ['--title=x'] })).toThrow('--title=x');
  expect(() => start({ workerData: () => {} })).toThrow('could not be cloned');
});
