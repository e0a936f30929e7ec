/**
 * Holds jobs back until the test opens it. The test learns how many jobs have arrived; `fixtures/gate.js` is the jobs'
 * side.
 *
 * It is in shared memory, so that neither side needs the event loop of the other, or a clock.
 */
export class Latch {
  /** The number of jobs that have arrived, and whether the latch is open. */
  readonly cells = new Int32Array(new SharedArrayBuffer(8));

  /** Fulfills once `count` jobs have arrived since the latch was made. */
  async arrived(count = 1): Promise<void> {
    for (;;) {
      const arrivals = Atomics.load(this.cells, 0);
      if (arrivals >= count) return;
      const change = Atomics.waitAsync(this.cells, 0, arrivals);
      if (change.async) await change.value;
    }
  }

  /** Blocks this thread, so that it takes no messages, until `count` jobs have arrived. */
  blockUntilArrived(count = 1): void {
    for (let { arrivals } = this; arrivals < count; { arrivals } = this) {
      Atomics.wait(this.cells, 0, arrivals);
    }
  }

  /** Number of jobs that have arrived so far. */
  get arrivals(): number {
    return Atomics.load(this.cells, 0);
  }

  /** Lets every job pass, including those that arrive later. */
  open(): void {
    Atomics.store(this.cells, 1, 1);
    Atomics.notify(this.cells, 1);
  }
}
