/**
 * A closed loop: a fixed number of calls in flight, each followed by the next as soon as it has
 * ended. It finds out what a service can do at most, and says nothing about latency under load.
 *
 * Invariant: never more than `inFlight` calls at once; a call that fails counts as ended.
 */

/** A closed load; runs until it is stopped. */
export class ClosedLoop {
  readonly #inFlight: number;
  readonly #call: () => Promise<unknown>;
  #isStopped = false;

  constructor(inFlight: number, call: () => Promise<unknown>) {
    this.#inFlight = inFlight;
    this.#call = call;
  }

  /** Fulfils when the loop was stopped and its last calls have ended. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.#inFlight }, () => this.#lane()));
  }

  /** Starts no further call. */
  stop(): void {
    this.#isStopped = true;
  }

  async #lane(): Promise<void> {
    while (!this.#isStopped) {
      await this.#call().catch(() => {});
    }
  }
}
