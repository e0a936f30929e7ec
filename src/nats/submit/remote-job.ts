/**
 * Defines a remote job: the handle that users see, and its states.
 *
 *     waiting ──▶ queued ──▶ running ──▶ fulfilled | rejected
 *        │          │           │
 *        ▼          ▼           ▼
 *     refused    cancelled | timedOut   (these two from every state)
 *
 * Invariants: a job settles exactly once, the first ending stands; it is `queued` once the server has acknowledged it;
 * `running` is the last news from its node, which may be gone.
 */
import type { Ending, JobState } from '../../job/job.js';
import type { JobHeaders } from '../message/headers.js';

/** The handle of a submitted job. It is not a promise, so that `await pool.submit(…)` returns the handle. */
export interface RemoteJob<Result> {
  /** The job's id: the option `id`, or a generated one. */
  readonly id: string;
  /** The name of the job function. */
  readonly name: string;
  /** The job's state, as far as it is known here. */
  readonly state: Exclude<JobState, 'dropped'>;
  /**
   * The job's result. The promise is created when it is first read, and never raises `unhandledRejection`.
   */
  readonly result: Promise<Result>;
  /**
   * Cancels the job: `result` rejects with `reason` at once. A running job is asked to stop; a queued one is not
   * started once its node has heard of the cancellation.
   *
   * @param reason - Default: an `AbortError` DOMException.
   * @returns Whether this call ended the job; false if it had ended already.
   */
  cancel(reason?: unknown): boolean;
}

/** The endings of a remote job: all but `'dropped'`. */
export type RemoteEnding = Exclude<Ending, 'dropped'>;

type Settle = (value: unknown) => void;

const UNKNOWN_FUNCTION = { isShort: false };

/** A job as the pool sees it. */
export class RemoteJobRecord implements RemoteJob<unknown> {
  /** For a map: what the calls of a function take is not known on this side. */
  readonly function: { readonly isShort: boolean } = UNKNOWN_FUNCTION;
  /** Numbers the pool's jobs in the order of their submission, from 1. */
  readonly number: number;
  readonly headers: JobHeaders;
  readonly key: string | undefined;
  /** Its input, as bytes; nothing once it is accepted. */
  payload: Uint8Array;
  /** What happens if the server is full; a map's job waits, and is bounded by its map alone. */
  readonly whenFull: 'wait' | 'refuse' | 'feeds';
  /** True from the first publish on, unless the server has rejected it: a node may have taken the job. */
  isSent = false;
  /** True if a publish ended without an answer: the next one may be a duplicate of the job itself. */
  isUnsure = false;
  /** How often the server has refused a message id of it, and remembers it. */
  refusals = 0;
  /** The bytes charged for it. */
  readonly bytes: number;
  readonly input: unknown;
  readonly onProgress: ((value: unknown) => void) | undefined;
  /** Its number in the stream of jobs; 0 until it is accepted. */
  sequence = 0;
  /** Whether the server has acknowledged it. */
  isAccepted = false;
  /** When it was accepted, or last looked up on the server. */
  lookedUpMs = 0;
  /** Whether neither it nor its result was found when it was last looked up. */
  isMissing = false;
  hasStarted = false;
  /** The number of the newest progress value that was handed on. */
  heard = 0;
  ending: RemoteEnding | undefined;
  /** Called once, when it is accepted. */
  whenAccepted: (() => void) | undefined;
  /** Called once, when it has ended. */
  whenEnded: Array<() => void> = [];
  readonly #cancel: (job: RemoteJobRecord, reason: unknown) => boolean;
  #value: unknown;
  #promise: Promise<unknown> | undefined;
  #settle: { readonly resolve: Settle; readonly reject: Settle } | undefined;
  #acceptance: { readonly resolve: Settle; readonly reject: Settle } | undefined;

  constructor(
    cancel: (job: RemoteJobRecord, reason: unknown) => boolean,
    number: number,
    given: Pick<
      RemoteJobRecord,
      'headers' | 'key' | 'payload' | 'bytes' | 'input' | 'onProgress' | 'whenFull'
    >,
  ) {
    this.#cancel = cancel;
    this.number = number;
    this.headers = given.headers;
    this.key = given.key;
    this.payload = given.payload;
    this.bytes = given.bytes;
    this.input = given.input;
    this.whenFull = given.whenFull;
    this.onProgress = given.onProgress;
  }

  get id(): string {
    return this.headers.id;
  }

  get name(): string {
    return this.headers.name;
  }

  get state(): Exclude<JobState, 'dropped'> {
    if (this.ending !== undefined) return this.ending;
    if (!this.isAccepted) return 'waiting';
    return this.hasStarted ? 'running' : 'queued';
  }

  /** Whether it may have run. The news of its start may be lost, so it may have run if the server may have stored it. */
  get mayHaveStarted(): boolean {
    return this.hasStarted || this.isAccepted || this.isSent;
  }

  /** The result, error or reason that it was settled with. */
  get value(): unknown {
    return this.#value;
  }

  /** Whether anybody has asked for the result. */
  get isWatched(): boolean {
    return this.#promise !== undefined || this.whenFull === 'feeds';
  }

  get result(): Promise<unknown> {
    if (this.#promise === undefined) {
      this.#promise = new Promise((resolve, reject) => {
        this.#settle = { resolve, reject };
      });
      this.#promise.catch(() => {});
      if (this.ending !== undefined) this.#settlePromise();
    }
    return this.#promise;
  }

  cancel(reason: unknown = new DOMException('This operation was aborted', 'AbortError')): boolean {
    return this.#cancel(this, reason);
  }

  /** Fulfils with the job when it is accepted; rejects where it ends before. */
  acceptance(): Promise<RemoteJobRecord> {
    return new Promise((resolve, reject) => {
      if (this.isAccepted) resolve(this);
      else if (this.ending !== undefined) reject(this.#value);
      else this.#acceptance = { resolve: () => resolve(this), reject };
    });
  }

  accept(sequence: number): void {
    this.sequence = sequence;
    this.isAccepted = true;
    this.lookedUpMs = performance.now();
    this.payload = EMPTY;
    this.#acceptance?.resolve(this);
    this.#acceptance = undefined;
    this.whenAccepted?.();
  }

  /** Ends the job. @returns Whether it had not ended before. */
  settle(ending: RemoteEnding, value: unknown): boolean {
    if (this.ending !== undefined) return false;
    this.ending = ending;
    this.#value = value;
    this.payload = EMPTY;
    this.#acceptance?.reject(value);
    this.#acceptance = undefined;
    this.#settlePromise();
    for (const then of this.whenEnded.splice(0)) then();
    return true;
  }

  #settlePromise(): void {
    if (this.ending === 'fulfilled') this.#settle?.resolve(this.#value);
    else this.#settle?.reject(this.#value);
    this.#settle = undefined;
  }
}

const EMPTY = new Uint8Array();
