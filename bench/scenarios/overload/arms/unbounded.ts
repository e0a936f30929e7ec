/**
 * The arm with a fixed number of threads and a queue without a bound: bare Piscina as it comes.
 *
 * Everything is Piscina's default but the number of threads. Its own default would be half the
 * processors to one and a half times their number; here it is the same fixed number as in the other
 * pool, so that the two differ in nothing but the bound.
 */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { digest } from '../../../jobs/documents.js';
import { type Arm, unboundedArm } from '../../service/arm.js';
import type { ArmOptions } from './arm.js';

export function createUnbounded({ threads }: ArmOptions): Arm {
  const pool = new Piscina<Uint8Array, ReturnType<typeof digest>>({
    filename: fileURLToPath(new URL('../../../jobs/documents.js', import.meta.url)),
    name: 'digest',
    minThreads: threads,
    maxThreads: threads,
  });
  return unboundedArm((document) => pool.run(document));
}
