import { expect } from 'vitest';

/** The reason with which a promise rejects; fails if the promise fulfills. */
export async function rejection(promise: PromiseLike<unknown>): Promise<any> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  return expect.fail(`it fulfilled, with ${String(value)}`);
}

/** The value that a function throws; fails if the function returns. */
export function thrownBy(run: () => unknown): any {
  let value: unknown;
  try {
    value = run();
  } catch (error) {
    return error;
  }
  return expect.fail(`it returned ${String(value)}`);
}

/** Fulfills in the next turn of the event loop, after messages that had arrived are handled. */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Checks a condition once per turn of the event loop until it holds. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await macrotask();
}
