/**
 * A gate between a test and the jobs it starts. Jobs arrive and wait in front of it; the test learns
 * that they have arrived, and opens it. `fixtures/gate.js` is the side of the jobs.
 *
 * It lies in shared memory, so that neither side needs the event loop of the other, or a clock.
 */
export class Latch {
  /** How many jobs have arrived, and whether the gate is open. */
  readonly cells = new Int32Array(new SharedArrayBuffer(8));

  /** Fulfils when so many jobs have arrived since the latch was made. */
  async arrived(count = 1): Promise<void> {
    for (;;) {
      const arrivals = Atomics.load(this.cells, 0);
      if (arrivals >= count) return;
      const change = Atomics.waitAsync(this.cells, 0, arrivals);
      if (change.async) await change.value;
    }
  }

  /** Blocks this thread, so that no message is taken meanwhile, until so many jobs have arrived. */
  blockUntilArrived(count = 1): void {
    for (let { arrivals } = this; arrivals < count; { arrivals } = this) {
      Atomics.wait(this.cells, 0, arrivals);
    }
  }

  /** How many jobs have arrived so far. */
  get arrivals(): number {
    return Atomics.load(this.cells, 0);
  }

  /** Lets every job pass, those that arrive later too. */
  open(): void {
    Atomics.store(this.cells, 1, 1);
    Atomics.notify(this.cells, 1);
  }
}
