/**
 * A promise that knows whether anybody has asked for its outcome.
 *
 * Invariant: it raises no `unhandledRejection`; whoever made it tells of a rejection that nobody has asked for.
 */
export class ObservedPromise<Value> extends Promise<Value> {
  #isRead = false;

  /** `then` returns an ordinary promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** Follows another promise. */
  static of<Value>(promise: Promise<Value>): ObservedPromise<Value> {
    const observed = new ObservedPromise<Value>((resolve) => {
      resolve(promise);
    });
    Promise.prototype.then.call(observed, undefined, ignore);
    return observed;
  }

  /** Whether it was awaited, or given a callback. */
  get isRead(): boolean {
    return this.#isRead;
  }

  /** As of any promise. `await`, `catch`, `Promise.all` and the like call it, too. */
  // eslint-disable-next-line unicorn/no-thenable -- it is a promise
  override then<Result1 = Value, Result2 = never>(
    onFulfilled?: ((value: Value) => Result1 | PromiseLike<Result1>) | null,
    onRejected?: ((reason: unknown) => Result2 | PromiseLike<Result2>) | null,
  ): Promise<Result1 | Result2> {
    this.#isRead = true;
    return super.then(onFulfilled, onRejected);
  }
}

function ignore(): void {}
