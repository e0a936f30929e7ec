/**
 * A pool that is observed from outside: it tallies each submission and its ending, as promises and handles report them.
 * The counters of `stats()` are compared with this tally, never with each other alone.
 */
import { getEventListeners } from 'node:events';
import { type Job, type JobArguments, type JobName, type JobResult, Pool } from 'millrace';
import type { PoolOptions, ThreadHook, UntypedModule } from 'millrace';
import { expect } from 'vitest';

type Ending = 'fulfilled' | 'rejected' | 'cancelled' | 'timedOut' | 'dropped' | 'refused';

/** Outcome of a submission; `failed` if a rejection of `run` may be a refusal or an ending. */
type Outcome = Ending | 'failed' | undefined;

interface Submission {
  readonly outcome: () => Outcome;
}

export class TalliedPool<Module extends object = UntypedModule> extends Pool<Module> {
  readonly #submissions: Submission[] = [];
  readonly #listenersBefore = new Map<AbortSignal, number>();
  readonly #slots: number;
  readonly #violations: string[] = [];
  #hasUntallied = false;

  constructor(module: URL | string, options: PoolOptions<string> = {}) {
    super(module, {
      ...(process.env['COALESCE'] === 'off' && { coalesce: false }),
      ...(options as PoolOptions<ThreadHook<Module>>),
    });
    // Jobs that these submit are not seen from outside.
    for (const verb of ['map', 'group'] as const) {
      const called = this[verb].bind(this) as (...args: unknown[]) => unknown;
      Object.defineProperty(this, verb, {
        value: (...args: unknown[]) => {
          this.#hasUntallied = true;
          return called(...args);
        },
      });
    }
    this.#slots = this.stats().threads.target * (options.concurrency ?? 1);
  }

  override run<Name extends JobName<Module>>(
    name: Name,
    ...args: JobArguments<Module[Name]>
  ): Promise<JobResult<Module[Name]>> {
    this.#noteSignal(args[1]?.signal);
    const promise = super.run(name, ...args);
    this.#follow(promise, args[1]?.signal, 'failed');
    return promise;
  }

  override submit<Name extends JobName<Module>>(
    name: Name,
    ...args: JobArguments<Module[Name]>
  ): Promise<Job<JobResult<Module[Name]>>> {
    this.#noteSignal(args[1]?.signal);
    const promise = super.submit(name, ...args);
    this.#follow(promise, args[1]?.signal, 'refused');
    return promise;
  }

  override trySubmit<Name extends JobName<Module>>(
    name: Name,
    ...args: JobArguments<Module[Name]>
  ): Job<JobResult<Module[Name]>> | undefined {
    const signal = args[1]?.signal;
    this.#noteSignal(signal);
    try {
      const job = super.trySubmit(name, ...args);
      this.#submissions.push({ outcome: () => (job === undefined ? 'refused' : endingOf(job)) });
      return job;
    } catch (error) {
      const outcome = classify(error, signal, 'refused');
      if (!isInvalid(error)) this.#submissions.push({ outcome: () => outcome });
      throw error;
    } finally {
      this.#check();
    }
  }

  /**
   * Call it after `close()`. Every submission must have ended, the counters must agree, and no signal may have a
   * listener.
   */
  verify(): void {
    if (this.#hasUntallied) return this.#verifySums();
    const { jobs, backlog } = this.stats();
    const count = (outcome: Outcome): number =>
      this.#submissions.filter((submission) => submission.outcome() === outcome).length;
    expect(this.#violations).toEqual([]);
    expect({
      ...jobs,
      rejected: jobs.rejected + jobs.refused,
      refused: 'counted as rejected',
      abandoned: 'settled before',
    }).toEqual({
      submitted: this.#submissions.length,
      waiting: 0,
      queued: 0,
      running: 0,
      fulfilled: count('fulfilled'),
      rejected: count('rejected') + count('refused') + count('failed'),
      cancelled: count('cancelled'),
      timedOut: count('timedOut'),
      dropped: count('dropped'),
      refused: 'counted as rejected',
      abandoned: 'settled before',
    });
    expect(jobs.refused).toBeGreaterThanOrEqual(count('refused'));
    expect(jobs.rejected).toBeGreaterThanOrEqual(count('rejected'));
    expect({ bytes: backlog.bytes, oldestMs: backlog.oldestMs }).toEqual({ bytes: 0, oldestMs: 0 });
    for (const [signal, before] of this.#listenersBefore) {
      expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(before);
    }
  }

  /** Checks only the sums, as not every submission was seen from outside. */
  #verifySums(): void {
    const { jobs, backlog } = this.stats();
    const { submitted, abandoned: _, waiting, queued, running, ...endings } = jobs;
    const ended = Object.values(endings).reduce((sum, count) => sum + count, 0);
    expect({ waiting, queued, running, ended }).toEqual({
      waiting: 0,
      queued: 0,
      running: 0,
      ended: submitted,
    });
    expect(backlog.bytes).toBe(0);
    expect(this.#violations).toEqual([]);
  }

  #noteSignal(signal: AbortSignal | undefined): void {
    if (!(signal instanceof AbortSignal) || this.#listenersBefore.has(signal)) return;
    this.#listenersBefore.set(signal, getEventListeners(signal, 'abort').length);
  }

  #follow(
    promise: Promise<unknown>,
    signal: AbortSignal | undefined,
    failure: 'failed' | 'refused',
  ): void {
    let outcome: () => Outcome = () => undefined;
    const submission = { outcome: () => outcome() };
    this.#submissions.push(submission);
    promise.then(
      (value) => {
        outcome = failure === 'failed' ? () => 'fulfilled' : () => endingOf(value as Job<unknown>);
        this.#check();
      },
      (error) => {
        const ending = classify(error, signal, failure);
        outcome = () => ending;
        if (isInvalid(error)) this.#submissions.splice(this.#submissions.indexOf(submission), 1);
        this.#check();
      },
    );
    this.#check();
  }

  /** Checks the bounds and the conservation of jobs, at this instant. */
  #check(): void {
    const { jobs, backlog } = this.stats();
    const { submitted, abandoned, ...states } = jobs;
    const sum = Object.values(states).reduce((total, count) => total + count, 0);
    const accepted = jobs.queued + jobs.running;
    const rules: Array<[string, boolean]> = [
      ['submitted is the sum of the states', submitted === sum],
      ['running <= slots', jobs.running <= this.#slots],
      ['abandoned <= 2 × slots', abandoned <= 2 * this.#slots],
      ['accepted <= slots + backlog.jobs', accepted <= this.#slots + backlog.limit.jobs],
      ['bytes <= backlog.bytes', backlog.bytes <= backlog.limit.bytes],
      ['waiting <= backlog.waiters', jobs.waiting <= backlog.limit.waiters],
    ];
    for (const [rule, holds] of rules) {
      if (!holds) this.#violations.push(`${rule}: ${JSON.stringify({ jobs, backlog })}`);
    }
  }
}

/** Uses the handle's state, as reading `result` would affect the pool. */
function endingOf(job: Job<unknown>): Outcome {
  const { state } = job;
  return state === 'waiting' || state === 'queued' || state === 'running' ? undefined : state;
}

function classify(
  error: unknown,
  signal: AbortSignal | undefined,
  failure: 'failed' | 'refused',
): Outcome {
  if (signal?.aborted === true && error === signal.reason) return 'cancelled';
  switch ((error as { code?: unknown } | null | undefined)?.code) {
    case 'ERR_JOB_TIMEOUT':
      return 'timedOut';
    case 'ERR_JOB_DROPPED':
      return 'dropped';
    default:
      return failure;
  }
}

function isInvalid(error: unknown): boolean {
  return (error as { code?: unknown } | null | undefined)?.code === 'ERR_INVALID_OPTION';
}
