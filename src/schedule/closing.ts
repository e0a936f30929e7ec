/**
 * Ends a pool's life: takes no more submissions, then lets what is left run, or cuts it off.
 *
 *     running ──▶ closing ──▶ drained
 *
 * Invariants: the state only moves on; a submission is refused from the first moment of closing; every
 * accepted job settles, by itself or at the deadline.
 */
import type { Admission } from './admission.js';
import type { Backlog } from './backlog.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import { type MillraceError, PoolClosedError, withoutStack } from '../api/errors.js';
import type { JobRecord } from '../job/job.js';
import { Told } from '../wire/job-words.js';
import type { Settling } from './settling.js';
import type { Turns } from './turns.js';

/** A job that the closing deadline cut off. */
export interface UnfinishedJob {
  /** The name of the job function. */
  readonly name: string;
  /** The input as it was submitted; undefined if it was transferred. */
  readonly input: unknown;
  /** Whether a thread had started it. */
  readonly started: boolean;
  /** Whether the input was moved to a thread (`transfer`), so that it can't be submitted again. */
  readonly transferred: boolean;
}

export class Closing {
  readonly #admission: Admission;
  readonly #backlog: Backlog<JobRecord>;
  readonly #dispatcher: Dispatcher;
  readonly #settling: Settling;
  readonly #turns: Turns;
  #isClosing = false;
  #isCutOff = false;
  /** The jobs that were told so, and have not been rejected since. */
  readonly #told = new Set<JobRecord>();
  readonly #unfinished: Array<{ readonly id: number; readonly left: UnfinishedJob }> = [];

  constructor(
    admission: Admission,
    backlog: Backlog<JobRecord>,
    dispatcher: Dispatcher,
    settling: Settling,
    turns: Turns,
  ) {
    this.#turns = turns;
    this.#admission = admission;
    this.#backlog = backlog;
    this.#dispatcher = dispatcher;
    this.#settling = settling;
  }

  /**
   * Looks whether a closing pool has come to its end: the last accepted job has settled, and those that were told to
   * stop before that have had their grace, so that their threads can end in order.
   */
  drain(): boolean {
    if (!this.#isClosing || this.#backlog.accepted > 0) return false;
    this.#dispatcher.close();
    return this.#isCutOff || !this.#dispatcher.isGivingTime;
  }

  /** Takes no more submissions; refuses those that wait, and lets the accepted go on. */
  begin(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#refuseAll(closedRefusal);
  }

  /** The jobs that the deadline has cut off, the oldest first. */
  get unfinished(): readonly UnfinishedJob[] {
    return this.#unfinished.toSorted((a, b) => a.id - b.id).map(({ left }) => left);
  }

  /** Tells the jobs that run to stop, shortly before the deadline. One that fails from now on counts as cut off. */
  warn(): void {
    this.#dispatcher.collect();
    for (const job of this.#dispatcher.tellAll(Told.closing)) this.#told.add(job);
    this.#settling.onRejected = (job, error) => {
      if (!this.#told.delete(job)) return error;
      this.#unfinished.push({ id: job.id, left: unfinished(job, true) });
      return withoutStack(() => cutOffError(true, error));
    };
  }

  /** Rejects what is left, at the closing deadline. Its threads are the caller's to end. */
  cutOff(): void {
    this.#isCutOff = true;
    this.#dispatcher.close();
    this.#dispatcher.collect();
    const jobs = [...this.#dispatcher.lanes.sent(), ...this.#queued()].toSorted(
      (a, b) => a.id - b.id,
    );
    for (const job of jobs) {
      // A job whose function has ended is as good as done; its answer is on its way.
      if (job.isFinished) continue;
      this.#told.delete(job);
      const left = unfinished(job, false);
      const started = this.#dispatcher.withdraw(job, Told.closing);
      this.#unfinished.push({ id: job.id, left: { ...left, started } });
      const error = withoutStack(() => cutOffError(started, undefined));
      this.#settling.settle(job, 'rejected', error);
    }
  }

  /** Rejects everything: the job module can't be loaded, so nothing will ever run. */
  fail(error: MillraceError): void {
    for (const job of this.#queued()) this.#settling.settle(job, 'rejected', error);
    this.#refuseAll(() => error);
  }

  #refuseAll(make: () => MillraceError): void {
    this.#admission.close(make);
    this.#turns.close(make);
    for (let job = this.#backlog.firstWaiter; job !== undefined; job = this.#backlog.firstWaiter) {
      this.#settling.settle(job, 'refused', withoutStack(make));
    }
  }

  #queued(): JobRecord[] {
    const jobs: JobRecord[] = [];
    for (let job = this.#backlog.next; job !== undefined; job = job.next) jobs.push(job);
    return jobs;
  }
}

function closedRefusal(): PoolClosedError {
  return new PoolClosedError(
    'The pool is closed and takes no more jobs. Submit before close(), or make a new pool.',
    false,
  );
}

/** Describes a job in the report. */
function unfinished(job: JobRecord, started: boolean): UnfinishedJob {
  const { name, input, carrier, transfer } = job;
  const transferred = transfer !== undefined && (started || carrier !== undefined);
  return { name, input: transferred ? undefined : input, started, transferred };
}

function cutOffError(started: boolean, cause: unknown): PoolClosedError {
  return new PoolClosedError(
    `The pool closed at its deadline ${started ? 'while this job ran; it may have done part of its work' : 'before this job started'}.`,
    started,
    cause,
  );
}
