/**
 * Opens a server's JetStream, and refuses servers that would break a promise.
 *
 * Invariant: the manager was tried; a server that is too old or has no JetStream is an error that says so.
 */
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { RemoteSetupError } from '../errors.js';
import { apiCode, isUnanswered, translated } from './faults.js';

/** Older ones drop acknowledged jobs where `max_bytes` is set (2.9), and leave orphans behind when they are killed. */
const OLDEST = [2, 10, 27] as const;
/** The server's codes for an account that has no JetStream, and for one that may not use it. */
const NOT_ENABLED: ReadonlySet<number | undefined> = new Set([10_039, 10_076]);

/** @throws RemoteSetupError */
export async function managerOf(connection: NatsConnection): Promise<JetStreamManager> {
  if (connection.isClosed()) {
    throw new RemoteSetupError('connection', 'The connection is closed: open a new one.');
  }
  const version = connection.info?.version ?? 'unknown';
  if (isOlder(version)) {
    throw new RemoteSetupError(
      'server',
      `The server is nats-server ${version}; ${OLDEST.join('.')} or newer is needed, as older ones lose jobs.`,
    );
  }
  try {
    return await jetstreamManager(connection);
  } catch (error) {
    if (!isWithoutJetStream(error)) throw translated(error);
    throw new RemoteSetupError(
      'jetstream',
      'The server has no JetStream for this account: start it with --jetstream (-js), or enable it for the account.',
      error,
    );
  }
}

/** By its numbers; what is behind them (`-beta.1`) makes it no older. */
export function isOlder(version: string): boolean {
  const numbers = version.split(/[.-]/, 3).map(Number);
  for (const [index, least] of OLDEST.entries()) {
    const number = numbers[index] ?? Number.NaN;
    if (Number.isNaN(number) || number < least) return true;
    if (number > least) return false;
  }
  return false;
}

function isWithoutJetStream(error: unknown): boolean {
  return (
    (error as Error | undefined)?.name === 'JetStreamNotEnabled' ||
    NOT_ENABLED.has(apiCode(error)) ||
    isUnanswered(error)
  );
}
