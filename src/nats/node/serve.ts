/**
 * Serves a remote pool: feeds a local pool with jobs from the server.
 *
 * Invariants:
 * - A node has at most `concurrency` jobs in flight.
 * - It stores a job's result before it acknowledges the job, so a node that is lost in between loses neither.
 * - An error that a job throws is a result; only the loss of a node gives a job to another one.
 * - It runs only what its own pool's module exports.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Consumer, JetStreamManager, JsMsg } from '@nats-io/jetstream';
import type { NatsConnection, QueuedIterator, Status, Subscription } from '@nats-io/transport-node';
import { invalid, record, whole } from '../../api/options.js';
import { managerOf } from '../server/manager.js';
import { Markers } from './markers.js';
import { type Names, namesOf, subjects } from '../server/names.js';
import { NodeJob, type NodeJobSurroundings, type ServedPool } from './node-job.js';
import { connectionOf, type RemoteOptions } from '../server/connection.js';
import { checkProvisioned } from '../server/provisioned.js';
import { Alone } from './alone.js';
import { asked, denialOf, translated } from '../server/faults.js';
import { readCancel, RecentCancels } from '../message/cancel.js';
import { readHeaders } from '../message/headers.js';

/** The options of `serve`. */
export interface ServeOptions extends RemoteOptions {
  /** Max jobs that this node has in flight. Default: the pool's number of threads. */
  readonly concurrency?: number;
  /** Max restarts of a job whose node was lost, until it becomes a dead letter. Default 3. */
  readonly maxCrashAttempts?: number;
}

/** A serving node. */
export interface ServingNode {
  /**
   * Resolves when the node stops serving: with undefined after `close()`, otherwise with the error that ended it. The
   * connection was closed, its account lacks a permission, or the pool can't run jobs (`ERR_POOL_CLOSED`,
   * `ERR_MODULE_LOAD`).
   */
  readonly closed: Promise<unknown>;
  /**
   * Requests no more jobs; resolves when those in flight, and one that arrives within a second, have ended, are stored
   * and acknowledged. The pool stays open.
   */
  close(): Promise<void>;
  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** How long the server keeps a request for a job open: so long `close` may take, too. */
const PULL_MS = 1000;
/** After a failure to ask. */
const RETRY_MS = 250;

/**
 * Runs the jobs of a remote pool on a local one, until the node is closed.
 *
 * @param pool - Runs the jobs. Do not share it: other jobs might fill its backlog.
 * @throws InvalidOptionError `ERR_INVALID_OPTION`
 * @throws RemoteSetupError `ERR_REMOTE_SETUP`: the connection is closed, or the server has no such pool, or one that
 *   would lose jobs.
 * @example
 * ```ts
 * import { connect } from '@nats-io/transport-node';
 * import { Pool } from 'millrace';
 * import { serve } from 'millrace/nats';
 *
 * const connection = await connect({ servers: 'localhost:4222', maxReconnectAttempts: -1 });
 * const pool = new Pool(new URL('./jobs.js', import.meta.url));
 * const node = await serve(pool, { connection, name: 'numbers' });
 * process.once('SIGTERM', () => node.close());
 * const error = await node.closed;
 * await pool.close();
 * await connection.close();
 * if (error !== undefined) throw error;
 * ```
 */
export async function serve(pool: ServedPool, options: ServeOptions): Promise<ServingNode> {
  const given = record('options', options, [
    'connection',
    'name',
    'concurrency',
    'maxCrashAttempts',
  ]);
  if (typeof pool?.run !== 'function' || typeof pool.stats !== 'function') {
    throw invalid('pool', pool, 'a Pool, which runs the jobs');
  }
  const connection = connectionOf(given['connection']);
  const names = namesOf(given['name']);
  const { threads } = pool.stats();
  const concurrency = whole('concurrency', given['concurrency'], 1, 65_536) ?? threads.target;
  const maxCrashAttempts = whole('maxCrashAttempts', given['maxCrashAttempts'], 1, 1000) ?? 3;
  const manager = await managerOf(connection);
  await checkProvisioned(manager, names);
  const clockOffsetMs = await clockOffset(manager, names);
  const consumer = await asked(manager.jetstream().consumers.get(names.jobs, names.nodes));
  const { config } = await consumer.info(true);
  const ackWaitMs = (config.ack_wait ?? 30e9) / 1e6;
  return new Serving(connection, names, consumer, concurrency, ackWaitMs, {
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

/** Returns the milliseconds to add to `performance.now()` for the server's time. */
async function clockOffset(manager: JetStreamManager, names: Names): Promise<number> {
  const beforeMs = performance.now();
  const { ts } = await manager.streams.info(names.jobs);
  const afterMs = performance.now();
  return (ts === undefined ? Date.now() : Date.parse(ts)) - (beforeMs + afterMs) / 2;
}

class Serving implements ServingNode {
  readonly #connection: NatsConnection;
  readonly #consumer: Consumer;
  readonly #surroundings: NodeJobSurroundings;
  readonly #cancels: Subscription;
  readonly #alone = new Alone();
  /** By the nonces of their submissions. */
  readonly #running = new Map<string, NodeJob>();
  /** Of jobs that this node has not met. */
  readonly #cancelled = new RecentCancels();
  readonly #ackWaitMs: number;
  readonly closed: Promise<unknown>;
  #failure: unknown;
  #stopHearing = (): void => {};
  #isClosing = false;

  constructor(
    connection: NatsConnection,
    names: Names,
    consumer: Consumer,
    concurrency: number,
    ackWaitMs: number,
    surroundings: Omit<NodeJobSurroundings, 'unknown' | 'fail'>,
  ) {
    this.#connection = connection;
    this.#consumer = consumer;
    this.#ackWaitMs = ackWaitMs;
    this.#surroundings = {
      ...surroundings,
      unknown: new Set(),
      fail: (error) => {
        this.#failure ??= error;
        this.#isClosing = true;
      },
    };
    this.#cancels = connection.subscribe(subjects.cancel(names), {
      callback: (error, message) => {
        if (error === null) this.#cancel(message.string());
      },
    });
    void this.#hearDenials(names);
    const slots = Array.from({ length: concurrency }, () => this.#serve());
    this.closed = this.#end(slots);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.closed;
  }

  /** The server tells the connection that an account may not ask for jobs, and not whoever asks. */
  async #hearDenials(names: Names): Promise<void> {
    const asks = `.CONSUMER.MSG.NEXT.${names.jobs}.${names.nodes}`;
    const statuses = this.#connection.status();
    this.#stopHearing = () => (statuses as unknown as QueuedIterator<Status>).stop();
    for await (const status of statuses) {
      if (status.type !== 'error') continue;
      const { operation, subject = '' } = denialOf(status.error) ?? {};
      const isAsking = operation === 'publish' && subject.endsWith(asks);
      if (isAsking || (operation === 'subscription' && subject === subjects.cancel(names))) {
        this.#surroundings.fail(translated(status.error));
      }
    }
  }

  async #end(slots: ReadonlyArray<Promise<void>>): Promise<unknown> {
    await Promise.all(slots);
    this.#cancels.unsubscribe();
    this.#stopHearing();
    if (this.#isClosing) return this.#failure;
    return (
      (await this.#connection.closed()) ?? new Error('The connection to the server was closed.')
    );
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
        // One that comes while the node closes is run, too.
        if (message !== null) await this.#handle(message);
      } catch (error) {
        const fault = translated(error);
        if (fault !== error) this.#surroundings.fail(fault);
        // Not connected, or the server has no leader yet: the connection goes on trying, and so does this.
        await pause(RETRY_MS * (0.5 + Math.random()));
      }
    }
  }

  async #handle(message: JsMsg): Promise<void> {
    const headers = readHeaders(message.headers);
    if (headers === undefined) return message.term('It is no job of millrace.');
    // It runs here. A server that restarts may have lost its deliveries, and one that hears no heartbeat for a while
    // delivers again; the heartbeats and the acknowledgement of the first delivery count for all of them.
    if (this.#running.has(headers.nonce)) return;
    const job = new NodeJob(message, headers, this.#surroundings);
    this.#running.set(headers.nonce, job);
    const reason = this.#cancelled.get(headers.nonce);
    if (reason !== undefined) job.cancel(reason);
    try {
      await this.#run(message, job);
    } finally {
      job.end();
      this.#running.delete(headers.nonce);
      if (job.isAcknowledged) this.#cancelled.forget(headers.nonce);
    }
  }

  async #run(message: JsMsg, job: NodeJob): Promise<void> {
    if (job.isUnknown) return job.passOn();
    if (!message.redelivered) return this.#alone.together(() => job.run());
    if (await job.wasGivenBack()) return this.#alone.together(() => job.runAfterAll());
    const hadTurn = await this.#alone.alone(() => job.runAgain(), this.#ackWaitMs);
    if (!hadTurn) job.putOff();
  }

  #cancel(text: string): void {
    const cancel = readCancel(text);
    if (cancel === undefined) return;
    const running = this.#running.get(cancel.nonce);
    if (running !== undefined) return running.cancel(cancel.reason);
    this.#cancelled.add(cancel.nonce, cancel.reason);
  }
}
