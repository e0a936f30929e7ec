/**
 * Marks which job module this thread serves, so that no pool of the same module is made on it: a
 * single-file program without an `isMainThread` guard would start threads that start threads.
 */

/** Registered, so that several copies of the library on a thread agree. */
const SERVING = Symbol.for('millrace.serving');

/** Holds the mark: several copies of this library share it, and no hardened realm freezes it, unlike `globalThis`. */
const shared = process as { [SERVING]?: string };

/** Host: this thread serves the module from here on. */
export function markServing(moduleUrl: string): void {
  shared[SERVING] = moduleUrl;
}

/** Whether this thread serves the module. */
export function isServing(moduleUrl: string): boolean {
  return shared[SERVING] === moduleUrl;
}
