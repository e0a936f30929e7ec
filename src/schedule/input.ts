/**
 * Makes the input of a job the pool's own at its acceptance, so that the caller can neither change nor lose it.
 *
 * Invariant: what `transfer` lists is detached from the caller, or nothing is.
 */
import { NotCloneableError, withoutStack } from '../api/errors.js';
import type { JobRecord } from '../job/job.js';
import { compact, detach } from '../wire/payload.js';

/**
 * Detaches what is transferred, and gives a view its own memory. Cloning may run getters of the input, which
 * may submit: the job's place is taken before.
 *
 * @throws What structured clone throws; nothing was detached then.
 */
export function takeOver(job: JobRecord): void {
  if (job.transfer === undefined) {
    job.input = compact(job.input);
    return;
  }
  const moved = detach(job.input, job.transfer);
  job.input = moved.value;
  job.transfer = moved.list;
}

/** The error of a job whose input cannot cross to a thread. */
export function inputError(job: JobRecord, cause: unknown): NotCloneableError {
  return withoutStack(() => new NotCloneableError(job.name, 'input', cause));
}
