/**
 * Submits jobs to nodes on other machines, with the verbs of the local pool: makes the jobs, and ends them by what the
 * outbox, the inbox and the sweep report.
 *
 * Invariant: every promise settles once: by a result, a timeout, its signal, or because its result is provably lost.
 */
import type { JetStreamManager } from '@nats-io/jetstream';
import { nuid } from '@nats-io/transport-node';
import type { MapOptions } from '../../api/map-options.js';
import type { JobArguments, JobInput, JobName, JobResult, UntypedModule } from '../../api/types.js';
import { type MapOutcome, Mapping } from '../../map/mapping.js';
import { MapRows } from '../../map/rows.js';
import type { MapSource } from '../../map/source.js';
import { InvalidOptionError, PoolClosedError } from '../../api/errors.js';
import { checkName, closeDeadlineMs, type CloseOptions, invalid } from '../../api/options.js';
import type { CancelReason } from '../message/cancel.js';
import { encodeInput, type Envelope, type Progress } from '../message/codec.js';
import {
  DuplicateJobError,
  RemoteFullError,
  RemoteSetupError,
  ResultLostError,
} from '../errors.js';
import { Cancellations } from './cancellations.js';
import { watchEarlyEnd } from './early-end.js';
import { Feeding } from './feeding.js';
import { Inbox, type InboxEvents } from './inbox.js';
import { asked } from '../server/faults.js';
import { managerOf } from '../server/manager.js';
import { isWellFormed } from '../server/names.js';
import { checkProvisioned } from '../server/provisioned.js';
import { Outbox } from './outbox.js';
import { Publisher } from './publisher.js';
import { Room } from './room.js';
import {
  type RemotePoolOptions,
  type RemoteSettings,
  remoteSettings,
  type RemoteSubmitOptions,
  remoteTerms,
} from './pool-options.js';
import { refusedError } from '../message/refused.js';
import { type RemoteEnding, type RemoteJob, RemoteJobRecord } from './remote-job.js';
import { type RemoteEndings, RemoteJobs } from './remote-jobs.js';
import { Sweep } from './sweep.js';

/** The arguments after the name of a remote job: its input, and `RemoteSubmitOptions`. */
export type RemoteArguments<Job> =
  JobArguments<Job> extends [input?: infer Input, options?: unknown]
    ? [] extends JobArguments<Job>
      ? [input?: Input, options?: RemoteSubmitOptions]
      : [input: Input, options?: RemoteSubmitOptions]
    : never;

/** How much a job is charged beside its input, here. */
const JOB_OVERHEAD_BYTES = 1024;
/** A snapshot of a remote pool: plain data. */
export interface RemoteStats {
  /** This pool's jobs by state. Always: submitted = waiting + queued + running + the sum of the endings. */
  readonly jobs: Readonly<
    Record<'submitted' | 'waiting' | 'queued' | 'running' | RemoteEnding, number>
  >;
  /** The jobs that the server holds, of all submitters. */
  readonly server: {
    /** Jobs that wait or run. */
    readonly jobs: number;
    /** Their bytes. */
    readonly bytes: number;
    /** Jobs that a node has taken and not finished. */
    readonly running: number;
    /** The bounds. */
    readonly limit: {
      /** Max jobs that wait or run. */
      readonly jobs: number;
      /** Max bytes of all of them. */
      readonly bytes: number;
    };
  };
}

/** The report of `close()`: the number of jobs by ending since the call, and the jobs that did not end. */
export interface RemoteCloseReport extends RemoteEndings {
  /** Jobs that were, or may have been, accepted and had not ended at the deadline. They count as rejected. */
  readonly unfinished: ReadonlyArray<{
    readonly id: string;
    readonly name: string;
    readonly input: unknown;
    /** Whether it may have run. */
    readonly started: boolean;
  }>;
}

/**
 * Submits jobs to nodes on any machine (see `serve`), with these methods of `Pool`: `run`, `submit`, `trySubmit`,
 * `map`, `stats`, `close`.
 *
 * @typeParam Module - The type of the job module, `typeof import('./jobs.js')`, as for `Pool`.
 * @example
 * ```ts
 * import { connect } from '@nats-io/transport-node';
 * import { RemotePool } from 'millrace/nats';
 *
 * const connection = await connect({ servers: 'localhost:4222', maxReconnectAttempts: -1 });
 * const pool = await RemotePool.connect<typeof import('./jobs.js')>({ connection, name: 'numbers' });
 * console.log(await pool.run('square', 7)); // 49
 * await pool.close();
 * await connection.close();
 * ```
 */
export class RemotePool<Module extends object = UntypedModule> {
  readonly #settings: RemoteSettings;
  readonly #manager: JetStreamManager;
  readonly #submitter: string;
  readonly #cancellations: Cancellations;
  readonly #jobs = new RemoteJobs((job) => this.#outbox.onSettled(job));
  #outbox!: Outbox;
  #inbox!: Inbox;
  #feeding!: Feeding;
  #sweep!: Sweep;
  #isClosing = false;
  #closing: Promise<RemoteCloseReport> | undefined;
  #closeAt: NodeJS.Timeout | undefined;
  #closeAtMs = Infinity;

  private constructor(settings: RemoteSettings, manager: JetStreamManager) {
    if (manager === undefined) {
      throw new InvalidOptionError(
        'options',
        'A RemotePool is made by await RemotePool.connect(options), which checks its streams.',
      );
    }
    this.#settings = settings;
    this.#manager = manager;
    this.#submitter = nuid.next();
    this.#cancellations = new Cancellations(settings.connection, settings.names);
  }

  /**
   * Creates a pool that submits to the streams that `provision` has created.
   *
   * @throws InvalidOptionError `ERR_INVALID_OPTION`
   * @throws RemoteSetupError `ERR_REMOTE_SETUP`: no such pool on this server, or one that would lose jobs.
   */
  static async connect<Module extends object = UntypedModule>(
    options: RemotePoolOptions,
  ): Promise<RemotePool<Module>> {
    const settings = remoteSettings(options);
    const { connection, names, limits } = settings;
    const manager = await managerOf(connection);
    const { max_msgs } = await checkProvisioned(manager, names);
    const pool = new RemotePool<Module>(settings, manager);
    const publisher = new Publisher(connection, manager, names);
    const watch = (onRoom: () => void): Room => new Room(connection, names, onRoom);
    pool.#outbox = new Outbox(publisher, watch, limits, {
      accepted: (job, sequence) => pool.#onAccepted(job, sequence),
      refused: (job, error) => pool.#jobs.settle(job, 'refused', error),
      unread: () => pool.#jobs.accepted,
      slack: () => pool.#feeding.onSlack(),
    });
    pool.#feeding = new Feeding(
      {
        hasSlack: (bytes) => pool.#outbox.hasSlack(bytes),
        submitted: () => pool.#jobs.submitted,
        submit: (job, input, jobOptions) => pool.#feed(job, input, jobOptions),
      },
      max_msgs,
      limits.bytes,
    );
    const events: InboxEvents = {
      result: (id, nonce, envelope) => pool.#onResult(id, nonce, envelope),
      unreadable: (id, nonce, error) => pool.#onUnreadable(id, nonce, error),
      started: (id, nonce) => pool.#onStarted(id, nonce),
      progress: (id, nonce, progress) => pool.#onProgress(pool.#jobs.find(id, nonce), progress),
    };
    pool.#inbox = await asked(Inbox.open(connection, manager, names, pool.#submitter, events));
    void connection.closed().then((error) => pool.#onConnectionClosed(error));
    pool.#sweep = new Sweep(manager, names, {
      jobs: pool.#jobs,
      isClosed: () => connection.isClosed(),
      read: (id) => pool.#inbox.read(id),
      lost: (job) => pool.#jobs.settle(job, 'rejected', new ResultLostError(job.name)),
      gone: (error) => pool.#abandon(error),
    });
    return pool;
  }

  /**
   * Runs a job on a node and returns its result. Never throws synchronously.
   *
   * Cancel safety: abort `signal` at any time; the promise rejects at once. A job that was not sent yet never runs. One
   * that was sent does not run if the node that takes it has heard of the cancellation; a running one is asked to stop.
   *
   * @returns A promise of the function's result. It rejects with the error that the function threw, with
   *   `signal.reason` after a cancellation, or with one of the errors below.
   * @throws BacklogFullError `ERR_BACKLOG_FULL`: with `overflow: 'reject'`, or if no more submissions may wait in this
   *   process (`waiters`, `bytes`).
   * @throws DuplicateJobError `ERR_DUPLICATE_JOB`
   * @throws JobTimeoutError `ERR_JOB_TIMEOUT`
   * @throws JobTooLargeError `ERR_JOB_TOO_LARGE`
   * @throws DeadLetterError `ERR_DEAD_LETTER`
   * @throws RemoteSetupError `ERR_REMOTE_SETUP`: the streams were deleted, or a permission is missing.
   * @throws ResultLostError `ERR_RESULT_LOST`
   * @throws ResultTooLargeError `ERR_RESULT_TOO_LARGE`
   * @throws UnknownJobError `ERR_UNKNOWN_JOB`
   * @throws ThreadLostError `ERR_THREAD_LOST`
   * @throws NotCloneableError `ERR_NOT_CLONEABLE`
   * @throws PoolClosedError `ERR_POOL_CLOSED`
   * @throws InvalidOptionError `ERR_INVALID_OPTION`
   * @example
   * ```ts
   * console.log(await pool.run('square', 7, { timeout: 10_000 })); // 49
   * ```
   */
  async run<Name extends JobName<Module>>(
    name: Name,
    ...args: RemoteArguments<Module[Name]>
  ): Promise<JobResult<Module[Name]>> {
    const [input, options] = args as [unknown, RemoteSubmitOptions | undefined];
    return (await this.#submit(name, input, options).result) as JobResult<Module[Name]>;
  }

  /**
   * Submits a job and returns its handle once the server has stored it, so awaiting the call applies backpressure to
   * the producer. Never throws synchronously.
   *
   * Cancel safety: abort `signal` while the submission waits, and it leaves the queue at once.
   *
   * @throws The errors of `run`, if the job is not accepted.
   * @example
   * ```ts
   * const job = await pool.submit('square', 7, { id: 'order-17' }); // waits while the server is full
   * console.log(job.id, await job.result); // order-17 49
   * ```
   */
  async submit<Name extends JobName<Module>>(
    name: Name,
    ...args: RemoteArguments<Module[Name]>
  ): Promise<RemoteJob<JobResult<Module[Name]>>> {
    const [input, options] = args as [unknown, RemoteSubmitOptions | undefined];
    const job = await this.#submit(name, input, options).acceptance();
    return job as RemoteJob<JobResult<Module[Name]>>;
  }

  /**
   * Submits a job if the server has room now. Never waits for room, and never overtakes waiting submissions of its key.
   * While the server can't be reached it waits for that; limit it by `timeout`.
   *
   * @returns A promise of the accepted job, or of undefined if there is no room.
   * @throws The errors of `run` except `ERR_BACKLOG_FULL`.
   * @example
   * ```ts
   * const job = await pool.trySubmit('square', 7);
   * if (job === undefined) console.error('busy, try again later');
   * else console.log(await job.result); // 49
   * ```
   */
  async trySubmit<Name extends JobName<Module>>(
    name: Name,
    ...args: RemoteArguments<Module[Name]>
  ): Promise<RemoteJob<JobResult<Module[Name]>> | undefined> {
    const [input, options] = args as [unknown, RemoteSubmitOptions | undefined];
    const job = this.#submit(name, input, options, 'refuse');
    try {
      return (await job.acceptance()) as RemoteJob<JobResult<Module[Name]>>;
    } catch (error) {
      if (job.ending === 'refused' && error instanceof RemoteFullError) return undefined;
      throw error;
    }
  }

  /**
   * Runs a job for each item of a source and yields the results, as `Pool.map` does; see `MapOptions`. It waits for
   * room under every `overflow` and delays no other submission, because at most one of its items waits for the server.
   *
   * By default 32 jobs are in flight, as the number of slots on the nodes is unknown here. If it ends early, running
   * jobs are asked to stop, and not awaited.
   *
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
    return new MapRows(new Mapping<RemoteJobRecord>(this.#feeding, name, source, options));
  }

  /**
   * Returns a snapshot of this pool's jobs and of the server's backlog. Cost: two requests to the server.
   *
   * @throws PoolClosedError `ERR_POOL_CLOSED`: the connection is closed.
   * @example
   * ```ts
   * const { jobs, server } = await pool.stats();
   * console.log(jobs.waiting, server.limit.jobs); // 0 1000
   * ```
   */
  async stats(): Promise<RemoteStats> {
    if (this.#settings.connection.isClosed()) {
      throw new PoolClosedError('The connection to the server is closed.', false);
    }
    const { jobs, nodes } = this.#settings.names;
    const [{ state, config }, { num_ack_pending }] = await Promise.all([
      this.#manager.streams.info(jobs),
      this.#manager.consumers.info(jobs, nodes),
    ]);
    const { submitted, endings } = this.#jobs;
    return {
      jobs: { submitted, ...this.#jobs.states(), ...endings },
      server: {
        jobs: state.messages,
        bytes: state.bytes,
        running: num_ack_pending,
        limit: { jobs: config.max_msgs, bytes: config.max_bytes },
      },
    };
  }

  /**
   * Closes the pool for good. New jobs and waiting submissions are rejected with `ERR_POOL_CLOSED`. Accepted jobs are
   * awaited, or until the deadline; those that remain then reject with `ERR_POOL_CLOSED`, are asked to stop, and are
   * returned as `unfinished`. The connection stays open.
   *
   * @example
   * ```ts
   * const { unfinished } = await pool.close({ deadlineMs: 10_000 });
   * for (const { id, name } of unfinished) console.error('not finished:', name, id);
   * console.log(unfinished.length); // 0
   * ```
   */
  close(options?: CloseOptions): Promise<RemoteCloseReport> {
    let deadlineMs: number | undefined;
    try {
      deadlineMs = closeDeadlineMs(options);
    } catch (error) {
      return Promise.reject(error as Error);
    }
    this.#closing ??= this.#shutDown();
    if (deadlineMs !== undefined) this.#closeWithin(deadlineMs);
    return this.#closing;
  }

  /** Closes without a deadline, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Submits a job, which is settled already if it is refused at once. @throws InvalidOptionError, NotCloneableError */
  #submit(
    name: string,
    input: unknown,
    options: RemoteSubmitOptions | undefined,
    whenFull: RemoteJobRecord['whenFull'] = this.#settings.overflow === 'wait' ? 'wait' : 'refuse',
  ): RemoteJobRecord {
    const job = this.#make(name, input, options, whenFull);
    if (job.ending !== undefined) return job;
    try {
      this.#outbox.add(job);
    } catch (error) {
      this.#jobs.settle(job, 'refused', error);
    }
    return job;
  }

  /** Submits a job of a map. @throws The error that the job is refused with. */
  #feed(name: string, input: unknown, options: RemoteSubmitOptions | undefined): RemoteJobRecord {
    const job = this.#submit(name, input, options, 'feeds');
    if (job.ending !== undefined) throw job.value;
    return job;
  }

  /** Makes a job, and watches what may end it early. @throws InvalidOptionError, NotCloneableError */
  #make(
    name: string,
    input: unknown,
    options: RemoteSubmitOptions | undefined,
    whenFull: RemoteJobRecord['whenFull'],
  ): RemoteJobRecord {
    checkName(name);
    if (!isWellFormed(name)) throw invalid('name', name, 'well-formed text');
    const terms = remoteTerms(options);
    const { encoding } = this.#settings;
    const payload = encodeInput(name, input, encoding);
    const id = terms.id ?? nuid.next();
    const { totalMs, queueMs, runMs } = terms.timeouts;
    const startWithinMs = Math.min(totalMs ?? Infinity, queueMs ?? Infinity);
    const job = new RemoteJobRecord(this.#cancel, this.#jobs.count(), {
      headers: {
        id,
        nonce: nuid.next(),
        name,
        submitter: this.#submitter,
        encoding,
        startWithinMs: Number.isFinite(startWithinMs) ? startWithinMs : undefined,
        runMs,
        graceMs: terms.graceMs,
        isHeard: terms.onProgress !== undefined,
      },
      key: terms.key,
      payload,
      bytes: payload.byteLength + JOB_OVERHEAD_BYTES,
      input,
      onProgress: terms.onProgress,
      whenFull,
    });
    if (this.#isClosing) {
      const error = new PoolClosedError('The pool is closed and takes no more jobs.', false);
      this.#jobs.settle(job, 'refused', error);
    } else if (this.#jobs.has(id)) {
      this.#jobs.settle(job, 'refused', new DuplicateJobError(id));
    } else {
      this.#jobs.add(job);
      watchEarlyEnd(job, terms, this.#end);
    }
    return job;
  }

  readonly #cancel = (job: RemoteJobRecord, reason: unknown): boolean =>
    this.#end(job, 'cancelled', reason, 'AbortError');

  /** Ends a job from this side: it leaves the queue, or its node is asked to stop it. */
  readonly #end = (
    job: RemoteJobRecord,
    ending: 'cancelled' | 'timedOut' | 'rejected',
    value: unknown,
    told: CancelReason,
  ): boolean => {
    if (!this.#jobs.settle(job, ending, value)) return false;
    // One that is under way may be stored already.
    if (!this.#outbox.forget(job)) this.#cancellations.cancel(job.headers.nonce, told);
    return true;
  };

  #onAccepted(job: RemoteJobRecord, sequence: number): void {
    // Its result was sooner than the acknowledgement.
    if (job.isAccepted) return;
    if (job.ending !== undefined)
      return this.#cancellations.cancel(job.headers.nonce, 'AbortError');
    this.#jobs.accept(job, sequence);
  }

  #onStarted(id: string, nonce: string): void {
    const job = this.#jobs.find(id, nonce);
    if (job === undefined) this.#cancellations.onStarted(nonce);
    else job.hasStarted = true;
  }

  #onProgress(job: RemoteJobRecord | undefined, progress: Progress | undefined): void {
    if (job === undefined || !(Number(progress?.n) > job.heard)) return;
    const { n, value } = progress as Progress;
    job.heard = n;
    job.hasStarted = true;
    try {
      job.onProgress?.(value);
    } catch (error) {
      // It is the caller's, as with a local pool; the subscription must not lose its other messages.
      process.nextTick(() => {
        throw error;
      });
    }
  }

  #onUnreadable(id: string, nonce: string, error: unknown): void {
    const job = this.#jobs.find(id, nonce);
    if (job !== undefined) this.#jobs.settle(job, 'rejected', error);
  }

  #onResult(id: string, nonce: string, { outcome, progress }: Envelope): void {
    this.#cancellations.forget(nonce);
    const job = this.#jobs.find(id, nonce);
    if (job === undefined) return;
    // The acknowledgement may still be under way.
    if (!job.isAccepted) this.#onAccepted(job, 0);
    job.hasStarted = true;
    if (progress !== undefined) this.#onProgress(job, progress);
    switch (outcome.kind) {
      case 'fulfilled':
        return void this.#jobs.settle(job, 'fulfilled', outcome.value);
      case 'threw':
        return void this.#jobs.settle(job, 'rejected', outcome.error);
      case 'refused': {
        const error = refusedError(outcome.fields);
        const ending = error.code === 'ERR_JOB_TIMEOUT' ? 'timedOut' : 'rejected';
        return void this.#jobs.settle(job, ending, error);
      }
    }
  }

  /** Nothing comes any more: the connection was closed, or has given up. */
  #onConnectionClosed(cause: unknown): void {
    const message = 'The connection to the server was closed before the job ended.';
    this.#isClosing = true;
    this.#outbox.close();
    for (const job of this.#jobs) {
      const ending = job.isAccepted ? 'rejected' : 'refused';
      this.#jobs.settle(job, ending, new PoolClosedError(message, job.mayHaveStarted, cause));
    }
    this.#feeding.close(() => new PoolClosedError(message, false, cause));
    this.#sweep.stop();
  }

  /** The streams are gone, and all jobs with them. */
  #abandon({ message, fault, cause }: RemoteSetupError): void {
    for (const job of this.#jobs) {
      if (!job.isAccepted) continue;
      const error = new RemoteSetupError(fault, message, cause, job.mayHaveStarted);
      this.#jobs.settle(job, 'rejected', error);
    }
  }

  async #shutDown(): Promise<RemoteCloseReport> {
    this.#isClosing = true;
    const before = this.#jobs.endings;
    this.#feeding.close(
      () => new PoolClosedError('The pool was closed before the map had ended.', false),
    );
    for (const job of this.#outbox.close()) {
      const error = new PoolClosedError('The pool was closed while the job waited.', false);
      this.#jobs.settle(job, 'refused', error);
    }
    await this.#jobs.drained();
    clearTimeout(this.#closeAt);
    this.#sweep.stop();
    if (!this.#settings.connection.isClosed()) await this.#inbox.close();
    const { fulfilled, rejected, cancelled, timedOut, refused } = this.#jobs.endings;
    return {
      fulfilled: fulfilled - before.fulfilled,
      rejected: rejected - before.rejected,
      cancelled: cancelled - before.cancelled,
      timedOut: timedOut - before.timedOut,
      refused: refused - before.refused,
      unfinished: this.#unfinished,
    };
  }

  readonly #unfinished: Array<RemoteCloseReport['unfinished'][number]> = [];

  #closeWithin(deadlineMs: number): void {
    const atMs = performance.now() + deadlineMs;
    // Without jobs nothing is waited for, and while the pool closes none come.
    if (this.#jobs.size === 0 || atMs >= this.#closeAtMs) return;
    this.#closeAtMs = atMs;
    clearTimeout(this.#closeAt);
    this.#closeAt = setTimeout(() => {
      for (const job of this.#jobs) {
        const { id, name, input, mayHaveStarted: started } = job;
        this.#unfinished.push({ id, name, input, started });
        const error = new PoolClosedError(
          'The closing deadline passed before the job ended.',
          started,
        );
        this.#end(job, 'rejected', error, 'AbortError');
      }
    }, deadlineMs);
  }
}
