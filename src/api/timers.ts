/**
 * Sets the pool's timers on the main thread, in whatever environment that runs.
 *
 * Invariants: time is the environment's, so that a test's fake timers decide over timeouts; no timer keeps the
 * process alive.
 */
import * as timers from 'node:timers';

/** A timer that was set. */
export interface Timer {
  readonly clear: () => void;
}

/** Taken at the start, as fake timers may replace them there, too. */
const { setTimeout: setOfNode, clearTimeout: clearOfNode, setImmediate: immediateOfNode } = timers;

const RESOLVED = Promise.resolve();

/** The longest delay that a timer takes, 24.8 days; it would take a longer one for 1 ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** Calls back once, after this many milliseconds, or after 24.8 days if that is sooner. */
export function setTimer(callback: () => void, longMs: number): Timer {
  const delayMs = Math.min(longMs, LONGEST_MS);
  // Both now: fake timers can't clear a real one, nor the other way round.
  const { setTimeout, clearTimeout } = globalThis;
  const timer = setTimeout(callback, delayMs) as Partial<NodeJS.Timeout> | number;
  const clear = (): void => clearTimeout(timer as NodeJS.Timeout);
  if (typeof timer === 'object' && timer.unref !== undefined) timer.unref();
  else if (!isFake(setTimeout)) {
    // A number, as in jsdom: such a timer would hold the process. Node's takes the same time.
    clear();
    const own = setOfNode(callback, delayMs).unref();
    return { clear: () => clearOfNode(own) };
  }
  return { clear };
}

/**
 * Calls back in a microtask. `queueMicrotask` would make an AsyncResource for each, and a test's fake timers may
 * replace it.
 */
export function inMicrotask(step: () => void): void {
  void RESOLVED.then(step);
}

/** Clears a timer, if there is one; does nothing once it has fired. */
export function clearTimer(timer: Timer | undefined): void {
  timer?.clear();
}

/**
 * The same, and then a turn of the event loop: timers run before messages do, and where this thread was busy an answer
 * may be here already. Cleared in that turn it does not call back, either.
 */
export function setTimerBehindMessages(callback: () => void, delayMs: number): Timer {
  let isCleared = false;
  const timer = setTimer(() => {
    setTurn(() => {
      if (!isCleared) callback();
    });
  }, delayMs);
  return {
    clear: () => {
      isCleared = true;
      timer.clear();
    },
  };
}

/** Calls back in the next turn of the event loop: jsdom has no `setImmediate`. */
export function setTurn(callback: () => void): void {
  const { setImmediate = immediateOfNode } = globalThis as Partial<typeof globalThis>;
  setImmediate(callback);
}

/**
 * Calls back in the next turn of the event loop as it really is, whatever a test makes of timers: what other threads
 * have answered has arrived by then.
 */
export function setRealTurn(callback: () => void): void {
  immediateOfNode(callback);
}

/** Whether a timer that is a number is a fake one, which holds nobody. Testing Library asks the same. */
function isFake(setTimeout: object): boolean {
  return Object.hasOwn(setTimeout, 'clock') || Object.hasOwn(setTimeout, '_isMockFunction');
}
