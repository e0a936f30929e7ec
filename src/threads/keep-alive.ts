/**
 * Keeps the process alive while there is a reason to. Everything else of a pool is unref'ed, so this is
 * the one place that decides: an idle pool lets the process exit, an outstanding job does not, not even
 * while its thread boots or is being replaced.
 */
export class KeepAlive {
  #reasons = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Adds a reason to stay. */
  hold(): void {
    this.#reasons += 1;
    if (this.#reasons > 1) return;
    this.#timer ??= setInterval(() => {}, 2 ** 30);
    this.#timer.ref();
  }

  /** Removes a reason to stay. */
  release(): void {
    this.#reasons -= 1;
    if (this.#reasons === 0) this.#timer?.unref();
  }

  /** Lets the process go for good. */
  end(): void {
    clearInterval(this.#timer);
  }
}
