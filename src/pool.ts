/**
 * The pool that users see: puts the scheduler and the threads together and owns their life.
 *
 *     running ──▶ closing ──▶ closed
 *        └─▶ failed (the module can't be loaded) ─▶ closing
 *
 * Invariants: the state only moves forward; events are emitted when the pool is consistent again, never
 * from the middle of a call; every promise that is given out settles.
 */
import { EventEmitter } from 'node:events';
import * as timers from 'node:timers';
import { URL as NodeUrl } from 'node:url';
import type { UnfinishedJob } from './schedule/closing.js';
import {
  describe,
  ModuleLoadError,
  NestedPoolError,
  PoolClosedError,
  withoutStack,
} from './api/errors.js';
import type { Ending, Job, JobRecord } from './job/job.js';
import { KeepAlive } from './threads/keep-alive.js';
import {
  closeDeadlineMs,
  type CloseOptions,
  type PoolOptions,
  poolSettings,
} from './api/options.js';
import type { SubmitOptions, ThreadHook } from './api/options.js';
import type { FindHost } from './api/files.js';
import { checkRuntime } from './api/runtime.js';
import { clearTimer, setTimerBehindMessages, type Timer } from './api/timers.js';
import type { GroupOptions } from './api/group-options.js';
import type { MapOptions } from './api/map-options.js';
import { Group } from './group/group.js';
import { type MapOutcome, Mapping } from './map/mapping.js';
import { MapRows } from './map/rows.js';
import type { MapSource } from './map/source.js';
import { Scheduler } from './schedule/scheduler.js';
import { isServing } from './wire/serving.js';
import type { PoolStats } from './schedule/snapshot.js';
import { Threads } from './threads/threads.js';
import type { RetirementReason } from './dispatch/lane.js';
import type { JobArguments, JobInput, JobName, JobResult, UntypedModule } from './api/types.js';

/** Taken at the start, as fake timers replace it, in Node's module too. */
const { setImmediate } = timers;

/** The place where the build puts the host. In a bundle `import.meta.url` may be undefined, or the bundle's. */
const findHost: FindHost = () => new NodeUrl('../workers/host.cjs', import.meta.url);

/** The report of `close()`: the number of jobs by ending since the call, and the jobs that did not end. */
export type CloseReport = Readonly<Record<Ending, number>> & {
  /** Jobs that the deadline cut off, oldest first. They count as rejected. */
  readonly unfinished: readonly UnfinishedJob[];
  /** Number of threads still alive, because of a native call or native work of jobs that were cut off. */
  readonly threadsLeft: number;
};

/**
 * The events of a pool, with the arguments of their listeners. They are emitted after the call that caused them.
 *
 * @example
 * ```ts
 * pool.on('failed', (error, job) => console.log(job.name, String(error))); // fetchPage Error: no page /missing
 * await pool.submit('fetchPage', '/missing'); // its result is not read
 * ```
 */
export interface PoolEvents {
  /** The backlog has become full. Edge-triggered: `available` comes before the next `saturated`. */
  saturated: [];
  /** A full backlog has drained to half of its bound and no submission waits: producers may resume. */
  available: [];
  /** A job failed (rejected, timed out or dropped) and its `result` had not been read by then. */
  failed: [error: unknown, job: Job<unknown>];
  /**
   * An error that belongs to no job's result: a stray rejection, an uncaught exception, a progress value that can't be
   * cloned, or an error of `teardown`.
   */
  strayError: [error: unknown];
  /** A thread exited on its own and is being replaced. The cause is undefined if it is unknown. */
  threadLost: [cause: unknown];
  /**
   * A thread was taken out of service and is being replaced: a cancelled or timed-out job outlived its `graceMs`, work
   * that a finished job left behind blocked the thread, or an exception was not caught.
   */
  threadRetired: [reason: RetirementReason];
  /** A thread has loaded the module. */
  threadReady: [];
  /** `close()` has finished. */
  closed: [report: CloseReport];
}

/** Taken at the start: events are no timeouts, so that they come where a test fakes this, too. */
const { queueMicrotask } = globalThis;

interface Deferred {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * A fixed number of worker threads that run the functions of one module, behind a bounded backlog.
 *
 * An idle pool does not keep the process alive. `close()` shuts the threads down gracefully.
 *
 * @typeParam Module - The type of the job module, `typeof import('./jobs.js')`: names, inputs and results are inferred
 *   from it. Without it any name compiles and values are `unknown`.
 * @example
 * ```ts
 * import { Pool } from 'millrace';
 *
 * // jobs.js exports: const square = (n) => n * n;
 * await using pool = new Pool<typeof import('./jobs.js')>(new URL('./jobs.js', import.meta.url));
 * console.log(await pool.run('square', 7)); // 49
 * ```
 */
export class Pool<Module extends object = UntypedModule> extends EventEmitter<PoolEvents> {
  readonly #targetThreads: number;
  readonly #scheduler: Scheduler;
  readonly #threads: Threads;
  readonly #keepAlive = new KeepAlive();
  #awaitingReady: Deferred[] = [];
  #failure: ModuleLoadError | undefined;
  #isClosing = false;
  #isDrained = false;
  #closing: Promise<CloseReport> | undefined;
  #drained: (() => void) | undefined;
  #closeTimer: Timer | undefined;
  #closeAtMs = Infinity;
  #unread: JobRecord[] = [];
  #hasWarned = false;
  #hasWarnedOfThreads = false;

  /**
   * Starts the threads at once. Jobs may be submitted before they are ready; see `ready()`.
   *
   * @param module - The job module: a `file:` URL (`new URL('./jobs.js', import.meta.url)`), that URL as a string, or
   *   an absolute path. ES module or CommonJS. If there is a `jobs.ts` but no `jobs.js`, it is loaded instead.
   * @param options - See `PoolOptions`; every default is safe.
   * @throws InvalidOptionError `ERR_INVALID_OPTION`: names the option, its value and the valid values.
   * @throws NestedPoolError `ERR_NESTED_POOL`: on a thread of a pool of the same module.
   * @throws UnsupportedRuntimeError `ERR_UNSUPPORTED_RUNTIME`: on Deno and Bun.
   * @throws ModuleLoadError `ERR_MODULE_LOAD`: threads may not be started (Node's permission model).
   */
  constructor(module: URL | string, options?: PoolOptions<ThreadHook<Module>>) {
    super();
    checkRuntime(process.versions);
    const settings = poolSettings(module, options, findHost);
    if (isServing(settings.module)) throw new NestedPoolError(settings.module);
    this.#targetThreads = settings.threads;
    this.#scheduler = new Scheduler(settings, {
      live: (isLive) => (isLive ? this.#keepAlive.hold() : this.#keepAlive.release()),
      saturated: () => this.#emitLater('saturated'),
      available: () => this.#emitLater('available'),
      failedUnread: (job) => this.#reportUnread(job),
      drained: () => this.#drained?.(),
    });
    this.#threads = new Threads(settings, {
      ready: (link) => {
        this.#scheduler.addThread(link);
        this.#emitLater('threadReady');
        this.#settleReady();
      },
      stray: (error) => this.#emitLater('strayError', error),
      uncaught: (link, error) => {
        this.#scheduler.uncaught(link, error);
        this.#emitLater('strayError', error);
      },
      retired: (_, reason) => this.#emitLater('threadRetired', reason),
      gone: (link, loss) => {
        this.#scheduler.loseThread(link, loss);
        if (link.wasReady && !loss.isDeliberate) this.#emitLater('threadLost', loss.cause);
      },
      exhausted: () => this.#warnOfThreads(),
      failed: (error) => {
        this.#failure = error;
        this.#scheduler.fail(error);
        this.#settleReady();
      },
    });
  }

  /**
   * Runs a job and returns its result. Never throws synchronously.
   *
   * Cancel safety: abort `signal` at any time. A waiting or queued job never runs. The promise of a running job rejects
   * at once, and the job is asked to stop (`JobContext.signal`); its slot becomes free when its function ends, or when
   * its thread has been replaced after `graceMs`.
   *
   * @param args - The input and `SubmitOptions`. The input is copied by structured clone.
   * @returns A promise of the function's result, cloned. It rejects with the error that the function threw, with
   *   `signal.reason` after a cancellation, or with one of the errors below.
   * @throws BacklogFullError `ERR_BACKLOG_FULL`: no room; with `overflow: 'wait'` only if `backlog.waiters`
   *   submissions, or `backlog.bytes` bytes of them, are waiting already.
   * @throws JobTooLargeError `ERR_JOB_TOO_LARGE`
   * @throws JobDroppedError `ERR_JOB_DROPPED`
   * @throws JobTimeoutError `ERR_JOB_TIMEOUT`
   * @throws ThreadLostError `ERR_THREAD_LOST`
   * @throws ModuleLoadError `ERR_MODULE_LOAD`
   * @throws UnknownJobError `ERR_UNKNOWN_JOB`
   * @throws NotCloneableError `ERR_NOT_CLONEABLE`
   * @throws PoolClosedError `ERR_POOL_CLOSED`
   * @throws InvalidOptionError `ERR_INVALID_OPTION`
   * @example
   * ```ts
   * console.log(await pool.run('square', 7)); // 49
   *
   * const late = pool.run('sum', 1e12, { timeout: 100 }); // milliseconds
   * await late.catch((error) => console.log(error.code)); // ERR_JOB_TIMEOUT
   * ```
   */
  run<Name extends JobName<Module>>(
    name: Name,
    ...args: JobArguments<Module[Name]>
  ): Promise<JobResult<Module[Name]>>;
  // No rest parameter here: taking an array apart for each job costs as much as queueing it.
  run(name: string, input?: unknown, options?: SubmitOptions): Promise<unknown> {
    try {
      return this.#scheduler.submit(name, input, options).promise();
    } catch (error) {
      return rejectSoon(error);
    }
  }

  /**
   * Submits a job and returns its handle once it is accepted. With `overflow: 'wait'` that is when the backlog has
   * room, first come, first served, so awaiting the call applies backpressure to the producer. Never throws
   * synchronously.
   *
   * Cancel safety: abort `signal` while the submission waits, and it leaves the queue at once without a trace.
   *
   * @returns A promise of the `Job`. It rejects as `run` does if the job is not accepted. Later failures are reported
   *   by `job.result`, and by the `'failed'` event if `job.result` had not been read by then.
   * @example
   * ```ts
   * const job = await pool.submit('square', 7); // waits while the backlog is full
   * console.log(job.id, await job.result); // 1 49
   * ```
   */
  submit<Name extends JobName<Module>>(
    name: Name,
    ...args: JobArguments<Module[Name]>
  ): Promise<Job<JobResult<Module[Name]>>>;
  submit(name: string, input?: unknown, options?: SubmitOptions): Promise<Job<unknown>> {
    try {
      const job = this.#scheduler.submit(name, input, options);
      return job.state === 'waiting' ? job.acceptance() : Promise.resolve(job);
    } catch (error) {
      return rejectSoon(error);
    }
  }

  /**
   * Submits a job if there is room now. Never waits, never overtakes waiting submissions, and never drops another job:
   * `overflow` does not apply.
   *
   * @returns The accepted job, or undefined if the backlog is full. This is the cheapest way to shed load: no promise
   *   and no error are made.
   * @throws The errors of `run`, synchronously, except `ERR_BACKLOG_FULL`; `signal.reason` if the signal has aborted.
   * @example
   * ```ts
   * const job = pool.trySubmit('square', 7);
   * if (job === undefined) console.error('busy, try again later');
   * else console.log(await job.result); // 49
   * ```
   */
  trySubmit<Name extends JobName<Module>>(
    name: Name,
    ...args: JobArguments<Module[Name]>
  ): Job<JobResult<Module[Name]>> | undefined;
  trySubmit(name: string, input?: unknown, options?: SubmitOptions): Job<unknown> | undefined {
    return this.#scheduler.trySubmit(name, input, options);
  }

  /**
   * Runs a job for each item of a source and yields the results in the order of the items. It pulls only as many items
   * as the window and the pool have room for, so the memory that it takes does not depend on the length of the source.
   *
   * A map waits for room under every `overflow`, and drops no job. It leaves half of the backlog to others; several
   * maps take turns.
   *
   * Cancel safety: leave the loop, call `return()`, or abort `signal`. Jobs in flight are taken back or cancelled and
   * the source is closed before that completes. A job that ignores its signal delays
   * it by its `graceMs` and until its thread has ended, and a source that does not answer an outstanding pull by 1 s.
   *
   * @param source - An iterable or async iterable: an array, a generator, a Node or web stream. Promises of a
   *   synchronous iterable are awaited one by one. It is opened by the first `next()`, pulled one item at a time, and
   *   closed (`return()`) exactly once if the map ends before it does.
   * @param options - See `MapOptions`.
   * @returns An async iterable iterator that can be read once, by `for await`, `Readable.from` or
   *   `ReadableStream.from`. `next()` rejects with the error of a job (as `run` does), of the source, with
   *   `signal.reason`, or with `ERR_POOL_CLOSED`; by then no job of the map is running.
   * @throws InvalidOptionError `ERR_INVALID_OPTION`, synchronously.
   * @example
   * ```ts
   * const squares = [];
   * for await (const square of pool.map('square', [1, 2, 3])) squares.push(square);
   * console.log(squares); // [ 1, 4, 9 ]
   * ```
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
    return new MapRows(new Mapping(this.#scheduler, name, source, options));
  }

  /**
   * Creates a group of jobs that end together (structured concurrency): no job outlives the block that started it. The
   * first failure cancels the other jobs; leaving the block cancels the remaining ones and waits until none is running.
   *
   * @throws InvalidOptionError `ERR_INVALID_OPTION`
   * @example
   * ```ts
   * await using group = pool.group();
   * const [a, b] = await Promise.all([group.run('square', 3), group.run('square', 4)]);
   * console.log(a + b); // 25
   * ```
   */
  group(options?: GroupOptions): Group<Module> {
    return new Group<Module>(this.#scheduler, options, (job) => this.#reportFailure(job));
  }

  /**
   * Returns a function that runs the named job.
   *
   * @example
   * ```ts
   * const square = pool.job('square');
   * console.log(await square(7)); // 49
   * ```
   */
  job<Name extends JobName<Module>>(
    name: Name,
  ): (...args: JobArguments<Module[Name]>) => Promise<JobResult<Module[Name]>> {
    return (...args) => this.run(name, ...args);
  }

  /**
   * Resolves when every thread has loaded the module. Jobs may be submitted earlier.
   *
   * @throws ModuleLoadError `ERR_MODULE_LOAD`: loading failed three times in a row for each thread, and none is ready.
   * @throws PoolClosedError `ERR_POOL_CLOSED`: the pool was closed first.
   * @example
   * ```ts
   * await pool.ready(); // before a server starts to listen, say
   * console.log(pool.stats().threads.ready === pool.stats().threads.target); // true
   * ```
   */
  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#awaitingReady.push({ resolve, reject });
      this.#keepAlive.hold();
      this.#settleReady();
    });
  }

  /**
   * Returns a snapshot of the pool as plain data. Cost: about 10 µs.
   *
   * @example
   * ```ts
   * const { jobs, backlog } = pool.stats();
   * console.log(jobs.running, backlog.jobs, backlog.limit.jobs); // 0 0 1024
   * ```
   */
  stats(): PoolStats {
    return this.#scheduler.stats(this.#threads);
  }

  /**
   * Closes the pool for good. New jobs and waiting submissions are rejected with `ERR_POOL_CLOSED`. Accepted jobs run
   * to completion, or until the deadline; those that remain then reject with `ERR_POOL_CLOSED` and are returned as
   * `unfinished`. Running jobs are asked to stop before the deadline (by `graceMs`, or a fifth of the deadline if that
   * is shorter); one that fails after that counts as unfinished.
   *
   * The threads then run `teardown` and end. A thread whose event loop stays alive is terminated after `drainMs`;
   * native work gets 30 s. At the deadline `close` resolves whatever the threads do, at most 0.1 s late; threads that
   * are left no longer keep the process alive.
   *
   * @returns The report. Every call returns the same promise; the earliest deadline wins. It rejects only with
   *   `ERR_INVALID_OPTION`.
   * @example
   * ```ts
   * const { fulfilled, unfinished } = await pool.close({ deadlineMs: 10_000 });
   * for (const { name, input } of unfinished) console.error('not finished:', name, input);
   * console.log(fulfilled); // 0
   * ```
   */
  close(options?: CloseOptions): Promise<CloseReport> {
    let deadlineMs: number | undefined;
    try {
      deadlineMs = closeDeadlineMs(options);
    } catch (error) {
      return Promise.reject(error);
    }
    this.#closing ??= this.#shutDown();
    if (deadlineMs !== undefined) this.#closeWithin(deadlineMs);
    return this.#closing;
  }

  /** Closes without a deadline, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #shutDown(): Promise<CloseReport> {
    this.#isClosing = true;
    this.#keepAlive.hold();
    const before = this.#scheduler.endings();
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
      this.#scheduler.close();
      this.#settleReady();
    });
    this.#isDrained = true;
    clearTimer(this.#closeTimer);
    this.#scheduler.stop();
    const threadsLeft = await this.#threads.end(this.#closeAtMs);
    const after = this.#scheduler.endings();
    const since = Object.fromEntries(
      Object.entries(after).map(([ending, count]) => [ending, count - before[ending as Ending]]),
    ) as Record<Ending, number>;
    const { unfinished } = this.#scheduler;
    const report: CloseReport = { ...since, unfinished, threadsLeft };
    this.#keepAlive.end();
    this.#emitLater('closed', report);
    return report;
  }

  #closeWithin(deadlineMs: number): void {
    const atMs = performance.now() + deadlineMs;
    if (atMs >= this.#closeAtMs) return;
    this.#closeAtMs = atMs;
    if (this.#isDrained) return void this.#threads.end(atMs);
    const warningMs = Math.min(this.#scheduler.graceMs, deadlineMs / 5);
    this.#closeAfter(deadlineMs - warningMs, () => {
      this.#scheduler.warn();
      this.#closeAfter(atMs - performance.now(), () => this.#scheduler.cutOff());
    });
  }

  #closeAfter(delayMs: number, step: () => void): void {
    clearTimer(this.#closeTimer);
    this.#closeTimer = setTimerBehindMessages(step, delayMs);
  }

  #warnOfThreads(): void {
    if (this.#hasWarnedOfThreads) return;
    this.#hasWarnedOfThreads = true;
    process.emitWarning(
      `No thread is left to run jobs: all ${this.#targetThreads} were taken out of service, and as many before them have ` +
        'not ended yet, as native calls or jobs that ignore their signal hold them. Queued jobs wait for one of them to ' +
        'end (this is said once per pool).',
      { type: 'MillraceWarning', code: 'MILLRACE_NO_THREADS' },
    );
  }

  #settleReady(): void {
    const isReady = this.#threads.ready === this.#targetThreads;
    const error =
      this.#failure ??
      (!this.#isClosing
        ? undefined
        : withoutStack(
            () => new PoolClosedError('The pool was closed before it was ready.', false),
          ));
    if (!isReady && error === undefined) return;
    for (const { resolve, reject } of this.#awaitingReady.splice(0)) {
      this.#keepAlive.release();
      if (error === undefined) resolve();
      else reject(error);
    }
  }

  #reportUnread(job: JobRecord): void {
    // Later, as `await pool.submit()` has not given the handle of a job that fails at once.
    if (this.#unread.push(job) > 1) return;
    setImmediate(() => {
      for (const failed of this.#unread.splice(0)) {
        if (!failed.isWatched) this.#reportFailure(failed);
      }
    });
  }

  #reportFailure(job: JobRecord): void {
    if (this.listenerCount('failed') === 0) this.#warnOnce(job);
    this.#emitLater('failed', job.error, job);
  }

  #warnOnce(job: JobRecord): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    process.emitWarning(
      `Job '${job.name}' failed and nobody has read its result (read job.result, or listen to the ` +
        `pool's 'failed' event; this is said once per pool): ${describe(job.error)}`,
      { type: 'MillraceWarning', code: 'MILLRACE_FAILED_UNREAD' },
    );
  }

  #emitLater<Event extends keyof PoolEvents>(event: Event, ...args: PoolEvents[Event]): void {
    if (this.listenerCount(event) === 0) return;
    queueMicrotask(() => this.emit(event, ...(args as never)));
  }
}

/**
 * A promise that rejects in a microtask. One that is rejected when it is given out is first noted as unhandled by Node,
 * and taken off that list when the caller's handler comes: half of what a refusal cost.
 */
async function rejectSoon(error: unknown): Promise<never> {
  await undefined;
  throw error;
}
