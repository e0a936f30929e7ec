/**
 * Measures reference work, which no change of the measured code can affect: the speed of the machine at this moment.
 *
 * Invariants: the work is the same in every process and every version; it is of several kinds, as machines differ in
 * each (arithmetic, memory and allocation, waking another thread).
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { builtFile } from '../../process/built-file.js';

/** Duration of each kind, in ms. */
export interface References {
  /** Integer arithmetic in registers. */
  readonly spin: number;
  /** Reading and writing memory beyond the caches, and copying objects by structured clone. */
  readonly memory: number;
  /** Round trips of messages to a thread, one after the other. */
  readonly messages: number;
}

const PING_PONGS = 300;
const THREAD = builtFile('bench/gate/measure/reference-thread.js');

/** Measures all kinds. Takes about 0.1 s. */
export async function measureReferences(): Promise<References> {
  const thread = new Worker(THREAD, { execArgv: [] });
  try {
    // The first run compiles the code and makes the system provide the memory.
    await work(thread);
    return { ...(await work(thread)), messages: await pingPong(thread) };
  } finally {
    await thread.terminate();
  }
}

async function work(thread: Worker): Promise<Omit<References, 'messages'>> {
  thread.postMessage('work');
  const [times] = (await once(thread, 'message')) as [Omit<References, 'messages'>];
  return times;
}

async function pingPong(thread: Worker): Promise<number> {
  const startMs = performance.now();
  for (let index = 0; index < PING_PONGS; index += 1) {
    thread.postMessage(index);
    await once(thread, 'message');
  }
  return performance.now() - startMs;
}
