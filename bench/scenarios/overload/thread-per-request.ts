/**
 * Creates the variant that starts a thread for each document: `new Worker()` in the request handler, as many
 * services do. Nothing bounds the number of threads.
 *
 * Invariant: a thread that can't be started or fails is a failed job and does not end the service.
 */
import { Worker } from 'node:worker_threads';
import { builtFile } from '../../process/built-file.js';
import type { Arm } from '../service/server/arm.js';

const PROGRAM = builtFile('bench/scenarios/overload/request-thread.js');

export function createThreadPerRequest(): Arm {
  return {
    isFull: () => false,
    start(document, done) {
      let isDone = false;
      const end = (error?: unknown) => {
        if (isDone) return;
        isDone = true;
        done(error);
      };
      try {
        new Worker(PROGRAM, { workerData: document })
          .once('message', () => end())
          .once('error', end)
          .once('exit', (code) => end(new Error(`The thread ended with ${code}.`)));
      } catch (error) {
        setImmediate(end, error);
      }
      return true;
    },
    retryAfterSeconds: () => 1,
  };
}
