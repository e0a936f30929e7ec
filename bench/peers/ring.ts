/**
 * Runs the reference, which is no pool: threads in round-robin order, one message there and one back.
 *
 * Invariant: apart from the messages, nothing is done but resolving the promises in their order.
 */
import { MessageRing } from '../load/message-ring.js';
import { builtFile } from '../process/built-file.js';
import { wakeThreads } from './jobs.js';
import type { Peer } from './peer.js';

const THREAD = builtFile('bench/peers/ring-thread.js');

export const ring: Peer = {
  name: 'ring',
  package: undefined,
  async start({ threads, job, isCold }) {
    const members = new MessageRing<number, number>(THREAD, threads, job);
    const run = (input: number) => members.run(input);
    if (isCold !== true) await wakeThreads(threads, run);
    return { run, stop: () => members.stop() };
  },
};
