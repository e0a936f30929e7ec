/**
 * The ways of running one job now and then, each behind the same function.
 *
 * Invariant: each runs the same job function on threads that are started before, and nothing else.
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { Pool } from '../../../src/index.js';

/** The arms, in the order in which they are shown; the last is a reference and no pool. */
export const SPARSE_ARMS = ['millrace', 'piscina', 'postMessage'] as const;

export type SparseArm = (typeof SPARSE_ARMS)[number];

const JOBS = new URL('../../../workers/nothing.js', import.meta.url);

/** Starts an arm; gives the function that runs one job on it. */
export async function startArm(
  arm: SparseArm,
  threads: number,
): Promise<(input: number) => Promise<unknown>> {
  switch (arm) {
    case 'millrace': {
      type Jobs = typeof import('../../../workers/nothing.js');
      const pool = new Pool<Jobs>(JOBS, { threads });
      await pool.ready();
      return (input) => pool.run('nothing', input);
    }
    case 'piscina': {
      const pool = new Piscina<number, unknown>({
        filename: fileURLToPath(JOBS),
        name: 'nothing',
        minThreads: threads,
        maxThreads: threads,
      });
      return (input) => pool.run(input);
    }
    case 'postMessage':
      return echo();
  }
}

/** A bare thread that sends back what it gets: the least that crossing to a thread can cost. */
function echo(): (input: number) => Promise<unknown> {
  const program =
    "require('node:worker_threads').parentPort.on('message', function (m) { this.postMessage(m); })";
  const worker = new Worker(program, { eval: true });
  let answered: ((answer: unknown) => void) | undefined;
  worker.on('message', (answer) => answered?.(answer));
  return (input) =>
    new Promise((resolve) => {
      answered = resolve;
      worker.postMessage(input);
    });
}
