/**
 * Carries errors of this library from a node to the submitter, as instances of the same classes.
 *
 * Invariant: an error that a job throws is never taken for one of the pool's, whatever its `code`.
 */
import {
  type ErrorCode,
  JobTimeoutError,
  JobTooLargeError,
  MillraceError,
  NotCloneableError,
  PoolClosedError,
  ThreadLostError,
  UnknownJobError,
} from '../../api/errors.js';
import type { RefusedFields } from './codec.js';
import { DeadLetterError, ResultTooLargeError } from '../errors.js';

const CLASSES: Readonly<Record<string, { readonly prototype: MillraceError }>> = {
  ERR_JOB_TIMEOUT: JobTimeoutError,
  ERR_JOB_TOO_LARGE: JobTooLargeError,
  ERR_NOT_CLONEABLE: NotCloneableError,
  ERR_POOL_CLOSED: PoolClosedError,
  ERR_THREAD_LOST: ThreadLostError,
  ERR_UNKNOWN_JOB: UnknownJobError,
  ERR_DEAD_LETTER: DeadLetterError,
  ERR_RESULT_TOO_LARGE: ResultTooLargeError,
};

/** Returns an error's own fields, except its stack and its cause, which stay on the node. */
export function fieldsOf(error: MillraceError): RefusedFields {
  const { message, code } = error;
  return { ...plain(error), code, message };
}

/** The error again. */
export function refusedError({ code, message, ...fields }: RefusedFields): MillraceError {
  // A newer node may have codes that this version does not know.
  const error = new MillraceError(code as ErrorCode, message);
  const prototype = CLASSES[code]?.prototype;
  if (prototype !== undefined) Object.setPrototypeOf(error, prototype);
  // A node in another language may leave it out: then it may have run.
  return Object.assign(error, { started: true }, fields);
}

function plain(error: MillraceError): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(error).filter(
      ([, value]) => ['string', 'number', 'boolean'].includes(typeof value) || Array.isArray(value),
    ),
  );
}
