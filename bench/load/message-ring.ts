/**
 * Runs jobs on a ring of threads in round-robin order, with one message there and one back for each job: a pool
 * reduced to its messages.
 *
 * Invariant: a thread answers in the order in which it was asked, so its oldest open promise belongs to its next
 * answer. No other state is kept, and no error is detected.
 */
import { type Transferable, Worker } from 'node:worker_threads';

/** Settled promises are discarded in batches of this size. */
const CLEARED = 4096;

/** Threads that run one program, which answers every message with a message. */
export class MessageRing<Input, Output> {
  readonly #members: ReadonlyArray<Member<Input, Output>>;
  #turn = 0;

  constructor(program: URL, threads: number, workerData: unknown) {
    this.#members = Array.from({ length: threads }, () => new Member(program, workerData));
  }

  run(input: Input, transfer?: readonly Transferable[]): Promise<Output> {
    this.#turn = this.#turn + 1 === this.#members.length ? 0 : this.#turn + 1;
    return (this.#members[this.#turn] as Member<Input, Output>).run(input, transfer);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.stop()));
  }
}

class Member<Input, Output> {
  readonly #worker: Worker;
  #asked: Array<(result: Output) => void> = [];
  #answered = 0;

  constructor(program: URL, workerData: unknown) {
    this.#worker = new Worker(program, { workerData });
    this.#worker.on('message', (result: Output) => {
      (this.#asked[this.#answered] as (result: Output) => void)(result);
      this.#answered += 1;
      if (this.#answered === CLEARED) {
        this.#asked = this.#asked.slice(CLEARED);
        this.#answered = 0;
      }
    });
  }

  run(input: Input, transfer?: readonly Transferable[]): Promise<Output> {
    return new Promise((resolve) => {
      this.#asked.push(resolve);
      this.#worker.postMessage(input, transfer);
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
