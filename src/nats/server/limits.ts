/**
 * The bounds of a remote pool: their defaults and their validation.
 *
 * Invariant: what leaves this file is complete and valid.
 */
import { invalid, record, whole, withDefault } from '../../api/options.js';

/** Bounds what the server keeps, in age and in bytes. */
export interface Retention {
  /** Milliseconds that a message is kept, min 1000. */
  readonly ageMs?: number;
  /** Max bytes of all messages; the oldest make room. */
  readonly bytes?: number;
}

/** The bounds of a remote pool, enforced by the server. `provision` does not change those of an existing pool. */
export interface RemoteLimits {
  /** Max jobs that wait or run, on all nodes together, 1 to 1,000,000. */
  readonly jobs: number;
  /** Max bytes of all of them, including about 300 bytes of overhead per job. Default 256 MiB. */
  readonly bytes?: number;
  /** Max bytes of one job with its headers. Default: the server's `max_payload`. */
  readonly jobBytes?: number;
  /** Max jobs of one `key` that wait or run. It does not share the nodes fairly among keys. Default: none. */
  readonly keyLimit?: number;
  /**
   * Milliseconds without a heartbeat after which a node's jobs are redelivered to other nodes, min 1000. Default
   * 30,000.
   */
  readonly ackWaitMs?: number;
  /** Milliseconds for which the server remembers an id and rejects a second job with it, min 100. Default 120,000. */
  readonly duplicateWindowMs?: number;
  /** Copies of everything, in a cluster: 1, 3 or 5. Default 1. */
  readonly replicas?: number;
  /** Results that wait for their submitters. Default: one hour and 256 MiB. */
  readonly results?: Retention;
  /** Jobs that were given up. Default: one week and 64 MiB. */
  readonly deadLetters?: Retention;
}

/** The bounds, complete; `jobBytes` -1 is the server's. */
export interface Limits {
  readonly jobs: number;
  readonly bytes: number;
  readonly jobBytes: number;
  readonly keyLimit: number | undefined;
  readonly ackWaitMs: number;
  readonly duplicateWindowMs: number;
  readonly replicas: number;
  readonly results: Required<Retention>;
  readonly deadLetters: Required<Retention>;
}

const OPTIONS = [
  'jobs',
  'bytes',
  'jobBytes',
  'keyLimit',
  'ackWaitMs',
  'duplicateWindowMs',
  'replicas',
  'results',
  'deadLetters',
];
const MIB = 1024 ** 2;
const MAX_MS = 2 ** 31 - 1;
const MAX_JOBS = 1_000_000;
const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

/** Completes and checks them. @throws InvalidOptionError */
export function limitsOf(options: unknown): Limits {
  if (options === undefined)
    throw invalid('limits', options, `an object with ${OPTIONS.join(', ')}`);
  const given = record('options', options, OPTIONS);
  const count = (option: string, most: number): number | undefined =>
    whole(option, given[option], 1, most);
  const jobs = count('jobs', MAX_JOBS);
  if (jobs === undefined) {
    throw invalid(
      'jobs',
      undefined,
      `a whole number from 1 to ${MAX_JOBS}; it is the bound, so it has no default`,
    );
  }
  return {
    jobs,
    bytes: count('bytes', Number.MAX_SAFE_INTEGER) ?? 256 * MIB,
    jobBytes: count('jobBytes', 2 ** 31 - 1) ?? -1,
    keyLimit: count('keyLimit', jobs),
    ackWaitMs: whole('ackWaitMs', given['ackWaitMs'], 1000, MAX_MS) ?? 30_000,
    duplicateWindowMs:
      whole('duplicateWindowMs', given['duplicateWindowMs'], 100, MAX_MS) ?? 120_000,
    replicas: replicasOf(given['replicas']),
    results: retention('results', given['results'], HOUR_MS, 256 * MIB),
    deadLetters: retention('deadLetters', given['deadLetters'], WEEK_MS, 64 * MIB),
  };
}

function replicasOf(value: unknown): number {
  if (value === undefined) return 1;
  if (value === 1 || value === 3 || value === 5) return value;
  throw invalid('replicas', value, '1, 3, 5');
}

function retention(
  option: string,
  value: unknown,
  ageMs: number,
  bytes: number,
): Required<Retention> {
  const given = record(option, withDefault(value, {}), ['ageMs', 'bytes']);
  return {
    ageMs: whole(`${option}.ageMs`, given['ageMs'], 1000, Number.MAX_SAFE_INTEGER / 1e6) ?? ageMs,
    bytes: whole(`${option}.bytes`, given['bytes'], 1, Number.MAX_SAFE_INTEGER) ?? bytes,
  };
}
