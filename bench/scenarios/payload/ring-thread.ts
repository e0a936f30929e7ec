/** What runs on the threads of the bare exchange: the bytes go back as they came. */
import { parentPort, workerData } from 'node:worker_threads';

const isMoved = workerData === 'transferred';

parentPort?.on('message', (bytes: Uint8Array<ArrayBuffer>) =>
  parentPort?.postMessage(bytes, isMoved ? [bytes.buffer] : []),
);
