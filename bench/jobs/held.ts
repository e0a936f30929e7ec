/** Keeps a thread until it is let go, so that jobs queue up behind it; the jobs that queue are no-ops. */

export { noop } from './cpu.js';

/** Waits until the gate is opened: its first cell is not 0 any more. */
export function hold(gate: Int32Array): void {
  Atomics.wait(gate, 0, 0);
}
