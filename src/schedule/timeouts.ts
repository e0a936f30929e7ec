/**
 * Decides which of a job's four timeouts expires next, and whether it really has.
 *
 * Invariants: a job has one deadline, moved as the job moves on; a job that a thread has started
 * never runs into `queueMs`; `runMs` counts from the true start.
 */
import { Deadline, type Deadlines } from '../job/deadlines.js';
import type { TimeoutPhase } from '../api/errors.js';
import type { JobRecord } from '../job/job.js';

export class Timeouts {
  readonly #deadlines: Deadlines;
  readonly #now: () => number;
  readonly #expire: (job: JobRecord, phase: TimeoutPhase, timeoutMs: number) => void;

  /**
   * @param expire - Ends the job. If it can't, as a thread has started the job just now or has already ended it, it
   *   calls `reschedule`.
   */
  constructor(
    deadlines: Deadlines,
    now: () => number,
    expire: (job: JobRecord, phase: TimeoutPhase, timeoutMs: number) => void,
  ) {
    this.#deadlines = deadlines;
    this.#now = now;
    this.#expire = expire;
  }

  /** Starts to watch a job that has timeouts. */
  add(job: JobRecord): void {
    job.deadline = new Deadline(() => this.#deadlineReached(job));
    this.reschedule(job);
  }

  /** Sets the deadline anew for a job that has moved on to another phase; ignored if it has no timeouts. */
  reschedule(job: JobRecord): void {
    if (job.deadline === undefined) return;
    const { atMs } = nextTimeout(job, this.#now());
    if (atMs === Infinity) this.#deadlines.clear(job.deadline);
    else this.#deadlines.set(job.deadline, atMs);
  }

  /** Stops watching a job. */
  remove(job: JobRecord): void {
    if (job.deadline !== undefined) this.#deadlines.clear(job.deadline);
  }

  #deadlineReached(job: JobRecord): void {
    const nowMs = this.#now();
    const { atMs, phase } = nextTimeout(job, nowMs);
    if (phase === undefined || atMs > nowMs) {
      this.reschedule(job);
      return;
    }
    this.#expire(job, phase, job.terms?.[`${phase}Ms`] as number);
  }
}

/**
 * When a job's next timeout expires, given what is known of it. `phase` is undefined if the time
 * is only the next moment to look: a sent job's start shows in its claim and is not announced.
 */
function nextTimeout(
  job: JobRecord,
  nowMs: number,
): { atMs: number; phase: TimeoutPhase | undefined } {
  const { acceptMs, queueMs, runMs, totalMs } = job.terms ?? {};
  let atMs = Infinity;
  let phase: TimeoutPhase | undefined;
  const consider = (ms: number | undefined, fromMs: number, which: TimeoutPhase | undefined) => {
    if (ms === undefined || fromMs + ms >= atMs) return;
    atMs = fromMs + ms;
    phase = which;
  };
  consider(totalMs, job.submittedMs, 'total');
  if (job.acceptedMs < 0) consider(acceptMs, job.submittedMs, 'accept');
  else if (job.isStarted) consider(runMs, job.carrier?.startedMs(job.cell) ?? nowMs, 'run');
  else {
    consider(queueMs, job.acceptedMs, 'queue');
    if (job.carrier !== undefined) consider(runMs, nowMs, undefined);
  }
  return { atMs, phase };
}
