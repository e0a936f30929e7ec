/** Runs on the threads of the ring: one message in, one message out. */
import { parentPort, workerData } from 'node:worker_threads';
import { identify, noop, spin, work } from '../jobs/cpu.js';
import type { ExperimentJob } from './jobs.js';

const job = { identify, noop, spin, work }[workerData as ExperimentJob];

parentPort?.on('message', (input: number) => parentPort?.postMessage(job(input)));
