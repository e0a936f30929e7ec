/**
 * Makes a standard AbortSignal that also reads shared memory whenever it is asked, so that a job in a synchronous loop,
 * which no message reaches, learns that it must stop.
 *
 * Invariants: `aborted`, `reason` and `throwIfAborted` are up to date whenever they are used; the first look that sees
 * the order aborts the controller at once, so that all listeners are called once.
 */
import { Told } from '../src/wire/job-words.js';

// Taken at the start, as a job module may replace them.
const { AbortController, DOMException } = globalThis;
const { get: abortedOf } = getter('aborted');
const { get: reasonOf } = getter('reason');
const { throwIfAborted } = AbortSignal.prototype;

function getter(name: 'aborted' | 'reason'): { readonly get: (this: AbortSignal) => unknown } {
  return Object.getOwnPropertyDescriptor(AbortSignal.prototype, name) as never;
}

export class LiveSignal {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #told: () => number;

  /** @param told - Reads whether the job has been told to stop, and why: a `Told`. */
  constructor(told: () => number) {
    this.#told = told;
    this.signal = this.#controller.signal;
    const look = (): void => this.look();
    // Defined on the instance rather than in a subclass, so that Node's own functions accept the signal
    // (docs/design.md).
    Object.defineProperties(this.signal, {
      aborted: {
        configurable: true,
        get(this: AbortSignal) {
          look();
          return abortedOf.call(this);
        },
      },
      reason: {
        configurable: true,
        get(this: AbortSignal) {
          look();
          return reasonOf.call(this);
        },
      },
      throwIfAborted: {
        configurable: true,
        value(this: AbortSignal) {
          look();
          throwIfAborted.call(this);
        },
      },
    });
    this.look();
  }

  /** Aborts the signal if the job has been told to stop. */
  look(): void {
    const told = this.#told();
    if (told === Told.not || abortedOf.call(this.signal) === true) return;
    this.#controller.abort(reasonFor(told));
  }
}

const MESSAGES: Readonly<Record<number, string>> = {
  [Told.closing]: 'The pool is closing',
  [Told.ending]: 'The thread is ending',
};

function reasonFor(told: number): DOMException {
  if (told === Told.timedOut) return new DOMException('The job timed out', 'TimeoutError');
  return new DOMException(MESSAGES[told] ?? 'The job was cancelled', 'AbortError');
}
