/** Runs on the threads of the bare exchange: sends the bytes back as they came. */
import { parentPort, workerData } from 'node:worker_threads';

const isMoved = workerData === 'transferred';

parentPort?.on('message', (bytes: Uint8Array<ArrayBuffer>) =>
  parentPort?.postMessage(bytes, isMoved ? [bytes.buffer] : []),
);
