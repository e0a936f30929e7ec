/**
 * Generates a closed load: a fixed number of calls in flight, each followed by the next as soon as it has ended. It
 * finds the max throughput of a service and says nothing about latency under load.
 *
 * Invariant: never more than `inFlight` calls at once; a failed call counts as ended.
 */

/** A closed load that runs until it is stopped. */
export class ClosedLoop {
  readonly #inFlight: number;
  readonly #call: () => Promise<unknown>;
  #isStopped = false;

  constructor(inFlight: number, call: () => Promise<unknown>) {
    this.#inFlight = inFlight;
    this.#call = call;
  }

  /** Resolves when the loop was stopped and its last calls have ended. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.#inFlight }, () => this.#lane()));
  }

  /** Starts no further calls. */
  stop(): void {
    this.#isStopped = true;
  }

  async #lane(): Promise<void> {
    while (!this.#isStopped) {
      await this.#call().catch(() => {});
    }
  }
}
