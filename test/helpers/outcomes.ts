import { expect } from 'vitest';

/** What a promise rejects with; fails where it fulfils. */
export async function rejection(promise: PromiseLike<unknown>): Promise<any> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  return expect.fail(`it fulfilled, with ${String(value)}`);
}

/** What a function throws; fails where it returns. */
export function thrownBy(run: () => unknown): any {
  let value: unknown;
  try {
    value = run();
  } catch (error) {
    return error;
  }
  return expect.fail(`it returned ${String(value)}`);
}

/** The next turn of the event loop: messages that are here have been taken. */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Looks once per turn of the event loop until it is so. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await macrotask();
}
