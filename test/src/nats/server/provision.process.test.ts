/** Tests what a remote pool has on a real server: created once, never changed, rejected if it differs. */
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NatsConnection } from '@nats-io/transport-node';
import { provision } from '../../../../build/src/nats/server/provision.js';
import { HAS_NATS, NatsServer } from '../../../helpers/nats-server.js';
import { rejection } from '../../../helpers/outcomes.js';

describe.runIf(HAS_NATS)('on a server', () => {
  let server: NatsServer;
  let connection: NatsConnection;
  beforeAll(async () => {
    server = await NatsServer.start();
    connection = await server.connect();
  });
  afterAll(() => server.stop());

  test('the bounds are the stream’s own', async () => {
    await provision(connection, 'bounds', { jobs: 100, bytes: 1_000_000, keyLimit: 30 });
    const { streams, consumers } = await jetstreamManager(connection);
    expect((await streams.info('millrace-bounds-jobs')).config).toMatchObject({
      retention: 'workqueue',
      discard: 'new',
      storage: 'file',
      max_msgs: 100,
      max_bytes: 1_000_000,
      max_msgs_per_subject: 30,
      discard_new_per_subject: true,
    });
    expect((await consumers.info('millrace-bounds-jobs', 'nodes')).config).toMatchObject({
      ack_policy: 'explicit',
      max_deliver: -1,
      max_ack_pending: 100,
    });
  });

  test('twice, and by many at once, is as once', async () => {
    const limits = { jobs: 10 };
    await Promise.all(Array.from({ length: 8 }, () => provision(connection, 'same', limits)));
    await provision(connection, 'same', limits);
  });

  test.each([
    [{ jobs: 20 }, 'jobs is 10, not 20'],
    [{ jobs: 10, bytes: 5000 }, 'limits: bytes is 268435456, not 5000'],
    [{ jobs: 10, keyLimit: 2 }, 'limits: keyLimit is none, not 2.'],
    [{ jobs: 10, results: { ageMs: 5000 } }, 'results.ageMs is 3600000, not 5000'],
    [{ jobs: 10, ackWaitMs: 5000 }, 'ackWaitMs is 30000, not 5000'],
  ])('other limits than those that exist are refused: %j', async (limits, difference) => {
    await provision(connection, 'other', { jobs: 10 });
    const error = await rejection(provision(connection, 'other', limits));
    expect(error).toMatchObject({ code: 'ERR_REMOTE_SETUP', fault: 'limits', started: false });
    expect(error.message).toContain(difference);
  });

  test('a bound of keys that is left out where there is one is refused', async () => {
    await provision(connection, 'keyed', { jobs: 10, keyLimit: 2 });
    const error = await rejection(provision(connection, 'keyed', { jobs: 10 }));
    expect(error.message).toContain('keyLimit is 2, not none');
  });

  test('all differences are told at once, each once', async () => {
    await provision(connection, 'several', { jobs: 10 });
    const limits = { jobs: 20, ackWaitMs: 5000, deadLetters: { bytes: 5000 } };
    const error = await rejection(provision(connection, 'several', limits));
    expect(error.message).toContain(
      'limits: jobs is 10, not 20; deadLetters.bytes is 67108864, not 5000; ackWaitMs is 30000, not 5000. Ask for',
    );
  });

  test('where one differs nothing is made, so that the right limits still fit', async () => {
    const { streams } = await jetstreamManager(connection);
    await provision(connection, 'half', { jobs: 10 });
    await streams.delete('millrace-half-attempts');
    await rejection(provision(connection, 'half', { jobs: 20 }));
    await provision(connection, 'half', { jobs: 10 });
  });

  test('more copies than there are servers, and larger jobs than the server takes, are refused', async () => {
    expect(
      await rejection(provision(connection, 'copies', { jobs: 10, replicas: 3 })),
    ).toMatchObject({ code: 'ERR_REMOTE_SETUP', fault: 'server' });
    expect(
      await rejection(provision(connection, 'large', { jobs: 10, jobBytes: 2 ** 24 })),
    ).toMatchObject({ code: 'ERR_INVALID_OPTION', option: 'jobBytes' });
  });

  test('a closed connection is named', async () => {
    const closed = await server.connect();
    await closed.close();
    const error = await rejection(provision(closed, 'closed', { jobs: 10 }));
    expect(error).toMatchObject({ code: 'ERR_REMOTE_SETUP', fault: 'connection' });
  });

  test('a stream that would drop the oldest job is refused', async () => {
    const { streams } = await jetstreamManager(connection);
    await streams.add({
      name: 'millrace-drops-jobs',
      subjects: ['millrace.drops.jobs.>'],
      max_msgs: 10,
    });
    const error = await rejection(provision(connection, 'drops', { jobs: 10 }));
    expect(error.message).toContain(`discard of 'millrace-drops-jobs' is "old", not "new"`);
    expect(error.message).toContain('is "limits", not "workqueue"');
  });
});

test.runIf(HAS_NATS)('a server without JetStream is refused', async () => {
  const server = await NatsServer.start('', { jetstream: false });
  try {
    const connection = await server.connect();
    expect(await rejection(provision(connection, 'none', { jobs: 10 }))).toMatchObject({
      code: 'ERR_REMOTE_SETUP',
      fault: 'jetstream',
    });
  } finally {
    await server.stop();
  }
});

test.each([
  ['name', 'a b', { jobs: 1 }],
  ['jobs', 'a', {}],
  ['jobs', 'a', { jobs: 0 }],
  ['keyLimit', 'a', { jobs: 5, keyLimit: 6 }],
  ['results.ageMs', 'a', { jobs: 5, results: { ageMs: 1 } }],
  ['size', 'a', { jobs: 5, size: 1 }],
])('a wrong option is named: %s', async (option, name, limits) => {
  expect(await rejection(provision({} as NatsConnection, name, limits as never))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    option,
  });
});
