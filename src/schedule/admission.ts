/**
 * Checks a submission before it becomes a job, and refuses it.
 *
 * Invariants: a refusal allocates nothing but its error, which has no stack; every submission that
 * passes the check of its options is counted, and a refused one is counted as refused.
 */
import { AsyncResource } from 'node:async_hooks';
import type { Backlog, BacklogBound } from './backlog.js';
import {
  BacklogFullError,
  JobTooLargeError,
  type MillraceError,
  UnknownJobError,
  withoutStack,
} from '../api/errors.js';
import type { Functions } from '../job/functions.js';
import { type Cancel, JobRecord, type JobTerms } from '../job/job.js';
import {
  ATTEMPT,
  type AttemptOption,
  checkName,
  checkSubmitOptions,
  type Overflow,
  type SubmitOptions,
} from '../api/options.js';
import { JOB_OVERHEAD_BYTES, weigh } from '../wire/payload.js';
import type { Stats } from '../job/stats.js';

export class Admission {
  readonly #backlog: Backlog<JobRecord>;
  readonly #slots: number;
  readonly #functions: Functions;
  readonly #stats: Stats;
  #closedBy: (() => MillraceError) | undefined;

  constructor(backlog: Backlog<JobRecord>, slots: number, functions: Functions, stats: Stats) {
    this.#backlog = backlog;
    this.#slots = slots;
    this.#functions = functions;
    this.#stats = stats;
  }

  /** Refuses every submission from now on, for this reason. A later reason replaces an earlier one. */
  close(reason: () => MillraceError): void {
    this.#closedBy = reason;
  }

  /**
   * Counts a submission and refuses it if it can't be accepted, whatever room there is.
   *
   * @returns The bytes to charge.
   * @throws MillraceError; `signal.reason` if the signal has aborted.
   */
  check(name: string, input: unknown, options: SubmitOptions | undefined): number {
    checkName(name);
    if (options !== undefined) checkSubmitOptions(options);
    // Before it is counted: a getter of the input may submit, or ask for the counters.
    const bytes = (options?.bytes ?? weigh(input)) + JOB_OVERHEAD_BYTES;
    this.count(name, bytes, options?.signal);
    return bytes;
  }

  /** Counts a submission whose options are valid. @throws as `check` */
  count(name: string, bytes: number, signal: AbortSignal | undefined): void {
    this.#stats.submitted += 1;
    const isOpen = this.#closedBy === undefined && this.#functions.mayHave(name);
    if (!isOpen) throw this.#shutOut(name);
    if (signal?.aborted) throw this.#aborted(signal);
    if (bytes > this.#backlog.limits.bytes) throw this.#tooLarge(name, bytes);
  }

  /** Makes a job of the submission that was checked last. */
  record(
    cancel: Cancel,
    name: string,
    input: unknown,
    options: SubmitOptions | undefined,
    bytes: number,
    nowMs: number,
  ): JobRecord {
    const transfer = options?.transfer;
    return new JobRecord(
      cancel,
      this.#stats.submitted,
      this.#functions.get(name),
      input,
      bytes,
      nowMs,
      options?.signal,
      options === undefined ? undefined : termsOf(options),
      transfer === undefined || transfer.length === 0 ? undefined : transfer,
    );
  }

  #shutOut(name: string): MillraceError {
    return this.refuse(
      this.#closedBy ?? (() => new UnknownJobError(name, this.#functions.names ?? [])),
    );
  }

  #aborted(signal: AbortSignal): unknown {
    this.#stats.endings.cancelled += 1;
    return signal.reason;
  }

  #tooLarge(name: string, bytes: number): MillraceError {
    const limit = this.#backlog.limits.bytes;
    return this.refuse(() => new JobTooLargeError(name, bytes, limit));
  }

  /** Counts a refusal; the caller throws its error. */
  refuse(make: () => MillraceError): MillraceError {
    this.#stats.endings.refused += 1;
    return withoutStack(make);
  }

  /** Why there is no room; with `wait`, none for one more waiter. */
  fullError(limit: BacklogBound, overflow: Overflow): BacklogFullError {
    const { accepted, bytes, waiting, waitingBytes, limits, capacity } = this.#backlog;
    const held = {
      jobs: `${accepted} of ${capacity} jobs accepted`,
      bytes:
        overflow === 'wait'
          ? `${waitingBytes} of ${limits.bytes} bytes waiting`
          : `${bytes} of ${limits.bytes} bytes accepted`,
      waiters: `${waiting} of ${limits.waiters} waiters`,
    }[limit];
    return new BacklogFullError(limit, held, this.retryAfterMs(), overflow);
  }

  /** Estimates when the backlog will be half full, which is when `available` comes. */
  retryAfterMs(): number {
    const { accepted, waiting, limits } = this.#backlog;
    const excess = accepted + waiting - this.#slots - Math.floor(limits.jobs / 2);
    return this.#stats.retryAfterMs(Math.max(excess, 1), this.#slots);
  }
}

/** Undefined for a job that says nothing about them, so that it costs no memory. */
function termsOf(options: SubmitOptions & AttemptOption): JobTerms | undefined {
  const { timeout, graceMs, onProgress, [ATTEMPT]: attempt } = options;
  if (
    timeout === undefined &&
    graceMs === undefined &&
    onProgress === undefined &&
    attempt === undefined
  ) {
    return undefined;
  }
  const timeouts = typeof timeout === 'number' ? { totalMs: timeout } : timeout;
  return {
    ...timeouts,
    graceMs,
    // Called in the async context of the submission, as its other callbacks are.
    onProgress: onProgress && AsyncResource.bind(onProgress),
    attempt,
  };
}
