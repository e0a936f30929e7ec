/**
 * Reports when the stream of jobs is likely to have room: after an acknowledgement, or after a while.
 *
 * Invariant: it subscribes to nothing while nobody waits.
 */
import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import type { Names } from '../server/names.js';

/** How long nobody hears of an acknowledgement until it is tried all the same: one may have been missed. */
const FALLBACK_MS = 200;

export class Room {
  readonly #connection: NatsConnection;
  readonly #subject: string;
  readonly #onRoom: () => void;
  #subscription: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param onRoom - Called each time that room is likely, while it is awaited. */
  constructor(connection: NatsConnection, { jobs, nodes }: Names, onRoom: () => void) {
    this.#connection = connection;
    this.#subject = `$JS.EVENT.METRIC.CONSUMER.ACK.${jobs}.${nodes}`;
    this.#onRoom = onRoom;
  }

  /** From now on, until `leave`. */
  await(): void {
    // There is nothing to wait for on a connection that ends.
    if (this.#connection.isClosed() || this.#connection.isDraining()) return;
    this.#subscription ??= this.#connection.subscribe(this.#subject, {
      callback: () => this.#onRoom(),
    });
    clearTimeout(this.#timer);
    // Not all at once: many submitters may wait for the same place.
    this.#timer = setTimeout(this.#onRoom, FALLBACK_MS * (1 + Math.random()));
  }

  leave(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
  }
}
