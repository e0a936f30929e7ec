/** Tests a job's signal with Node's own functions that take one, on the real Node. */
import { exec, execFile, fork, spawn } from 'node:child_process';
import events, { EventEmitter, once } from 'node:events';
import fs from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import readline from 'node:readline/promises';
import { addAbortSignal, PassThrough, Readable, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import {
  scheduler,
  setImmediate as immediate,
  setInterval as interval,
  setTimeout as sleep,
} from 'node:timers/promises';
import { aborted as whenAborted } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Told } from '../../src/wire/job-words.js';
import { LiveSignal } from '../../workers/live-signal.js';
import { fixturePath } from '../helpers/guard.js';
import { macrotask, rejection } from '../helpers/outcomes.js';

const LONG_MS = 100_000;
const endless = (): Readable => new Readable({ read() {} });
async function* ticks(): AsyncGenerator<number> {
  for (;;) yield await immediate(1);
}
const sink = (): Writable => new Writable({ write: (_, __, done) => done() });

/** Accepts requests and never responds. */
const server = http.createServer(() => requested());
let url: string;
let requested = (): void => {};

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** Fulfills when the server has received a request. */
const atServer = (): Promise<void> =>
  new Promise((resolve) => {
    requested = resolve;
  });

interface Consumer {
  /** Rejects once the signal has aborted. */
  readonly wait: (signal: AbortSignal) => Promise<unknown>;
  /** Fulfills when it waits. Default: after a turn of the event loop. */
  readonly waits?: () => Promise<void>;
  /** Set if it rejects with the signal's reason itself; otherwise it rejects with an AbortError of Node. */
  readonly rejects?: 'reason';
  /** True if it does not read the signal but only listens for its event, which comes in the thread's next turn. */
  readonly isDeaf?: boolean;
}

const CONSUMERS: Readonly<Record<string, Consumer>> = {
  fetch: { wait: (signal) => fetch(url, { signal }), waits: atServer, rejects: 'reason' },
  Request: {
    wait: (signal) => fetch(new Request(url, { signal })),
    waits: atServer,
    rejects: 'reason',
  },
  'http.get': {
    wait: (signal) =>
      new Promise((resolve, reject) => {
        http.get(url, { signal }).on('error', reject).on('response', resolve);
      }),
    waits: atServer,
  },
  'timers/promises setTimeout': { wait: (signal) => sleep(LONG_MS, 1, { signal }) },
  'timers/promises setInterval': {
    async wait(signal) {
      for await (const _ of interval(LONG_MS, 1, { signal }));
    },
  },
  'timers/promises setImmediate': {
    // A single one is over before anybody can abort it.
    async wait(signal) {
      for (;;) await immediate(1, { signal });
    },
  },
  'scheduler.wait': { wait: (signal) => scheduler.wait(LONG_MS, { signal }) },
  'events.once': { wait: (signal) => once(new EventEmitter(), 'never', { signal }) },
  'events.on': {
    async wait(signal) {
      for await (const _ of events.on(new EventEmitter(), 'never', { signal }));
    },
  },
  'stream pipeline': {
    wait: (signal) => pipeline(endless(), new PassThrough(), sink(), { signal }),
  },
  'stream finished': { wait: (signal) => finished(endless(), { signal }) },
  addAbortSignal: {
    wait: (signal) =>
      new Promise((_, reject) => {
        addAbortSignal(signal, endless()).on('error', reject);
      }),
  },
  'a stream’s iterator helper': {
    // It checks the signal when data arrives.
    wait: (signal) => Readable.from(ticks()).toArray({ signal }),
  },
  'web streams pipeTo': {
    wait: (signal) => new ReadableStream().pipeTo(new WritableStream(), { signal }),
    rejects: 'reason',
  },
  exec: {
    wait: (signal) =>
      new Promise((resolve, reject) => {
        exec('exec sleep 1000', { signal }, (error) => (error ? reject(error) : resolve(0)));
      }),
  },
  execFile: {
    wait: (signal) =>
      new Promise((resolve, reject) => {
        execFile('sleep', ['1000'], { signal }, (error) => (error ? reject(error) : resolve(0)));
      }),
  },
  spawn: {
    wait: (signal) =>
      new Promise((resolve, reject) => {
        spawn('sleep', ['1000'], { signal }).on('error', reject).on('exit', resolve);
      }),
  },
  fork: {
    wait: (signal) =>
      new Promise((resolve, reject) => {
        const options = { signal, execArgv: [] };
        fork(fixturePath('modules/keeps-open.mjs'), options)
          .on('error', reject)
          .on('exit', resolve);
      }),
  },
  'fs.readFile': {
    async wait(signal) {
      for (;;) await fs.readFile(process.execPath, { signal });
    },
  },
  'readline question': {
    async wait(signal) {
      const lines = readline.createInterface({ input: endless() });
      try {
        return await lines.question('', { signal });
      } finally {
        lines.close();
      }
    },
  },
  'AbortSignal.any': {
    wait: (signal) => {
      const any = AbortSignal.any([new AbortController().signal, signal]);
      return new Promise((_, reject) => {
        if (any.aborted) reject(any.reason as Error);
        any.addEventListener('abort', () => reject(any.reason as Error));
      });
    },
    rejects: 'reason',
    // Node 26 reads the signal's internals rather than its `aborted`.
    isDeaf: true,
  },
  'util.aborted': {
    async wait(signal) {
      await whenAborted(signal, {});
      throw signal.reason;
    },
    rejects: 'reason',
  },
  onabort: {
    wait: (signal) =>
      new Promise((_, reject) => {
        // oxlint-disable-next-line unicorn/prefer-add-event-listener
        signal.onabort = () => reject(signal.reason as Error);
        // An earlier abort fires no event.
        if (signal.aborted) reject(signal.reason as Error);
      }),
    rejects: 'reason',
  },
  'addEventListener’s signal option': {
    // The listener is removed when the signal aborts.
    async wait(signal) {
      const target = new EventTarget();
      let calls = 0;
      target.addEventListener('ask', () => (calls += 1), { signal });
      for (;;) {
        const before = calls;
        target.dispatchEvent(new Event('ask'));
        if (calls === before) throw signal.reason;
        await macrotask();
      }
    },
    rejects: 'reason',
  },
};

describe.each(Object.entries(CONSUMERS))('%s', (_, consumer) => {
  const { wait, waits = macrotask, rejects, isDeaf = false } = consumer;

  /** The ways in which the signal is made to look. */
  test.each<[string, (live: LiveSignal) => unknown]>([
    ['the message', (live) => live.look()],
    ['some code that asks', (live) => live.signal.aborted],
  ])('ends when the job is told to stop while it waits: %s', async (__, look) => {
    let told: number = Told.not;
    const live = new LiveSignal(() => told);
    const isWaiting = waits();
    const rejected = rejection(wait(live.signal));
    await isWaiting;
    await macrotask();
    told = Told.cancelled;
    look(live);
    const error = await rejected;
    expect(error).toMatchObject({ name: 'AbortError' });
    if (rejects === 'reason') expect(error).toBe(live.signal.reason);
    else expect(error).not.toBe(live.signal.reason);
  });

  test('ends at once when the job was told before, and nobody had looked', async () => {
    let told: number = Told.not;
    const live = new LiveSignal(() => told);
    told = Told.cancelled;
    const rejected = rejection(wait(live.signal));
    if (isDeaf) setImmediate(() => live.look());
    expect(await rejected).toMatchObject({ name: 'AbortError' });
    expect(live.signal.aborted).toBe(true);
  });
});

test('a timeout is the reason that fetch rejects with', async () => {
  let told: number = Told.not;
  const live = new LiveSignal(() => told);
  const isWaiting = atServer();
  const rejected = rejection(fetch(url, { signal: live.signal }));
  await isWaiting;
  told = Told.timedOut;
  live.look();
  expect(await rejected).toMatchObject({ name: 'TimeoutError' });
});

test('the connection of a request that is aborted is closed', async () => {
  let told: number = Told.not;
  const live = new LiveSignal(() => told);
  const closed = new Promise<void>((resolve) => {
    server.once('request', (request) => request.on('close', resolve));
  });
  const isWaiting = atServer();
  const rejected = rejection(fetch(url, { signal: live.signal }));
  await isWaiting;
  told = Told.cancelled;
  live.look();
  await rejected;
  await closed;
});
