/**
 * Keeps the process alive while there is a reason to. Everything else of a pool is unref'ed, so this is
 * the one place that decides: an idle pool lets the process exit, an outstanding job does not, not even
 * while its thread boots or is being replaced.
 */
export class KeepAlive {
  #reasons = 0;
  /** A number in some environments, such as jsdom, which can't be switched. */
  #timer: NodeJS.Timeout | number | undefined;

  /** Adds a reason to stay. */
  hold(): void {
    this.#reasons += 1;
    if (this.#reasons > 1) return;
    this.#timer ??= setInterval(() => {}, 2 ** 30);
    if (typeof this.#timer === 'object') this.#timer.ref();
  }

  /** Removes a reason to stay. */
  release(): void {
    this.#reasons -= 1;
    if (this.#reasons !== 0) return;
    if (typeof this.#timer === 'object') this.#timer.unref();
    else this.end();
  }

  /** Lets the process go for good. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
