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

  /**
   * Runs a job alone, once those that run now have ended.
   *
   * @param limitMs - How long it waits for that, as it holds up all others meanwhile.
   * @returns Whether its turn came.
   */
  async alone(run: () => Promise<void>, limitMs: number): Promise<boolean> {
    this.#alone += 1;
    const before = this.#turn;
    let end: (() => void) | undefined;
    this.#turn = new Promise((resolve) => (end = resolve));
    await before;
    try {
      if (this.#together > 0 && !(await this.#empty(limitMs))) return false;
      await run();
      return true;
    } finally {
      this.#alone -= 1;
      end?.();
      if (this.#alone === 0) for (const go of this.#whenFree.splice(0)) go();
    }
  }

  /** Whether nothing runs together within the time. */
  async #empty(limitMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<boolean>((resolve) => {
        this.#whenEmpty = () => resolve(true);
        timer = setTimeout(() => resolve(false), limitMs);
      });
    } finally {
      clearTimeout(timer);
      this.#whenEmpty = undefined;
    }
  }
}
