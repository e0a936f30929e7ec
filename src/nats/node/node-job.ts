/**
 * Takes one job on a node from its message to its acknowledgement.
 *
 * Invariants: the server gets heartbeats while the job is here, so no other node gets it; the outcome is stored before
 * the job is acknowledged; after a connection error the job is left to the server, which delivers it again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { JetStreamManager, JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
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
import { type JobHeaders, writeAddress } from '../message/headers.js';
import { type Marker, type Markers, NO_MARKER } from './markers.js';
import { isPassing, translated } from '../server/faults.js';
import { type Names, subjects } from '../server/names.js';
import { isResultStored } from '../server/stored.js';
import { fieldsOf } from '../message/refused.js';

/** The methods of a `Pool`, of any module, that a node needs. */
export interface ServedPool {
  /** Runs a job: `Pool.run`. */
  run(...args: never[]): Promise<unknown>;
  /** A snapshot: `Pool.stats`. */
  stats(): PoolStats;
}

/** The parts of a node that its jobs need. */
export interface NodeJobSurroundings {
  readonly pool: ServedPool;
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly names: Names;
  readonly markers: Markers;
  /** How often the server has to hear of it. */
  readonly heartbeatMs: number;
  /** Milliseconds to add to `performance.now()` for the server's time: setting this machine's clock does no harm. */
  readonly clockOffsetMs: number;
  /** Names that this node's module has not. */
  readonly unknown: Set<string>;
  /** The node can't go on: it serves no more. */
  readonly fail: (error: unknown) => void;
  /** The largest message that the server takes, in bytes. */
  readonly maxPayload: number;
}

/** How often a job is given back whose name the module has not: another node may have it, in a deploy. */
const UNKNOWN_DELIVERIES = 5;
const UNKNOWN_DELAY_MS = 1000;
/** Before another node, or this one, tries to run it alone again. */
const PUT_OFF_MS = 1000;
/** When the pool takes nothing now. */
const FULL_DELAY_MS = 200;
/** Bytes of a message that are reserved for headers and the protocol. */
const HEADER_BYTES = 512;
const STORE_RETRY_MS = 200;
const MOST_STORE_RETRY_MS = 5000;

export class NodeJob {
  readonly #message: JsMsg;
  readonly #headers: JobHeaders;
  readonly #surroundings: NodeJobSurroundings;
  readonly #controller = new AbortController();
  readonly #heartbeat: NodeJS.Timeout;
  #progress: Progress | undefined;
  #marker: Marker = NO_MARKER;
  #isGivenBack = false;
  /** Whether the server has it no longer. */
  isAcknowledged = false;
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

  /** Runs it. @param attempt - From 1. */
  async run(attempt = 1): Promise<void> {
    if (this.#isUnwanted || this.#isLate) return this.#acknowledge();
    const outcome = await this.#execute(attempt);
    if (outcome === undefined) return;
    if (!this.#isUnwanted) await this.#store(outcome);
    await this.#acknowledge();
  }

  /**
   * Runs it if the delivery before was given back: then it is no suspect, and needs not run alone.
   *
   * @returns Whether it was.
   */
  async wasGivenBack(): Promise<boolean> {
    this.#marker = await this.#surroundings.markers.read(this.#message.seq);
    return this.#marker.givenBack === this.#message.info.deliveryCount - 1;
  }

  /** Runs it once more after the delivery before was given back. */
  async runAfterAll(): Promise<void> {
    await this.run(1 + this.#marker.crashes);
    await this.#forgetMarker();
  }

  /** Runs it once more, alone: the node that had it was lost. Its marker has been read. */
  async runAgain(): Promise<void> {
    const { markers } = this.#surroundings;
    const { seq } = this.#message;
    const { manager, names } = this.#surroundings;
    if (await isResultStored(manager, names, this.#headers)) return this.#acknowledge();
    const { crashes, givenBack } = this.#marker;
    if (crashes >= markers.most) return this.#giveUp(crashes);
    await markers.write(seq, { crashes: crashes + 1, givenBack });
    try {
      // The first start had no marker.
      await this.run(crashes + 2);
    } catch (error) {
      // It was the connection, not the job.
      await markers.write(seq, { crashes, givenBack });
      throw error;
    }
    await this.#forgetMarker();
  }

  /** Gives it back for a while, as this node can't run it; whoever gets it then does not take it for a suspect. */
  async #giveBack(delayMs: number): Promise<void> {
    const { markers } = this.#surroundings;
    const { crashes } = this.#marker;
    const { seq, info } = this.#message;
    await markers.write(seq, { crashes, givenBack: info.deliveryCount });
    this.#isGivenBack = true;
    this.end();
    this.#message.nak(delayMs);
  }

  async #forgetMarker(): Promise<void> {
    if (!this.#isGivenBack) await this.#surroundings.markers.forget(this.#message.seq);
  }

  /** It is too late to start it: the submitter has settled it by itself. */
  get #isLate(): boolean {
    const { startWithinMs } = this.#headers;
    if (startWithinMs === undefined) return false;
    const serverNowMs = performance.now() + this.#surroundings.clockOffsetMs;
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

  async #failed(error: unknown): Promise<Outcome | undefined> {
    if (!isOurs(error)) return { kind: 'threw', error };
    const { deliveryCount } = this.#message.info;
    switch (error.code) {
      case 'ERR_UNKNOWN_JOB':
        if (deliveryCount >= UNKNOWN_DELIVERIES) break;
        this.#surroundings.unknown.add(this.#headers.name);
        await this.#giveBack(UNKNOWN_DELAY_MS);
        return undefined;
      // They are about this node's pool, not about the job.
      case 'ERR_BACKLOG_FULL':
      case 'ERR_JOB_DROPPED':
        await this.#giveBack(FULL_DELAY_MS);
        return undefined;
      // For good: this node runs nothing any more.
      case 'ERR_POOL_CLOSED':
      case 'ERR_MODULE_LOAD':
        this.#surroundings.fail(error);
        await this.#giveBack(0);
        return undefined;
    }
    return { kind: 'refused', fields: fieldsOf(error) };
  }

  /** Whether this node has seen that its module lacks the function: then another node may have it. */
  get isUnknown(): boolean {
    const { deliveryCount } = this.#message.info;
    return deliveryCount < UNKNOWN_DELIVERIES && this.#surroundings.unknown.has(this.#headers.name);
  }

  /** This node has no time to run it alone; it stays a suspect. */
  putOff(): void {
    this.end();
    this.#message.nak(PUT_OFF_MS);
  }

  /** Gives it back, for another node. */
  passOn(): Promise<void> {
    return this.#giveBack(UNKNOWN_DELAY_MS);
  }

  #report(value: unknown): void {
    const progress = { n: (this.#progress?.n ?? 0) + 1, value };
    let bytes: Uint8Array;
    try {
      bytes = encode(progress, this.#headers.encoding);
    } catch {
      // A value that can't be written; the ones before and after it can.
      return;
    }
    this.#progress = progress;
    if (bytes.byteLength <= this.#mostBytes) this.#say('progress', bytes);
  }

  /** Says something to the submitter that need not arrive. */
  #say(news: 'started' | 'progress', bytes?: Uint8Array): void {
    const { connection, names } = this.#surroundings;
    if (connection.isClosed()) return;
    const headers = writeAddress({ ...this.#headers, news });
    connection.publish(subjects.news(names, this.#headers.submitter), bytes, { headers });
  }

  /**
   * Stores the outcome, however long the server is away: the job goes to nobody else meanwhile.
   *
   * @throws Once the connection is closed, or if the server refuses it for good.
   */
  async #store(outcome: Outcome): Promise<void> {
    const { manager, names, connection } = this.#surroundings;
    const { id, submitter, nonce } = this.#headers;
    const subject = subjects.result(names, submitter, id);
    const bytes = this.#write({ outcome, progress: this.#progress });
    for (let retryMs = STORE_RETRY_MS; ; retryMs = Math.min(2 * retryMs, MOST_STORE_RETRY_MS)) {
      try {
        const options = { msgID: nonce, headers: writeAddress(this.#headers) };
        await manager.jetstream().publish(subject, bytes, options);
        return;
      } catch (error) {
        if (connection.isClosed()) throw error;
        if (!isPassing(error)) {
          this.#surroundings.fail(translated(error));
          throw error;
        }
        await pause(retryMs);
      }
    }
  }

  /** As bytes that the server takes. */
  #write(envelope: Envelope): Uint8Array {
    const { name, encoding } = this.#headers;
    const { outcome } = envelope;
    try {
      const bytes = encodeEnvelope(name, envelope, encoding);
      if (bytes.byteLength <= this.#mostBytes) return bytes;
      // A large progress value costs no result.
      if (envelope.progress !== undefined) return this.#write({ outcome });
      return this.#write(refused(new ResultTooLargeError(name, bytes.byteLength, this.#mostBytes)));
    } catch (error) {
      return encodeEnvelope(name, refused(error as MillraceError), encoding);
    }
  }

  /** Max bytes of a message's data; its headers contain the id. */
  get #mostBytes(): number {
    const { maxPayload } = this.#surroundings;
    return maxPayload - HEADER_BYTES - encodeURIComponent(this.#headers.id).length;
  }

  /** To the dead letters: it is not tried again. */
  async #giveUp(attempts: number): Promise<void> {
    const { manager, names } = this.#surroundings;
    const { id, name, nonce } = this.#headers;
    const { data, headers } = this.#message;
    try {
      const options = { msgID: nonce, ...(headers && { headers }) };
      await manager.jetstream().publish(subjects.deadLetter(names, id), data, options);
    } catch {
      // Its submitter is told all the same.
    }
    await this.#store({ kind: 'refused', fields: fieldsOf(new DeadLetterError(name, attempts)) });
    await this.#acknowledge();
    await this.#surroundings.markers.forget(this.#message.seq);
  }

  /** Frees its place. If that is lost the server gives it again, and it is seen that it has ended. */
  async #acknowledge(): Promise<void> {
    this.end();
    this.isAcknowledged = await this.#message.ackAck();
  }
}

function refused(error: MillraceError): Envelope {
  return { outcome: { kind: 'refused', fields: fieldsOf(error) } };
}

/** Whether it is an error of this library; by its class's name, as the pool may be of another copy of it. */
function isOurs(error: unknown): error is MillraceError {
  if (!(error instanceof Error)) return false;
  for (let each: unknown = Object.getPrototypeOf(error); each !== null;) {
    // Not a getter's, as a DOMException has.
    if (Object.getOwnPropertyDescriptor(each, 'name')?.value === 'MillraceError') return true;
    each = Object.getPrototypeOf(each);
  }
  return false;
}
