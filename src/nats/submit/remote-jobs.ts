/**
 * Keeps the jobs of a remote pool from their submission to their ending, and counts them.
 *
 * Invariants: submitted = waiting + queued + running + the sum of the endings, at every instant; no two unsettled jobs
 * have the same id; a failure that nobody has asked for is reported once per pool.
 */
import { format } from 'node:util';
import type { RemoteEnding, RemoteJobRecord } from './remote-job.js';

/** The endings that a caller did not ask for. */
const FAILURES: ReadonlySet<RemoteEnding> = new Set(['rejected', 'timedOut']);

/** Numbers of jobs by their endings. */
export type RemoteEndings = Readonly<Record<RemoteEnding, number>>;

export class RemoteJobs {
  /** The unsettled jobs by their ids: those that wait, and those that are accepted. */
  readonly #jobs = new Map<string, RemoteJobRecord>();
  readonly #endings: Record<RemoteEnding, number> = {
    fulfilled: 0,
    rejected: 0,
    cancelled: 0,
    timedOut: 0,
    refused: 0,
  };
  readonly #onSettled: (job: RemoteJobRecord) => void;
  #submitted = 0;
  #accepted = 0;
  #onDrained: (() => void) | undefined;
  #hasWarned = false;

  /** @param onSettled - Called once for each job, when it has settled. */
  constructor(onSettled: (job: RemoteJobRecord) => void) {
    this.#onSettled = onSettled;
  }

  /** Number of all submissions so far. */
  get submitted(): number {
    return this.#submitted;
  }

  /** Number of jobs that are accepted and have not settled. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Number of jobs that have not settled. */
  get size(): number {
    return this.#jobs.size;
  }

  get endings(): RemoteEndings {
    return { ...this.#endings };
  }

  /** The unsettled jobs. One that settles during the iteration may be left out. */
  [Symbol.iterator](): Iterator<RemoteJobRecord> {
    return this.#jobs.values();
  }

  /** The unsettled job of just this submission. */
  find(id: string, nonce: string): RemoteJobRecord | undefined {
    const job = this.#jobs.get(id);
    return job?.headers.nonce === nonce ? job : undefined;
  }

  has(id: string): boolean {
    return this.#jobs.has(id);
  }

  /** Counts a submission. @returns Its number, from 1. */
  count(): number {
    this.#submitted += 1;
    return this.#submitted;
  }

  /** Adds a counted job whose id no unsettled job has. */
  add(job: RemoteJobRecord): void {
    this.#jobs.set(job.id, job);
  }

  accept(job: RemoteJobRecord, sequence: number): void {
    this.#accepted += 1;
    job.accept(sequence);
  }

  /** Ends a counted job. @returns Whether it had not ended before. */
  settle(job: RemoteJobRecord, ending: RemoteEnding, value: unknown): boolean {
    if (!job.settle(ending, value)) return false;
    this.#endings[ending] += 1;
    // One that was refused for its id is not in the list, but the other job of that id.
    if (this.#jobs.get(job.id) === job) this.#jobs.delete(job.id);
    if (job.isAccepted) this.#accepted -= 1;
    if (FAILURES.has(ending) && job.isAccepted && !job.isWatched) this.#reportUnread(job);
    this.#onSettled(job);
    if (this.#jobs.size === 0) this.#onDrained?.();
    return true;
  }

  /** Counts the unsettled jobs by their states. */
  states(): Record<'waiting' | 'queued' | 'running', number> {
    const states = { waiting: 0, queued: 0, running: 0 };
    for (const { isAccepted, hasStarted } of this.#jobs.values()) {
      states[!isAccepted ? 'waiting' : hasStarted ? 'running' : 'queued'] += 1;
    }
    return states;
  }

  /** Fulfils when no job is unsettled. For one caller. */
  async drained(): Promise<void> {
    if (this.#jobs.size > 0) await new Promise<void>((resolve) => (this.#onDrained = resolve));
  }

  /** Warns later, as the handle of a job that fails at once may not have been given out yet. */
  #reportUnread(job: RemoteJobRecord): void {
    setImmediate(() => {
      if (job.isWatched || this.#hasWarned) return;
      this.#hasWarned = true;
      process.emitWarning(
        `Job '${job.name}' failed and nobody has read its result (read job.result; this is said once per pool): ` +
          format('%s', (job.value as Error | undefined)?.message ?? job.value),
        { type: 'MillraceWarning', code: 'MILLRACE_FAILED_UNREAD' },
      );
    });
  }
}
