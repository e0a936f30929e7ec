/**
 * Remembers what became of a job's deliveries: how often it was started again after its node was lost, and which
 * delivery was given back.
 *
 * The server's delivery count can't tell: a lost node bumps it for all of its jobs, innocent ones included. A
 * redelivered job therefore runs alone, and a marker is stored before it starts: if its node is lost then, this job was
 * running. One that a node has given back, as it could not run it, is no suspect.
 *
 * Invariant: only markers count as crashes.
 */
import type { JetStreamManager } from '@nats-io/jetstream';
import { type Names, subjects } from '../server/names.js';
import { storedMessage } from '../server/stored.js';

/** The history of a job that was delivered before. */
export interface Marker {
  /** How often it was started again after its node was lost. */
  readonly crashes: number;
  /** The number of the delivery that was given back last; 0 if none was. */
  readonly givenBack: number;
}

/** Of a job without a stored marker. */
export const NO_MARKER: Marker = { crashes: 0, givenBack: 0 };

export class Markers {
  /** After so many crashes a job is given up. */
  readonly most: number;
  readonly #manager: JetStreamManager;
  readonly #names: Names;

  constructor(manager: JetStreamManager, names: Names, most: number) {
    this.#manager = manager;
    this.#names = names;
    this.most = most;
  }

  /** @param sequence - The job's number in the stream. */
  async read(sequence: number): Promise<Marker> {
    const request = { last_by_subj: subjects.attempt(this.#names, sequence) };
    const stored = await storedMessage(this.#manager, this.#names.attempts, request);
    if (stored === null) return NO_MARKER;
    const [crashes = 0, givenBack = 0] = stored.string().split(' ').map(Number);
    return { crashes, givenBack };
  }

  async write(sequence: number, { crashes, givenBack }: Marker): Promise<void> {
    const subject = subjects.attempt(this.#names, sequence);
    await this.#manager.jetstream().publish(subject, `${crashes} ${givenBack}`);
  }

  /** The job has ended. */
  async forget(sequence: number): Promise<void> {
    const filter = subjects.attempt(this.#names, sequence);
    await this.#manager.streams.purge(this.#names.attempts, { filter });
  }
}
