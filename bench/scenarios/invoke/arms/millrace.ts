/** The arm with this library: a fixed number of calls at once, and a bounded backlog. */
import { Pool } from '../../../../src/index.js';
import type { Arm } from '../../service/arm.js';
import { boundedArm } from '../../service/bounded-arm.js';
import type { ArmOptions } from './arm.js';

type Jobs = typeof import('../../../jobs/invocations.js');

export function createMillrace({ threads, concurrency, backlogJobs }: ArmOptions): Promise<Arm> {
  const pool = new Pool<Jobs>(new URL('../../../jobs/invocations.js', import.meta.url), {
    threads,
    concurrency,
    backlog: backlogJobs,
  });
  return boundedArm(pool, (document) => pool.trySubmit('invoke', document));
}
