/**
 * Refuses runtimes that look like Node and lack what a pool needs of it.
 *
 * Invariant: nothing was started. Left to itself, the pool would end the process with a `TypeError` from the middle of
 * it, once the first thread greets (Deno), or keep no timeout (Bun).
 */
import { UnsupportedRuntimeError } from './errors.js';

/** @throws UnsupportedRuntimeError */
export function checkRuntime(versions: NodeJS.ProcessVersions): void {
  const { bun, deno } = versions;
  if (deno !== undefined) {
    throw new UnsupportedRuntimeError(
      `Deno ${deno}`,
      'message ports that arrive from a worker have no methods of an EventEmitter there.',
    );
  }
  if (bun !== undefined) {
    throw new UnsupportedRuntimeError(
      `Bun ${bun}`,
      'process.hrtime() begins at zero on each thread there, so that no timeout of a running job can be kept.',
    );
  }
}
