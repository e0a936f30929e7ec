/**
 * A group of jobs that end together: work that is started in a block of code and does not leak out of it.
 *
 *     open ──▶ cancelled (a job failed, `cancel`, `signal`) ──▶ closed
 *
 * Invariants: the first failure is the group's, and every job that it cancels rejects with just that; when `close` fulfils
 * nothing of the group waits, is queued or runs, and its signal has no listener.
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

/** What the group failed with. */
interface Failure {
  readonly error: unknown;
  /** Undefined where it was told of in its place: it was refused, or is a map's. */
  readonly job: JobRecord | undefined;
}

/**
 * Jobs that end together, made by `pool.group`. Leave it with `await using`, or by `close()` in a `finally`.
 *
 * The promises that a group gives out raise no `unhandledRejection`: a failure that nobody has asked for is thrown by
 * `wait()`, or goes to the pool's `failed` event when the group is left.
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
  /** What `run` has given out. */
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

  /** Aborts when the group is cancelled or closed, with the same reason: for nested groups, and for what is no job. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * As `pool.run`, within the group.
   *
   * @returns Where the group has been cancelled it rejects with the reason: a failure of another job, or what `cancel` was
   *   given.
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

  /** As `pool.submit`, within the group. @throws GroupClosedError `ERR_GROUP_CLOSED` */
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
   * As `pool.map`, within the group: it ends with the group, and an error that ends it is a failure of the group when what
   * comes before it has been delivered.
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
   * Fulfils when all jobs of `run` and `submit` have settled, those that are added meanwhile, too. A map is waited for
   * where its results are read.
   *
   * @throws What the first job failed with; the reason where the group was cancelled; `ERR_GROUP_CLOSED` after its end.
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
   * Cancels what is left: waiting and queued jobs never run, running ones are told to stop, maps end. What is added later
   * rejects with the reason. Ignored where the group was cancelled before.
   *
   * @param reason - Default: an `AbortError` DOMException.
   */
  cancel(reason: unknown = new DOMException('This group was cancelled', 'AbortError')): void {
    this.#cancel(reason);
  }

  /**
   * Leaves the group: cancels what is left, and fulfils when nothing of it runs. Does not throw; a failure that `wait()`
   * has not told goes to the pool's `failed` event. A job that ignores its signal holds this up until its thread has
   * been replaced and has ended.
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
