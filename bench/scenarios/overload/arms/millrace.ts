/** The arm with this library: a thread for each processor that is left, and a bounded backlog. */
import { Pool } from '../../../../src/index.js';
import type { Arm } from '../../service/arm.js';
import { boundedArm } from '../../service/bounded-arm.js';
import type { ArmOptions } from './arm.js';

type Jobs = typeof import('../../../jobs/documents.js');

export function createMillrace({ threads, backlogJobs }: ArmOptions): Promise<Arm> {
  const pool = new Pool<Jobs>(new URL('../../../jobs/documents.js', import.meta.url), {
    threads,
    backlog: backlogJobs,
  });
  return boundedArm(pool, (document) => pool.trySubmit('digest', document));
}
