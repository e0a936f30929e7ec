/**
 * The options of a pool and of a single job: their defaults and their validation, all in this place.
 *
 * Invariant: what leaves this file is complete and valid; nothing behind it checks again. An
 * unknown option is refused, as a typo would otherwise be silent.
 */
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL, URL } from 'node:url';
import { inspect } from 'node:util';
import type { ResourceLimits, Transferable, WorkerOptions } from 'node:worker_threads';
import { InvalidOptionError } from './errors.js';
import { defaultHostPath, type FindHost, givenHostPath, moduleUrl } from './files.js';
import { defaultThreads } from './parallelism.js';
import type { ThreadInfo } from './worker.js';

/**
 * The policy for a submission to a full backlog: wait for room, first come, first served; reject it with
 * `ERR_BACKLOG_FULL`; or drop the oldest jobs that have not started (`ERR_JOB_DROPPED`), and reject if that makes no
 * room.
 */
export type Overflow = 'wait' | 'reject' | 'drop-oldest';

/** The bounds of the backlog. */
export interface BacklogOptions {
  /** Max accepted jobs beyond those that fill the slots. Default 1024; with 0 only jobs that can start are accepted. */
  readonly jobs?: number;
  /** Max bytes of all outstanding jobs; waiting submissions may take the same amount again. Default 64 MiB. */
  readonly bytes?: number;
  /** Max submissions that wait for room, with `overflow: 'wait'`. Default 1024. */
  readonly waiters?: number;
}

/**
 * The names that `setup` and `teardown` may have: those of exported functions of the job module that take a
 * `ThreadInfo` (of `millrace/worker`).
 */
export type ThreadHook<Module> = string extends keyof Module
  ? string
  : {
      [Name in keyof Module]: Module[Name] extends (thread: ThreadInfo) => unknown ? Name : never;
    }[keyof Module] &
      string;

/**
 * The options of a pool. Every option has a safe default.
 *
 * @typeParam Hook - The names that `setup` and `teardown` may have. `new Pool` infers them; options that are declared
 *   separately and name a hook have the type `PoolOptions<ThreadHook<typeof import('./jobs.js')>>`.
 * @example
 * ```ts
 * import { Pool } from 'millrace';
 *
 * await using pool = new Pool(new URL('./jobs.js', import.meta.url), {
 *   threads: 2,
 *   backlog: { jobs: 100, bytes: 32 * 1024 ** 2 },
 *   overflow: 'reject',
 * });
 * console.log(await pool.run('square', 7)); // 49
 * ```
 */
export interface PoolOptions<Hook extends string = never> {
  /**
   * Number of threads, 1 to 1024. Default: the CPUs that this process may use (by affinity and cgroup quota) minus one,
   * min 1.
   */
  readonly threads?: number;
  /** Max concurrent jobs per thread, 1 to 65,536. Default 1; raise it for jobs that await I/O. */
  readonly concurrency?: number;
  /**
   * Whether short jobs are sent to threads ahead of time, so that threads never wait for their next one. Default true.
   * It changes nothing but the speed; use `false` only to diagnose problems.
   */
  readonly coalesce?: boolean;
  /** The bounds of the backlog; a number means `{ jobs }`. */
  readonly backlog?: number | BacklogOptions;
  /** The policy for submissions to a full backlog. Default `'wait'`. */
  readonly overflow?: Overflow;
  /**
   * Milliseconds that a job may continue after it was cancelled or timed out while running, before its thread is
   * replaced; 0 to 2,147,483,647. Default: the time that this pool's threads took to become ready, between 100 ms and 5
   * s.
   */
  readonly graceMs?: number;
  /**
   * During a graceful shutdown: milliseconds that a thread's event loop may stay alive (an interval, an open
   * connection) before the thread is terminated. Default 1000. A thread with nothing open ends at once.
   */
  readonly drainMs?: number;
  /** Milliseconds that `teardown` may take on each thread. Default 5000. */
  readonly teardownMs?: number;
  /**
   * The name of a function of the job module that each thread calls and awaits before its first job. If it fails, the
   * module counts as not loaded. It can't be run as a job.
   *
   * @example
   * ```ts
   * // jobs.ts, for new Pool(url, { setup: 'openLog', teardown: 'closeLog' })
   * import { type FileHandle, open } from 'node:fs/promises';
   * import type { ThreadInfo } from 'millrace/worker';
   *
   * let log: FileHandle;
   *
   * export async function openLog({ threadId }: ThreadInfo) {
   *   log = await open(`thread-${threadId}.log`, 'a');
   * }
   * export const closeLog = () => log.close();
   * export const write = (line: string) => log.appendFile(`${line}\n`);
   * ```
   */
  readonly setup?: Hook;
  /**
   * The name of a function of the job module that each thread calls and awaits after its last job, when it shuts down
   * gracefully, for example to close files. It is not called on threads that are lost, stuck or terminated, nor if the
   * process exits without `close()`. It can't be run as a job.
   */
  readonly teardown?: Hook;
  /** Milliseconds that a thread may take to load the job module, including `setup`. Default 30,000. */
  readonly loadTimeoutMs?: number;
  /** The file of `millrace/host`, for bundled programs only. Default: the file beside this library. */
  readonly host?: URL | string;
  /** Passed to `new Worker` for each thread. */
  readonly resourceLimits?: ResourceLimits;
  /** Passed to `new Worker` for each thread: its environment, or `SHARE_ENV`. */
  readonly env?: WorkerOptions['env'];
  /** Passed to `new Worker` for each thread: appended to its `process.argv`. */
  readonly argv?: readonly unknown[];
  /** Passed to `new Worker` for each thread: Node options. Default: those of this process. */
  readonly execArgv?: readonly string[];
  /** Passed to `new Worker` for each thread: cloned, and available there as `workerData`. */
  readonly workerData?: unknown;
}

/** The timeouts of one job, in milliseconds, each 1 to 2,147,483,647. */
export interface JobTimeouts {
  /** From the call to acceptance, for submissions that wait for room. */
  readonly acceptMs?: number;
  /** From acceptance to the start on a thread. */
  readonly queueMs?: number;
  /** From the start on a thread to settling. */
  readonly runMs?: number;
  /** From the call to settling. */
  readonly totalMs?: number;
}

/**
 * The options of one job.
 *
 * @example
 * ```ts
 * const heard: unknown[] = [];
 * const onProgress = (share: unknown) => heard.push(share);
 * const signal = AbortSignal.timeout(10_000);
 * console.log(await pool.run('sum', 1_000_000, { signal, onProgress })); // 499999500000
 * console.log(heard.at(-1)); // 0.999
 * ```
 */
export interface SubmitOptions {
  /** Cancels the job, whether it is waiting, queued or running; its promise rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
  /** The job's timeouts; a number means `{ totalMs }`. Default: none. */
  readonly timeout?: number | JobTimeouts;
  /**
   * Buffers and ports of the input that are moved instead of copied; they are detached at acceptance. Small Buffers
   * (`Buffer.from('text')`) share their memory and can't be moved: `ERR_NOT_CLONEABLE`. They are cheap to copy.
   *
   * @example
   * ```ts
   * const bytes = new Uint8Array(1_000_000).fill(1);
   * console.log(await pool.run('total', bytes, { transfer: [bytes.buffer] }), bytes.length); // 1000000 0
   * ```
   */
  readonly transfer?: readonly Transferable[];
  /** The bytes of the input for `backlog.bytes`, to which 512 per job are added. Default: an estimate. */
  readonly bytes?: number;
  /** Overrides the pool's `graceMs` for this job. */
  readonly graceMs?: number;
  /**
   * Called with the values that the job reports by `progress(value)` of its `JobContext`: with the newest value each
   * time, with the last one before the job settles, and never after that. An error that it throws is an uncaught
   * exception on the submitting thread.
   */
  readonly onProgress?: (value: unknown) => void;
}

/**
 * Which attempt a job is, for those who run it again: a node of `millrace/nats`, which has a copy of this file. A
 * symbol, as it is no option of users.
 */
export const ATTEMPT: unique symbol = Symbol.for('millrace.attempt');

/** An internal option of a job. */
export interface AttemptOption {
  readonly [ATTEMPT]?: number;
}

/** The options of `close`. */
export interface CloseOptions {
  /** Milliseconds after which the remaining jobs are rejected. Default: none, every accepted job runs to completion. */
  readonly deadlineMs?: number;
}

/** A pool's options, complete. */
export interface Settings {
  readonly module: string;
  readonly threads: number;
  readonly concurrency: number;
  readonly coalesce: boolean;
  readonly backlog: { readonly jobs: number; readonly bytes: number; readonly waiters: number };
  readonly overflow: Overflow;
  readonly loadTimeoutMs: number;
  /** Undefined for the time that a boot takes. */
  readonly graceMs: number | undefined;
  readonly drainMs: number;
  readonly teardownMs: number;
  readonly hooks: { readonly setup: string | undefined; readonly teardown: string | undefined };
  readonly hostPath: string;
  /** Options that are passed to `new Worker` unchanged. */
  readonly threadOptions: Readonly<Record<string, unknown>>;
}

const OVERFLOWS: readonly Overflow[] = ['wait', 'reject', 'drop-oldest'];
const THREAD_OPTIONS = ['resourceLimits', 'env', 'argv', 'execArgv', 'workerData'] as const;
const POOL_OPTIONS = [
  'threads',
  'concurrency',
  'coalesce',
  'backlog',
  'overflow',
  'loadTimeoutMs',
  'graceMs',
  'drainMs',
  'teardownMs',
  'setup',
  'teardown',
  'host',
  ...THREAD_OPTIONS,
];
const BACKLOG_OPTIONS = ['jobs', 'bytes', 'waiters'];
const JOB_OPTIONS = ['signal', 'timeout', 'transfer', 'bytes', 'graceMs', 'onProgress'];
const TIMEOUTS = ['acceptMs', 'queueMs', 'runMs', 'totalMs'] as const;
/** The longest delay that a Node timer takes, 24.8 days. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Completes and checks the arguments of `new Pool`.
 *
 * @param findHost - Called where the options name no host.
 * @throws InvalidOptionError
 */
export function poolSettings(module: unknown, options: unknown, findHost: FindHost): Settings {
  const given = record('options', withDefault(options, {}), POOL_OPTIONS);
  const backlog =
    typeof given['backlog'] === 'number'
      ? { jobs: given['backlog'] }
      : record('backlog', withDefault(given['backlog'], {}), BACKLOG_OPTIONS);
  const threadOptions: Record<string, unknown> = {};
  for (const option of THREAD_OPTIONS) {
    if (given[option] !== undefined) threadOptions[option] = given[option];
  }
  return {
    module: moduleUrl(fileUrl('module', module)),
    threads: whole('threads', given['threads'], 1, 1024) ?? defaultThreads(),
    concurrency: whole('concurrency', given['concurrency'], 1, 65_536) ?? 1,
    coalesce: oneOf<boolean>('coalesce', given['coalesce'], [true, false]) ?? true,
    backlog: {
      jobs: whole('backlog.jobs', backlog['jobs'], 0, 2 ** 31) ?? 1024,
      bytes: whole('backlog.bytes', backlog['bytes'], 1, Number.MAX_SAFE_INTEGER) ?? 64 * 1024 ** 2,
      waiters: whole('backlog.waiters', backlog['waiters'], 0, 2 ** 31) ?? 1024,
    },
    overflow: oneOf('overflow', given['overflow'], OVERFLOWS) ?? 'wait',
    loadTimeoutMs: whole('loadTimeoutMs', given['loadTimeoutMs'], 1, MAX_TIMEOUT_MS) ?? 30_000,
    graceMs: whole('graceMs', given['graceMs'], 0, MAX_TIMEOUT_MS),
    drainMs: whole('drainMs', given['drainMs'], 0, MAX_TIMEOUT_MS) ?? 1000,
    teardownMs: whole('teardownMs', given['teardownMs'], 0, MAX_TIMEOUT_MS) ?? 5000,
    hooks: { setup: hook('setup', given['setup']), teardown: hook('teardown', given['teardown']) },
    hostPath:
      given['host'] === undefined
        ? defaultHostPath(findHost)
        : givenHostPath(fileUrl('host', given['host'])),
    threadOptions,
  };
}

/** Checks the name of a job. @throws InvalidOptionError */
export function checkName(name: unknown): void {
  if (typeof name === 'string') return;
  const message = `The job's name is of type ${typeof name}; valid is the name of an exported function.`;
  throw new InvalidOptionError('name', message);
}

/** Checks the options of one job. @throws InvalidOptionError */
export function checkSubmitOptions(options: SubmitOptions): void {
  const given = record('options', options, JOB_OPTIONS);
  const { signal, timeout, transfer, bytes, graceMs, onProgress } = given;
  if (signal !== undefined && !isAbortSignal(signal)) {
    throw invalid('signal', signal, 'an AbortSignal');
  }
  if (typeof timeout === 'number') whole('timeout', timeout, 1, MAX_TIMEOUT_MS);
  else if (timeout !== undefined) {
    const timeouts = record('timeout', timeout, TIMEOUTS);
    for (const phase of TIMEOUTS) whole(`timeout.${phase}`, timeouts[phase], 1, MAX_TIMEOUT_MS);
  }
  if (transfer !== undefined && !Array.isArray(transfer)) {
    throw invalid('transfer', transfer, 'an array of ArrayBuffers, MessagePorts and the like');
  }
  whole('bytes', bytes, 0, Number.MAX_SAFE_INTEGER);
  whole('graceMs', graceMs, 0, MAX_TIMEOUT_MS);
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw invalid('onProgress', onProgress, 'a function');
  }
}

/** Checks the options of `close`. @throws InvalidOptionError */
export function closeDeadlineMs(options: CloseOptions | undefined): number | undefined {
  if (options === undefined) return undefined;
  const given = record('options', options, ['deadlineMs']);
  return whole('deadlineMs', given['deadlineMs'], 0, MAX_TIMEOUT_MS);
}

/** Only `undefined` stands for the default: `null` is a mistake. */
export function withDefault(value: unknown, byDefault: unknown): unknown {
  return value === undefined ? byDefault : value;
}

/** By shape, as test runners and libraries bring classes of their own. */
function isAbortSignal(value: unknown): value is AbortSignal {
  const signal = value as Partial<AbortSignal> | null;
  return typeof signal?.aborted === 'boolean' && typeof signal.addEventListener === 'function';
}

/** An object that has no other fields than these. @throws InvalidOptionError */
export function record(
  option: string,
  value: unknown,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(option, value, `an object with ${known.join(', ')}`);
  }
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue;
    const path = option === 'options' ? name : `${option}.${name}`;
    throw new InvalidOptionError(path, `Unknown option '${path}'. Known are: ${known.join(', ')}.`);
  }
  return value as Record<string, unknown>;
}

/** A whole number within bounds, or undefined. @throws InvalidOptionError */
export function whole(
  option: string,
  value: unknown,
  min: number,
  max: number,
): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  throw invalid(option, value, `a whole number from ${min} to ${max}`);
}

/** One of some values, or undefined. @throws InvalidOptionError */
export function oneOf<Value extends string | boolean>(
  option: string,
  value: unknown,
  values: readonly Value[],
): Value | undefined {
  if (value === undefined || values.includes(value as Value)) return value as Value | undefined;
  throw invalid(option, value, values.map((name) => inspect(name)).join(', '));
}

function hook(option: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw invalid(option, value, 'the name of an exported function of the job module');
}

/** A `file:` URL (as a URL or as text) or an absolute path, as the text of a `file:` URL. */
function fileUrl(option: string, value: unknown): string {
  const valid = "a file: URL such as new URL('./jobs.js', import.meta.url), or an absolute path";
  const text = isUrl(value) ? value.href : value;
  if (isUrl(value) || (typeof value === 'string' && /^file:/i.test(value))) {
    try {
      const url = new URL(text as string);
      fileURLToPath(url);
      return url.href;
    } catch (error) {
      throw invalid(option, text, `${valid}${viteHint(text as string)}`, error);
    }
  }
  if (typeof value === 'string' && isAbsolute(value)) return pathToFileURL(value).href;
  throw invalid(option, value, valid);
}

/** Vite rewrites the usual form for a browser, and Vitest lets it where the environment has a DOM. */
function viteHint(url: string): string {
  return /^http:\/\/localhost[:/]/.test(url)
    ? ". Vitest turns the former into an http: URL in a DOM environment: use import.meta.resolve('./jobs.js') there"
    : '';
}

/** By shape, like a signal. */
function isUrl(value: unknown): value is URL {
  const url = value as Partial<URL> | null | undefined;
  return (
    typeof url === 'object' && typeof url?.href === 'string' && typeof url.protocol === 'string'
  );
}

/** The error of an option that has a value which is not valid. */
export function invalid(
  option: string,
  value: unknown,
  valid: string,
  cause?: unknown,
): InvalidOptionError {
  const shown = inspect(value, { depth: 0, breakLength: Infinity });
  return new InvalidOptionError(
    option,
    `Option '${option}' is ${shown.length > 120 ? `${shown.slice(0, 120)}…` : shown}; valid is ${valid}.`,
    cause,
  );
}
