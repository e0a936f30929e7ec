/** The job functions of `bench/jobs/payload.ts` for Piscina, which has a marker of its own. */
import { move as moved } from 'piscina';

export { echo } from '../../jobs/payload.js';

/** Gives the bytes themselves back. */
export function move(bytes: Uint8Array): unknown {
  return moved(bytes);
}
