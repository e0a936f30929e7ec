/**
 * Makes jobs, and a settler that records what happens to them.
 */
import type { Transferable } from 'node:worker_threads';
import { JobFunction } from '../../../src/job/functions.js';
import { type Ending, JobRecord, type JobTerms, type Settler } from '../../../src/job/job.js';

/** Fields in which a job differs from one that was accepted at 0. */
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

/** A job with this id. */
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

/** A function that took these times so far, or has not been called. */
export function functionOf(number: number, ...runsMs: readonly number[]): JobFunction {
  const made = new JobFunction('job', number);
  for (const runMs of runsMs) made.record(runMs);
  return made;
}

/** Settles jobs like the schedule, and records it. */
export class Outcomes implements Settler {
  /** Id, ending and value of each settled job, in order. */
  readonly settled: Array<readonly [id: number, ending: Ending, value: unknown]> = [];
  /** Ids of the jobs that were put back, in order. */
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
