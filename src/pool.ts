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

/** Where the build puts it. In a bundle `import.meta.url` may be undefined, or the place of the bundle. */
const findHost: FindHost = () => new NodeUrl('../workers/host.cjs', import.meta.url);

/** What a closed pool reports: how many jobs ended in which way since `close()`, and what did not. */
export type CloseReport = Readonly<Record<Ending, number>> & {
  /** The jobs that the deadline cut off, the oldest first; they count as rejected. */
  readonly unfinished: readonly UnfinishedJob[];
  /** How many threads had not ended: a native call holds them, or native work of jobs that were cut off. */
  readonly threadsLeft: number;
};

/** The events of a pool. */
export interface PoolEvents {
  /** The backlog has become full. Edge-triggered: `available` comes before the next one. */
  saturated: [];
  /** A full backlog has drained to half, and nobody waits: producers may go on. */
  available: [];
  /** A job failed (rejected, timed out or dropped) and nobody has read its `result`. */
  failed: [error: unknown, job: Job<unknown>];
  /** A rejection that a job left behind, an uncaught exception, or an error of `teardown`. */
  strayError: [error: unknown];
  /** A thread ended by itself; another replaces it. The cause is undefined if none is known. */
  threadLost: [cause: unknown];
  /**
   * A thread was taken out of service; another replaces it. A job outlived its grace after it was cancelled or timed out,
   * the thread was stuck in what a finished job had left behind, or an exception was not caught.
   */
  threadRetired: [reason: RetirementReason];
  /** A thread has loaded the module. */
  threadReady: [];
  /** `close()` is done. */
  closed: [report: CloseReport];
}

/** Taken at the start: events are no timeouts, so that they come where a test fakes this, too. */
const { queueMicrotask } = globalThis;

interface Deferred {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * A fixed number of threads that run the functions of one module, behind a bounded backlog.
 *
 * @typeParam Module - The job module's type, `typeof import('./jobs.js')`: names, inputs and results
 *   are inferred from it. Without it every name compiles and values are `unknown`.
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
   * Starts the threads at once; `ready()` tells when they have loaded the module.
   *
   * @param module - The job module: a `file:` URL (`new URL('./jobs.js', import.meta.url)`), its text,
   *   or an absolute path. ESM or CommonJS. Where there is no `jobs.js`, but a `jobs.ts`, that is loaded.
   * @param options - See `PoolOptions`; every default is safe.
   * @throws InvalidOptionError `ERR_INVALID_OPTION`: names the option, the value and what is valid.
   * @throws NestedPoolError `ERR_NESTED_POOL`: on a thread that serves the same module.
   * @throws UnsupportedRuntimeError `ERR_UNSUPPORTED_RUNTIME`: on Deno and Bun.
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
   * Runs a job and gives its result. Never throws synchronously.
   *
   * @returns A promise of the function's result. It rejects with what the function threw, with
   *   `signal.reason` when cancelled, or with one of the errors below.
   * @throws BacklogFullError `ERR_BACKLOG_FULL`: no room; with `overflow: 'wait'` only if no more may wait.
   * @throws JobTooLargeError `ERR_JOB_TOO_LARGE`
   * @throws JobDroppedError `ERR_JOB_DROPPED`
   * @throws JobTimeoutError `ERR_JOB_TIMEOUT`
   * @throws ThreadLostError `ERR_THREAD_LOST`
   * @throws ModuleLoadError `ERR_MODULE_LOAD`
   * @throws UnknownJobError `ERR_UNKNOWN_JOB`
   * @throws NotCloneableError `ERR_NOT_CLONEABLE`
   * @throws PoolClosedError `ERR_POOL_CLOSED`
   * @throws InvalidOptionError `ERR_INVALID_OPTION`
   *
   * Cancel safety: abort `signal` at any time; a waiting or queued job then never runs, a running one rejects at once. It
   * is told to stop (`JobContext.signal`), and its slot is free when its function has ended, or when its thread has been
   * replaced as it outlived `graceMs`.
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
   * Submits a job, and gives its handle when it is accepted. With `overflow: 'wait'` that is when
   * there is room, first come, first served: awaiting it is how a producer is held back. Never
   * throws synchronously.
   *
   * @returns A promise of the `Job`. It rejects as `run` does where the job is not accepted; what
   *   happens afterwards is told by `job.result`, and by the `'failed'` event if nobody reads that.
   *
   * Cancel safety: abort `signal` while it waits, and it leaves the queue at once with no trace.
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
   * Submits a job if there is room now; never waits, never overtakes those who wait, and never drops
   * another job (`overflow` does not apply).
   *
   * @returns The accepted job, or undefined where the backlog is full: the cheapest refusal there is.
   * @throws The errors of `run`, synchronously, but for `ERR_BACKLOG_FULL`; `signal.reason` where
   *   the signal has aborted.
   */
  trySubmit<Name extends JobName<Module>>(
    name: Name,
    ...args: JobArguments<Module[Name]>
  ): Job<JobResult<Module[Name]>> | undefined;
  trySubmit(name: string, input?: unknown, options?: SubmitOptions): Job<unknown> | undefined {
    return this.#scheduler.trySubmit(name, input, options);
  }

  /**
   * Runs a job for each item of a source and gives the results, in the order of the items. Only so many items are pulled
   * as the window and the pool have room for, so that a source of any length takes the memory of a window.
   *
   * A map waits under every `overflow` and drops nobody. It leaves half of the backlog to others; maps take turns.
   *
   * @param source - An iterable or async iterable: an array, a generator, a stream of Node or of the web. Promises that a
   *   synchronous one yields are awaited one by one. It is opened by the first `next()`, asked for one item at a time, and
   *   closed (`return()`) exactly once if the map ends before it does.
   * @param options - See `MapOptions`.
   * @returns An async iterable iterator, to be read once; `Readable.from` and `ReadableStream.from` take it, too. Its
   *   `next()` rejects with what a job failed with (as `run` does), what the source threw, `signal.reason`, or
   *   `ERR_POOL_CLOSED`; nothing of the map runs then any more.
   * @throws InvalidOptionError `ERR_INVALID_OPTION`, synchronously.
   *
   * Cancel safety: leave the loop, call `return()`, or abort `signal`; what is in flight is taken back or cancelled, and
   * the source is closed, before that is done. A job that ignores its signal holds it up for its grace, and a source that
   * does not answer a pull for a second.
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
   * Makes a group: jobs that end together, so that nothing of them leaks out of the block that started them. The first
   * failure cancels the others; leaving the block cancels what is left and waits until nothing of it runs.
   *
   * ```js
   * await using group = pool.group();
   * const [user, orders] = await Promise.all([group.run('user', id), group.run('orders', id)]);
   * ```
   *
   * @throws InvalidOptionError `ERR_INVALID_OPTION`
   */
  group(options?: GroupOptions): Group<Module> {
    return new Group<Module>(this.#scheduler, options, (job) => this.#reportFailure(job));
  }

  /** A job as a function of its own: `const hash = pool.job('hash'); await hash(bytes)`. */
  job<Name extends JobName<Module>>(
    name: Name,
  ): (...args: JobArguments<Module[Name]>) => Promise<JobResult<Module[Name]>> {
    return (...args) => this.run(name, ...args);
  }

  /**
   * Fulfils when every thread has loaded the module. Jobs may be submitted before.
   *
   * @throws ModuleLoadError `ERR_MODULE_LOAD`: it failed three times in a row per thread, no thread ready.
   * @throws PoolClosedError `ERR_POOL_CLOSED`: the pool was closed before.
   */
  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#awaitingReady.push({ resolve, reject });
      this.#keepAlive.hold();
      this.#settleReady();
    });
  }

  /** A snapshot; plain data. Cost: about 10 µs. */
  stats(): PoolStats {
    return this.#scheduler.stats(this.#threads);
  }

  /**
   * Closes the pool for good. New jobs and those that wait for room are refused with
   * `ERR_POOL_CLOSED`; accepted ones run to their end, or until the deadline: what is left then
   * rejects with `ERR_POOL_CLOSED` and is handed back as `unfinished`. Jobs that run are told so before the deadline
   * (by `graceMs`, or a fifth of the deadline where that is less); one that fails from then on counts as unfinished.
   *
   * Then the threads run `teardown` and end; one that does not is ended by force after `drainMs`. At the deadline
   * `close` fulfils whatever threads do, at most 0.1 s late; those that are left keep the process no longer alive.
   *
   * @returns The report. Every call gives the same promise; the earliest deadline wins. It rejects
   *   only for `ERR_INVALID_OPTION`.
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
 * A promise that rejects in a microtask. One that is rejected when it is given out is first noted as unhandled by Node, and
 * taken off that list when the caller's handler comes: half of what a refusal cost.
 */
async function rejectSoon(error: unknown): Promise<never> {
  await undefined;
  throw error;
}
