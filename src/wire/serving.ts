/**
 * Marks which job module this thread serves, so that no pool of the same module is made on it: a
 * single-file program without an `isMainThread` guard would start threads that start threads.
 */

/** Registered, so that several copies of the library on a thread agree. */
const SERVING = Symbol.for('millrace.serving');

/** Where the mark is: what several copies share, and no hardened realm freezes, as it may `globalThis`. */
const shared = process as { [SERVING]?: string };

/** Host: this thread serves the module from here on. */
export function markServing(moduleUrl: string): void {
  shared[SERVING] = moduleUrl;
}

/** Whether this thread serves the module. */
export function isServing(moduleUrl: string): boolean {
  return shared[SERVING] === moduleUrl;
}
