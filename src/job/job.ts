/**
 * Defines a job: the handle that users see, and its states.
 *
 *     waiting ──▶ queued ──▶ running ──▶ fulfilled | rejected
 *        │          │ ▲         │
 *        │          │ └─────────┼── its thread was lost before it started
 *        ▼          ▼           ▼
 *     refused    dropped     cancelled | timedOut   (these two from every state)
 *
 * Invariant: a job settles exactly once; the first ending stands and every later one is ignored.
 */
import { inspect } from 'node:util';
import type { Transferable } from 'node:worker_threads';
import type { Deadline } from './deadlines.js';
import type { JobFunction } from './functions.js';
import type { JobTimeouts } from '../api/options.js';

/** How a job ends. */
export type Ending = 'fulfilled' | 'rejected' | 'cancelled' | 'timedOut' | 'dropped' | 'refused';

/**
 * The state of a job. It only moves forward, except that a job whose thread is lost before starting it may go from
 * `running` back to `queued`.
 */
export type JobState = 'waiting' | 'queued' | 'running' | Ending;

/**
 * The handle of a submitted job. It is not a promise, so that `await pool.submit(…)` returns the handle and not the
 * result.
 *
 * @example
 * ```ts
 * const job = await pool.submit('wait', 60_000);
 * console.log(job.cancel()); // true
 * await job.result.catch((error) => console.log(error.name, job.state)); // AbortError cancelled
 * ```
 */
export interface Job<Result> {
  /** The job's number in the order of submission, from 1. */
  readonly id: number;
  /** The name of the job function. */
  readonly name: string;
  /** The job's current state. Cost: one read of shared memory for a job that was sent to a thread. */
  readonly state: JobState;
  /**
   * The job's result. The promise is created when it is first read, and never raises `unhandledRejection`: if it has
   * not been read when the job fails, the pool's `'failed'` event reports the failure.
   */
  readonly result: Promise<Result>;
  /**
   * Cancels the job, whether it is waiting, queued or running: `result` rejects with `reason` at once. A running job is
   * asked to stop; see `Pool.run`.
   *
   * @param reason - Default: an `AbortError` DOMException, as `AbortController.abort()` makes it.
   * @returns Whether this call ended the job; false if it had ended already.
   */
  cancel(reason?: unknown): boolean;
}

/** The options of a job about its times and its progress. */
export interface JobTerms extends JobTimeouts {
  /** How long its function may go on after it was told to stop, before its thread is retired. */
  readonly graceMs?: number | undefined;
  readonly onProgress?: ((value: unknown) => void) | undefined;
  /** Which attempt it is, where it is not the first. */
  readonly attempt?: number | undefined;
}

/** Carries out `Job.cancel`. Returns whether this call ended the job. */
export type Cancel = (job: JobRecord, reason: unknown) => boolean;

/** Decides what becomes of a job that leaves its thread. */
export interface Settler {
  /** Ends the job; ignored if it has ended. */
  settle(job: JobRecord, ending: Ending, value: unknown): void;
  /** Returns a job that never started to the front of the backlog. */
  putBack(job: JobRecord): void;
}

/** The thread that a job is out on, as the job sees it. */
export interface Carrier {
  /** Makes a job that the thread has not started the main thread's again. Returns whether it did. */
  takeBack(job: JobRecord): boolean;
  /** Whether the thread has started the cell's job; it may have finished it. */
  isStarted(cell: number): boolean;
  /** Whether the function of the cell's job has ended, so that its answer is under way. */
  isFinished(cell: number): boolean;
  /** When the cell's job was started, on this thread's clock. */
  startedMs(cell: number): number;
}

type Settle = (value: unknown) => void;

/** A job as the pool sees it. Users see the `Job` part. */
export class JobRecord implements Job<unknown> {
  readonly id: number;
  readonly function: JobFunction;
  readonly bytes: number;
  readonly submittedMs: number;
  readonly signal: AbortSignal | undefined;
  readonly terms: JobTerms | undefined;
  /** Replaced at acceptance, when it may be copied or detached. */
  input: unknown;
  transfer: readonly Transferable[] | undefined;
  /** Negative until then. */
  acceptedMs = -1;
  deadline: Deadline | undefined;
  /** The thread that the job is out on, and its cell there. */
  carrier: Carrier | undefined;
  cell = -1;
  /** How many threads ended by themselves when this job was the next that they had to start. */
  threadsLost = 0;
  ending: Ending | undefined;
  /** For the backlog's lists. */
  list: object | undefined;
  previous: JobRecord | undefined;
  next: JobRecord | undefined;
  readonly #cancel: Cancel;
  #value: unknown;
  #promise: Promise<unknown> | undefined;
  #resolve: Settle | undefined;
  #reject: Settle | undefined;
  /** Of a submission that waits: settled at acceptance, or at an earlier ending. */
  #acceptance: { readonly resolve: Settle; readonly reject: Settle } | undefined;

  constructor(
    cancel: Cancel,
    id: number,
    jobFunction: JobFunction,
    input: unknown,
    bytes: number,
    submittedMs: number,
    signal: AbortSignal | undefined,
    terms: JobTerms | undefined,
    transfer: readonly Transferable[] | undefined,
  ) {
    this.#cancel = cancel;
    this.id = id;
    this.function = jobFunction;
    this.input = input;
    this.bytes = bytes;
    this.submittedMs = submittedMs;
    this.signal = signal;
    this.terms = terms;
    this.transfer = transfer;
  }

  get name(): string {
    return this.function.name;
  }

  get state(): JobState {
    if (this.ending !== undefined) return this.ending;
    if (this.acceptedMs < 0) return 'waiting';
    return this.isStarted ? 'running' : 'queued';
  }

  /** Whether a thread has started the job, and it has not settled since. */
  get isStarted(): boolean {
    return this.carrier !== undefined && this.carrier.isStarted(this.cell);
  }

  /** Whether its function has ended, and its answer is under way. */
  get isFinished(): boolean {
    return this.carrier !== undefined && this.carrier.isFinished(this.cell);
  }

  get result(): Promise<unknown> {
    if (this.#promise === undefined) {
      this.#promise = this.promise();
      this.#promise.catch(ignore);
    }
    return this.#promise;
  }

  /** The job's result as an ordinary promise, which does raise an `unhandledRejection`. */
  promise(): Promise<unknown> {
    return (this.#promise ??= this.ending === undefined ? this.#pending() : this.#settled());
  }

  #pending(): Promise<unknown> {
    const follower = this.#resolve;
    const promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (follower !== undefined) this.#tellBoth(follower);
    return promise;
  }

  /** Apart from the above, where functions that capture something would cost every promise their context. */
  #tellBoth(follower: Settle): void {
    const [resolve, reject] = [this.#resolve, this.#reject];
    this.#resolve = (value) => {
      resolve?.(value);
      follower(value);
    };
    this.#reject = (value) => {
      reject?.(value);
      follower(value);
    };
  }

  #settled(): Promise<unknown> {
    return this.ending === 'fulfilled' ? Promise.resolve(this.#value) : Promise.reject(this.#value);
  }

  /**
   * Tells of the ending, which the job knows by then, with the result or the error; without a promise, and before one
   * is asked for. Called in the middle of things: it must not call back.
   */
  follow(onEnded: (value: unknown, job: JobRecord) => void): void {
    this.#resolve = this.#reject = (value) => onEnded(value, this);
  }

  /** Whether anybody has asked for the result. */
  get isWatched(): boolean {
    return this.#promise !== undefined;
  }

  /** Whether anybody is told of its ending. */
  get isFollowed(): boolean {
    return this.#promise !== undefined || this.#resolve !== undefined;
  }

  /** The error or reason that the job failed with. */
  get error(): unknown {
    return this.#value;
  }

  /** Of a waiting submission: this job, once it is accepted. */
  acceptance(): Promise<JobRecord> {
    return new Promise<JobRecord>((resolve, reject) => {
      this.#acceptance = { resolve: resolve as Settle, reject };
    });
  }

  /** The job is in the backlog from here on. */
  accepted(nowMs: number): void {
    this.acceptedMs = nowMs;
    if (this.#acceptance === undefined) return;
    this.#acceptance.resolve(this);
    this.#acceptance = undefined;
  }

  /** Hands a progress value to whoever listens; what that throws is an uncaught exception of the caller's. */
  progressed(value: unknown): void {
    try {
      this.terms?.onProgress?.(value);
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }

  cancel(reason: unknown = new DOMException('This job was cancelled', 'AbortError')): boolean {
    return this.ending === undefined && this.#cancel(this, reason);
  }

  /** Ends the job and settles what was promised. The caller has seen that it had not ended. */
  settle(ending: Ending, value: unknown): void {
    this.ending = ending;
    this.#value = value;
    // A kept handle must not retain values that can't be read through it.
    this.input = this.transfer = this.deadline = undefined;
    if (this.#acceptance !== undefined) {
      this.#acceptance.reject(value);
      this.#acceptance = undefined;
    }
    if (ending === 'fulfilled') this.#resolve?.(value);
    else this.#reject?.(value);
    this.#resolve = this.#reject = undefined;
  }
}

Object.defineProperty(JobRecord.prototype, inspect.custom, {
  value(this: JobRecord): string {
    return `Job { id: ${this.id}, name: '${this.name}', state: '${this.state}' }`;
  },
});

function ignore(): void {}
