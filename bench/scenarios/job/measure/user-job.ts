/**
 * The user's job in a measuring process: a real pool of its module, and inputs that the seed deals.
 *
 * Invariant: a call never rejects; what failed is counted with the input's name and counts as ended.
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
  /** Deals the inputs, and the arrivals. */
  readonly seed: number;
}

/** Threads, and jobs at once on each. */
export interface Slots {
  readonly threads: number;
  readonly concurrency: number;
}

/** What the pool is made with; without a bound it refuses nothing. */
export interface JobPoolOptions extends Slots {
  readonly backlog?: { readonly jobs: number; readonly bytes: number };
}

/** More than can ever wait here. */
const UNBOUNDED = { jobs: 1_000_000, bytes: Number.MAX_SAFE_INTEGER };

/** What the timing threads run (`timed-thread.ts`). */
const TIMED_MODULE = builtFile('bench/scenarios/job/measure/timed-thread.js');

/** Jobs of the user's function. */
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

  /** Starts a single thread that answers how long each job took, in milliseconds. */
  static async startTimed({ job, seed }: Subject, inputs: readonly Input[]): Promise<UserJob> {
    const { module, name } = job;
    const pool = new Pool(TIMED_MODULE, { threads: 1, workerData: { module, name } });
    await pool.ready();
    return new UserJob(pool, 'timed', inputs, seed);
  }

  /** One job on the next input. Gives its result; undefined where it failed. */
  async run(): Promise<unknown> {
    const { name, value } = this.#next();
    try {
      return await this.#pool.run(this.#name, value);
    } catch (error) {
      this.failures.add(error, name);
      return undefined;
    }
  }

  /** As `run`; false where the pool had no room for it. */
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

  /** The same, for who wants to know how it ended. @throws what the pool or the job throws */
  submit(timeout: JobTimeouts | undefined): { readonly result: Promise<unknown>; input: string } {
    const { name, value } = this.#next();
    const result =
      timeout === undefined
        ? this.#pool.run(this.#name, value)
        : this.#pool.run(this.#name, value, { timeout });
    return { result, input: name };
  }

  /** Ends the threads, when what is in flight has ended. */
  async close(): Promise<void> {
    await this.#pool.close();
  }
}
