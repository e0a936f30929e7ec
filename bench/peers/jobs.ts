/**
 * Locates the job module that all peers use, and warms up their threads.
 */
import type * as Jobs from '../jobs/cpu.js';
import { builtFile } from '../process/built-file.js';

export type ExperimentJobs = typeof Jobs;
export type ExperimentJob = keyof ExperimentJobs;

/** The file of the job module. */
export const JOB_MODULE: URL = builtFile('bench/jobs/cpu.js');

/** Runs an empty job on every thread, by submitting eight jobs per thread at once. */
export async function wakeThreads(
  threads: number,
  run: (input: number) => PromiseLike<unknown>,
): Promise<void> {
  await Promise.all(Array.from({ length: 8 * threads }, () => run(0)));
}
