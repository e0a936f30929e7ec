/**
 * Defines every error of this library.
 *
 * Invariant: each error has a stable `code`; each error that ends a job says in `started` whether
 * the job's code may have run, which is what decides if a retry is safe. Classes may be renamed,
 * codes may not.
 */

/**
 * The codes of all errors of this library. They are stable; the last five occur only with `millrace/nats`, whose nodes
 * may be of a newer version and send codes that are not listed here.
 */
export type ErrorCode =
  | 'ERR_BACKLOG_FULL'
  | 'ERR_GROUP_CLOSED'
  | 'ERR_INVALID_OPTION'
  | 'ERR_JOB_DROPPED'
  | 'ERR_JOB_TIMEOUT'
  | 'ERR_JOB_TOO_LARGE'
  | 'ERR_MODULE_LOAD'
  | 'ERR_NESTED_POOL'
  | 'ERR_NOT_CLONEABLE'
  | 'ERR_POOL_CLOSED'
  | 'ERR_THREAD_LOST'
  | 'ERR_UNKNOWN_JOB'
  | 'ERR_UNSUPPORTED_RUNTIME'
  | 'ERR_DEAD_LETTER'
  | 'ERR_DUPLICATE_JOB'
  | 'ERR_REMOTE_SETUP'
  | 'ERR_RESULT_LOST'
  | 'ERR_RESULT_TOO_LARGE';

/**
 * The base class of all errors of this library. Compare `code`, which is stable, and not the message. `instanceof`
 * fails for the errors of another copy of this library, such as the CommonJS one beside the ES module.
 *
 * @example
 * ```ts
 * import type { MillraceError } from 'millrace';
 *
 * try {
 *   await pool.run('wait', 60_000, { timeout: 50 });
 * } catch (error) {
 *   const { code } = error as MillraceError;
 *   if (code !== 'ERR_JOB_TIMEOUT') throw error;
 *   console.log(code); // ERR_JOB_TIMEOUT
 * }
 * ```
 */
export class MillraceError extends Error {
  /** Identifies the kind of error. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * The bound that a submission exceeded, by the name of its option; `'key'` and `'maxUnread'` only with `RemotePool`.
 */
export type BacklogLimit = 'jobs' | 'bytes' | 'waiters' | 'key' | 'maxUnread';

/**
 * `ERR_BACKLOG_FULL`: the pool has no room now. The job never started, so a retry is safe. The error has no stack, as
 * rejecting has to stay cheap under overload.
 *
 * @example
 * ```ts
 * import { type BacklogFullError, Pool } from 'millrace';
 *
 * await using pool = new Pool<typeof import('./jobs.js')>(new URL('./jobs.js', import.meta.url), {
 *   threads: 1,
 *   backlog: 0,
 *   overflow: 'reject',
 * });
 * const running = pool.run('wait', 100);
 * const busy = pool.run('square', 7).catch((error: BacklogFullError) => {
 *   if (error.code !== 'ERR_BACKLOG_FULL') throw error;
 *   return `503, Retry-After: ${Math.ceil(error.retryAfterMs / 1000)}`;
 * });
 * console.log(await busy); // 503, Retry-After: 1
 * console.log(await running); // done
 * ```
 */
export class BacklogFullError extends MillraceError {
  /** The job never started: a retry is safe. */
  readonly started = false;
  /** The bound that was exceeded. */
  readonly limit: BacklogLimit;
  /**
   * Whole milliseconds after which room is likely, 1 to 60,000: mean run time × excess ÷ slots. Until the pool has
   * measured a job it assumes a mean of 100 ms, and says at most 1000. With `RemotePool` always 1000.
   */
  readonly retryAfterMs: number;

  /** @param overflow - The pool's policy: who waits already is given other advice. */
  constructor(limit: BacklogLimit, held: string, retryAfterMs: number, overflow: string) {
    const relief =
      overflow === 'wait'
        ? 'submit from fewer producers at once.'
        : "hold the producer back: await pool.submit() with overflow: 'wait'.";
    super(
      'ERR_BACKLOG_FULL',
      `The backlog is full (${held}). Retry after about ${retryAfterMs} ms, answer "busy", raise ` +
        `backlog.${limit}, run many jobs by pool.map(), or ${relief}`,
    );
    this.limit = limit;
    this.retryAfterMs = retryAfterMs;
  }
}

/** `ERR_JOB_TOO_LARGE`: the job alone exceeds `backlog.bytes`, so it can never be accepted. */
export class JobTooLargeError extends MillraceError {
  /** The job never started. */
  readonly started = false;
  /** The bytes charged for the job, with 512 of overhead; with `RemotePool` those of its encoded input. */
  readonly bytes: number;

  constructor(name: string, bytes: number, limitBytes: number) {
    super(
      'ERR_JOB_TOO_LARGE',
      `Job '${name}' is charged ${bytes} bytes, more than backlog.bytes allows in all (${limitBytes}). ` +
        'Send less, share memory, or raise backlog.bytes.',
    );
    this.bytes = bytes;
  }
}

/** `ERR_JOB_DROPPED`: the job was removed from the full backlog to make room (`overflow: 'drop-oldest'`). */
export class JobDroppedError extends MillraceError {
  /** The job never started: a retry is safe. */
  readonly started = false;

  constructor(name: string) {
    super(
      'ERR_JOB_DROPPED',
      `Job '${name}' was dropped from the full backlog before it started (overflow: 'drop-oldest').`,
    );
  }
}

/** The phase of a job that took too long; see `JobTimeouts`. */
export type TimeoutPhase = 'accept' | 'queue' | 'run' | 'total';

/** `ERR_JOB_TIMEOUT`: one of the job's timeouts expired. */
export class JobTimeoutError extends MillraceError {
  /** Whether the job may have done part of its work: it had started or, with `RemotePool`, was sent to the server. */
  readonly started: boolean;
  /** The phase that took too long. */
  readonly phase: TimeoutPhase;
  /** The timeout that expired, in milliseconds. */
  readonly timeoutMs: number;

  constructor(name: string, phase: TimeoutPhase, timeoutMs: number, started: boolean) {
    super(
      'ERR_JOB_TIMEOUT',
      `Job '${name}' ran into timeout.${phase}Ms = ${timeoutMs}${started ? '' : ' before it started'}.`,
    );
    this.phase = phase;
    this.timeoutMs = timeoutMs;
    this.started = started;
  }
}

/**
 * `ERR_THREAD_LOST`: the thread ended while it ran the job: by `process.exit`, out of memory, after an uncaught
 * exception, or because another job blocked it beyond its `graceMs`. With `concurrency` above 1 the cause may be
 * another job.
 *
 * A job that had not started goes to another thread, unless its input was transferred, or three threads ended on
 * reading it.
 */
export class ThreadLostError extends MillraceError {
  /** Whether the job had started: it may have done part of its work. */
  readonly started: boolean;

  constructor(name: string, started: boolean, cause: unknown) {
    super(
      'ERR_THREAD_LOST',
      started
        ? `The thread that ran job '${name}' ended before the job did; the job may have done part of its work.`
        : `The thread that job '${name}' was sent to ended; the job had not started, but can't be sent ` +
            'again: its input was transferred, or no thread survives reading it.',
      cause === undefined ? undefined : { cause },
    );
    this.started = started;
  }
}

/**
 * `ERR_MODULE_LOAD`: the job module failed to load three times in a row for each thread, or no thread could start to
 * load it. Final for this pool.
 */
export class ModuleLoadError extends MillraceError {
  /** The job never started. */
  readonly started = false;

  constructor(moduleUrl: string, cause: unknown, wasItsTurn: boolean, wayOut?: string) {
    const what = wasItsTurn
      ? `The job module ${moduleUrl} could not be loaded`
      : `No thread could start to load the job module ${moduleUrl}`;
    const advice = wayOut === undefined ? '' : ` ${wayOut}`;
    super('ERR_MODULE_LOAD', `${what}: ${summary(cause)}${advice}`, { cause });
  }
}

/** `ERR_UNKNOWN_JOB`: the job module exports no function of this name. */
export class UnknownJobError extends MillraceError {
  /** The job never started. */
  readonly started = false;
  /** The names of the jobs that it has. */
  readonly known: readonly string[];

  constructor(name: string, known: readonly string[]) {
    const names = known.length === 0 ? 'it exports no function' : `it exports ${known.join(', ')}`;
    super('ERR_UNKNOWN_JOB', `The job module has no job '${name}': ${names}.`);
    this.known = known;
  }
}

/** `ERR_NOT_CLONEABLE`: the input or the result can't be sent to the other thread by structured clone or `transfer`. */
export class NotCloneableError extends MillraceError {
  /** Whether the job has run: true if it is the result that can't be cloned. */
  readonly started: boolean;
  /** Which of the two can't be cloned. */
  readonly what: 'input' | 'result';

  constructor(name: string, what: 'input' | 'result', cause: unknown) {
    const advice = saysWhatToDo(cause)
      ? ''
      : ' Send plain data; functions, symbols and what holds them stay on their thread.';
    super(
      'ERR_NOT_CLONEABLE',
      `The ${what} of job '${name}' can't be cloned: ${summary(cause)}${advice}`,
      { cause },
    );
    this.what = what;
    this.started = what === 'result';
  }
}

/** `ERR_NESTED_POOL`: a job module creates a pool of itself, so that every thread would start further threads. */
export class NestedPoolError extends MillraceError {
  constructor(moduleUrl: string) {
    super(
      'ERR_NESTED_POOL',
      `This thread serves ${moduleUrl}, and a pool of the same module would nest without end. ` +
        'Make the pool on the main thread only: ' +
        "import { isMainThread } from 'node:worker_threads'; if (isMainThread) { const pool = new Pool(…); }",
    );
  }
}

/** `ERR_UNSUPPORTED_RUNTIME`: this runtime lacks parts of Node.js that the pool needs. Nothing was started. */
export class UnsupportedRuntimeError extends MillraceError {
  /** Nothing was started. */
  readonly started = false;
  /** The runtime and its version, such as `Deno 2.9.6`. */
  readonly runtime: string;

  constructor(runtime: string, what: string) {
    super(
      'ERR_UNSUPPORTED_RUNTIME',
      `millrace does not run on ${runtime}: ${what} Run it on Node.js.`,
    );
    this.runtime = runtime;
  }
}

/**
 * `ERR_POOL_CLOSED`: the pool is closed or closing, its closing deadline passed before the job ended or, with
 * `RemotePool`, the connection was closed.
 */
export class PoolClosedError extends MillraceError {
  /** Whether the job may have done part of its work: it was running or, with `RemotePool`, sent to the server. */
  readonly started: boolean;

  constructor(message: string, started: boolean, cause?: unknown) {
    super('ERR_POOL_CLOSED', message, cause === undefined ? undefined : { cause });
    this.started = started;
  }
}

/** `ERR_GROUP_CLOSED`: the group is closed and takes no more jobs. */
export class GroupClosedError extends MillraceError {
  /** The job never started. */
  readonly started = false;

  constructor() {
    super(
      'ERR_GROUP_CLOSED',
      'The group was left (close(), or the end of its block) and takes no more jobs. Submit before that, or make ' +
        'another group.',
    );
  }
}

/** `ERR_INVALID_OPTION`: an option or argument is invalid. The message names it, its value and the valid values. */
export class InvalidOptionError extends MillraceError {
  /** Nothing was started. */
  readonly started = false;
  /** The option's path, such as `backlog.jobs`. */
  readonly option: string;

  constructor(option: string, message: string, cause?: unknown) {
    super('ERR_INVALID_OPTION', message, cause === undefined ? undefined : { cause });
    this.option = option;
  }
}

for (const [name, constructor] of Object.entries({
  MillraceError,
  BacklogFullError,
  JobTooLargeError,
  JobDroppedError,
  JobTimeoutError,
  ThreadLostError,
  ModuleLoadError,
  UnknownJobError,
  NotCloneableError,
  NestedPoolError,
  UnsupportedRuntimeError,
  PoolClosedError,
  GroupClosedError,
  InvalidOptionError,
})) {
  Object.defineProperty(constructor.prototype, 'name', { value: name, configurable: true });
}

/**
 * Makes an error without capturing a stack (measured on Node 20: 0.3 against 2.3 µs). For errors
 * whose stack would only show the pool's own frames.
 */
export function withoutStack<E extends Error>(make: () => E): E {
  const limit = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = 0;
  } catch {
    // Read-only, as hardened realms make it (SES, --frozen-intrinsics): the error gets its stack.
    return make();
  }
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** Of a pooled Buffer that was to be transferred (`wire/transferable.ts`): plain data is no way out. */
function saysWhatToDo(cause: unknown): boolean {
  return cause instanceof Error && (cause as { code?: unknown }).code === 'ERR_BUFFER_POOLED';
}

function summary(cause: unknown): string {
  // By shape, as errors of Node are of another realm where a test runner loads this library into one of its own.
  const { message = cause } = (cause ?? {}) as { readonly message?: unknown };
  const text = describe(message);
  return text.endsWith('.') ? text : `${text}.`;
}

/** As `String` does, but for what has no text. */
export function describe(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
