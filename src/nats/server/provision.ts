/**
 * Creates four streams and a consumer on the server for a remote pool.
 *
 * Invariants: it never changes what exists, as lowering a bound would drop jobs; differences are an error that names
 * them; calling it twice, or from two nodes at once, does the same as calling it once.
 */
import {
  AckPolicy,
  type ConsumerConfig,
  DiscardPolicy,
  JetStreamApiCodes,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { invalid } from '../../api/options.js';
import { RemoteSetupError } from '../errors.js';
import { type Limits, limitsOf, type RemoteLimits } from './limits.js';
import { apiCode, asked } from './faults.js';
import { managerOf } from './manager.js';
import { type Names, namesOf, subjects } from './names.js';

/** The server's codes for more copies than there are servers: it is of no cluster, or of one that is too small. */
const TOO_FEW_SERVERS: ReadonlySet<number | undefined> = new Set([10_005, 10_074]);

const nanos = (ms: number): number => ms * 1_000_000;

type NamedStream = Partial<StreamConfig> & { readonly name: string };

/**
 * Creates the streams of a remote pool, or checks that the existing ones have these limits. Idempotent: nodes and
 * submitters may all call it at the same time.
 *
 * @param connection - A connection whose account may create streams. It stays open.
 * @param name - The pool's name, 1 to 64 letters, digits, `_` and `-`.
 * @throws InvalidOptionError `ERR_INVALID_OPTION`
 * @throws RemoteSetupError `ERR_REMOTE_SETUP`: the server is too old, has no JetStream or too few servers for the
 *   replicas, the account may not create streams, or they exist with other limits.
 * @example
 * ```ts
 * import { connect } from '@nats-io/transport-node';
 * import { provision } from 'millrace/nats';
 *
 * const connection = await connect({ servers: 'localhost:4222' });
 * await provision(connection, 'numbers', { jobs: 1000 });
 * await connection.close();
 * ```
 */
export async function provision(
  connection: NatsConnection,
  name: string,
  limits: RemoteLimits,
): Promise<void> {
  const names = namesOf(name);
  const wanted = limitsOf(limits);
  await asked(ensure(connection, name, names, wanted));
}

async function ensure(
  connection: NatsConnection,
  name: string,
  names: Names,
  wanted: Limits,
): Promise<void> {
  const manager = await managerOf(connection);
  const most = connection.info?.max_payload ?? Infinity;
  if (wanted.jobBytes > most) {
    throw invalid('jobBytes', wanted.jobBytes, `at most ${most}, the server's max_payload`);
  }
  const streams = streamsOf(names, wanted);
  const differences: string[] = [];
  // If one differs, create nothing more: the pool would have a mixture of both limits.
  const unlessDifferent = <Add>(add: Add): Add | undefined =>
    differences.length === 0 ? add : undefined;
  for (const stream of streams) {
    const look = () => manager.streams.info(stream.name);
    const add = unlessDifferent(() => manager.streams.add(stream));
    const existing = await configOf(look, add, wanted.replicas);
    differences.push(...differencesOf(names, stream.name, existing, stream));
  }
  const consumer = consumerOf(names, wanted);
  const look = () => manager.consumers.info(names.jobs, names.nodes);
  const add = unlessDifferent(() => manager.consumers.add(names.jobs, consumer));
  const existing = await configOf(look, add, wanted.replicas);
  differences.push(...differencesOf(names, names.nodes, existing, consumer));
  if (differences.length === 0) return;
  throw new RemoteSetupError(
    'limits',
    `The pool '${name}' exists with other limits: ${[...new Set(differences)].join('; ')}. Ask for those that it has; ` +
      `to change them, wait until it is empty and delete its streams (${streams.map((each) => each.name).join(', ')}).`,
  );
}

function streamsOf(names: Names, limits: Limits): readonly NamedStream[] {
  const common = { storage: StorageType.File, num_replicas: limits.replicas, allow_direct: true };
  const kept = { ...common, retention: RetentionPolicy.Limits, discard: DiscardPolicy.Old };
  return [
    {
      ...common,
      name: names.jobs,
      subjects: [subjects.allJobs(names)],
      // A job leaves it when it is acknowledged, and a full stream refuses: the server's default would drop the oldest.
      retention: RetentionPolicy.Workqueue,
      discard: DiscardPolicy.New,
      max_msgs: limits.jobs,
      max_bytes: limits.bytes,
      max_msg_size: limits.jobBytes,
      duplicate_window: nanos(limits.duplicateWindowMs),
      max_msgs_per_subject: limits.keyLimit ?? -1,
      ...(limits.keyLimit !== undefined && { discard_new_per_subject: true }),
    },
    {
      ...kept,
      name: names.results,
      subjects: [subjects.allResults(names)],
      max_age: nanos(limits.results.ageMs),
      max_bytes: limits.results.bytes,
    },
    {
      ...kept,
      name: names.attempts,
      subjects: [subjects.allAttempts(names)],
      // One for each job, the newest.
      max_msgs_per_subject: 1,
      max_msgs: limits.jobs,
    },
    {
      ...kept,
      name: names.deadLetters,
      subjects: [subjects.allDeadLetters(names)],
      max_age: nanos(limits.deadLetters.ageMs),
      max_bytes: limits.deadLetters.bytes,
    },
  ];
}

function consumerOf(names: Names, limits: Limits): Partial<ConsumerConfig> {
  return {
    durable_name: names.nodes,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(limits.ackWaitMs),
    // Attempts are counted by those who make them: a job that has used up the server's keeps its place for ever.
    max_deliver: -1,
    // Jobs that are given back for later count, too; what runs is limited by the nodes.
    max_ack_pending: limits.jobs,
    // Each acknowledgement is told, to those who wait for room.
    sample_freq: '100',
    num_replicas: limits.replicas,
  };
}

interface Existing {
  readonly config: object;
}

/** Returns what exists, or is created by `add`; undefined if nothing exists and nothing is to be created. */
async function configOf(
  look: () => Promise<Existing>,
  add: (() => Promise<Existing>) | undefined,
  replicas: number,
): Promise<object | undefined> {
  const found = await unlessMissing(look());
  if (found !== undefined || add === undefined) return found?.config;
  try {
    return (await add()).config;
  } catch (error) {
    if (TOO_FEW_SERVERS.has(apiCode(error))) {
      throw new RemoteSetupError(
        'server',
        `The server can't keep ${replicas} copies (replicas): ${(error as Error).message}. Use a cluster of at least as ` +
          'many servers, or replicas: 1.',
        error,
      );
    }
    // Another node may have made it meanwhile, with other limits.
    const made = await unlessMissing(look());
    if (made === undefined) throw error;
    return made.config;
  }
}

/** The options behind the server's fields, and how many of the server's units are one of ours. */
const OPTIONS: Readonly<Record<string, readonly [option: string, unit?: number]>> = {
  max_msgs: ['jobs'],
  max_bytes: ['bytes'],
  max_msg_size: ['jobBytes'],
  max_msgs_per_subject: ['keyLimit'],
  max_age: ['ageMs', nanos(1)],
  duplicate_window: ['duplicateWindowMs', nanos(1)],
  ack_wait: ['ackWaitMs', nanos(1)],
  max_ack_pending: ['jobs'],
  num_replicas: ['replicas'],
};

/** In the words of the options; by the server's own names where there is no option. */
function differencesOf(
  names: Names,
  owner: string,
  existing: object | undefined,
  wanted: object,
): string[] {
  if (existing === undefined) return [];
  const group = { [names.results]: 'results.', [names.deadLetters]: 'deadLetters.' }[owner] ?? '';
  return Object.entries(wanted).flatMap(([field, value]) => {
    // It goes with the bound itself.
    if (field === 'discard_new_per_subject') return [];
    const found: unknown = (existing as Record<string, unknown>)[field];
    if (JSON.stringify(found) === JSON.stringify(value)) return [];
    const [option, unit = 1] = OPTIONS[field] ?? [];
    if (option === undefined) {
      return [`${field} of '${owner}' is ${JSON.stringify(found)}, not ${JSON.stringify(value)}`];
    }
    const shown = (raw: unknown): string => (raw === -1 ? 'none' : String(Number(raw) / unit));
    const prefix = option === 'ageMs' || option === 'bytes' ? group : '';
    return [`${prefix}${option} is ${shown(found)}, not ${shown(value)}`];
  });
}

/** Returns the information, or undefined if there is none. */
async function unlessMissing<Info>(info: Promise<Info>): Promise<Info | undefined> {
  try {
    return await info;
  } catch (error) {
    const { StreamNotFound, ConsumerNotFound } = JetStreamApiCodes;
    const code = apiCode(error);
    if (code === StreamNotFound || code === ConsumerNotFound) return undefined;
    throw error;
  }
}
