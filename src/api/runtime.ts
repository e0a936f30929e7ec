/**
 * Refuses runtimes that look like Node and lack what a pool needs of it.
 *
 * Invariant: nothing was started. Left to itself, the pool would end the process with a `TypeError` from the middle of
 * it, once the first thread greets.
 */
import { UnsupportedRuntimeError } from './errors.js';

/** @throws UnsupportedRuntimeError */
export function checkRuntime(versions: NodeJS.ProcessVersions): void {
  const { deno } = versions;
  if (deno === undefined) return;
  throw new UnsupportedRuntimeError(
    `Deno ${deno}`,
    'message ports that arrive from a worker have no methods of an EventEmitter there.',
  );
}
