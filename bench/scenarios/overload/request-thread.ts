/**
 * Runs one job: the program of a thread that `thread-per-request` starts for a single document.
 *
 * Invariant: it sends one result and then ends by itself.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { digest } from '../../jobs/documents.js';

parentPort?.postMessage(digest(workerData as Uint8Array));
