/** Runs on Poolifier's threads: serves the job functions under their own names. */
import { ThreadWorker } from 'poolifier';
import { identify, noop, spin, work } from '../jobs/cpu.js';

export const worker: unknown = new ThreadWorker<number, number>({
  noop: (input) => noop(input ?? 0),
  spin: (input) => spin(input ?? 0),
  work: (input) => work(input ?? 0),
  identify: (input) => identify(input ?? 0),
});
