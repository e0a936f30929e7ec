/**
 * Creates the variant that starts the call in the request handler and does not await it: `void invoke(…)`, as
 * many services do. Nothing bounds the number of calls, and each holds its document until it is answered.
 */
import { invoke } from '../../jobs/invocations.js';
import { type Arm, unboundedArm } from '../service/server/arm.js';

export function createFireAndForget(): Arm {
  return unboundedArm((document) => invoke(document));
}
