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

/** What happens to a submission that finds the backlog full. */
export type Overflow = 'wait' | 'reject' | 'drop-oldest';

/** The bounds of the backlog. */
export interface BacklogOptions {
  /** Accepted jobs beyond those that fill the slots. Default 1024; 0 accepts only what can start. */
  readonly jobs?: number;
  /** Bytes of all accepted, unsettled jobs; the same again for all waiters. Default 64 MiB. */
  readonly bytes?: number;
  /** Submissions that may wait for room. Default 1024. Only `overflow: 'wait'` uses it. */
  readonly waiters?: number;
}

/**
 * The name of an exported function of the job module that takes a `ThreadInfo` (of `millrace/worker`) and is awaited:
 * `setup` and `teardown`.
 */
export type ThreadHook<Module> = string extends keyof Module
  ? string
  : {
      [Name in keyof Module]: Module[Name] extends (thread: ThreadInfo) => unknown ? Name : never;
    }[keyof Module] &
      string;

/**
 * The options of a pool. Every one has a safe default.
 *
 * @typeParam Hook - The names that `setup` and `teardown` may have. `new Pool` infers them; options that are declared
 *   apart and name a hook are of type `PoolOptions<ThreadHook<typeof import('./jobs.js')>>`.
 */
export interface PoolOptions<Hook extends string = never> {
  /**
   * How many threads the pool keeps, 1 to 1024. Default: the processors that this process may use
   * (affinity and cgroup quota respected) less one, at least 1.
   */
  readonly threads?: number;
  /** Jobs that run at once on one thread, 1 to 65536. Default 1; more for jobs that await I/O. */
  readonly concurrency?: number;
  /**
   * Whether threads get short jobs ahead of time, so that they never wait for the next one. Default
   * true. Nothing else changes with it but the speed: `false` is for finding out.
   */
  readonly coalesce?: boolean;
  /** The bounds of the backlog; a number means `{ jobs }`. */
  readonly backlog?: number | BacklogOptions;
  /** Default `'wait'`. */
  readonly overflow?: Overflow;
  /**
   * How long a job that was settled while it ran (cancelled, timed out) may go on before its thread is replaced, in
   * milliseconds, 0 to 2,147,483,647. Default: as long as this pool's threads took to become ready, between 100 ms and
   * 5 s.
   */
  readonly graceMs?: number;
  /**
   * How long a thread that ends in order may keep its event loop busy, with an interval or an open connection, before
   * it is ended by force, in milliseconds. Default 1000. One with nothing open ends at once.
   */
  readonly drainMs?: number;
  /** Milliseconds that `teardown` may take on each thread. Default 5000. */
  readonly teardownMs?: number;
  /**
   * The name of a function of the job module that each thread calls before its first job, and awaits. If it fails the
   * module counts as not loaded. It is no job.
   */
  readonly setup?: Hook;
  /**
   * The name of a function of the job module that each thread calls when it ends in order, after its last job, and
   * awaits: to close what is open. Not called on threads that are lost, stuck or ended by force, nor if the process
   * exits without `close()`. It is no job.
   */
  readonly teardown?: Hook;
  /** Milliseconds that a thread may take to load the job module, `setup` included. Default 30,000. */
  readonly loadTimeoutMs?: number;
  /** Where the file of `millrace/host` is, for bundled programs only. Default: beside this library. */
  readonly host?: URL | string;
  /** Passed on to `new Worker` for each thread. */
  readonly resourceLimits?: ResourceLimits;
  /** Passed on to `new Worker` for each thread: its environment, or `SHARE_ENV`. */
  readonly env?: WorkerOptions['env'];
  /** Passed on to `new Worker` for each thread: appended to its `process.argv`. */
  readonly argv?: readonly unknown[];
  /** Passed on to `new Worker` for each thread: Node options. Default: those of this process. */
  readonly execArgv?: readonly string[];
  /** Passed on to `new Worker` for each thread: cloned, there as `workerData`. */
  readonly workerData?: unknown;
}

/** The timeouts of one job, in milliseconds, each 1 to 2,147,483,647. */
export interface JobTimeouts {
  /** From the call to acceptance, for submissions that wait. */
  readonly acceptMs?: number;
  /** From acceptance to the start on a thread. */
  readonly queueMs?: number;
  /** From the start on a thread to settling. */
  readonly runMs?: number;
  /** From the call to settling. */
  readonly totalMs?: number;
}

/** The options of one job. */
export interface SubmitOptions {
  /** Cancels the job, waiting, queued or running; its promise rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
  /** A number means `{ totalMs }`. Default: none. */
  readonly timeout?: number | JobTimeouts;
  /**
   * Buffers and ports of the input that move instead of being copied; detached at acceptance. Small Buffers
   * (`Buffer.from('text')`) share their memory and can't move: `ERR_NOT_CLONEABLE`, and they are cheap to copy.
   */
  readonly transfer?: readonly Transferable[];
  /** What the job is charged against `backlog.bytes`, instead of the estimate. */
  readonly bytes?: number;
  /** The pool's `graceMs` for this job. */
  readonly graceMs?: number;
  /**
   * Called with what the job reports by `job.progress(value)`: the newest value each time, the last one before the job
   * settles, and none after that. What it throws is an uncaught exception of this thread.
   */
  readonly onProgress?: (value: unknown) => void;
}

/**
 * Which attempt a job is, for those who run it again: a node of `millrace/nats`, which has a copy of this file. A
 * symbol, as it is no option of users.
 */
export const ATTEMPT: unique symbol = Symbol.for('millrace.attempt');

/** What may be beside the options of a job. */
export interface AttemptOption {
  readonly [ATTEMPT]?: number;
}

/** The options of `close`. */
export interface CloseOptions {
  /** Milliseconds after which what is left is rejected. Default: none, every accepted job runs to its end. */
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
  /** What goes to `new Worker` untouched. */
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
