/**
 * Defines the errors that only a remote pool has.
 *
 * Invariant: as in `api/errors.ts`, each error that ends a job says in `started` whether its code may have run.
 */
import { BacklogFullError, type BacklogLimit, MillraceError } from '../api/errors.js';

/** What is wrong with the connection, the server, or the pool's streams on it. */
export type SetupFault =
  | 'connection'
  | 'server'
  | 'jetstream'
  | 'missing'
  | 'limits'
  | 'permission';

/**
 * `ERR_REMOTE_SETUP`: the connection is closed, the server is too old or lacks JetStream, the account lacks a
 * permission, or the pool's streams are missing or have other limits.
 */
export class RemoteSetupError extends MillraceError {
  /** Whether a job may have run. */
  readonly started: boolean;
  /** What is wrong. */
  readonly fault: SetupFault;

  constructor(fault: SetupFault, message: string, cause?: unknown, started = false) {
    super('ERR_REMOTE_SETUP', message, cause === undefined ? undefined : { cause });
    this.fault = fault;
    this.started = started;
  }
}

const FULL: Readonly<Record<BacklogLimit, string>> = {
  jobs: 'The server holds as many jobs as it may, of all submitters (jobs)',
  bytes: 'The jobs hold as many bytes as they may, on the server or here (bytes)',
  key: 'The server holds as many jobs of this key as it may, of all submitters (keyLimit)',
  waiters: 'No more submissions may wait here (waiters)',
  maxUnread: 'As many accepted jobs as may have no result yet (maxUnread)',
};
const RETRY_AFTER_MS = 1000;

/**
 * `ERR_BACKLOG_FULL`: the server, or this process's queue, has no room. The job never started: a retry is safe. `limit`
 * is a bound of the server, of this process (`'waiters'`, `'maxUnread'`), or of either (`'bytes'`).
 */
export class RemoteFullError extends BacklogFullError {
  constructor(limit: BacklogLimit, held: string) {
    super(limit, held, RETRY_AFTER_MS, 'wait');
    this.message =
      `${FULL[limit]}. Of this pool ${held}. Retry after about ${RETRY_AFTER_MS} ms, answer "busy", or hold the ` +
      `producer back: await each submit()${limit === 'waiters' ? '' : " with overflow: 'wait'"}.`;
  }
}

/** `ERR_DUPLICATE_JOB`: a job with this id is outstanding, or was submitted within `duplicateWindowMs`. */
export class DuplicateJobError extends MillraceError {
  /** This submission started nothing; the other one may have. */
  readonly started = false;

  constructor(id: string) {
    super(
      'ERR_DUPLICATE_JOB',
      `A job with the id '${id}' was submitted before. Its result went to whoever submitted it first; ` +
        'use an id once, or leave it out.',
    );
  }
}

/** `ERR_DEAD_LETTER`: every node that ran the job was lost while running it; the job is in the dead-letter stream. */
export class DeadLetterError extends MillraceError {
  /** It started each time. */
  readonly started = true;
  /** How often the job was restarted after losing its node: `maxCrashAttempts`. */
  readonly attempts: number;

  constructor(name: string, attempts: number) {
    super(
      'ERR_DEAD_LETTER',
      `The node of job '${name}' was lost, and again each of the ${attempts} times that it was started anew ` +
        '(maxCrashAttempts); the job is in the dead-letter stream now. Find out what in it ends the process.',
    );
    this.attempts = attempts;
  }
}

/** `ERR_RESULT_LOST`: the job has ended, but its result is no longer on the server. */
export class ResultLostError extends MillraceError {
  /** It has run to its end. */
  readonly started = true;

  constructor(name: string) {
    super(
      'ERR_RESULT_LOST',
      `Job '${name}' has ended, and its result is gone: it was older than results.ageMs, or made room for newer ones ` +
        '(results.bytes). Raise them, or read results sooner.',
    );
  }
}

/** `ERR_RESULT_TOO_LARGE`: the job has ended, but its result or error exceeds the server's `max_payload`. */
export class ResultTooLargeError extends MillraceError {
  /** It has run to its end. */
  readonly started = true;
  /** The size of the result, encoded, in bytes. */
  readonly bytes: number;

  constructor(name: string, bytes: number, limitBytes: number) {
    super(
      'ERR_RESULT_TOO_LARGE',
      `Job '${name}' has ended, and its result of ${bytes} bytes is more than the server takes (${limitBytes}, which is its ` +
        'max_payload without the headers). Return less, or a reference to the data, or raise max_payload.',
    );
    this.bytes = bytes;
  }
}

for (const [name, constructor] of Object.entries({
  RemoteSetupError,
  RemoteFullError,
  DuplicateJobError,
  DeadLetterError,
  ResultLostError,
  ResultTooLargeError,
})) {
  Object.defineProperty(constructor.prototype, 'name', { value: name, configurable: true });
}
