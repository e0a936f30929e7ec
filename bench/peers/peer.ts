/**
 * A peer: one way of running jobs of `bench/jobs/cpu.ts` on a fixed number of threads, behind the same
 * few lines as all the others.
 *
 * Invariants: `start` gives a pool that has answered (but see `isCold`); what `run` gives is what the job function
 * returned, and every peer runs the same function of the same file; after `stop` no thread is left.
 */
import type { ExperimentJob } from './jobs.js';

/** What a peer is started with. */
export interface PeerOptions {
  readonly threads: number;
  readonly job: ExperimentJob;
  /** Jobs in flight at most, as far as that is known; bounds and queues are sized by it. */
  readonly inFlight: number;
  /** What an input may weigh. Default: 1 KB. */
  readonly bytesPerJob?: number;
  /**
   * What the settings are chosen for, where one setting isn't best for both: as many jobs as
   * possible, or no job stuck behind another one while a thread is free.
   */
  readonly favour: 'throughput' | 'latency';
  /** For measuring the start itself: gives the pool as it is when it has been made. */
  readonly isCold?: boolean;
}

/** A running pool of a peer. */
export interface RunningPeer {
  /** Runs one job. Rejects where the job or the pool fails. */
  run(input: number): PromiseLike<number>;
  stop(): Promise<void>;
}

export interface Peer {
  readonly name: string;
  /** The package it needs beside this one. */
  readonly package: string | undefined;
  start(options: PeerOptions): Promise<RunningPeer>;
}
