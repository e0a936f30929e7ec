/**
 * Runs the user's job in a measuring process: on a real pool of its module, with inputs in an order that the
 * seed sets.
 *
 * Invariant: `run` and `runIfRoom` never reject; a failed job is counted with the name of its input, and as
 * ended.
 */
import { BacklogFullError, Pool, type PoolOptions } from '../../../../src/index.js';
import type { JobTimeouts } from '../../../../src/index.js';
import { dealer, randomFrom } from '../../../math/random.js';
import { builtFile } from '../../../process/built-file.js';
import type { InputSource } from '../../../user-job/input-source.js';
import type { Input } from '../../../user-job/inputs.js';
import { FailureTally } from '../../../user-job/job-failures.js';
import type { JobName } from '../../../user-job/module-name.js';

/** The job and its inputs, the same for every measurement. */
export interface Subject {
  readonly job: Pick<JobName, 'label' | 'module' | 'name'>;
  readonly input: InputSource;
  /** Seed of the order of the inputs, and of the arrivals. */
  readonly seed: number;
}

/** Number of threads, and of jobs at once on each. */
export interface Slots {
  readonly threads: number;
  readonly concurrency: number;
}

/** Options of the pool; without a bound it rejects nothing. */
export interface JobPoolOptions extends Slots {
  readonly backlog?: { readonly jobs: number; readonly bytes: number };
}

/** More than ever waits here. */
const UNBOUNDED = { jobs: 1_000_000, bytes: Number.MAX_SAFE_INTEGER };

/** The module of the timing threads (`timed-thread.ts`). */
const TIMED_MODULE = builtFile('bench/scenarios/job/measure/timed-thread.js');

/** Runs jobs of the user's function. */
export class UserJob {
  readonly failures: FailureTally = new FailureTally();
  readonly #pool: Pool;
  readonly #name: string;
  readonly #next: () => Input;

  private constructor(pool: Pool, name: string, inputs: readonly Input[], seed: number) {
    this.#pool = pool;
    this.#name = name;
    this.#next = dealer(inputs, randomFrom(seed));
  }

  /** Starts a pool of the user's module. */
  static async start(
    { job, seed }: Subject,
    inputs: readonly Input[],
    { threads, concurrency, backlog = UNBOUNDED }: JobPoolOptions,
  ): Promise<UserJob> {
    const options: PoolOptions = { threads, concurrency, backlog, overflow: 'reject' };
    const pool = new Pool(job.module, options);
    await pool.ready();
    return new UserJob(pool, job.name, inputs, seed);
  }

  /** Starts a single thread that returns how long each job took, in milliseconds. */
  static async startTimed({ job, seed }: Subject, inputs: readonly Input[]): Promise<UserJob> {
    const { module, name } = job;
    const pool = new Pool(TIMED_MODULE, { threads: 1, workerData: { module, name } });
    await pool.ready();
    return new UserJob(pool, 'timed', inputs, seed);
  }

  /** Runs one job on the next input. Returns its result; undefined if it failed. */
  async run(): Promise<unknown> {
    const { name, value } = this.#next();
    try {
      return await this.#pool.run(this.#name, value);
    } catch (error) {
      this.failures.add(error, name);
      return undefined;
    }
  }

  /** Like `run`, but returns whether the pool had room for the job. */
  async runIfRoom(): Promise<boolean> {
    const { name, value } = this.#next();
    try {
      await this.#pool.run(this.#name, value);
    } catch (error) {
      if (error instanceof BacklogFullError) return false;
      this.failures.add(error, name);
    }
    return true;
  }

  /** Submits one job on the next input and returns at once. @throws what the pool or the job throws */
  submit(timeout: JobTimeouts | undefined): { readonly result: Promise<unknown>; input: string } {
    const { name, value } = this.#next();
    const result =
      timeout === undefined
        ? this.#pool.run(this.#name, value)
        : this.#pool.run(this.#name, value, { timeout });
    return { result, input: name };
  }

  /** Ends the threads once the jobs in flight have ended. */
  async close(): Promise<void> {
    await this.#pool.close();
  }
}
