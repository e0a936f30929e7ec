/**
 * Defines the options of a remote pool and of its jobs: their defaults and their validation.
 *
 * Invariant: what leaves this file is complete and valid; options of local jobs are refused by name.
 */
import type { NatsConnection } from '@nats-io/transport-node';
import { checkSubmitOptions, invalid, oneOf, record, whole } from '../../api/options.js';
import { InvalidOptionError } from '../../api/errors.js';
import type { JobTimeouts, SubmitOptions } from '../../api/options.js';
import type { Encoding } from '../message/codec.js';
import { connectionOf, type RemoteOptions } from '../server/connection.js';
import { isWellFormed, type Names, namesOf } from '../server/names.js';
import type { OutboxLimits } from './outbox.js';

/** The options of a remote pool. */
export interface RemotePoolOptions extends RemoteOptions {
  /** The policy for submissions while the server is full. Default `'wait'`. */
  readonly overflow?: 'wait' | 'reject';
  /** Max submissions that wait for room in this process. Default 1024. */
  readonly waiters?: number;
  /** Max bytes of submissions that wait or are on their way to the server. Default 64 MiB. */
  readonly bytes?: number;
  /** Max unacknowledged publishes, 1 to 1024. Default 64. */
  readonly publishing?: number;
  /** Max accepted jobs without a result; while this is reached no further job is published. Default 10,000. */
  readonly maxUnread?: number;
  /**
   * The format of inputs and results: `'v8'` for the types of structured clone, `'json'` for nodes in other languages,
   * by the protocol in docs/protocol.md. Default `'v8'`.
   */
  readonly encoding?: Encoding;
}

/** The options of one remote job. */
export interface RemoteSubmitOptions extends Pick<
  SubmitOptions,
  'signal' | 'timeout' | 'graceMs' | 'onProgress'
> {
  /**
   * Identifies the job, so that it is submitted once: a second one with the same id is rejected with
   * `ERR_DUPLICATE_JOB` for as long as the server remembers the first (`duplicateWindowMs`). 1 to 256 characters.
   * Default: generated.
   */
  readonly id?: string;
  /** The tenant or customer, 1 to 256 characters: the server bounds the jobs of each key (`keyLimit`). */
  readonly key?: string;
}

/** A remote pool's options, complete. */
export interface RemoteSettings {
  readonly connection: NatsConnection;
  readonly names: Names;
  readonly overflow: 'wait' | 'reject';
  readonly limits: OutboxLimits;
  readonly encoding: Encoding;
}

/** The options of one job, complete. */
export interface RemoteTerms {
  readonly id: string | undefined;
  readonly key: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly timeouts: JobTimeouts;
  readonly graceMs: number | undefined;
  readonly onProgress: ((value: unknown) => void) | undefined;
}

const MAX_TEXT = 256;
const KNOWN = ['signal', 'timeout', 'graceMs', 'onProgress', 'id', 'key'];
const LOCAL_ONLY = ['transfer', 'bytes'];

/** @throws InvalidOptionError */
export function remoteSettings(options: unknown): RemoteSettings {
  const given = record('options', options, [
    'connection',
    'name',
    'overflow',
    'waiters',
    'bytes',
    'publishing',
    'maxUnread',
    'encoding',
  ]);
  return {
    connection: connectionOf(given['connection']),
    names: namesOf(given['name']),
    overflow: oneOf('overflow', given['overflow'], ['wait', 'reject'] as const) ?? 'wait',
    limits: {
      waiters: whole('waiters', given['waiters'], 0, 2 ** 31) ?? 1024,
      bytes: whole('bytes', given['bytes'], 1, Number.MAX_SAFE_INTEGER) ?? 64 * 1024 ** 2,
      publishing: whole('publishing', given['publishing'], 1, 1024) ?? 64,
      unread: whole('maxUnread', given['maxUnread'], 1, 1_000_000) ?? 10_000,
    },
    encoding: oneOf('encoding', given['encoding'], ['v8', 'json'] as const) ?? 'v8',
  };
}

/** @throws InvalidOptionError */
export function remoteTerms(options: RemoteSubmitOptions | undefined): RemoteTerms {
  if (options === undefined) return NOTHING;
  const local = LOCAL_ONLY.find((name) => name in options);
  if (local !== undefined) {
    throw new InvalidOptionError(
      local,
      `Option '${local}' is only for jobs of a local pool (docs/distributed.md).`,
    );
  }
  record('options', options, KNOWN);
  const { id, key, ...others } = options;
  checkSubmitOptions(others);
  const { timeout } = others;
  return {
    id: text('id', id),
    key: text('key', key),
    signal: others.signal,
    timeouts: typeof timeout === 'number' ? { totalMs: timeout } : (timeout ?? {}),
    graceMs: others.graceMs,
    onProgress: others.onProgress,
  };
}

const NOTHING: RemoteTerms = {
  id: undefined,
  key: undefined,
  signal: undefined,
  timeouts: {},
  graceMs: undefined,
  onProgress: undefined,
};

function text(option: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const isText = typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT;
  if (isText && isWellFormed(value)) return value;
  throw invalid(option, value, `well-formed text of 1 to ${MAX_TEXT} characters`);
}
