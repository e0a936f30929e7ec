/**
 * Tells what an error of the client means: that the server said no, that it may say yes later, or that nobody knows.
 *
 * Invariant: an error that is not known to pass is final, so nothing is retried for ever.
 */
import { JetStreamApiError } from '@nats-io/jetstream';
import type { BacklogLimit } from '../../api/errors.js';
import { RemoteSetupError } from '../errors.js';

/** A bound of the stream was hit; only the text tells which. */
const FULL = 10_077;
/** Insufficient resources, no leader yet, a publish of the same id under way. */
const PASSING_CODES: ReadonlySet<number> = new Set([10_008, 10_023, 10_158]);
const PASSING_NAMES: ReadonlySet<string> = new Set([
  'TimeoutError',
  // The client's error for a request without a responder.
  'JetStreamNotEnabled',
  'NoResponders',
  'ConnectionError',
  'DisconnectedError',
]);

const MOST_CAUSES = 5;

/** The server's code of an error; undefined if the error is none of the server's. */
export function apiCode(error: unknown): number | undefined {
  return error instanceof JetStreamApiError ? error.code : undefined;
}

/** Which bound of the stream was hit; undefined if it was none. */
export function fullLimit(error: unknown): BacklogLimit | undefined {
  if (!(error instanceof JetStreamApiError) || error.code !== FULL) return undefined;
  if (error.message.includes('per subject')) return 'key';
  return error.message.includes('bytes') ? 'bytes' : 'jobs';
}

/** Whether it may go away by itself; what was asked for may have been done. */
export function isPassing(error: unknown): boolean {
  if (error instanceof JetStreamApiError) {
    return error.status === 503 ? error.code !== FULL : PASSING_CODES.has(error.code);
  }
  return chainOf(error).some((each) => PASSING_NAMES.has(nameOf(each)));
}

/** Whether nobody listens to the request: the stream is gone, or the server has just started. */
export function isUnanswered(error: unknown): boolean {
  return chainOf(error).some((each) => nameOf(each) === 'NoResponders');
}

/** A permission that the connection's account lacks. */
interface Denial extends Error {
  readonly operation: 'publish' | 'subscription';
  readonly subject: string;
}

/** The denial behind an error; undefined if it is another one. */
export function denialOf(error: unknown): Denial | undefined {
  return chainOf(error).find((each) => nameOf(each) === 'PermissionViolationError') as
    | Denial
    | undefined;
}

/** The error as users get it: of a connection whose account lacks a permission, for example. */
export function translated(error: unknown): unknown {
  const denial = denialOf(error);
  if (denial === undefined) return error;
  return new RemoteSetupError(
    'permission',
    `The connection's account lacks a permission: ${denial.message} (docs/distributed.md lists what it needs).`,
    error,
  );
}

/** Awaits a request to the server and translates its errors for users. */
export async function asked<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    throw translated(error);
  }
}

function nameOf(error: unknown): string {
  return String((error as { name?: unknown } | null | undefined)?.name);
}

/** An error and its causes. */
function chainOf(error: unknown): unknown[] {
  const chain = [error];
  while (chain.length < MOST_CAUSES) {
    const { cause } = (chain.at(-1) ?? {}) as { cause?: unknown };
    if (cause === undefined) break;
    chain.push(cause);
  }
  return chain;
}
