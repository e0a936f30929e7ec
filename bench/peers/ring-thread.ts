/** What runs on the threads of the ring: one message in, one message out. */
import { parentPort, workerData } from 'node:worker_threads';
import { identify, noop, spin } from '../../workers/spin.js';
import type { SpinJob } from './jobs.js';

const job = { identify, noop, spin }[workerData as SpinJob];

parentPort?.on('message', (input: number) => parentPort?.postMessage(job(input)));
