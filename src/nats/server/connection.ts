/** Defines the options that `RemotePool.connect` and `serve` share. */
import type { NatsConnection } from '@nats-io/transport-node';
import { invalid } from '../../api/options.js';

/** The options that `RemotePool.connect` and `serve` share. */
export interface RemoteOptions {
  /** A connection of `@nats-io/transport-node`. It stays open when the pool is closed. */
  readonly connection: NatsConnection;
  /** The name that was given to `provision`. */
  readonly name: string;
}

/** @throws InvalidOptionError */
export function connectionOf(value: unknown): NatsConnection {
  if (typeof (value as Partial<NatsConnection> | undefined)?.publish === 'function') {
    return value as NatsConnection;
  }
  throw invalid('connection', value, "a connection of '@nats-io/transport-node'");
}
