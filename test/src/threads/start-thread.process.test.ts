import { MessagePort, type Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { poolSettings } from '../../../build/src/api/options.js';
import { startThread } from '../../../build/src/threads/start-thread.js';
import { type Hello, PROTOCOL } from '../../../build/src/wire/protocol.js';
import { fixture } from '../../helpers/guard.js';
import { macrotask, until } from '../../helpers/outcomes.js';

const findHost = (): URL => new URL('../../../build/workers/host.cjs', import.meta.url);

const started: Worker[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((worker) => worker.terminate()));
});

/** A thread and its greetings. */
function start(options = {}) {
  const hellos: Hello[] = [];
  const worker = startThread(poolSettings(fixture('jobs.js'), options, findHost), (hello) => {
    hello.port.unref();
    hellos.push(hello);
  });
  started.push(worker);
  const codes: number[] = [];
  worker.on('exit', (code) => codes.push(code));
  const greeted = async (): Promise<Hello> => {
    await until(() => hellos.length > 0);
    return hellos[0] as Hello;
  };
  return { worker, hellos, codes, greeted };
}

test('a thread greets with its protocol, its number and a port', async () => {
  const { worker, greeted } = start();
  expect(worker.threadId).toBeGreaterThan(0);
  expect(await greeted()).toMatchObject({
    protocol: PROTOCOL,
    threadId: worker.threadId,
    port: expect.any(MessagePort),
  });
});

test('each thread greets for itself', async () => {
  const all = [start(), start(), start()];
  const hellos = await Promise.all(all.map(({ greeted }) => greeted()));
  expect(hellos.map(({ threadId }) => threadId)).toEqual(all.map(({ worker }) => worker.threadId));
});

test('what Node is to be given arrives there; what else is posted is no greeting', async () => {
  const { worker, greeted, hellos } = start({
    argv: ['given', 'as well'],
    env: { GIVEN: 'in env' },
    workerData: new Map([['key', 5]]),
    resourceLimits: { maxOldGenerationSizeMb: 77 },
    execArgv: ['--import', fixture('modules/preload-posts.mjs').href],
  });
  const posted: unknown[] = [];
  worker.on('message', (message) => posted.push(message));
  await greeted();
  expect(posted).toContainEqual({
    argv: ['given', 'as well'],
    env: 'in env',
    workerData: new Map([['key', 5]]),
    heapMb: 77,
  });
  expect(hellos).toHaveLength(1);
});

test('a thread that ends is not replaced', async () => {
  const threads: Worker[] = [];
  const note = (worker: Worker): void => void threads.push(worker);
  process.on('worker', note);
  const { worker, greeted, codes } = start();
  await greeted();
  void worker.terminate();
  await until(() => codes.length === 1);
  for (let turn = 0; turn < 5; turn += 1) await macrotask();
  process.off('worker', note);
  expect(threads).toEqual([worker]);
});

test('one that dies booting tells why, and is no error of this thread', async () => {
  const { worker, hellos, codes } = start({
    execArgv: ['--import', fixture('modules/preload-throws.mjs').href],
  });
  const errors: unknown[] = [];
  worker.on('error', (error) => errors.push(error));
  await until(() => codes.length === 1);
  expect(codes).toEqual([1]);
  expect(errors).toMatchObject([{ message: 'broken before everything' }]);
  expect(hellos).toEqual([]);
});

test('what Node refuses is thrown', () => {
  expect(() => start({ execArgv: ['--title=x'] })).toThrow('--title=x');
  expect(() => start({ workerData: () => {} })).toThrow('could not be cloned');
});
