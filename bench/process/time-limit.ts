/**
 * Waits for a promise, up to a time limit.
 *
 * Invariant: no timer outlives the wait.
 */

/** Resolves with the promise's value. @throws Error that says what did not happen, if it takes longer. */
export async function within<Value>(
  ms: number,
  what: string,
  promise: Promise<Value>,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} within ${ms / 1000} s.`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves when the promise settles or the time is up, whichever is first. */
export async function settledWithin(ms: number, promise: Promise<unknown>): Promise<void> {
  await within(ms, 'Nothing', promise).catch(() => {});
}
