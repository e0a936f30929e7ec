/**
 * Says how long a replacement waits: threads that fail again and again, with no job answered in between, are not
 * replaced as fast as they fail.
 *
 * Invariant: while no thread fails twice in a row nothing waits.
 */
const FIRST_MS = 50;
const LONGEST_MS = 5000;

export class BackOff {
  readonly #threads: number;
  /** Failures in a row, of any thread. */
  #failures = 0;

  /** @param threads - How many threads the pool has. */
  constructor(threads: number) {
    this.#threads = threads;
  }

  /** A thread ended by itself, or did not load the module. */
  failed(): void {
    this.#failures += 1;
  }

  /** A job was answered: the failures before it are forgotten. */
  reset(): void {
    this.#failures = 0;
  }

  /** How long the next replacement waits. Every thread may fail once for nothing; from then on the wait doubles. */
  get delayMs(): number {
    const rounds = Math.floor(this.#failures / this.#threads);
    return rounds === 0 ? 0 : Math.min(FIRST_MS * 2 ** (rounds - 1), LONGEST_MS);
  }
}
