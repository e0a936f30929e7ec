/**
 * Runs a node and a submitter written after docs/protocol.md alone, with a NATS client and JSON.
 */
import { type Consumer, jetstream, jetstreamManager, type JsMsg } from '@nats-io/jetstream';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { Pool } from 'millrace';
import { provision, RemotePool, serve } from 'millrace/nats';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { HAS_NATS, NatsServer } from '../helpers/nats-server.js';
import { rejection } from '../helpers/outcomes.js';

const NAME = 'it';
const base64url = (text: string): string => Buffer.from(text).toString('base64url');

/** The value of one of a job's headers. */
const header = (job: { headers?: MsgHdrs | undefined }, name: string): string =>
  decodeURIComponent(job.headers?.get(`Millrace-${name}`) ?? '');

describe.runIf(HAS_NATS)('docs/protocol.md', () => {
  let server: NatsServer;
  let connection: NatsConnection;
  const closing: Array<() => Promise<unknown>> = [];
  beforeAll(async () => {
    server = await NatsServer.start();
  });
  beforeEach(async () => {
    connection = await server.connect();
    await provision(connection as never, NAME, { jobs: 2, keyLimit: 1, ackWaitMs: 3000 });
  });
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
    const { streams } = await jetstreamManager(connection);
    for (const stream of ['jobs', 'results', 'attempts', 'dead-letters']) {
      await streams.delete(`millrace-${NAME}-${stream}`);
    }
  });
  afterAll(() => server.stop());

  describe('a node', () => {
    let consumer: Consumer;
    let remote: RemotePool;
    beforeEach(async () => {
      consumer = await jetstream(connection).consumers.get(`millrace-${NAME}-jobs`, 'nodes');
      remote = await RemotePool.connect({
        connection: (await server.connect()) as never,
        name: NAME,
        encoding: 'json',
      });
      closing.push(() => remote.close({ deadlineMs: 1000 }));
    });

    async function take(): Promise<JsMsg> {
      const job = await consumer.next();
      if (job === null) throw new Error('No job came.');
      return job;
    }

    function headersOf(job: JsMsg): MsgHdrs {
      const own = headers();
      for (const name of ['Millrace-Id', 'Millrace-Nonce', 'Millrace-Encoding']) {
        own.set(name, job.headers?.get(name) ?? '');
      }
      return own;
    }

    async function finish(job: JsMsg, data: unknown): Promise<void> {
      const [submitter, id] = [header(job, 'Submitter'), header(job, 'Id')];
      await jetstream(connection).publish(
        `millrace.${NAME}.results.${submitter}.${base64url(id)}`,
        JSON.stringify(data),
        { msgID: header(job, 'Nonce'), headers: headersOf(job) },
      );
      await job.ackAck();
    }

    function tell(job: JsMsg, news: 'started' | 'progress', data?: unknown): void {
      const own = headersOf(job);
      own.set('Millrace-News', news);
      const subject = `millrace.${NAME}.news.${header(job, 'Submitter')}`;
      connection.publish(subject, data === undefined ? '' : JSON.stringify(data), { headers: own });
    }

    test('gives results', async () => {
      const result = remote.run('sum', [1, 2], { id: 'Ä b/c' });
      const job = await take();
      expect([header(job, 'Job'), header(job, 'Id'), header(job, 'Encoding')]).toEqual([
        'sum',
        'Ä b/c',
        'json',
      ]);
      expect(job.subject).toBe(`millrace.${NAME}.jobs.id.${base64url('Ä b/c')}`);
      expect(job.json()).toEqual([1, 2]);
      await finish(job, { outcome: { kind: 'fulfilled', value: 3 } });
      expect(await result).toBe(3);
      expect((await remote.stats()).server.jobs).toBe(0);
    });

    test('gives nothing for nothing', async () => {
      const result = remote.run('nothing');
      const job = await take();
      expect(job.data).toHaveLength(0);
      await finish(job, { outcome: { kind: 'fulfilled' } });
      expect(await result).toBeUndefined();
    });

    test('gives errors, those of a function and those of the library', async () => {
      const threw = rejection(remote.run('a'));
      const error = { name: 'RangeError', message: 'too large', code: 'E_RANGE' };
      await finish(await take(), { outcome: { kind: 'threw', error } });
      expect(await threw).toMatchObject(error);
      const refused = rejection(remote.run('b'));
      const fields = { code: 'ERR_THREAD_LOST', message: 'It ran out of memory.', started: true };
      await finish(await take(), { outcome: { kind: 'refused', fields } });
      expect(await refused).toMatchObject({ ...fields, name: 'ThreadLostError' });
      const text = rejection(remote.run('c'));
      await finish(await take(), { outcome: { kind: 'threw', error: { value: 'a text' } } });
      expect(await text).toBe('a text');
    });

    test('reports that a job has started, and its progress', async () => {
      const heard: unknown[] = [];
      const options = { onProgress: (value: unknown) => void heard.push(value) };
      const submitted = await remote.submit('slow', 1, options);
      const job = await take();
      expect(header(job, 'Heard')).toBe('true');
      expect(submitted.state).toBe('queued');
      tell(job, 'started');
      await vi.waitFor(() => expect(submitted.state).toBe('running'), 30_000);
      tell(job, 'progress', { n: 1, value: 'half' });
      const progress = { n: 2, value: 'done' };
      await finish(job, { outcome: { kind: 'fulfilled', value: 'ok' }, progress });
      expect(await submitted.result).toBe('ok');
      expect(heard).toEqual(['half', 'done']);
    });

    test('hears that a job is cancelled, and how long it may take', async () => {
      const cancels = connection.subscribe(`millrace.${NAME}.cancel`, { max: 1 });
      await connection.flush();
      const controller = new AbortController();
      const timeout = { runMs: 5000, totalMs: 60_000 };
      const { signal } = controller;
      const running = rejection(remote.run('slow', 1, { signal, timeout, graceMs: 70 }));
      const job = await take();
      expect([header(job, 'Run'), header(job, 'Grace')]).toEqual(['5000', '70']);
      expect(header(job, 'Start-Within')).toBe('60000');
      controller.abort();
      for await (const cancel of cancels) {
        expect(cancel.string()).toBe(`AbortError ${header(job, 'Nonce')}`);
      }
      await job.ackAck();
      expect(await running).toMatchObject({ name: 'AbortError' });
      expect((await remote.stats()).server.jobs).toBe(0);
    });

    test('is limited in the time of a run', async () => {
      const late = rejection(remote.run('slow', 1, { timeout: { runMs: 5 } }));
      const job = await take();
      expect(header(job, 'Run')).toBe('5');
      const fields = { code: 'ERR_JOB_TIMEOUT', message: 'Late.', started: true };
      const timeout = { phase: 'run', timeoutMs: 5 };
      await finish(job, { outcome: { kind: 'refused', fields: { ...fields, ...timeout } } });
      expect(await late).toMatchObject({ ...fields, ...timeout, name: 'JobTimeoutError' });
      expect((await remote.stats()).jobs).toMatchObject({ timedOut: 1 });
    });

    test('hears that a job has run into a timeout', async () => {
      const cancels = connection.subscribe(`millrace.${NAME}.cancel`, { max: 1 });
      await connection.flush();
      const late = rejection(remote.run('slow', 1, { timeout: 200 }));
      const job = await take();
      for await (const cancel of cancels) {
        expect(cancel.string()).toBe(`TimeoutError ${header(job, 'Nonce')}`);
      }
      await job.ackAck();
      expect(await late).toMatchObject({ code: 'ERR_JOB_TIMEOUT', phase: 'total' });
    });

    test('meets jobs of a key under the subject of that key', async () => {
      const result = remote.run('slow', 1, { key: 'a b' });
      const job = await take();
      expect(job.subject).toBe(`millrace.${NAME}.jobs.key.${base64url('a b')}`);
      await finish(job, { outcome: { kind: 'fulfilled', value: 1 } });
      expect(await result).toBe(1);
    });

    test('keeps a job by its signs of life, and loses one without them', async () => {
      const result = remote.run('slow');
      const job = await take();
      const beat = setInterval(() => job.working(), 300);
      expect(await consumer.next({ expires: 5000 })).toBeNull();
      clearInterval(beat);
      const again = await take();
      expect(again).toMatchObject({ seq: job.seq, redelivered: true });
      await finish(again, { outcome: { kind: 'fulfilled', value: 'at last' } });
      expect(await result).toBe('at last');
    });
  });

  test('a submitter gets results, errors and progress, hears that the backlog is full, and that an id is in use', async () => {
    const pool = new Pool(new URL('../fixtures/contract.js', import.meta.url), { threads: 1 });
    closing.push(() => pool.close());
    const submitter = 'me1';
    const results = await jetstream(connection).consumers.get(`millrace-${NAME}-results`, {
      filter_subjects: `millrace.${NAME}.results.${submitter}.*`,
    });
    async function submit(id: string, input: unknown, job = 'echo') {
      const own = headers();
      const fields = { Id: id, Nonce: `n${id}`, Job: job, Submitter: submitter, Heard: 'true' };
      for (const [name, value] of Object.entries({ ...fields, Encoding: 'json' })) {
        own.set(`Millrace-${name}`, encodeURIComponent(value));
      }
      return jetstream(connection).publish(
        `millrace.${NAME}.jobs.id.${base64url(id)}`,
        JSON.stringify(input),
        { headers: own, msgID: base64url(id) },
      );
    }
    expect(await submit('1', { a: 1 })).toMatchObject({ duplicate: false });
    expect(await submit('1', { a: 1 })).toMatchObject({ duplicate: true });
    await submit('2', 'x');
    expect(await rejection(submit('3', 'y'))).toMatchObject({ code: 10_077 });
    const node = await serve(pool, { connection: connection as never, name: NAME });
    closing.push(() => node.close());
    async function next(): Promise<unknown[]> {
      const result = (await results.next()) as JsMsg;
      return [header(result, 'Id'), header(result, 'Nonce'), result.json()];
    }
    expect([await next(), await next()]).toEqual([
      ['1', 'n1', { outcome: { kind: 'fulfilled', value: { a: 1 } } }],
      ['2', 'n2', { outcome: { kind: 'fulfilled', value: 'x' } }],
    ]);
    await submit('4', 'on purpose', 'fail');
    const error = { name: 'RangeError', message: 'on purpose', code: 'E_MINE' };
    expect(await next()).toMatchObject(['4', 'n4', { outcome: { kind: 'threw', error } }]);
    const news = connection.subscribe(`millrace.${NAME}.news.${submitter}`);
    await connection.flush();
    await submit('5', 3, 'count');
    expect(await next()).toMatchObject([
      '5',
      'n5',
      { outcome: { value: 3 }, progress: { value: 3 } },
    ]);
    await news.drain();
    const heard: string[] = [];
    for await (const message of news) heard.push(header(message, 'News'));
    expect(new Set(heard)).toEqual(new Set(['started', 'progress']));
    await submit('6', 'x', 'nothing');
    const fields = { code: 'ERR_UNKNOWN_JOB', started: false };
    expect(await next()).toMatchObject(['6', 'n6', { outcome: { kind: 'refused', fields } }]);
  });
});
