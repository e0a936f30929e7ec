/**
 * Defines a peer: one way of running the jobs of `bench/jobs/cpu.ts` on a fixed number of threads, behind the same
 * few lines as all the others.
 *
 * Invariants: `start` returns a pool that has answered (except with `isCold`); `run` returns the result of the job
 * function, and every peer runs the same function of the same file; after `stop` no thread is left.
 */
import type { ExperimentJob } from './jobs.js';

/** The settings of a peer. */
export interface PeerOptions {
  readonly threads: number;
  readonly job: ExperimentJob;
  /** Max jobs in flight, as far as known; determines bounds and sizes of queues. */
  readonly inFlight: number;
  /** Max bytes that a job is charged. Default: 1 KB. */
  readonly bytesPerJob?: number;
  /**
   * The goal of the settings, if one setting isn't best for both: max throughput, or no job stuck behind another one
   * while a thread is free.
   */
  readonly favour: 'throughput' | 'latency';
  /** For measuring the start itself: returns the pool as soon as it is constructed. */
  readonly isCold?: boolean;
}

/** A running pool of a peer. */
export interface RunningPeer {
  /** Runs one job. Rejects if the job or the pool fails. */
  run(input: number): PromiseLike<number>;
  stop(): Promise<void>;
}

export interface Peer {
  readonly name: string;
  /** The npm package that the peer needs besides this one; undefined: none. */
  readonly package: string | undefined;
  start(options: PeerOptions): Promise<RunningPeer>;
}
