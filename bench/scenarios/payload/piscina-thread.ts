/** The job functions of `bench/jobs/payload.ts` for Piscina, which has its own marker for transfers. */
import { move as moved } from 'piscina';

export { echo } from '../../jobs/payload.js';

/** Returns the bytes themselves. */
export function move(bytes: Uint8Array): unknown {
  return moved(bytes);
}
