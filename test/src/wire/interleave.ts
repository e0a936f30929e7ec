/**
 * Interleaves two sides of shared memory: one side does everything between two atomic operations of the other.
 */
import { vi } from 'vitest';

/** Runs `first`, and `second` just before the atomic operation of `first` with this index, or at its end. */
export function interleave(first: () => void, at: number, second: () => void): void {
  let operations = 0;
  let isDone = false;
  const interrupt = (): void => {
    if (isDone) return;
    isDone = true;
    second();
  };
  for (const name of ['load', 'store', 'exchange', 'compareExchange'] as const) {
    const operation = Atomics[name] as (...args: unknown[]) => never;
    vi.spyOn(Atomics, name).mockImplementation((...args: unknown[]) => {
      if (operations === at) interrupt();
      operations += 1;
      return operation(...args);
    });
  }
  first();
  vi.restoreAllMocks();
  interrupt();
}
