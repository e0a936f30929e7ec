/**
 * A closed load on a pool: a fixed number of jobs in flight, each followed by the next one as soon
 * as it has ended. It finds out how many jobs a pool can do at most.
 *
 * Invariants: the same for every pool, one callback for each job and nothing else; a job that fails
 * makes all of it fail. The window goes from the end of one job to the end of another, the first ones
 * that are due, so that it holds whole turns where many jobs end at once.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type End, warmUp } from './warm-up.js';

/** What to run, and how. */
export interface SteadyLoadOptions {
  readonly inFlight: number;
  /** Starts the next job. */
  readonly run: () => PromiseLike<unknown>;
  /** Up to three times as long where the throughput isn't stable by then. */
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** What a pool did within the window. */
export interface Throughput {
  readonly jobs: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Of all threads of the process, in the jobs and around them. */
  readonly cpuUsPerJob: number;
  /** Whether the last two windows of the warm-up agreed; never without a warm-up. */
  readonly isStable: boolean;
}

/** The end of one job, with what had ended and been used until then. */
interface Mark extends End {
  readonly usage: NodeJS.CpuUsage;
}

/** Fulfils when the window is over; what is in flight then is left alone. Rejects when a job does. */
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
  /** Never fulfils. */
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
