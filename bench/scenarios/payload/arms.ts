/**
 * Starts the variants: ways to send bytes to a thread and get them back, each behind the same function.
 *
 * Invariants: if cloned, the input is unchanged and the result is another copy; if transferred, the input is
 * detached and its memory comes back as the result. Nothing else differs.
 */
import { fileURLToPath } from 'node:url';
import { FixedQueue, Piscina } from 'piscina';
import { Pool } from '../../../src/index.js';
import { MessageRing } from '../../load/message-ring.js';
import { builtFile } from '../../process/built-file.js';

/** The variants in the order of the report; the last one is a reference, not a pool. */
export const PAYLOAD_ARMS = ['millrace', 'piscina', 'postMessage'] as const;

export type PayloadArm = (typeof PAYLOAD_ARMS)[number];

/** How the bytes are passed, in both directions. */
export const WAYS = ['cloned', 'transferred'] as const;

export type Way = (typeof WAYS)[number];

export type Bytes = Uint8Array<ArrayBuffer>;

export interface RunningArm {
  run(bytes: Bytes): Promise<Bytes>;
  stop(): Promise<void>;
}

/** Starts a variant. */
export function startArm(arm: PayloadArm, threads: number, way: Way): Promise<RunningArm> {
  switch (arm) {
    case 'millrace':
      return startMillrace(threads, way);
    case 'piscina':
      return startPiscina(threads, way);
    case 'postMessage':
      return startRing(threads, way);
  }
}

async function startMillrace(threads: number, way: Way): Promise<RunningArm> {
  type Jobs = typeof import('../../jobs/payload.js');
  const pool = new Pool<Jobs>(builtFile('bench/jobs/payload.js'), { threads });
  await pool.ready();
  return {
    run: (bytes) =>
      way === 'cloned'
        ? (pool.run('echo', bytes) as Promise<Bytes>)
        : pool.run('move', bytes, { transfer: [bytes.buffer] }),
    stop: async () => void (await pool.close()),
  };
}

/** Uses the options of `bench/peers/piscina.ts` for throughput. */
async function startPiscina(threads: number, way: Way): Promise<RunningArm> {
  const pool = new Piscina<Bytes, Bytes>({
    filename: fileURLToPath(builtFile('bench/scenarios/payload/piscina-thread.js')),
    name: way === 'cloned' ? 'echo' : 'move',
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: 64,
    recordTiming: false,
    taskQueue: new FixedQueue(),
  });
  return {
    run: (bytes) =>
      way === 'cloned' ? pool.run(bytes) : pool.run(bytes, { transferList: [bytes.buffer] }),
    stop: () => pool.destroy(),
  };
}

async function startRing(threads: number, way: Way): Promise<RunningArm> {
  const program = builtFile('bench/scenarios/payload/ring-thread.js');
  const ring = new MessageRing<Bytes, Bytes>(program, threads, way);
  return {
    run: (bytes) => (way === 'cloned' ? ring.run(bytes) : ring.run(bytes, [bytes.buffer])),
    stop: () => ring.stop(),
  };
}
