/**
 * Lets jobs run together, or one job alone.
 *
 * Invariants: nothing runs beside a job that runs alone; a job that waits to run alone holds up later ones, so its turn
 * comes; of several such jobs the first goes first.
 */
export class Alone {
  #together = 0;
  /** Those that run alone, or wait for it. */
  #alone = 0;
  /** The end of the last one of these. */
  #turn: Promise<void> = Promise.resolve();
  #whenEmpty: (() => void) | undefined;
  #whenFree: Array<() => void> = [];

  /** Fulfils when nobody is alone or wants to be. */
  async free(): Promise<void> {
    while (this.#alone > 0) await new Promise<void>((resolve) => this.#whenFree.push(resolve));
  }

  async together(run: () => Promise<void>): Promise<void> {
    await this.free();
    this.#together += 1;
    try {
      await run();
    } finally {
      this.#together -= 1;
      if (this.#together === 0) this.#whenEmpty?.();
    }
  }

  async alone(run: () => Promise<void>): Promise<void> {
    this.#alone += 1;
    const before = this.#turn;
    let end: (() => void) | undefined;
    this.#turn = new Promise((resolve) => (end = resolve));
    await before;
    try {
      if (this.#together > 0) await new Promise<void>((resolve) => (this.#whenEmpty = resolve));
      await run();
    } finally {
      this.#alone -= 1;
      end?.();
      if (this.#alone === 0) for (const go of this.#whenFree.splice(0)) go();
    }
  }
}
