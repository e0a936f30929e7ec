/** Tests a remote pool and its nodes in one process, over a real server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Pool } from '../../../../build/src/index.js';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { serve, type ServingNode } from '../../../../build/src/nats/node/serve.js';
import { RemotePool } from '../../../../build/src/nats/submit/remote-pool.js';
import { provision } from '../../../../build/src/nats/server/provision.js';
import type { RemoteLimits } from '../../../../build/src/nats/server/limits.js';
import type { RemotePoolOptions } from '../../../../build/src/nats/submit/pool-options.js';
import type * as Jobs from '../../../fixtures/contract.js';
import { HAS_NATS, NatsServer } from '../../../helpers/nats-server.js';
import { rejection, thrownBy } from '../../../helpers/outcomes.js';
import { Gate } from '../../../contract/gate.js';

const module = new URL('../../../fixtures/contract.js', import.meta.url);

const programs = fileURLToPath(new URL('../../../fixtures/programs', import.meta.url));

describe.runIf(HAS_NATS)('a remote pool', () => {
  let server: NatsServer;
  let gate: Gate;
  let pools = 0;
  const closing: Array<() => Promise<unknown>> = [];
  beforeAll(async () => {
    server = await NatsServer.start();
    gate = await Gate.make();
  });
  afterEach(async () => {
    gate.open();
    for (const close of closing.splice(0).toReversed()) await close();
    await gate.close();
    gate = await Gate.make();
  });
  afterAll(async () => {
    await gate.close();
    await server.stop();
  });

  async function make(
    limits: Partial<RemoteLimits> = {},
    options: Partial<RemotePoolOptions> = {},
  ): Promise<{ remote: RemotePool<typeof Jobs>; name: string }> {
    const name = `pool-${(pools += 1)}`;
    const connection = await server.connect();
    await provision(connection, name, { jobs: 100, ...limits });
    const remote = await RemotePool.connect<typeof Jobs>({ connection, name, ...options });
    closing.push(() => remote.close({ deadlineMs: 2000 }));
    return { remote, name };
  }

  async function startNode(name: string, concurrency = 1): Promise<ServingNode> {
    const pool = new Pool<typeof Jobs>(module, { threads: 1, concurrency });
    const serving = await serve(pool as never, {
      connection: await server.connect(),
      name,
      concurrency,
    });
    closing.push(async () => {
      await serving.close();
      await pool.close({ deadlineMs: 1000 });
    });
    return serving;
  }

  async function drained(remote: RemotePool<typeof Jobs>): Promise<void> {
    while ((await remote.stats()).server.jobs > 0);
  }

  /** The first message on a subject while `run` is running. */
  async function watched(connection: NatsConnection, subject: string, run: () => Promise<unknown>) {
    const subscription = connection.subscribe(subject, { max: 1 });
    await connection.flush();
    await run();
    for await (const message of subscription) return message;
    return expect.fail(`Nothing came on ${subject}`);
  }

  const at = (value: number) => ({ gate: gate.port, value });

  test('a job gives its result', async () => {
    const { remote, name } = await make();
    await startNode(name);
    const value = { text: 'ü', list: [1, { nested: true }], bytes: new Uint8Array([1, 2]) };
    expect(await remote.run('echo', value)).toEqual(value);
    const { jobs, server: held } = await remote.stats();
    expect(jobs).toMatchObject({ submitted: 1, fulfilled: 1, waiting: 0, queued: 0, running: 0 });
    expect(held.limit.jobs).toBe(100);
  });

  test('a job that throws rejects with its error', async () => {
    const { remote, name } = await make();
    await startNode(name);
    const error = await rejection(remote.run('fail', 'on purpose'));
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ message: 'on purpose', code: 'E_MINE' });
  });

  test('jobs that fail unheard are warned of, once', async () => {
    const { remote, name } = await make();
    const warnings: Array<Error & { code?: string }> = [];
    const hear = (warning: Error): void => void warnings.push(warning);
    process.on('warning', hear);
    try {
      const heard = await remote.submit('fail', 'heard');
      const error = rejection(heard.result);
      for (const text of ['first', 'second']) await remote.submit('fail', text);
      await startNode(name);
      await error;
      await vi.waitFor(async () => expect((await remote.stats()).jobs.rejected).toBe(3));
    } finally {
      process.off('warning', hear);
    }
    expect(warnings).toMatchObject([
      {
        name: 'MillraceWarning',
        code: 'MILLRACE_FAILED_UNREAD',
        message: expect.stringMatching(/^Job 'fail' failed and nobody .*: first$/),
      },
    ]);
  });

  test('many jobs, more than there is room for, all settle', async () => {
    const { remote, name } = await make({ jobs: 20 });
    await startNode(name, 4);
    const jobs = Array.from({ length: 500 }, (_, index) => remote.run('echo', index));
    expect(await Promise.all(jobs)).toEqual(Array.from({ length: 500 }, (_, index) => index));
    // Each job is acknowledged after its result.
    await drained(remote);
  });

  test('exactly as many are accepted as the server may hold', async () => {
    const { remote } = await make({ jobs: 100 });
    const tries = await Promise.all(Array.from({ length: 500 }, () => remote.trySubmit('echo', 1)));
    expect(tries.filter((job) => job !== undefined).length).toBeLessThanOrEqual(100);
    while ((await remote.trySubmit('echo', 1)) !== undefined);
    expect((await remote.stats()).server.jobs).toBe(100);
  });

  test('a full server refuses, with the bound that was hit', async () => {
    const { remote } = await make({ jobs: 2, keyLimit: 1 }, { overflow: 'reject' });
    const first = remote.run('echo', 1, { key: 'a' });
    first.catch(() => {});
    const own = await rejection(remote.run('echo', 1, { key: 'a' }));
    expect(own).toMatchObject({ code: 'ERR_BACKLOG_FULL', limit: 'key', started: false });
    const second = remote.run('echo', 1);
    second.catch(() => {});
    expect(await rejection(remote.run('echo', 1))).toMatchObject({ limit: 'jobs' });
  });

  test('an id is used once', async () => {
    const { remote, name } = await make();
    const other = await RemotePool.connect<typeof Jobs>({
      connection: await server.connect(),
      name,
    });
    closing.push(() => other.close({ deadlineMs: 100 }));
    const first = await remote.submit('echo', 1, { id: 'mine' });
    expect(first.id).toBe('mine');
    const duplicate = { code: 'ERR_DUPLICATE_JOB', started: false };
    expect(await rejection(remote.run('echo', 1, { id: 'mine' }))).toMatchObject(duplicate);
    expect(await rejection(other.run('echo', 1, { id: 'mine' }))).toMatchObject(duplicate);
    await startNode(name);
    expect(await first.result).toBe(1);
    expect(await rejection(remote.run('echo', 1, { id: 'mine' }))).toMatchObject(duplicate);
    expect(await rejection(other.run('echo', 1, { id: 'mine' }))).toMatchObject(duplicate);
  });

  test('a publish that timed out is repeated, and its job runs once', async () => {
    const { remote, name } = await make();
    await startNode(name);
    await remote.run('echo', 'first');
    await server.freeze();
    const jobs = ['a', 'b'].map((id) => remote.run('hold', at(1), { id }));
    // Longer than a publish waits for its acknowledgment.
    await new Promise((resolve) => setTimeout(resolve, 6000));
    server.thaw();
    await gate.heard(1);
    gate.open();
    expect(await Promise.all(jobs)).toEqual([1, 1]);
    expect(gate.lines).toEqual(['1', '1']);
  });

  test('an id that was used before the server was started anew does not hang', async () => {
    const { remote, name } = await make();
    await startNode(name, 2);
    expect(await remote.run('echo', 1, { id: 'over' })).toBe(1);
    await drained(remote);
    const running = await remote.submit('hold', at(2), { id: 'running' });
    await gate.heard(1);
    await server.kill();
    await server.restart();
    // The server has forgotten the ids of finished jobs, but knows those that it stores.
    expect(await remote.run('echo', 3, { id: 'over' })).toBe(3);
    const other = await RemotePool.connect<typeof Jobs>({
      connection: await server.connect(),
      name,
    });
    closing.push(() => other.close({ deadlineMs: 100 }));
    expect(await rejection(other.run('echo', 4, { id: 'running' }))).toMatchObject({
      code: 'ERR_DUPLICATE_JOB',
    });
    gate.open();
    expect(await running.result).toBe(2);
    expect(gate.lines, 'a server that restarts delivers again what this node is running').toEqual([
      '2',
    ]);
    await drained(remote);
  });

  test('a running job that is cancelled settles at once, and is told', async () => {
    const { remote, name } = await make();
    await startNode(name);
    const job = await remote.submit('obey', at(1));
    await gate.heard(1);
    expect(job.cancel()).toBe(true);
    expect(job.state).toBe('cancelled');
    expect(await rejection(job.result)).toMatchObject({ name: 'AbortError' });
    await gate.heard(2);
    expect(gate.lines).toEqual(['1', 'told AbortError']);
    expect(await remote.run('echo', 'next')).toBe('next');
  });

  test('a queued job that is cancelled never starts', async () => {
    const { remote, name } = await make();
    await startNode(name);
    const running = remote.run('hold', at(1));
    await gate.heard(1);
    const queued = await remote.submit('hold', at(2));
    queued.cancel('enough');
    expect(await rejection(queued.result)).toBe('enough');
    gate.open();
    await running;
    expect(await remote.run('echo', 'next')).toBe('next');
    expect(gate.lines).toEqual(['1']);
    await drained(remote);
  });

  test('a job that was cancelled before its node connected is told to stop when it starts', async () => {
    const { remote, name } = await make();
    const early = await remote.submit('obey', at(1));
    early.cancel('enough');
    expect(await rejection(early.result)).toBe('enough');
    await startNode(name);
    // Otherwise it would run forever.
    await drained(remote);
    // It may be cancelled before its thread has started it.
    expect([[], ['1', 'told AbortError']]).toContainEqual(gate.lines);
  });

  test('progress: the newest value each time, the last one before the result', async () => {
    const { remote, name } = await make();
    await startNode(name);
    for (let round = 0; round < 10; round += 1) {
      const heard: unknown[] = [];
      const onProgress = (value: unknown): void => void heard.push(value);
      expect(await remote.run('count', 100, { onProgress })).toBe(100);
      expect(heard.at(-1)).toBe(100);
      expect(heard).toEqual(heard.toSorted((a, b) => Number(a) - Number(b)));
    }
  });

  test('timeouts say which stretch it was, and whether the job had started', async () => {
    const { remote, name } = await make();
    await startNode(name);
    expect(await rejection(remote.run('obey', at(1), { timeout: { runMs: 50 } }))).toMatchObject({
      code: 'ERR_JOB_TIMEOUT',
      phase: 'run',
      timeoutMs: 50,
      started: true,
    });
    const running = remote.run('hold', at(2));
    await gate.heard(3);
    for (const [phase, timeout] of [
      ['queue', { queueMs: 30 }],
      ['total', { totalMs: 30 }],
    ] as const) {
      expect(await rejection(remote.run('hold', at(3), { timeout }))).toMatchObject({
        code: 'ERR_JOB_TIMEOUT',
        phase,
        // The notice of its start may be lost.
        started: true,
      });
    }
    gate.open();
    await running;
    expect(await remote.run('echo', 'next')).toBe('next');
    expect(gate.lines).not.toContain('3');
  });

  test('closing hands back what the deadline cuts off', async () => {
    const { remote, name } = await make();
    await startNode(name);
    const jobs = [1, 2].map((value) => rejection(remote.run('hold', at(value))));
    await gate.heard(1);
    const { unfinished } = await remote.close({ deadlineMs: 100 });
    expect(unfinished).toMatchObject([
      { name: 'hold', input: at(1), started: true },
      { name: 'hold', input: at(2), started: true },
    ]);
    expect(await Promise.all(jobs)).toMatchObject([
      { code: 'ERR_POOL_CLOSED', started: true },
      { code: 'ERR_POOL_CLOSED' },
    ]);
  });

  test('an input that is not submitted is not run: an aborted signal, a closed pool', async () => {
    const { remote, name } = await make();
    await startNode(name);
    const signal = AbortSignal.abort('over');
    expect(await rejection(remote.trySubmit('hold', at(1), { signal }))).toBe('over');
    expect(await remote.run('echo', 2)).toBe(2);
    await drained(remote);
    expect(gate.lines).toEqual([]);
    await remote.close();
    const closed = { code: 'ERR_POOL_CLOSED', started: false };
    expect(await rejection(remote.trySubmit('echo', 1))).toMatchObject(closed);
  });

  test('with overflow reject as many as there is room for are accepted, however fast they come', async () => {
    const { remote, name } = await make({ jobs: 1000 }, { overflow: 'reject' });
    await startNode(name, 4);
    const jobs = Array.from({ length: 300 }, (_, index) => remote.run('echo', index));
    expect(await Promise.all(jobs)).toHaveLength(300);
  });

  test('waiters are bounded exactly, and those in line stay there', async () => {
    const { remote, name } = await make({ jobs: 1 }, { waiters: 10 });
    const first = remote.run('hold', at(0));
    await vi.waitFor(async () => expect((await remote.stats()).server.jobs).toBe(1));
    const jobs = Array.from({ length: 30 }, (_, index) => remote.run('echo', index));
    const outcomes = Promise.allSettled(jobs);
    await vi.waitFor(async () => expect((await remote.stats()).jobs.refused).toBe(20));
    await startNode(name);
    gate.open();
    await first;
    const done = (await outcomes).map(({ status }) => status === 'fulfilled');
    expect(done).toEqual(Array.from({ length: 30 }, (_, index) => index < 10));
  });

  test('a progress value that can not be written, or is too large, costs no result', async () => {
    const { remote, name } = await make({}, { encoding: 'json' });
    await startNode(name);
    const heard: unknown[] = [];
    const onProgress = (value: unknown): void => void heard.push(value);
    const values = ['first', 10n, 'x'.repeat(2 ** 20)];
    expect(await remote.run('report', 'ok', { onProgress })).toBe('ok');
    expect(heard).toEqual([values[0]]);
  });

  test('messages of others that are malformed harm nobody', async () => {
    const { remote, name } = await make();
    const node = await startNode(name);
    const other = await server.connect();
    const prefix = `millrace.${name}`;
    for (const text of ['', 'null', 'not json', '{"nonce":5}', 'reason']) {
      other.publish(`${prefix}.cancel`, text);
    }
    const malformed = headers();
    malformed.set('Millrace-Id', '%zz');
    malformed.set('Millrace-Nonce', 'x');
    const { subject } = await watched(other, `${prefix}.news.*`, () => remote.run('echo', 0));
    const held = remote.run('hold', at(1));
    await gate.heard(1);
    other.publish(subject, 'x', { headers: malformed });
    await jetstream(other).publish(subject.replace('.news.', '.results.') + '.x', 'x', {
      headers: malformed,
    });
    await jetstream(other).publish(`${prefix}.jobs.id.x`, 'x', { headers: malformed });
    gate.open();
    expect(await held).toBe(1);
    expect(await remote.run('echo', 'still here')).toBe('still here');
    await drained(remote);
    await node.close();
  });

  test('an account that may not publish is told so', async () => {
    const { name } = await make();
    const denied = await NatsServer.start(
      'authorization { users = [ { user: a, password: a, permissions { publish: { deny: ["millrace.>"] } } } ] }',
    );
    closing.push(() => denied.stop());
    const connection = await denied.connect({ user: 'a', pass: 'a' });
    await provision(connection, name, { jobs: 1 });
    const remote = await RemotePool.connect<typeof Jobs>({ connection, name });
    const permission = { code: 'ERR_REMOTE_SETUP', fault: 'permission' };
    expect(await rejection(remote.run('echo', 1))).toMatchObject(permission);
  });

  test('an account that may ask for nothing is told so at the start, one that may not take jobs as soon as it asks', async () => {
    const { name } = await make();
    const denied = await NatsServer.start(
      `authorization { users = [
        { user: admin, password: a }
        { user: none, password: a, permissions { publish: { allow: ["$JS.API.INFO"] } } }
        { user: submitter, password: a, permissions { publish: { deny: ["$JS.API.CONSUMER.MSG.NEXT.>"] } } }
      ] }`,
    );
    closing.push(() => denied.stop());
    const as = (user: string) => denied.connect({ user, pass: 'a' });
    const permission = { code: 'ERR_REMOTE_SETUP', fault: 'permission' };
    const none = await as('none');
    expect(await rejection(provision(none, name, { jobs: 1 }))).toMatchObject(permission);
    expect(await rejection(RemotePool.connect({ connection: none, name }))).toMatchObject(
      permission,
    );
    await using pool = new Pool(module, { threads: 1 });
    expect(await rejection(serve(pool, { connection: none, name }))).toMatchObject(permission);
    await provision(await as('admin'), name, { jobs: 1 });
    const node = await serve(pool, { connection: await as('submitter'), name });
    expect(await node.closed).toMatchObject(permission);
  });

  test('what is no pool is refused', async () => {
    const connection = await server.connect();
    expect(await rejection(serve({} as never, { connection, name: 'it' }))).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      option: 'pool',
    });
    const Made = RemotePool as unknown as new (options: object) => unknown;
    expect(thrownBy(() => new Made({ connection, name: 'it' }))).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      message: expect.stringContaining('RemotePool.connect'),
    });
  });

  test.each([
    ['whose connection is closed ends, though its pool is not closed', 'nats-closed.mjs'],
    ['that closes an idle pool does not wait for the deadline', 'nats-deadline.mjs'],
  ])('a process %s', async (_, program) => {
    const { name } = await make();
    const args = [join(programs, program), String(server.port), name];
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('a stream that is deleted settles the jobs that were in it, and those that come', async () => {
    const { remote, name } = await make();
    const lost = rejection(remote.run('echo', 1));
    await vi.waitFor(async () => expect((await remote.stats()).server.jobs).toBe(1));
    const { streams } = await jetstreamManager(await server.connect());
    await streams.delete(`millrace-${name}-jobs`);
    const missing = { code: 'ERR_REMOTE_SETUP', fault: 'missing' };
    expect(await rejection(remote.run('echo', 2))).toMatchObject({ ...missing, started: false });
    expect(await lost).toMatchObject({ ...missing, started: true });
  }, 60_000);

  test('a connection that is closed settles all jobs', async () => {
    const { name } = await make();
    const connection = await server.connect();
    const remote = await RemotePool.connect<typeof Jobs>({ connection, name, maxUnread: 1 });
    await startNode(name);
    const running = rejection(remote.run('hold', at(1)));
    const waiting = rejection(remote.run('hold', at(2)));
    await gate.heard(1);
    await connection.close();
    expect(await Promise.all([running, waiting])).toMatchObject([
      { code: 'ERR_POOL_CLOSED', started: true },
      { code: 'ERR_POOL_CLOSED', started: false },
    ]);
    expect(await rejection(remote.run('echo', 3))).toMatchObject({ code: 'ERR_POOL_CLOSED' });
    expect(await remote.close()).toMatchObject({ unfinished: [] });
    gate.open();
  });

  test('a job that was sent and not answered may have run', async () => {
    const frozen = await NatsServer.start();
    closing.push(() => frozen.stop());
    const connection = await frozen.connect();
    await provision(connection, 'it', { jobs: 5 });
    const remote = await RemotePool.connect<typeof Jobs>({ connection, name: 'it' });
    await frozen.freeze();
    const sent = rejection(remote.run('echo', 1));
    const late = rejection(remote.run('echo', 2, { timeout: { acceptMs: 20 } }));
    expect(await late).toMatchObject({ code: 'ERR_JOB_TIMEOUT', phase: 'accept', started: true });
    await connection.close();
    expect(await sent).toMatchObject({ code: 'ERR_POOL_CLOSED', started: true });
  });

  test('what is only for local jobs is refused by its name', async () => {
    const { remote } = await make();
    for (const option of ['transfer', 'priority', 'weight']) {
      const error = await rejection(remote.run('echo', 1, { [option]: [] } as never));
      expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', option });
    }
  });

  test('a result that is larger than the server takes settles, and is not tried again', async () => {
    const { remote, name } = await make();
    await startNode(name);
    expect(await rejection(remote.run('bytes', 2 ** 21))).toMatchObject({
      code: 'ERR_RESULT_TOO_LARGE',
      started: true,
    });
    await drained(remote);
  });

  describe('a map', () => {
    const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

    test('gives the results in the order of the items, of more than there is room for', async () => {
      const { remote, name } = await make({ jobs: 10 }, { overflow: 'reject' });
      await startNode(name, 4);
      const results: unknown[] = [];
      for await (const value of remote.map('echo', numbers(300))) results.push(value);
      expect(results).toEqual(numbers(300));
      expect((await remote.stats()).jobs).toMatchObject({ fulfilled: 300, refused: 0 });
    });

    test('leaving it takes back what has not started, tells what runs, and closes the source', async () => {
      const { remote, name } = await make();
      await startNode(name);
      const rows = remote.map('obey', numbers(1000).map(at));
      const pending = rows.next();
      await gate.heard(1);
      await rows.return();
      expect(await pending).toEqual({ done: true, value: undefined });
      await gate.heard(2);
      await drained(remote);
      expect(gate.lines).toEqual(['0', 'told AbortError']);
    });

    test('items that are larger than what may wait here come one by one', async () => {
      const { remote, name } = await make({ jobs: 4 }, { bytes: 100_000, waiters: 0 });
      await startNode(name);
      const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(60_000));
      let count = 0;
      for await (const text of remote.map('echo', texts)) {
        expect(text === texts[count]).toBe(true);
        count += 1;
      }
      expect(count).toBe(20);
    });

    test('a pool that is closed ends it', async () => {
      const { remote } = await make();
      const rows = remote.map('echo', numbers(1000), { inFlight: 2 });
      const pending = rejection(rows.next());
      await remote.close({ deadlineMs: 50 });
      expect(await pending).toMatchObject({ code: 'ERR_POOL_CLOSED' });
    });
  });
});
