/**
 * Runs the quick start of docs/distributed.md word for word, with two nodes and a submitter, and tests its accounts on
 * a server that has them.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Pool } from 'millrace';
import { provision, RemotePool, serve } from 'millrace/nats';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type * as Jobs from '../fixtures/contract.js';
import { examplesOf, ROOT } from '../helpers/doc-examples.js';
import { HAS_NATS, NatsServer } from '../helpers/nats-server.js';
import { rejection } from '../helpers/outcomes.js';

const base64url = (id: string): string => Buffer.from(id).toString('base64url');

const DOCUMENT = 'docs/distributed.md';

describe.runIf(HAS_NATS)('docs/distributed.md', () => {
  let folder: string;
  let server: NatsServer | undefined;
  const nodes: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-distributed-'));
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules', 'millrace'));
    symlinkSync(join(ROOT, 'node_modules', '@nats-io'), join(folder, 'node_modules', '@nats-io'));
  });
  afterEach(async () => {
    for (const node of nodes.splice(0)) node.kill('SIGKILL');
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the quick start ends with two nodes and a submitter at work', async () => {
    for (const [name, content] of examplesOf(DOCUMENT)) writeFileSync(join(folder, name), content);
    server = await NatsServer.start();
    const env = { ...process.env, NATS_URL: `127.0.0.1:${server.port}` };
    const start = async (): Promise<ChildProcess> => {
      const node = spawn(process.execPath, ['node.mjs'], { cwd: folder, env });
      nodes.push(node);
      await once(node.stdout, 'data');
      return node;
    };
    const [first] = await Promise.all([start(), start()]);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['submit.mjs'], {
      cwd: folder,
      env,
    });
    expect({ stdout, stderr }).toEqual({
      stdout: expect.stringMatching(/^100 hashes, the first is [0-9a-f]{64}\n$/) as string,
      stderr: '',
    });
    const exit = once(first as ChildProcess, 'exit');
    first?.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  test('its node says why it ends, where the job module does not load', async () => {
    for (const [name, content] of examplesOf(DOCUMENT)) writeFileSync(join(folder, name), content);
    writeFileSync(join(folder, 'jobs.mjs'), 'export const sha256 = (');
    server = await NatsServer.start();
    const env = { ...process.env, NATS_URL: `127.0.0.1:${server.port}` };
    const start = (file: string): ChildProcess => {
      const child = spawn(process.execPath, [file], { cwd: folder, env });
      nodes.push(child);
      return child;
    };
    const node = start('node.mjs');
    const errors = text(node.stderr as Readable);
    start('submit.mjs');
    expect(await once(node, 'exit')).toEqual([1, null]);
    expect(await errors).toContain('ERR_MODULE_LOAD');
  });

  test('its dead letters are submitted again, and are gone', async () => {
    for (const [name, content] of examplesOf(DOCUMENT)) writeFileSync(join(folder, name), content);
    server = await NatsServer.start();
    const connection = await server.connect();
    await provision(connection as never, 'hashing', { jobs: 1000 });
    const remote = await RemotePool.connect({ connection: connection as never, name: 'hashing' });
    const { streams } = await jetstreamManager(connection);
    const letters = (): Promise<number> =>
      streams.info('millrace-hashing-dead-letters').then(({ state }) => state.messages);
    for (const input of ['one', 'two']) {
      const { id, result } = await remote.submit('sha256', input);
      result.catch(() => {}); // its stream is emptied below
      const job = await streams.getMessage('millrace-hashing-jobs', {
        last_by_subj: `millrace.hashing.jobs.id.${base64url(id)}`,
      });
      if (job === null) throw new Error('The job is not stored.');
      const { data, header } = job;
      await jetstream(connection).publish(`millrace.hashing.dead.${base64url(id)}`, data, {
        headers: header,
      });
    }
    expect(await letters()).toBe(2);
    await streams.purge('millrace-hashing-jobs');
    const env = { ...process.env, NATS_URL: `127.0.0.1:${server.port}` };
    const node = spawn(process.execPath, ['node.mjs'], { cwd: folder, env });
    nodes.push(node);
    await once(node.stdout, 'data');
    const end = promisify(execFile)(process.execPath, ['requeue.mjs'], { cwd: folder, env });
    expect(await end).toEqual({ stdout: '', stderr: '' });
    expect(await letters()).toBe(0);
    expect((await streams.info('millrace-hashing-results')).state.messages).toBe(2);
  });

  test('its accounts can do what they have to, and a submitter can take no job of others away', async () => {
    const document = readFileSync(join(ROOT, DOCUMENT), 'utf8');
    const accounts = /^authorization \{\n[^]*?\n\}$/m.exec(document)?.[0] as string;
    server = await NatsServer.start(accounts);
    const [admin, submitter, node] = await Promise.all(
      [
        { user: 'admin', pass: 'secret3' },
        { user: 'submitter', pass: 'secret1' },
        { user: 'node', pass: 'secret2' },
      ].map((options) => (server as NatsServer).connect(options)),
    );
    const limits = { jobs: 10 };
    const name = 'hashing';
    await provision(admin as never, name, limits);
    const pool = new Pool<typeof Jobs>(new URL('../fixtures/contract.js', import.meta.url), {
      threads: 1,
    });
    const serving = await serve(pool, { connection: node as never, name });
    const remote = await RemotePool.connect<typeof Jobs>({ connection: submitter as never, name });
    const jobs = Array.from({ length: 50 }, (_, index) => remote.run('echo', index));
    expect(await Promise.all(jobs)).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect((await remote.stats()).jobs).toMatchObject({ fulfilled: 50 });
    const onProgress = (): void => {};
    expect(await remote.run('count', 3, { onProgress })).toBe(3);
    // The node gives the job back, and it is delivered again.
    expect(await rejection((remote as RemotePool).run('nothing'))).toMatchObject({
      code: 'ERR_UNKNOWN_JOB',
    });

    expect(await rejection(provision(submitter as never, 'other', limits))).toBeInstanceOf(Error);
    expect(await rejection(provision(node as never, 'other', limits))).toBeInstanceOf(Error);
    await remote.close();
    await serving.close();
    await pool.close();
  });
});
