/**
 * No pool but the reference: what is left of one when only the messages remain. A ring of threads,
 * dealt to in turn, one message there and one back for each job.
 *
 * Invariant: a thread answers in the order in which it was asked, so that the oldest promise of a
 * thread belongs to its next answer. Nothing else is kept, and nothing is noticed that goes wrong.
 */
import { Worker } from 'node:worker_threads';
import { wakeThreads } from './jobs.js';
import type { Peer } from './peer.js';

const THREAD = new URL('./ring-thread.js', import.meta.url);
/** Answered promises are cleared away so many at a time. */
const CLEARED = 4096;

export const ring: Peer = {
  name: 'ring',
  package: undefined,
  async start({ threads, job }) {
    const members = Array.from({ length: threads }, () => new Member(job));
    let turn = 0;
    const run = (input: number) => {
      turn = turn + 1 === threads ? 0 : turn + 1;
      return (members[turn] as Member).run(input);
    };
    await wakeThreads(threads, run);
    return {
      run,
      stop: async () => void (await Promise.all(members.map((member) => member.stop()))),
    };
  },
};

class Member {
  readonly #worker: Worker;
  #asked: Array<(result: number) => void> = [];
  #answered = 0;

  constructor(job: string) {
    this.#worker = new Worker(THREAD, { workerData: job });
    this.#worker.on('message', (result: number) => {
      (this.#asked[this.#answered] as (result: number) => void)(result);
      this.#answered += 1;
      if (this.#answered === CLEARED) {
        this.#asked = this.#asked.slice(CLEARED);
        this.#answered = 0;
      }
    });
  }

  run(input: number): Promise<number> {
    return new Promise((resolve) => {
      this.#asked.push(resolve);
      this.#worker.postMessage(input);
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
