/**
 * The ways in which a job that an open loop offers can end, and a tally of them.
 *
 * Invariant: every offered job has exactly one ending, so that their sum is the number of offered jobs.
 */
import { BacklogFullError, JobTimeoutError, JobTooLargeError } from '../../src/index.js';

/** How many jobs ended in which way. */
export interface Endings {
  /** Fulfilled. */
  readonly served: number;
  /** Threw, lost their thread, or had an input or a result that can't be cloned. */
  readonly failed: number;
  /** Rejected by the full backlog, or larger than all of it. */
  readonly refused: number;
  /** Waited longer than `queueMs`, and never ran. */
  readonly late: number;
  /** Stopped by `runMs`, or by the end of the measurement. */
  readonly cutOff: number;
}

export type Ending = keyof Endings;

/** The endings of no jobs. */
export const NO_ENDINGS: Endings = { served: 0, failed: 0, refused: 0, late: 0, cutOff: 0 };

/** The ending of a job that rejected with an error: what is not the load's doing is the job's. */
export function endingOf(error: unknown): Exclude<Ending, 'served'> {
  if (error instanceof JobTimeoutError) return error.started ? 'cutOff' : 'late';
  const isRefusal = error instanceof BacklogFullError || error instanceof JobTooLargeError;
  return isRefusal ? 'refused' : 'failed';
}

/** All jobs that were offered. */
export function arrivalsOf(endings: Endings): number {
  return Object.values(endings).reduce((sum, count) => sum + count, 0);
}

/** The endings of several loads together. */
export function addEndings(all: readonly Endings[]): Endings {
  const sum = { ...NO_ENDINGS };
  for (const each of all) for (const ending of ENDINGS) sum[ending] += each[ending];
  return sum;
}

const ENDINGS = Object.keys(NO_ENDINGS) as readonly Ending[];
