/**
 * Cancels jobs by AbortSignal, with one listener per signal, however many jobs share it.
 *
 * Invariant: a signal carries the listener exactly while a job that waits, is queued or runs was
 * given that signal; the last one to settle removes it.
 */

export class Signals<Job> {
  readonly #abort: (jobs: ReadonlySet<Job>, reason: unknown) => void;
  readonly #subscriptions = new WeakMap<AbortSignal, Subscription<Job>>();

  /** @param abort - Called with the jobs of a signal that aborts; they may be removed meanwhile. */
  constructor(abort: (jobs: ReadonlySet<Job>, reason: unknown) => void) {
    this.#abort = abort;
  }

  add(signal: AbortSignal, job: Job): void {
    const known = this.#subscriptions.get(signal);
    if (known !== undefined) {
      known.jobs.add(job);
      return;
    }
    const jobs = new Set([job]);
    const listener = (): void => this.#abort(jobs, signal.reason);
    this.#subscriptions.set(signal, { jobs, listener });
    signal.addEventListener('abort', listener);
  }

  remove(signal: AbortSignal, job: Job): void {
    const known = this.#subscriptions.get(signal);
    if (known === undefined || !known.jobs.delete(job) || known.jobs.size > 0) return;
    this.#subscriptions.delete(signal);
    signal.removeEventListener('abort', known.listener);
  }
}

interface Subscription<Job> {
  readonly jobs: Set<Job>;
  readonly listener: () => void;
}
