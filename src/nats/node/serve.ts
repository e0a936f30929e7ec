/**
 * Serves a remote pool: feeds a local pool with jobs from the server.
 *
 * Invariants:
 * - A node has at most `concurrency` jobs in flight.
 * - It stores a job's result before it acknowledges the job, so a node that is lost in between loses neither.
 * - An error that a job throws is a result; only the loss of a node gives a job to another one.
 * - It runs only what its own pool's module exports.
 */
import type { Consumer, JetStreamManager, JsMsg } from '@nats-io/jetstream';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import { record, whole } from '../../api/options.js';
import { managerOf } from '../server/manager.js';
import { Markers } from './markers.js';
import { type Names, namesOf, subjects } from '../server/names.js';
import { NodeJob, type NodeJobSurroundings, type ServedPool } from './node-job.js';
import { connectionOf, type RemoteOptions } from '../server/connection.js';
import { checkProvisioned } from '../server/provisioned.js';
import { Alone } from './alone.js';
import { readHeaders } from '../message/headers.js';

/** The options of `serve`. */
export interface ServeOptions extends RemoteOptions {
  /** Jobs that this node has in flight. Default: as many as the pool has threads. */
  readonly concurrency?: number;
  /** How often a job is started again after its node was lost, until it goes to the dead letters. Default 3. */
  readonly maxCrashAttempts?: number;
}

/** A node at work. */
export interface ServingNode {
  /** Takes no more jobs, and fulfils when those in flight have ended and are acknowledged. The pool stays open. */
  close(): Promise<void>;
  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** How long the server keeps a request for a job open: so long `close` may take, too. */
const PULL_MS = 1000;
/** After a failure to ask. */
const RETRY_MS = 250;
/** Cancelled jobs that this node has not met: the newest are remembered. */
const REMEMBERED = 10_000;

/**
 * Serves a remote pool with a local one, until it is closed.
 *
 * ```js
 * const pool = new Pool(new URL('./jobs.js', import.meta.url));
 * const node = await serve(pool, { connection, name: 'hashing' });
 * ```
 *
 * @param pool - Runs the jobs. Share it with nobody, or its backlog may be full.
 * @throws InvalidOptionError `ERR_INVALID_OPTION`
 * @throws RemoteSetupError `ERR_REMOTE_SETUP`: no such pool on this server, or one that would lose jobs.
 */
export async function serve(pool: ServedPool, options: ServeOptions): Promise<ServingNode> {
  const given = record('options', options, [
    'connection',
    'name',
    'concurrency',
    'maxCrashAttempts',
  ]);
  const connection = connectionOf(given['connection']);
  const names = namesOf(given['name']);
  const { threads } = pool.stats();
  const concurrency = whole('concurrency', given['concurrency'], 1, 65_536) ?? threads.target;
  const maxCrashAttempts = whole('maxCrashAttempts', given['maxCrashAttempts'], 1, 1000) ?? 3;
  const manager = await managerOf(connection);
  await checkProvisioned(manager, names);
  const clockOffsetMs = await clockOffset(manager, names);
  const consumer = await manager.jetstream().consumers.get(names.jobs, names.nodes);
  const { config } = await consumer.info(true);
  const ackWaitMs = (config.ack_wait ?? 30e9) / 1e6;
  return new Serving(connection, names, consumer, concurrency, {
    pool,
    connection,
    manager,
    names,
    markers: new Markers(manager, names, maxCrashAttempts),
    heartbeatMs: ackWaitMs / 3,
    clockOffsetMs,
    maxPayload: connection.info?.max_payload ?? 1024 ** 2,
  });
}

/** How far the server's clock is ahead of this machine's, in milliseconds: deadlines count by its timestamps. */
async function clockOffset(manager: JetStreamManager, names: Names): Promise<number> {
  const beforeMs = Date.now();
  const { ts } = await manager.streams.info(names.jobs);
  const afterMs = Date.now();
  return ts === undefined ? 0 : Date.parse(ts) - (beforeMs + afterMs) / 2;
}

class Serving implements ServingNode {
  readonly #connection: NatsConnection;
  readonly #consumer: Consumer;
  readonly #surroundings: NodeJobSurroundings;
  readonly #cancels: Subscription;
  readonly #alone = new Alone();
  /** By the nonces of their submissions. */
  readonly #running = new Map<string, NodeJob>();
  readonly #cancelled = new Set<string>();
  readonly #slots: Promise<void>[];
  #isClosing = false;

  constructor(
    connection: NatsConnection,
    names: Names,
    consumer: Consumer,
    concurrency: number,
    surroundings: NodeJobSurroundings,
  ) {
    this.#connection = connection;
    this.#consumer = consumer;
    this.#surroundings = surroundings;
    this.#cancels = connection.subscribe(subjects.cancel(names), {
      callback: (error, message) => {
        if (error === null) this.#cancel(message.string());
      },
    });
    this.#slots = Array.from({ length: concurrency }, () => this.#serve());
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#slots);
    this.#cancels.unsubscribe();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** One slot: a job at a time. */
  async #serve(): Promise<void> {
    while (!this.#isClosing && !this.#connection.isClosed()) {
      try {
        // While a job runs alone nobody takes another one.
        await this.#alone.free();
        const message = await this.#consumer.next({ expires: PULL_MS });
        if (message === null) continue;
        if (this.#isClosing) message.nak();
        else await this.#handle(message);
      } catch {
        // Not connected, or the server has no leader yet: the connection goes on trying, and so does this.
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS * (0.5 + Math.random())));
      }
    }
  }

  async #handle(message: JsMsg): Promise<void> {
    const headers = readHeaders(message.headers);
    if (headers === undefined) return message.term('It is no job of millrace.');
    const job = new NodeJob(message, headers, this.#surroundings);
    this.#running.set(headers.nonce, job);
    if (this.#cancelled.delete(headers.nonce)) job.cancel('AbortError');
    try {
      if (message.redelivered) await this.#alone.alone(() => job.runAgain());
      else await this.#alone.together(() => job.run());
    } finally {
      job.end();
      this.#running.delete(headers.nonce);
    }
  }

  #cancel(text: string): void {
    const [reason, nonce] = text.split(' ', 2) as [string, string | undefined];
    if (nonce === undefined) return;
    const running = this.#running.get(nonce);
    if (running !== undefined) return running.cancel(reason);
    this.#cancelled.add(nonce);
    if (this.#cancelled.size <= REMEMBERED) return;
    const [oldest] = this.#cancelled;
    this.#cancelled.delete(oldest as string);
  }
}
