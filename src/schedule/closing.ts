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
import type { Settling } from './settling.js';

/** A job that the closing deadline cut off. */
export interface UnfinishedJob {
  /** The name of the job function. */
  readonly name: string;
  /** As it was submitted; undefined if it was transferred. */
  readonly input: unknown;
  /** Whether a thread had started it. */
  readonly started: boolean;
  /** Whether the input went to a thread for good (`transfer`), so that it can't be submitted again. */
  readonly transferred: boolean;
}

export class Closing {
  readonly #admission: Admission;
  readonly #backlog: Backlog<JobRecord>;
  readonly #dispatcher: Dispatcher;
  readonly #settling: Settling;
  #isClosing = false;

  constructor(
    admission: Admission,
    backlog: Backlog<JobRecord>,
    dispatcher: Dispatcher,
    settling: Settling,
  ) {
    this.#admission = admission;
    this.#backlog = backlog;
    this.#dispatcher = dispatcher;
    this.#settling = settling;
  }

  /** Whether the pool is closing and its last accepted job has settled. */
  get isDrained(): boolean {
    return this.#isClosing && this.#backlog.accepted === 0;
  }

  /** Takes no more submissions; refuses those that wait, and lets the accepted go on. */
  begin(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#refuseAll(closedRefusal);
  }

  /** Rejects what is left, at the closing deadline. Its threads are the caller's to stop. */
  cutOff(): UnfinishedJob[] {
    this.#dispatcher.collect();
    const jobs = [...this.#dispatcher.lanes.sent(), ...this.#queued()].toSorted(
      (a, b) => a.id - b.id,
    );
    // A job whose function has ended is as good as done; its answer is on its way.
    return jobs
      .filter((job) => !job.isFinished)
      .map((job) => {
        const { name, input } = job;
        const transferred = job.carrier !== undefined && job.transfer !== undefined;
        const started = this.#dispatcher.withdraw(job);
        const error = withoutStack(() => cutOffError(started));
        this.#settling.settle(job, 'rejected', error);
        return { name, input: transferred ? undefined : input, started, transferred };
      });
  }

  /** Rejects everything: the job module can't be loaded, so nothing will ever run. */
  fail(error: MillraceError): void {
    for (const job of this.#queued()) this.#settling.settle(job, 'rejected', error);
    this.#refuseAll(() => error);
  }

  #refuseAll(make: () => MillraceError): void {
    this.#admission.close(make);
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

function cutOffError(started: boolean): PoolClosedError {
  return new PoolClosedError(
    `The pool closed at its deadline ${started ? 'while this job ran; it may have done part of its work' : 'before this job started'}.`,
    started,
  );
}
