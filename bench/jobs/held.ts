/** Blocks a thread until it is released, so that jobs queue up behind it; the queued jobs are no-ops. */

export { noop } from './cpu.js';

/** Waits until the gate opens, i.e. its first cell is no longer 0. */
export function hold(gate: Int32Array): void {
  Atomics.wait(gate, 0, 0);
}
