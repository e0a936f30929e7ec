/**
 * Creates four streams and a consumer on the server for a remote pool.
 *
 * Invariants: it never changes what exists, as lowering a bound would drop jobs; a difference is an error that names
 * it; calling it twice, or from two nodes at once, does the same as calling it once.
 */
import {
  AckPolicy,
  type ConsumerConfig,
  DiscardPolicy,
  JetStreamApiCodes,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { RemoteSetupError } from '../errors.js';
import { type Limits, limitsOf, type RemoteLimits } from './limits.js';
import { apiCode } from './faults.js';
import { managerOf } from './manager.js';
import { type Names, namesOf, subjects } from './names.js';

/** The server's code for a stream that exists with another configuration. */
const STREAM_DIFFERS = 10_058;

type NamedStream = Partial<StreamConfig> & { readonly name: string };

/**
 * Makes the streams of a remote pool, or checks that they are as asked for.
 *
 * @param connection - Of an account that may make streams. It stays open.
 * @param name - The pool's name, 1 to 64 letters, digits, `_` and `-`.
 * @throws InvalidOptionError `ERR_INVALID_OPTION`
 * @throws RemoteSetupError `ERR_REMOTE_SETUP`: the server is too old or has no JetStream, or a stream exists with other
 *   limits.
 */
export async function provision(
  connection: NatsConnection,
  name: string,
  limits: RemoteLimits,
): Promise<void> {
  const names = namesOf(name);
  const wanted = limitsOf(limits);
  const manager = await managerOf(connection);
  for (const stream of streamsOf(names, wanted)) await ensureStream(manager, stream);
  await ensureConsumer(manager, names, consumerOf(names, wanted));
}

const nanos = (ms: number): number => ms * 1_000_000;

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

async function ensureStream(manager: JetStreamManager, wanted: NamedStream): Promise<void> {
  const existing =
    (await unlessMissing(manager.streams.info(wanted.name))) ?? (await addStream(manager, wanted));
  refuseDifferences(`stream '${wanted.name}'`, existing.config, wanted);
}

/** Adds it; another node may have done so meanwhile, with other limits. */
async function addStream(manager: JetStreamManager, wanted: NamedStream) {
  try {
    return await manager.streams.add(wanted);
  } catch (error) {
    if (apiCode(error) !== STREAM_DIFFERS) throw error;
    return manager.streams.info(wanted.name);
  }
}

async function ensureConsumer(
  manager: JetStreamManager,
  names: Names,
  wanted: Partial<ConsumerConfig>,
): Promise<void> {
  const existing =
    (await unlessMissing(manager.consumers.info(names.jobs, names.nodes))) ??
    (await manager.consumers.add(names.jobs, wanted));
  refuseDifferences(`consumer '${names.nodes}' of stream '${names.jobs}'`, existing.config, wanted);
}

/** The server's names of what `RemoteLimits` has other names for. */
const OPTION_OF: Readonly<Record<string, string>> = {
  max_msgs: 'jobs',
  max_bytes: 'bytes',
  max_msg_size: 'jobBytes',
  max_msgs_per_subject: 'keyLimit',
  max_age: 'ageMs',
  duplicate_window: 'duplicateWindowMs',
  ack_wait: 'ackWaitMs',
  max_ack_pending: 'jobs',
  num_replicas: 'replicas',
};

function refuseDifferences(what: string, existing: object, wanted: object): void {
  const differences = Object.entries(wanted).flatMap(([field, value]) => {
    const found: unknown = (existing as Record<string, unknown>)[field];
    if (JSON.stringify(found) === JSON.stringify(value)) return [];
    const option = OPTION_OF[field];
    const named = option === undefined ? field : `${field} (${option})`;
    return [`${named} is ${JSON.stringify(found)}, not ${JSON.stringify(value)}`];
  });
  if (differences.length === 0) return;
  throw new RemoteSetupError(
    'limits',
    `The ${what} exists with other limits: ${differences.join('; ')}. Ask for those, or delete it once it is empty.`,
  );
}

/** What is asked for, or undefined where there is none. */
async function unlessMissing<Info>(asked: Promise<Info>): Promise<Info | undefined> {
  try {
    return await asked;
  } catch (error) {
    const { StreamNotFound, ConsumerNotFound } = JetStreamApiCodes;
    const code = apiCode(error);
    if (code === StreamNotFound || code === ConsumerNotFound) return undefined;
    throw error;
  }
}
