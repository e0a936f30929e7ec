/**
 * The jobs that all peers run: where their file is, and the functions for those that must be given
 * them on the thread.
 */
import type * as Jobs from '../jobs/cpu.js';
import { builtFile } from '../process/built-file.js';

export type ExperimentJobs = typeof Jobs;
export type ExperimentJob = keyof ExperimentJobs;

/** The job module's file. */
export const JOB_MODULE: URL = builtFile('bench/jobs/cpu.js');

/** Runs a job of no length on every thread: more of them at once than any thread can take. */
export async function wakeThreads(
  threads: number,
  run: (input: number) => PromiseLike<unknown>,
): Promise<void> {
  await Promise.all(Array.from({ length: 8 * threads }, () => run(0)));
}
