/**
 * Work that no change of the measured code can touch: what the machine does at this moment.
 *
 * Invariants: the same work in every process and every version; one kind alone would not do, as
 * machines differ in each (arithmetic, memory and allocation, waking another thread).
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Milliseconds that each kind took. */
export interface References {
  /** Integer arithmetic in registers. */
  readonly spin: number;
  /** Reading and writing memory beyond the caches, and copying objects by structured clone. */
  readonly memory: number;
  /** Messages to a thread and back, one after the other. */
  readonly messages: number;
}

const SPINS = 6_000_000;
const WALKED_BYTES = 32 * 1024 ** 2;
/** A cache line's length away, so that each step misses. */
const STRIDE_BYTES = 4096 + 64;
const STEPS = 400_000;
const CLONES = 1500;
const PING_PONGS = 400;

/** Measures them. Takes about 0.2 s and 32 MB. */
export async function measureReferences(): Promise<References> {
  const memory = new Uint8Array(WALKED_BYTES);
  const thread = new Worker(ANSWERER, { eval: true, execArgv: [] });
  try {
    const measure = async (): Promise<References> => ({
      spin: timed(spin),
      memory: timed(() => walk(memory)),
      messages: await pingPong(thread),
    });
    // The first time the code is compiled, and the memory is handed out by the system.
    await measure();
    return await measure();
  } finally {
    await thread.terminate();
  }
}

function walk(memory: Uint8Array): void {
  let at = 0;
  for (let step = 0; step < STEPS; step += 1) {
    memory[at] = (memory[at] as number) + 1;
    at = (at + STRIDE_BYTES) % WALKED_BYTES;
  }
  for (let count = 0; count < CLONES; count += 1) structuredClone(SAMPLE);
}

async function pingPong(thread: Worker): Promise<number> {
  const startMs = performance.now();
  for (let index = 0; index < PING_PONGS; index += 1) {
    thread.postMessage(index);
    await once(thread, 'message');
  }
  return performance.now() - startMs;
}

const ANSWERER = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', (value) => parentPort.postMessage(value));
`;

const SAMPLE = { name: 'sample', list: [1, 2, 3, 4, 5, 6, 7, 8], nested: { a: 'text', b: true } };

function spin(): number {
  let value = 1;
  for (let count = 0; count < SPINS; count += 1) {
    value ^= value << 13;
    value ^= value >>> 17;
    value ^= value << 5;
  }
  return value;
}

function timed(work: () => unknown): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}
