/** Makes job records and stand-ins for threads, without a pool. */
import type { Transferable } from 'node:worker_threads';
import { JobFunction } from '../../../src/job/functions.js';
import { type Cancel, type Carrier, JobRecord, type JobTerms } from '../../../src/job/job.js';

interface Given {
  readonly cancel?: Cancel;
  readonly id?: number;
  readonly bytes?: number;
  readonly submittedMs?: number;
  readonly signal?: AbortSignal;
  readonly terms?: JobTerms;
  readonly transfer?: readonly Transferable[];
}

/** A new waiting job whose cancellation is never granted. */
export function recordOf(given: Given = {}): JobRecord {
  return new JobRecord(
    given.cancel ?? (() => false),
    given.id ?? 1,
    new JobFunction('render', 3),
    'input',
    given.bytes ?? 1,
    given.submittedMs ?? 0,
    given.signal,
    given.terms,
    given.transfer,
  );
}

/** A thread whose fields say where each cell's job is. */
export class ScriptedCarrier implements Carrier {
  /** Start time of each cell's job; a missing cell has not started. */
  readonly started = new Map<number, number>();
  readonly finished = new Set<number>();

  takeBack(job: JobRecord): boolean {
    if (this.started.has(job.cell)) return false;
    job.carrier = undefined;
    return true;
  }

  isStarted(cell: number): boolean {
    return this.started.has(cell);
  }

  isFinished(cell: number): boolean {
    return this.finished.has(cell);
  }

  startedMs(cell: number): number {
    return this.started.get(cell) ?? Number.NaN;
  }
}
