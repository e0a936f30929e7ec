/**
 * The program of a thread that lives for one document: `thread-per-request` starts it.
 *
 * Invariant: it answers once and then ends by itself.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { digest } from '../../jobs/documents.js';

parentPort?.postMessage(digest(workerData as Uint8Array));
