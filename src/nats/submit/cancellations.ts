/**
 * Tells nodes that jobs are to stop.
 *
 * The server does not store cancellations, so a node that connects later has missed them, and so has the next node of a
 * job whose node was lost. Each cancellation is therefore repeated when a node reports the start of its job.
 *
 * Invariant: of the cancellations whose outcome has not come, the newest 10,000 are remembered.
 */
import type { NatsConnection } from '@nats-io/transport-node';
import { type CancelReason, RecentCancels, writeCancel } from '../message/cancel.js';
import { type Names, subjects } from '../server/names.js';

export class Cancellations {
  readonly #connection: Pick<NatsConnection, 'isClosed' | 'isDraining' | 'publish'>;
  readonly #subject: string;
  readonly #recent = new RecentCancels();

  constructor(
    connection: Pick<NatsConnection, 'isClosed' | 'isDraining' | 'publish'>,
    names: Names,
  ) {
    this.#connection = connection;
    this.#subject = subjects.cancel(names);
  }

  /** Asks all nodes to stop a job, or not to start it. */
  cancel(nonce: string, reason: CancelReason): void {
    this.#recent.add(nonce, reason);
    this.#publish(nonce, reason);
  }

  /** A node has started a job that is settled here. */
  onStarted(nonce: string): void {
    const reason = this.#recent.get(nonce);
    if (reason !== undefined) this.#publish(nonce, reason);
  }

  /** The outcome of a job has come: it runs no more. */
  forget(nonce: string): void {
    this.#recent.forget(nonce);
  }

  #publish(nonce: string, reason: string): void {
    const connection = this.#connection;
    if (connection.isClosed() || connection.isDraining()) return;
    connection.publish(this.#subject, writeCancel(nonce, reason));
  }
}
