/**
 * Classifies and counts how the jobs of an open loop end.
 *
 * Invariant: every offered job has exactly one ending, so their sum is the number of offered jobs.
 */
import { BacklogFullError, JobTimeoutError, JobTooLargeError } from '../../src/index.js';

/** Number of jobs by ending. */
export interface Endings {
  /** The promise was fulfilled. */
  readonly served: number;
  /** The job threw, lost its thread, or had an input or a result that can't be cloned. */
  readonly failed: number;
  /** Rejected because the backlog was full, or because the job is larger than the whole backlog. */
  readonly refused: number;
  /** Waited longer than `queueMs` and never ran. */
  readonly late: number;
  /** Stopped by `runMs`, or by the end of the measurement. */
  readonly cutOff: number;
}

export type Ending = keyof Endings;

/** The endings of no jobs. */
export const NO_ENDINGS: Endings = { served: 0, failed: 0, refused: 0, late: 0, cutOff: 0 };

/** Classifies a rejection: an error that is not due to the load is a failure of the job. */
export function endingOf(error: unknown): Exclude<Ending, 'served'> {
  if (error instanceof JobTimeoutError) return error.started ? 'cutOff' : 'late';
  const isRefusal = error instanceof BacklogFullError || error instanceof JobTooLargeError;
  return isRefusal ? 'refused' : 'failed';
}

/** Number of jobs offered. */
export function arrivalsOf(endings: Endings): number {
  return Object.values(endings).reduce((sum, count) => sum + count, 0);
}

/** The sum of the endings of several loads. */
export function addEndings(all: readonly Endings[]): Endings {
  const sum = { ...NO_ENDINGS };
  for (const each of all) for (const ending of ENDINGS) sum[ending] += each[ending];
  return sum;
}

const ENDINGS = Object.keys(NO_ENDINGS) as readonly Ending[];
