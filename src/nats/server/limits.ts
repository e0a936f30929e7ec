/**
 * The bounds of a remote pool: their defaults and their validation.
 *
 * Invariant: what leaves this file is complete and valid.
 */
import { invalid, record, whole, withDefault } from '../../api/options.js';

/** How much of something the server keeps, and for how long. */
export interface Retention {
  /** Milliseconds that each is kept. */
  readonly ageMs?: number;
  /** Bytes of all together; the oldest make room. */
  readonly bytes?: number;
}

/** The bounds of a remote pool, kept by the server. Those that exist can't be changed by `provision`. */
export interface RemoteLimits {
  /** Jobs that wait or run, on all nodes together, 1 to 1,000,000. */
  readonly jobs: number;
  /** Bytes of all of them, with some 300 for each job beside its input. Default 256 MiB. */
  readonly bytes?: number;
  /** Bytes of one. Default: what the server takes (its `max_payload`). */
  readonly jobBytes?: number;
  /** Jobs of one `key` that wait or run. It only bounds them; keys get no share of the nodes. Default: none. */
  readonly keyLimit?: number;
  /** Milliseconds after which the jobs of a node that gives no sign of life go to another one. Default 30,000. */
  readonly ackWaitMs?: number;
  /** Milliseconds for which an id is known, so that a second job with it is refused. Default 120,000. */
  readonly duplicateWindowMs?: number;
  /** Copies of everything, in a cluster: 1, 3 or 5. Default 1. */
  readonly replicas?: number;
  /** Results that wait for their submitters. Default an hour and 256 MiB. */
  readonly results?: Retention;
  /** Jobs that are not tried again. Default a week and 64 MiB. */
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
