/** The job functions of `workers/payload.ts` for Piscina, which has a marker of its own. */
import { move as moved } from 'piscina';

export { echo } from '../../../workers/payload.js';

/** Gives the bytes themselves back. */
export function move(bytes: Uint8Array): unknown {
  return moved(bytes);
}
