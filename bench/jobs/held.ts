/** Jobs of `millrace bench depth`: one that keeps its thread until it is let go, and one that does nothing. */

/** Waits until the gate is opened: its first cell is not 0 any more. */
export function hold(gate: Int32Array): void {
  Atomics.wait(gate, 0, 0);
}

/** Does nothing. */
export function nothing(input: number): number {
  return input;
}
