/**
 * The arm with a fixed number of calls at once and a queue without a bound: bare Piscina.
 *
 * Threads and calls per thread are those of the bounded pool, so that the two differ in nothing but
 * the bound; all else is Piscina's default.
 */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { Invocation } from '../../../jobs/invocations.js';
import { type Arm, unboundedArm } from '../../service/arm.js';
import type { ArmOptions } from './arm.js';

export function createUnbounded({ threads, concurrency }: ArmOptions): Arm {
  const pool = new Piscina<Uint8Array, Invocation>({
    filename: fileURLToPath(new URL('../../../jobs/invocations.js', import.meta.url)),
    name: 'invoke',
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: concurrency,
  });
  return unboundedArm((document) => pool.run(document));
}
