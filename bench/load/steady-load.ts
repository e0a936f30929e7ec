/**
 * Generates a closed load on a pool: a fixed number of jobs in flight, each followed by the next as soon as it has
 * ended. It finds the max throughput of a pool.
 *
 * Invariants: the load is the same for every pool, with one callback per job and nothing else; a failed job fails the
 * whole measurement. The window runs from the first job that ends after the warm-up to the first one that ends after
 * `windowMs`, so that it contains whole batches if many jobs end at once.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type End, warmUp } from './warm-up.js';

/** The load to generate. */
export interface SteadyLoadOptions {
  readonly inFlight: number;
  /** Starts the next job. */
  readonly run: () => PromiseLike<unknown>;
  /** The warm-up takes up to three times as long if the throughput is not stable by then. */
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** The throughput of a pool within the window. */
export interface Throughput {
  readonly jobs: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** CPU time of all threads of the process, inside and outside the jobs. */
  readonly cpuUsPerJob: number;
  /** Whether the last two windows of the warm-up agreed; false without a warm-up. */
  readonly isStable: boolean;
}

/** The end of one job, with the number of jobs ended and the CPU time used until then. */
interface Mark extends End {
  readonly usage: NodeJS.CpuUsage;
}

/** Resolves when the window is over; jobs in flight are left alone. Rejects when a job does. */
export async function measureThroughput(options: SteadyLoadOptions): Promise<Throughput> {
  const load = new Load(options);
  try {
    return await Promise.race([load.failed, measureWindow(load, options)]);
  } finally {
    load.stop();
  }
}

async function measureWindow(load: Load, options: SteadyLoadOptions): Promise<Throughput> {
  load.start(options.inFlight);
  const isStable = await warmUp(() => load.nextEnd(), options);
  const from = await load.nextEnd();
  await pause(options.windowMs);
  const to = await load.nextEnd();
  const jobs = to.ended - from.ended;
  const seconds = (to.atMs - from.atMs) / 1000;
  const cpuUs = to.usage.user + to.usage.system - from.usage.user - from.usage.system;
  return { jobs, seconds, perSecond: jobs / seconds, cpuUsPerJob: cpuUs / jobs, isStable };
}

class Load {
  /** Never resolves; rejects when a job fails. */
  readonly failed: Promise<never>;
  readonly #run: () => PromiseLike<unknown>;
  readonly #onEnd: () => void;
  #onFailure: (error: unknown) => void = () => {};
  #onMark: ((mark: Mark) => void) | undefined;
  #ended = 0;
  #isStopped = false;

  constructor({ run }: SteadyLoadOptions) {
    this.#run = run;
    this.failed = new Promise((_, reject) => {
      this.#onFailure = reject;
    });
    this.#onEnd = () => {
      this.#ended += 1;
      if (this.#onMark !== undefined) this.#mark(this.#onMark);
      if (!this.#isStopped) this.#next();
    };
  }

  start(inFlight: number): void {
    for (let lane = 0; lane < inFlight; lane += 1) this.#next();
  }

  stop(): void {
    this.#isStopped = true;
  }

  nextEnd(): Promise<Mark> {
    return new Promise((resolve) => {
      this.#onMark = resolve;
    });
  }

  #next(): void {
    this.#run().then(this.#onEnd, this.#onFailure);
  }

  #mark(resolve: (mark: Mark) => void): void {
    this.#onMark = undefined;
    resolve({ ended: this.#ended, atMs: performance.now(), usage: process.cpuUsage() });
  }
}
