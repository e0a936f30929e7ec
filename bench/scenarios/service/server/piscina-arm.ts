/**
 * Creates the variant with a fixed number of jobs at once and an unbounded queue: plain Piscina.
 *
 * All options are Piscina's defaults, except for the number of threads, and of jobs on each. Its defaults would
 * be half the number of CPUs to one and a half times it; here the number is fixed to that of the bounded pool,
 * so that the two differ in nothing but the bound.
 */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { type Arm, type ArmJob, type ArmSlots, unboundedArm } from './arm.js';

export function piscinaArm({ module, name }: ArmJob, { threads, concurrency = 1 }: ArmSlots): Arm {
  const pool = new Piscina<Uint8Array, unknown>({
    filename: fileURLToPath(module),
    name,
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: concurrency,
  });
  return unboundedArm((document) => pool.run(document));
}
