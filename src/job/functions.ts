/**
 * Estimates what a call of each job function costs: the running mean and spread of times that were
 * measured on the threads.
 *
 * Invariants: estimates decide where and how early a job is sent, never whether it runs; a function
 * that has once returned a promise counts as asynchronous for good.
 */

/** The weight of a new time in the running estimates: the last 32 calls or so decide. */
const WEIGHT = 1 / 32;

/** A function whose calls take less than this is short. */
const SHORT_MS = 1;

export class JobFunction {
  readonly name: string;
  /** Numbers the functions of a pool, from 0. */
  readonly number: number;
  /** Whether it returned a promise: its calls wait for something, and other jobs may run meanwhile. */
  isAsync = false;
  /** Measured calls, as far as they matter to the estimates. */
  #calls = 0;
  #meanMs = 0;
  #deviationMs = 0;

  constructor(name: string, number: number) {
    this.name = name;
    this.number = number;
  }

  /** Whether it is known to be short-lived work: measured before, and never asynchronous. */
  get isEstimable(): boolean {
    return this.#calls > 0 && !this.isAsync;
  }

  /** Whether its calls are known to be so short that a thread needs many at hand. */
  get isShort(): boolean {
    return this.#calls > 0 && this.#meanMs < SHORT_MS;
  }

  /** The expected time of a call. */
  get meanMs(): number {
    return this.#meanMs;
  }

  /** A time that few calls exceed: the mean plus four mean deviations. */
  get longMs(): number {
    return this.#meanMs + 4 * this.#deviationMs;
  }

  /** Adds the time of a call. */
  record(runMs: number): void {
    // A plain mean at first, so that the first call does not weigh more than the others.
    if (this.#calls < 1 / WEIGHT) this.#calls += 1;
    const weight = 1 / this.#calls;
    const difference = runMs - this.#meanMs;
    this.#meanMs += difference * weight;
    this.#deviationMs += (Math.abs(difference) - this.#deviationMs) * weight;
  }
}

/** All functions of a pool. Before a thread has loaded the module any name may be one. */
export class Functions {
  readonly #byName = new Map<string, JobFunction>();
  #numbers = 0;
  #names: readonly string[] | undefined;

  /** The names that the module exports, once a thread has loaded it. */
  get names(): readonly string[] | undefined {
    return this.#names;
  }

  /** Whether the module has, or may have, a function of that name. */
  mayHave(name: string): boolean {
    return this.#names === undefined || this.#byName.has(name);
  }

  /** The function of a name that the module may have. */
  get(name: string): JobFunction {
    return this.#byName.get(name) ?? this.#add(name);
  }

  /** A thread has loaded the module: these are its functions, and all there are from now on. */
  loaded(names: readonly string[]): readonly JobFunction[] {
    this.#names = names;
    for (const name of this.#byName.keys()) {
      if (!names.includes(name)) this.#byName.delete(name);
    }
    return names.map((name) => this.#byName.get(name) ?? this.#add(name));
  }

  #add(name: string): JobFunction {
    const added = new JobFunction(name, this.#numbers);
    this.#numbers += 1;
    this.#byName.set(name, added);
    return added;
  }
}
