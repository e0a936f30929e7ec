/**
 * Keeps the process alive while there is a reason to. Everything else of a pool is unref'ed, so this
 * is the one place that decides it: an idle pool lets the process exit, a live job does not, also
 * while its thread boots or is being replaced.
 */
export class KeepAlive {
  #reasons = 0;
  #timer: NodeJS.Timeout | undefined;

  /** One more reason to stay. */
  hold(): void {
    this.#reasons += 1;
    if (this.#reasons > 1) return;
    this.#timer ??= setInterval(() => {}, 2 ** 30);
    this.#timer.ref();
  }

  /** One reason less. */
  release(): void {
    this.#reasons -= 1;
    if (this.#reasons === 0) this.#timer?.unref();
  }

  /** For good: nothing is left of it. */
  end(): void {
    clearInterval(this.#timer);
  }
}
