/**
 * Does the reference work in a thread: arithmetic and memory on request; every other message is echoed.
 *
 * Invariant: all memory that it takes is released with the thread.
 */
import { parentPort } from 'node:worker_threads';

const SPINS = 6_000_000;
const WALKED_BYTES = 32 * 1024 ** 2;
/** Advances by a page and a cache line, so that neither the caches nor the prefetcher help. */
const STRIDE_BYTES = 4096 + 64;
const STEPS = 400_000;
const CLONES = 1500;
const SAMPLE = { name: 'sample', list: [1, 2, 3, 4, 5, 6, 7, 8], nested: { a: 'text', b: true } };

const memory = new Uint8Array(WALKED_BYTES);

parentPort?.on('message', (message: unknown) => {
  const answer = message === 'work' ? { spin: timed(spin), memory: timed(walk) } : message;
  parentPort?.postMessage(answer);
});

function spin(): number {
  let value = 1;
  for (let count = 0; count < SPINS; count += 1) {
    value ^= value << 13;
    value ^= value >>> 17;
    value ^= value << 5;
  }
  return value;
}

function walk(): void {
  let at = 0;
  for (let step = 0; step < STEPS; step += 1) {
    memory[at] = (memory[at] as number) + 1;
    at = (at + STRIDE_BYTES) % WALKED_BYTES;
  }
  for (let count = 0; count < CLONES; count += 1) structuredClone(SAMPLE);
}

function timed(work: () => unknown): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}
