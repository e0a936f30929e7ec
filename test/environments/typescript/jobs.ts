/** A job module, compiled like the program. */
import type { JobContext } from 'millrace/worker';

export function square(n: number, { name }: JobContext): number {
  if (name !== 'square') throw new Error(name);
  return n * n;
}

export function bytes(size: number): Uint8Array {
  return new Uint8Array(size);
}
