/**
 * Takes one job on a node from its message to its acknowledgement.
 *
 * Invariants: the server gets heartbeats while the job is here, so no other node gets it; the outcome is stored before
 * the job is acknowledged; after a connection error the job is left to the server, which delivers it again.
 */
import type { JetStreamManager, JsMsg } from '@nats-io/jetstream';
import { headers as makeHeaders, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { MillraceError } from '../../api/errors.js';
import { ATTEMPT } from '../../api/options.js';
import type { PoolStats } from '../../schedule/snapshot.js';
import {
  decode,
  encode,
  encodeEnvelope,
  type Envelope,
  type Outcome,
  type Progress,
} from '../message/codec.js';
import { DeadLetterError, ResultTooLargeError } from '../errors.js';
import { HEADER, type JobHeaders } from '../message/headers.js';
import type { Markers } from './markers.js';
import { type Names, subjects } from '../server/names.js';
import { fieldsOf } from '../message/refused.js';

/** What a node needs of its pool: a `Pool` of any module. */
export interface ServedPool {
  /** Runs a job: `Pool.run`. */
  run(...args: never[]): Promise<unknown>;
  /** A snapshot: `Pool.stats`. */
  stats(): PoolStats;
}

/** What a job needs of its node. */
export interface NodeJobSurroundings {
  readonly pool: ServedPool;
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly names: Names;
  readonly markers: Markers;
  /** How often the server has to hear of it. */
  readonly heartbeatMs: number;
  /** How far the server's clock is ahead of this machine's, in milliseconds. */
  readonly clockOffsetMs: number;
  /** The largest message that the server takes, in bytes. */
  readonly maxPayload: number;
}

/** How often a job is given back whose name the module has not: another node may have it, in a deploy. */
const UNKNOWN_DELIVERIES = 5;
const UNKNOWN_DELAY_MS = 1000;
/** When the pool takes nothing now. */
const FULL_DELAY_MS = 200;
/** What headers and the protocol take of a message. */
const HEADER_BYTES = 1024;
const STORE_ATTEMPTS = 10;
const STORE_RETRY_MS = 200;

export class NodeJob {
  readonly #message: JsMsg;
  readonly #headers: JobHeaders;
  readonly #surroundings: NodeJobSurroundings;
  readonly #controller = new AbortController();
  readonly #heartbeat: NodeJS.Timeout;
  #progress: Progress | undefined;
  /** The submitter has settled it: it wants no outcome. */
  #isUnwanted = false;

  constructor(message: JsMsg, headers: JobHeaders, surroundings: NodeJobSurroundings) {
    this.#message = message;
    this.#headers = headers;
    this.#surroundings = surroundings;
    this.#heartbeat = setInterval(() => this.#beat(), surroundings.heartbeatMs);
  }

  /** The submitter has settled it: it is not started, or told to stop. */
  cancel(reason: string): void {
    this.#isUnwanted = true;
    this.#controller.abort(new DOMException(`The submitter has ended the job (${reason})`, reason));
  }

  #beat(): void {
    // On a closed connection it would throw, out of a timer.
    if (!this.#surroundings.connection.isClosed()) this.#message.working();
  }

  /** It is over here. */
  end(): void {
    clearInterval(this.#heartbeat);
  }

  /** Runs it for the first time. */
  async run(attempt = 1): Promise<void> {
    if (this.#isUnwanted || this.#isLate) return this.#acknowledge();
    const outcome = await this.#execute(attempt);
    if (outcome === undefined) return;
    if (!this.#isUnwanted) await this.#store(outcome);
    await this.#acknowledge();
  }

  /** Runs it once more: the node that had it was lost, or has given it back. */
  async runAgain(): Promise<void> {
    const { markers } = this.#surroundings;
    const { seq } = this.#message;
    if (await this.#isStored()) return this.#acknowledge();
    const count = await markers.count(seq);
    if (count >= markers.most) return this.#giveUp(count);
    await markers.add(seq, count);
    // The first one had no marker.
    await this.run(count + 2);
    await markers.forget(seq);
  }

  /** It is too late to start it: the submitter has settled it by itself. */
  get #isLate(): boolean {
    const { startWithinMs } = this.#headers;
    if (startWithinMs === undefined) return false;
    const serverNowMs = Date.now() + this.#surroundings.clockOffsetMs;
    return serverNowMs - this.#message.time.getTime() > startWithinMs;
  }

  /** Undefined where it is given back. */
  async #execute(attempt: number): Promise<Outcome | undefined> {
    const { pool } = this.#surroundings;
    const { name, encoding, runMs, graceMs, isHeard } = this.#headers;
    try {
      const input = decode(this.#message.data, encoding);
      const run = pool.run.bind(pool) as (...args: unknown[]) => Promise<unknown>;
      const running = run(name, input, {
        signal: this.#controller.signal,
        ...(attempt > 1 && { [ATTEMPT]: attempt }),
        ...(runMs !== undefined && { timeout: { runMs } }),
        ...(graceMs !== undefined && { graceMs }),
        ...(isHeard && { onProgress: (value: unknown) => this.#report(value) }),
      });
      this.#say('started');
      return { kind: 'fulfilled', value: await running };
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): Outcome | undefined {
    if (!(error instanceof MillraceError)) return { kind: 'threw', error };
    const { deliveryCount } = this.#message.info;
    switch (error.code) {
      case 'ERR_UNKNOWN_JOB':
        if (deliveryCount >= UNKNOWN_DELIVERIES) break;
        this.#message.nak(UNKNOWN_DELAY_MS);
        return undefined;
      // They are about this node's pool, not about the job.
      case 'ERR_BACKLOG_FULL':
      case 'ERR_JOB_DROPPED':
      case 'ERR_POOL_CLOSED':
      case 'ERR_MODULE_LOAD':
        this.#message.nak(FULL_DELAY_MS);
        return undefined;
    }
    return { kind: 'refused', fields: fieldsOf(error) };
  }

  #report(value: unknown): void {
    this.#progress = { n: (this.#progress?.n ?? 0) + 1, value };
    try {
      this.#say('progress', encode(this.#progress, this.#headers.encoding));
    } catch {
      // A value that can't be written; the ones before and after it can.
    }
  }

  /** Says something to the submitter that need not arrive. */
  #say(news: 'started' | 'progress', bytes?: Uint8Array): void {
    const { connection, names } = this.#surroundings;
    if (connection.isClosed()) return;
    const written = this.#outcomeHeaders();
    written.set(HEADER.news, news);
    connection.publish(subjects.news(names, this.#headers.submitter), bytes, { headers: written });
  }

  #outcomeHeaders(): MsgHdrs {
    const written = makeHeaders();
    written.set(HEADER.id, encodeURIComponent(this.#headers.id));
    written.set(HEADER.nonce, this.#headers.nonce);
    written.set(HEADER.encoding, this.#headers.encoding);
    return written;
  }

  /** @throws Where the server can't be reached, after many attempts. */
  async #store(outcome: Outcome): Promise<void> {
    const { manager, names } = this.#surroundings;
    const { id, submitter } = this.#headers;
    const subject = subjects.result(names, submitter, id);
    const bytes = this.#write({ outcome, progress: this.#progress });
    const options = { msgID: this.#headers.nonce, headers: this.#outcomeHeaders() };
    for (let attempt = 1; ; attempt += 1) {
      try {
        await manager.jetstream().publish(subject, bytes, options);
        return;
      } catch (error) {
        if (attempt === STORE_ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, STORE_RETRY_MS * attempt));
      }
    }
  }

  /** As bytes that the server takes. */
  #write(envelope: Envelope): Uint8Array {
    const { name, encoding } = this.#headers;
    const refused = (error: MillraceError): Uint8Array =>
      encodeEnvelope(name, { outcome: { kind: 'refused', fields: fieldsOf(error) } }, encoding);
    let bytes: Uint8Array;
    try {
      bytes = encodeEnvelope(name, envelope, encoding);
    } catch (error) {
      return refused(error as MillraceError);
    }
    const most = this.#surroundings.maxPayload - HEADER_BYTES;
    if (bytes.byteLength <= most) return bytes;
    return refused(new ResultTooLargeError(name, bytes.byteLength, most));
  }

  /** Whether another node has stored an outcome before it was lost. */
  async #isStored(): Promise<boolean> {
    const { manager, names } = this.#surroundings;
    const { id, submitter, nonce } = this.#headers;
    const query = { last_by_subj: subjects.result(names, submitter, id) };
    const stored = await manager.direct.getMessage(names.results, query);
    return stored !== null && stored.header.get(HEADER.nonce) === nonce;
  }

  /** To the dead letters: it is not tried again. */
  async #giveUp(attempts: number): Promise<void> {
    const { manager, names } = this.#surroundings;
    const { id, name, nonce } = this.#headers;
    await manager.jetstream().publish(subjects.deadLetter(names, id), this.#message.data, {
      msgID: nonce,
      ...(this.#message.headers && { headers: this.#message.headers }),
    });
    await this.#store({ kind: 'refused', fields: fieldsOf(new DeadLetterError(name, attempts)) });
    await this.#acknowledge();
    await this.#surroundings.markers.forget(this.#message.seq);
  }

  /** Frees its place. If that is lost the server gives it again, and it is seen that it has ended. */
  async #acknowledge(): Promise<void> {
    this.end();
    await this.#message.ackAck();
  }
}
