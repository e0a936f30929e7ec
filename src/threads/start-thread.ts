/**
 * Starts one worker thread. The only file that imports Piscina.
 *
 * Each thread has a Piscina of its own, which brings the worker up and carries its options. It is told not to replace
 * its thread: who has to be replaced, when, and what becomes of a thread that is still ending, is decided in
 * `threads.ts`. `test/pool/piscina.test.ts` pins what this file relies on.
 */
import { Piscina } from 'piscina';
import type { Worker } from 'node:worker_threads';
import type { Settings } from '../api/options.js';
import { type Hello, isHello } from '../wire/protocol.js';

/**
 * Starts a thread.
 *
 * @param onHello - Called when its host has greeted.
 * @throws What `new Worker` throws.
 */
export function startThread(
  { hostPath, threadOptions }: Pick<Settings, 'hostPath' | 'threadOptions'>,
  onHello: (hello: Hello) => void,
): Worker {
  const piscina = onePiscina(hostPath, threadOptions);
  piscina.on('message', (message: unknown) => {
    if (isHello(message)) onHello(message);
  });
  // The thread's own 'error' event tells the same; without a listener this one would be thrown.
  piscina.on('error', () => {});
  return piscina.threads[0] as Worker;
}

/** Makes a Piscina of one thread, which it does not replace. `threadOptions` are those of `new Worker`. */
export function onePiscina(
  hostPath: string,
  threadOptions: Readonly<Record<string, unknown>>,
): Piscina {
  const piscina = new Piscina({
    filename: hostPath,
    name: 'serve',
    minThreads: 1,
    maxThreads: 1,
    // With fewer threads wanted than there are, an idle one would be ended.
    idleTimeout: Infinity,
    // An idle thread must not block in Atomics.wait: its timers would freeze, its ports never close.
    atomics: 'disabled',
    recordTiming: false,
    ...threadOptions,
  });
  (piscina.options as { minThreads: number }).minThreads = 0;
  return piscina;
}
