/**
 * Lets threads finish their native work when the process exits. Node ends its threads at that moment, and ending one
 * over work of a native addon can abort the process.
 *
 * Invariants: one listener for all pools, and only while there is one; it waits a second at most in all, and only for
 * threads on which a job has returned a promise.
 */

/** A participant. */
export interface Leaving {
  /** Tells the threads to end when nothing is left for them to do. */
  leave(): void;
  /** Blocks until they have, for this long at most. */
  awaitEnd(limitMs: number): void;
}

const LIMIT_MS = 1000;
const all = new Set<Leaving>();

/** Takes part in the exit of the process from now on. */
export function drainAtExit(threads: Leaving): void {
  if (all.size === 0) process.on('exit', drainAll);
  all.add(threads);
}

/** Takes no part any more. */
export function forgetAtExit(threads: Leaving): void {
  if (all.delete(threads) && all.size === 0) process.off('exit', drainAll);
}

function drainAll(): void {
  const untilMs = performance.now() + LIMIT_MS;
  for (const threads of all) threads.leave();
  for (const threads of all) threads.awaitEnd(untilMs - performance.now());
}
