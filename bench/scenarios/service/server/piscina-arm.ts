/**
 * The arm with a fixed number of jobs at once and a queue without a bound: bare Piscina as it comes.
 *
 * Everything is Piscina's default but the number of threads, and of jobs on each. Its own default would be
 * half the processors to one and a half times their number; here it is the same fixed number as in the
 * bounded pool, so that the two differ in nothing but the bound.
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
