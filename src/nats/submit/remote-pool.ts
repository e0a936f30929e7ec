/**
 * Submits jobs to nodes on other machines, with the verbs of the local pool.
 *
 * Invariants: submitted = waiting + queued + running + the sum of the endings, at every instant; every promise settles
 * once: by a result, a timeout, its signal, or because its result is provably lost.
 */
import { format } from 'node:util';
import type { JetStreamManager } from '@nats-io/jetstream';
import { nuid } from '@nats-io/transport-node';
import type { MapOptions } from '../../api/map-options.js';
import type { JobArguments, JobInput, JobName, JobResult, UntypedModule } from '../../api/types.js';
import { type MapOutcome, Mapping } from '../../map/mapping.js';
import { MapRows } from '../../map/rows.js';
import type { MapSource } from '../../map/source.js';
import {
  InvalidOptionError,
  JobTimeoutError,
  PoolClosedError,
  type TimeoutPhase,
} from '../../api/errors.js';
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
import { Feeding } from './feeding.js';
import { Inbox, type InboxEvents } from './inbox.js';
import { asked, isUnanswered } from '../server/faults.js';
import { managerOf } from '../server/manager.js';
import { isWellFormed } from '../server/names.js';
import { checkProvisioned } from '../server/provisioned.js';
import { storedMessage } from '../server/stored.js';
import { Outbox } from './outbox.js';
import { Publisher } from './publisher.js';
import { Room } from './room.js';
import {
  type RemotePoolOptions,
  type RemoteSettings,
  remoteSettings,
  type RemoteSubmitOptions,
  type RemoteTerms,
  remoteTerms,
} from './pool-options.js';
import { refusedError } from '../message/refused.js';
import { type RemoteEnding, type RemoteJob, RemoteJobRecord } from './remote-job.js';

/** The arguments after the name of a remote job: its input, and `RemoteSubmitOptions`. */
export type RemoteArguments<Job> =
  JobArguments<Job> extends [input?: infer Input, options?: unknown]
    ? [] extends JobArguments<Job>
      ? [input?: Input, options?: RemoteSubmitOptions]
      : [input: Input, options?: RemoteSubmitOptions]
    : never;

/** How much a job is charged beside its input, here. */
const JOB_OVERHEAD_BYTES = 1024;
/** How often jobs that were long not heard of are looked for. */
const SWEEP_MS = 10_000;
/** How many of them at a time. */
const SWEPT = 100;
const LONGEST_MS = 2 ** 31 - 1;

/** The endings that a caller did not ask for. */
const FAILURES: ReadonlySet<RemoteEnding> = new Set(['rejected', 'timedOut']);
const ENDINGS = ['fulfilled', 'rejected', 'cancelled', 'timedOut', 'refused'] as const;

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
export interface RemoteCloseReport extends Readonly<Record<RemoteEnding, number>> {
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
  /** By their ids: those that wait, and those that are accepted. */
  readonly #jobs = new Map<string, RemoteJobRecord>();
  readonly #endings: Record<RemoteEnding, number> = {
    fulfilled: 0,
    rejected: 0,
    cancelled: 0,
    timedOut: 0,
    refused: 0,
  };
  #outbox!: Outbox;
  #inbox!: Inbox;
  #feeding!: Feeding;
  #submitted = 0;
  #accepted = 0;
  #isClosing = false;
  #closing: Promise<RemoteCloseReport> | undefined;
  #closeAt: NodeJS.Timeout | undefined;
  #closeAtMs = Infinity;
  #drained: (() => void) | undefined;
  #sweeping: NodeJS.Timeout | undefined;
  #isSweeping = false;
  #hasWarned = false;

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
      refused: (job, error) => pool.#settle(job, 'refused', error),
      unread: () => pool.#accepted,
      slack: () => pool.#feeding.onSlack(),
    });
    pool.#feeding = new Feeding(
      {
        hasSlack: (bytes) => pool.#outbox.hasSlack(bytes),
        submitted: () => pool.#submitted,
        submit: (job, input, jobOptions) => pool.#feed(job, input, jobOptions),
      },
      max_msgs,
      limits.bytes,
    );
    const events: InboxEvents = {
      result: (id, nonce, envelope) => {
        pool.#cancellations.forget(nonce);
        pool.#onResult(pool.#find(id, nonce), envelope);
      },
      unreadable: (id, nonce, error) => pool.#settle(pool.#find(id, nonce), 'rejected', error),
      started: (id, nonce) => pool.#onStarted(pool.#find(id, nonce), nonce),
      progress: (id, nonce, progress) => pool.#onProgress(pool.#find(id, nonce), progress),
    };
    pool.#inbox = await asked(Inbox.open(connection, manager, names, pool.#submitter, events));
    void connection.closed().then((error) => pool.#onConnectionClosed(error));
    pool.#sweeping = setInterval(() => void pool.#sweep(), SWEEP_MS).unref();
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
    const job = this.#make(name, input, options, 'refuse');
    if (job.ending === undefined) this.#enter(job);
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
    let [waiting, queued, running] = [0, 0, 0];
    for (const job of this.#jobs.values()) {
      if (!job.isAccepted) waiting += 1;
      else if (job.hasStarted) running += 1;
      else queued += 1;
    }
    return {
      jobs: { submitted: this.#submitted, waiting, queued, running, ...this.#endings },
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

  #submit(name: string, input: unknown, options: RemoteSubmitOptions | undefined): RemoteJobRecord {
    const { overflow } = this.#settings;
    const job = this.#make(name, input, options, overflow === 'wait' ? 'wait' : 'refuse');
    if (job.ending === undefined) this.#enter(job);
    return job;
  }

  /** @throws What the job is refused with. */
  #feed(name: string, input: unknown, options: RemoteSubmitOptions | undefined): RemoteJobRecord {
    const job = this.#make(name, input, options, 'feeds');
    if (job.ending === undefined) this.#enter(job);
    if (job.ending !== undefined) throw job.value;
    return job;
  }

  /** Lets it wait for room, or refuses it where no more may wait. */
  #enter(job: RemoteJobRecord): void {
    try {
      this.#outbox.add(job);
    } catch (error) {
      this.#settle(job, 'refused', error);
    }
  }

  /** @throws InvalidOptionError, NotCloneableError */
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
    this.#submitted += 1;
    const { totalMs, queueMs, runMs } = terms.timeouts;
    const startWithinMs = Math.min(totalMs ?? Infinity, queueMs ?? Infinity);
    const job = new RemoteJobRecord(this.#cancel, this.#submitted, {
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
      this.#settle(
        job,
        'refused',
        new PoolClosedError('The pool is closed and takes no more jobs.', false),
      );
    } else if (this.#jobs.has(id)) {
      this.#settle(job, 'refused', new DuplicateJobError(id));
    } else {
      this.#jobs.set(id, job);
      this.#limit(job, terms);
    }
    return job;
  }

  /** Sets what may end the job before its result. */
  #limit(job: RemoteJobRecord, { signal, timeouts }: RemoteTerms): void {
    if (signal?.aborted) return void this.#cancel(job, signal.reason);
    if (signal !== undefined) {
      const onAbort = (): void => void this.#cancel(job, signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      job.whenEnded.push(() => signal.removeEventListener('abort', onAbort));
    }
    this.#expireAfter(job, 'total', timeouts.totalMs);
    this.#expireAfter(job, 'accept', timeouts.acceptMs, () => job.isAccepted);
    if (timeouts.queueMs === undefined) return;
    job.whenAccepted = () =>
      this.#expireAfter(job, 'queue', timeouts.queueMs, () => job.hasStarted);
  }

  #expireAfter(
    job: RemoteJobRecord,
    phase: TimeoutPhase,
    timeoutMs: number | undefined,
    isPast: () => boolean = () => false,
  ): void {
    if (timeoutMs === undefined) return;
    const timer = setTimeout(
      () => {
        if (isPast() || job.ending !== undefined) return;
        const error = new JobTimeoutError(job.name, phase, timeoutMs, mayHaveStarted(job));
        this.#end(job, 'timedOut', error, 'TimeoutError');
      },
      Math.min(timeoutMs, LONGEST_MS),
    );
    job.whenEnded.push(() => clearTimeout(timer));
  }

  readonly #cancel = (job: RemoteJobRecord, reason: unknown): boolean =>
    this.#end(job, 'cancelled', reason, 'AbortError');

  /** Ends a job from this side: it leaves the line, or its node is told. */
  #end(
    job: RemoteJobRecord,
    ending: 'cancelled' | 'timedOut' | 'rejected',
    value: unknown,
    told: CancelReason,
  ): boolean {
    if (!this.#settle(job, ending, value)) return false;
    // One that is under way may be stored already.
    if (!this.#outbox.forget(job)) this.#cancellations.cancel(job.headers.nonce, told);
    return true;
  }

  #onAccepted(job: RemoteJobRecord, sequence: number): void {
    // Its result was sooner than the acknowledgement.
    if (job.isAccepted) return;
    if (job.ending !== undefined)
      return this.#cancellations.cancel(job.headers.nonce, 'AbortError');
    this.#accepted += 1;
    job.accept(sequence);
  }

  #find(id: string, nonce: string): RemoteJobRecord | undefined {
    const job = this.#jobs.get(id);
    return job?.headers.nonce === nonce ? job : undefined;
  }

  #onStarted(job: RemoteJobRecord | undefined, nonce: string): void {
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

  #onResult(job: RemoteJobRecord | undefined, { outcome, progress }: Envelope): void {
    if (job === undefined) return;
    // The acknowledgement may still be under way.
    if (!job.isAccepted) this.#onAccepted(job, 0);
    job.hasStarted = true;
    if (progress !== undefined) this.#onProgress(job, progress);
    switch (outcome.kind) {
      case 'fulfilled':
        return void this.#settle(job, 'fulfilled', outcome.value);
      case 'threw':
        return void this.#settle(job, 'rejected', outcome.error);
      case 'refused': {
        const error = refusedError(outcome.fields);
        const ending = error.code === 'ERR_JOB_TIMEOUT' ? 'timedOut' : 'rejected';
        return void this.#settle(job, ending, error);
      }
    }
  }

  #settle(job: RemoteJobRecord | undefined, ending: RemoteEnding, value: unknown): boolean {
    if (job === undefined || !job.settle(ending, value)) return false;
    this.#endings[ending] += 1;
    if (this.#jobs.get(job.id) === job) this.#jobs.delete(job.id);
    if (job.isAccepted) this.#accepted -= 1;
    if (FAILURES.has(ending) && job.isAccepted && !job.isWatched) this.#reportUnread(job);
    this.#outbox.onSettled(job);
    if (this.#isClosing && this.#jobs.size === 0) this.#drained?.();
    return true;
  }

  /** Warns once of a job that failed unheard; later, as its handle may not have been given out yet. */
  #reportUnread(job: RemoteJobRecord): void {
    setImmediate(() => {
      if (job.isWatched || this.#hasWarned) return;
      this.#hasWarned = true;
      process.emitWarning(
        `Job '${job.name}' failed and nobody has read its result (read job.result; this is said once per pool): ` +
          format('%s', (job.value as Error | undefined)?.message ?? job.value),
        { type: 'MillraceWarning', code: 'MILLRACE_FAILED_UNREAD' },
      );
    });
  }

  /** Nothing comes any more: the connection was closed, or has given up. */
  #onConnectionClosed(cause: unknown): void {
    const message = 'The connection to the server was closed before the job ended.';
    this.#isClosing = true;
    this.#outbox.close();
    for (const job of this.#jobs.values()) {
      const ending = job.isAccepted ? 'rejected' : 'refused';
      this.#settle(job, ending, new PoolClosedError(message, mayHaveStarted(job), cause));
    }
    this.#feeding.close(() => new PoolClosedError(message, false, cause));
    clearInterval(this.#sweeping);
  }

  /** Looks for the results of jobs that were long not heard of: the message that told may not have come. */
  async #sweep(): Promise<void> {
    const { connection } = this.#settings;
    if (connection.isClosed() || this.#isSweeping) return;
    this.#isSweeping = true;
    const beforeMs = performance.now() - SWEEP_MS;
    const old = [...this.#jobs.values()]
      .filter(({ isAccepted, lookedUpMs }) => isAccepted && lookedUpMs < beforeMs)
      .toSorted((a, b) => a.lookedUpMs - b.lookedUpMs);
    try {
      for (const job of old.slice(0, SWEPT)) await this.#lookUp(job);
    } catch (error) {
      // The server can't be asked now, and the next sweep does; or there is nothing to be asked for any more.
      if (error instanceof RemoteSetupError) this.#abandon(error);
    } finally {
      this.#isSweeping = false;
    }
  }

  async #lookUp(job: RemoteJobRecord): Promise<void> {
    const { names } = this.#settings;
    job.lookedUpMs = performance.now();
    const { sequence: seq } = job;
    try {
      if (seq > 0 && (await storedMessage(this.#manager, names.jobs, { seq })) !== null) return;
      if (job.ending !== undefined || (await this.#inbox.read(job.id))) return;
    } catch (error) {
      if (isUnanswered(error)) await checkProvisioned(this.#manager, names);
      throw error;
    }
    // A second time, as its result may have been stored between the two questions.
    if (job.isMissing) this.#settle(job, 'rejected', new ResultLostError(job.name));
    job.isMissing = true;
  }

  /** The streams are gone, and all jobs with them. */
  #abandon({ message, fault, cause }: RemoteSetupError): void {
    for (const job of this.#jobs.values()) {
      if (!job.isAccepted) continue;
      const error = new RemoteSetupError(fault, message, cause, mayHaveStarted(job));
      this.#settle(job, 'rejected', error);
    }
  }

  async #shutDown(): Promise<RemoteCloseReport> {
    this.#isClosing = true;
    const before = { ...this.#endings };
    this.#feeding.close(
      () => new PoolClosedError('The pool was closed before the map had ended.', false),
    );
    for (const job of this.#outbox.close()) {
      this.#settle(
        job,
        'refused',
        new PoolClosedError('The pool was closed while the job waited.', false),
      );
    }
    if (this.#jobs.size > 0) await new Promise<void>((resolve) => (this.#drained = resolve));
    clearTimeout(this.#closeAt);
    clearInterval(this.#sweeping);
    if (!this.#settings.connection.isClosed()) await this.#inbox.close();
    const since = Object.fromEntries(
      ENDINGS.map((ending) => [ending, this.#endings[ending] - before[ending]]),
    ) as Record<RemoteEnding, number>;
    return { ...since, unfinished: this.#unfinished };
  }

  readonly #unfinished: Array<RemoteCloseReport['unfinished'][number]> = [];

  #closeWithin(deadlineMs: number): void {
    const atMs = performance.now() + deadlineMs;
    // Without jobs nothing is waited for, and while the pool closes none come.
    if (this.#jobs.size === 0 || atMs >= this.#closeAtMs) return;
    this.#closeAtMs = atMs;
    clearTimeout(this.#closeAt);
    this.#closeAt = setTimeout(() => {
      for (const job of this.#jobs.values()) {
        const { id, name, input } = job;
        const started = mayHaveStarted(job);
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

/** News of its start need not arrive, so that each job that the server may have may have run. */
function mayHaveStarted({ hasStarted, isAccepted, isSent }: RemoteJobRecord): boolean {
  return hasStarted || isAccepted || isSent;
}
