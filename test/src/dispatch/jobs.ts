/**
 * Jobs made by hand, and a settler that writes down what becomes of them.
 */
import type { Transferable } from 'node:worker_threads';
import { JobFunction } from '../../../src/job/functions.js';
import { type Ending, JobRecord, type JobTerms, type Settler } from '../../../src/job/job.js';

/** What a test wants to differ from a job that was accepted at 0. */
export interface JobFields {
  readonly function?: JobFunction;
  readonly input?: unknown;
  readonly bytes?: number;
  readonly submittedMs?: number;
  readonly acceptedMs?: number;
  readonly signal?: AbortSignal;
  readonly terms?: JobTerms;
  readonly transfer?: readonly Transferable[];
}

/** A job with this number. */
export function jobOf(id: number, fields: JobFields = {}): JobRecord {
  const job = new JobRecord(
    (cancelled, reason) => {
      cancelled.settle('cancelled', reason);
      return true;
    },
    id,
    fields.function ?? new JobFunction('job', 0),
    fields.input ?? id,
    fields.bytes ?? 1,
    fields.submittedMs ?? 0,
    fields.signal,
    fields.terms,
    fields.transfer,
  );
  job.acceptedMs = fields.acceptedMs ?? 0;
  return job;
}

/** A function that took this long so far, or that has not been called. */
export function functionOf(number: number, ...runsMs: readonly number[]): JobFunction {
  const made = new JobFunction('job', number);
  for (const runMs of runsMs) made.record(runMs);
  return made;
}

/** Settles as the schedule does, and writes it down. */
export class Outcomes implements Settler {
  /** The number of each settled job, its ending and its value, in the order of settling. */
  readonly settled: Array<readonly [id: number, ending: Ending, value: unknown]> = [];
  /** The numbers of the jobs that were put back, in that order. */
  readonly backlog: number[] = [];

  settle(job: JobRecord, ending: Ending, value: unknown): void {
    if (job.ending !== undefined) return;
    this.settled.push([job.id, ending, value]);
    job.settle(ending, value);
  }

  putBack(job: JobRecord): void {
    this.backlog.push(job.id);
  }
}
