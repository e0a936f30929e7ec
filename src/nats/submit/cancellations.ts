/**
 * Tells nodes that jobs are to stop.
 *
 * The server does not store cancellations, so a node that connects later has missed them, and so has the next node of a
 * job whose node was lost. Each cancellation is therefore repeated when a node reports the start of its job.
 *
 * Invariant: of the cancellations whose outcome has not come, the newest 10,000 are remembered.
 */
import type { NatsConnection } from '@nats-io/transport-node';
import { type Names, subjects } from '../server/names.js';

/** The name of the reason, as the job's signal has it. */
export type CancelReason = 'AbortError' | 'TimeoutError';

const REMEMBERED = 10_000;

export class Cancellations {
  readonly #connection: Pick<NatsConnection, 'isClosed' | 'isDraining' | 'publish'>;
  readonly #subject: string;
  /** By the nonces of the submissions, oldest first. */
  readonly #reasons = new Map<string, CancelReason>();

  constructor(
    connection: Pick<NatsConnection, 'isClosed' | 'isDraining' | 'publish'>,
    names: Names,
  ) {
    this.#connection = connection;
    this.#subject = subjects.cancel(names);
  }

  /** Asks all nodes to stop a job, or not to start it. */
  cancel(nonce: string, reason: CancelReason): void {
    this.#reasons.set(nonce, reason);
    if (this.#reasons.size > REMEMBERED) {
      const [oldest] = this.#reasons.keys();
      this.#reasons.delete(oldest as string);
    }
    this.#publish(nonce, reason);
  }

  /** A node has started a job that is settled here. */
  onStarted(nonce: string): void {
    const reason = this.#reasons.get(nonce);
    if (reason !== undefined) this.#publish(nonce, reason);
  }

  /** The outcome of a job has come: it runs no more. */
  forget(nonce: string): void {
    this.#reasons.delete(nonce);
  }

  #publish(nonce: string, reason: CancelReason): void {
    const connection = this.#connection;
    if (connection.isClosed() || connection.isDraining()) return;
    connection.publish(this.#subject, `${reason} ${nonce}`);
  }
}
