/**
 * A group of jobs that end together: work that is started in a block of code and does not leak out of it.
 *
 *     open ──▶ cancelled (a job failed, `cancel`, `signal`) ──▶ closed
 *
 * Invariants: the first failure is the group's, and every job that it cancels rejects with just that; when `close`
 * fulfils nothing of the group waits, is queued or runs, and its signal has no listener.
 */
import { GroupClosedError, withoutStack } from '../api/errors.js';
import { groupSettings } from '../api/group-options.js';
import type { MapOptions } from '../api/map-options.js';
import type { SubmitOptions } from '../api/options.js';
import { inMicrotask } from '../api/timers.js';
import type { JobArguments, JobInput, JobName, JobResult, UntypedModule } from '../api/types.js';
import type { Ending, Job, JobRecord } from '../job/job.js';
import { type MapOutcome, Mapping } from '../map/mapping.js';
import { MapRows } from '../map/rows.js';
import type { MapSource } from '../map/source.js';
import type { Scheduler } from '../schedule/scheduler.js';
import type { StillRunning } from '../schedule/still-running.js';
import { ObservedPromise } from './observed-promise.js';

/** The endings that nobody in the group has asked for. */
const FAILURES: ReadonlySet<Ending | undefined> = new Set<Ending>([
  'rejected',
  'timedOut',
  'dropped',
  'refused',
]);

/** The first failure of a group. */
interface Failure {
  readonly error: unknown;
  /** Undefined if the failure was reported at its call: a refused submission, or a map. */
  readonly job: JobRecord | undefined;
}

/**
 * Jobs that end together, created by `pool.group`. Leave the group with `await using`, or with `close()` in a
 * `finally`.
 *
 * Promises of a group raise no `unhandledRejection`. The first failure is thrown by `wait()`. If `wait()` has not
 * thrown it and the job's promise has not been read, `close()` reports it to the pool's `failed` event; refused
 * submissions and maps are not reported.
 *
 * @example
 * ```ts
 * await using group = pool.group();
 * for (const url of ['/a', '/b', '/missing']) void group.run('fetchPage', url);
 * await group.wait().catch((error) => console.log(error.message)); // no page /missing
 * ```
 */
export class Group<Module extends object = UntypedModule> {
  readonly #scheduler: Scheduler;
  readonly #failFast: boolean;
  readonly #outerSignal: AbortSignal | undefined;
  readonly #onUnread: (job: JobRecord) => void;
  readonly #controller = new AbortController();
  readonly #jobs = new Set<JobRecord>();
  readonly #maps = new Set<Mapping>();
  readonly #stillRunning: StillRunning;
  /** The promises that `run` has returned. */
  readonly #results = new WeakMap<JobRecord, ObservedPromise<unknown>>();
  #failure: Failure | undefined;
  #hasThrown = false;
  #closing: Promise<void> | undefined;
  #waiting: Array<() => void> = [];

  /**
   * Only `pool.group` makes one.
   *
   * @param onUnread - Called with the job whose failure was told to nobody.
   */
  constructor(scheduler: Scheduler, options: unknown, onUnread: (job: JobRecord) => void) {
    const { signal, failFast } = groupSettings(options);
    this.#scheduler = scheduler;
    this.#failFast = failFast;
    this.#outerSignal = signal;
    this.#onUnread = onUnread;
    this.#stillRunning = scheduler.stillRunning();
    if (signal?.aborted) this.cancel(signal.reason);
    else signal?.addEventListener('abort', this.#onAbort);
  }

  /** Aborts when the group is cancelled or closed, with the same reason. Pass it to nested groups and to other work. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Like `pool.run`, within the group.
   *
   * @returns A promise of the result. Once the group is cancelled it rejects with the reason: the failure of another
   *   job, or the argument of `cancel`.
   * @throws GroupClosedError `ERR_GROUP_CLOSED`
   */
  run<Name extends JobName<Module>>(
    name: Name,
    ...args: JobArguments<Module[Name]>
  ): Promise<JobResult<Module[Name]>>;
  run(name: string, input?: unknown, options?: SubmitOptions): Promise<unknown> {
    const job = this.#enter(name, input, options);
    if (job instanceof Refusal) return job.rejection();
    const result = ObservedPromise.of(job.promise());
    this.#results.set(job, result);
    return result;
  }

  /** Like `pool.submit`, within the group. @throws GroupClosedError `ERR_GROUP_CLOSED` */
  submit<Name extends JobName<Module>>(
    name: Name,
    ...args: JobArguments<Module[Name]>
  ): Promise<Job<JobResult<Module[Name]>>>;
  submit(name: string, input?: unknown, options?: SubmitOptions): Promise<Job<unknown>> {
    const job = this.#enter(name, input, options);
    if (job instanceof Refusal) return job.rejection();
    return job.state === 'waiting' ? ObservedPromise.of(job.acceptance()) : Promise.resolve(job);
  }

  /**
   * Like `pool.map`, within the group: the map ends with the group, and an error that ends the map fails the group once
   * the results before it have been delivered.
   *
   * @throws GroupClosedError `ERR_GROUP_CLOSED`, synchronously.
   */
  map<Name extends JobName<Module>>(
    name: Name,
    source: MapSource<JobInput<Module[Name]>>,
    options: MapOptions & { readonly onError: 'settle' },
  ): MapRows<MapOutcome<JobResult<Module[Name]>>>;
  map<Name extends JobName<Module>>(
    name: Name,
    source: MapSource<JobInput<Module[Name]>>,
    options?: MapOptions & { readonly onError?: 'stop' },
  ): MapRows<JobResult<Module[Name]>>;
  map(name: string, source: MapSource<unknown>, options?: MapOptions): MapRows<unknown> {
    if (this.#closing !== undefined) throw closedError();
    const mapping: Mapping = new Mapping(this.#scheduler, name, source, options, (failure) => {
      this.#maps.delete(mapping);
      if (failure !== undefined) this.#fail({ error: failure.error, job: undefined });
    });
    this.#maps.add(mapping);
    if (this.signal.aborted) mapping.abort(this.signal.reason);
    return new MapRows(mapping);
  }

  /**
   * Resolves when all jobs of `run` and `submit` have settled, including those added in the meantime. Maps are awaited
   * by whoever reads their results.
   *
   * @throws The error of the first job that failed; the reason if the group was cancelled; `ERR_GROUP_CLOSED` after
   *   `close()`.
   */
  async wait(): Promise<void> {
    if (this.#closing !== undefined) throw closedError();
    await this.#settled();
    if (this.#failure !== undefined) {
      this.#hasThrown = true;
      throw this.#failure.error;
    }
    if (this.signal.aborted) throw this.signal.reason;
  }

  /**
   * Cancels the remaining jobs: waiting and queued ones never run, running ones are asked to stop, maps end. Jobs added
   * later reject with the reason. Does nothing if the group is cancelled already.
   *
   * @param reason - Default: an `AbortError` DOMException.
   */
  cancel(reason: unknown = new DOMException('This group was cancelled', 'AbortError')): void {
    this.#cancel(reason);
  }

  /**
   * Closes the group: cancels the remaining jobs and resolves when none is running. Does not throw; see above for a
   * failure that was not read. A job that ignores its signal delays this until its thread has been replaced and has
   * ended.
   */
  close(): Promise<void> {
    return (this.#closing ??= this.#leave());
  }

  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Fulfils when no job is left that has not settled. */
  async #settled(): Promise<void> {
    while (this.#jobs.size > 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async #leave(): Promise<void> {
    this.#outerSignal?.removeEventListener('abort', this.#onAbort);
    const maps = [...this.#maps];
    this.#cancel(new DOMException('This group was left', 'AbortError'));
    await Promise.all(maps.map((mapping) => mapping.end()));
    await this.#settled();
    await this.#stillRunning.none();
    const { job } = this.#failure ?? {};
    if (job === undefined || this.#hasThrown) return;
    if (!job.isWatched || this.#results.get(job)?.isRead === false) this.#onUnread(job);
  }

  /** Submits a job of the group. */
  #enter(name: string, input: unknown, options: SubmitOptions | undefined): JobRecord | Refusal {
    if (this.#closing !== undefined) return new Refusal(closedError());
    if (this.signal.aborted) return new Refusal(this.signal.reason);
    try {
      const job = this.#scheduler.submit(name, input, options);
      if (job.ending === undefined) {
        this.#jobs.add(job);
        // Later: it ends in the middle of things.
        job.follow(() => inMicrotask(() => this.#onEnded(job)));
      } else this.#onEnded(job);
      return job;
    } catch (error) {
      if (options?.signal?.aborted !== true) this.#fail({ error, job: undefined });
      return new Refusal(error);
    }
  }

  #onEnded(job: JobRecord): void {
    this.#jobs.delete(job);
    if (job.ending !== 'fulfilled') this.#stillRunning.add(job);
    if (FAILURES.has(job.ending)) this.#fail({ error: job.error, job });
    if (this.#jobs.size > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #fail(failure: Failure): void {
    if (this.signal.aborted) return;
    this.#failure ??= failure;
    if (this.#failFast) this.#cancel(failure.error);
  }

  #cancel(reason: unknown): void {
    if (this.signal.aborted) return;
    // Before the signal, whose listeners may call the group.
    this.#scheduler.cancelAll(new Set(this.#jobs), reason);
    for (const mapping of this.#maps) mapping.abort(reason);
    this.#controller.abort(reason);
  }

  readonly #onAbort = (): void => this.#cancel(this.#outerSignal?.reason);
}

/** A submission that has not become a job. */
class Refusal {
  readonly #error: unknown;

  constructor(error: unknown) {
    this.#error = error;
  }

  rejection(): Promise<never> {
    return ObservedPromise.of(Promise.reject(this.#error));
  }
}

function closedError(): GroupClosedError {
  return withoutStack(() => new GroupClosedError());
}
