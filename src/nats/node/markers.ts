/**
 * Counts how often a job was started again after its node was lost.
 *
 * The server's delivery count can't tell: a lost node bumps it for all of its jobs, innocent ones included. A
 * redelivered job therefore runs alone, and a marker is stored before it starts: if its node is lost then, this job was
 * running.
 *
 * Invariant: only markers count.
 */
import { JetStreamApiCodes, JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import { type Names, subjects } from '../server/names.js';

export class Markers {
  /** How many a job may have. */
  readonly most: number;
  readonly #manager: JetStreamManager;
  readonly #names: Names;

  constructor(manager: JetStreamManager, names: Names, most: number) {
    this.#manager = manager;
    this.#names = names;
    this.most = most;
  }

  /** How many the job of a message has. */
  async count(sequence: number): Promise<number> {
    const { attempts } = this.#names;
    try {
      const query = { last_by_subj: subjects.attempt(this.#names, sequence) };
      const marker = await this.#manager.streams.getMessage(attempts, query);
      return marker === null ? 0 : Number(marker.string());
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.NoMessageFound) {
        return 0;
      }
      throw error;
    }
  }

  /** Stores one more. */
  async add(sequence: number, count: number): Promise<void> {
    const subject = subjects.attempt(this.#names, sequence);
    await this.#manager.jetstream().publish(subject, String(count + 1));
  }

  /** The job has ended. */
  async forget(sequence: number): Promise<void> {
    const filter = subjects.attempt(this.#names, sequence);
    await this.#manager.streams.purge(this.#names.attempts, { filter });
  }
}
