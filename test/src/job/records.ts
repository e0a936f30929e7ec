/** Jobs as the pool sees them, and threads that they are out on, without either. */
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

/** A new job that waits; nobody cancels it. */
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

/** A thread on which each cell's job is where its fields say, and can be moved on. */
export class ScriptedCarrier implements Carrier {
  /** When a cell's job was started; not yet where the cell is missing. */
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
