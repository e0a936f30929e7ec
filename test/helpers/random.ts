/** Generates random numbers from a seed (mulberry32), so that a failure can be reproduced. */
export class Random {
  readonly seed: number;
  #state: number;

  /** @param seed - Default: `MILLRACE_SEED` of the environment, otherwise a random one. */
  constructor(seed = Number(process.env['MILLRACE_SEED'] ?? Math.floor(Math.random() * 2 ** 32))) {
    this.seed = seed;
    this.#state = seed;
  }

  /** 0 <= x < 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer, 0 <= n < below. */
  whole(below: number): number {
    return Math.floor(this.next() * below);
  }
}
