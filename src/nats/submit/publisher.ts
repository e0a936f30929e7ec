/**
 * Publishes a job so that the server stores it once, however often that has to be tried.
 *
 * Invariants: a repetition has the same message id, unless the server has refused the one before; an answer that was
 * lost is looked for before the job is published again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { JobTooLargeError, PoolClosedError } from '../../api/errors.js';
import { DuplicateJobError, RemoteSetupError } from '../errors.js';
import { readHeaders, writeHeaders } from '../message/headers.js';
import { apiCode, fullLimit, isPassing, isUnanswered, translated } from '../server/faults.js';
import { type Names, subjects, token } from '../server/names.js';
import { checkProvisioned } from '../server/provisioned.js';
import { isResultStored, storedMessage } from '../server/stored.js';
import type { RemoteJobRecord } from './remote-job.js';

/** The server's codes: the message is larger than the stream takes; a publish of the same id is under way. */
const TOO_LARGE = 10_054;
const UNDER_WAY = 10_158;
/** How long an acknowledgement may take until the publish counts as unsure. */
const TIMEOUT_MS = 5000;
const LEAST_RETRY_MS = 50;
const MOST_RETRY_MS = 1000;
/** After so many requests that nobody answers it asks whether the stream is there. */
const MOST_UNANSWERED = 3;

export class Publisher {
  readonly #connection: NatsConnection;
  readonly #manager: JetStreamManager;
  readonly #names: Names;

  constructor(connection: NatsConnection, manager: JetStreamManager, names: Names) {
    this.#connection = connection;
    this.#manager = manager;
    this.#names = names;
  }

  /**
   * @returns The job's number in the stream; 0 if it has ended already.
   * @throws What `fullLimit` recognizes if the server is full; DuplicateJobError, JobTooLargeError, RemoteSetupError,
   *   PoolClosedError if the connection is closed.
   */
  async publish(job: RemoteJobRecord): Promise<number> {
    const subject = subjects.job(this.#names, job.id, job.key);
    const js = this.#manager.jetstream();
    let unanswered = 0;
    for (let retryMs = LEAST_RETRY_MS; ; retryMs = Math.min(2 * retryMs, MOST_RETRY_MS)) {
      const wasSent = job.isSent;
      try {
        job.isSent = true;
        const { duplicate, seq } = await js.publish(subject, job.payload, {
          msgID: messageId(job),
          headers: writeHeaders(job.headers),
          timeout: TIMEOUT_MS,
        });
        if (!duplicate) return seq;
        // A cluster of 2.10 remembers the id of a publish that it has refused, and stored nothing.
        if (seq === 0) job.refusals += 1;
        else if (job.isUnsure && (await this.#isOurs(job, seq))) return seq;
        else throw new DuplicateJobError(job.id);
      } catch (error) {
        // Refused, or heard by nobody: it is not stored, unless an earlier publish of it is.
        if (apiCode(error) !== undefined || isUnanswered(error)) job.isSent = wasSent;
        if (apiCode(error) === UNDER_WAY && !job.isUnsure) {
          job.refusals += 1;
          continue;
        }
        this.#rethrowFinal(error, job);
        // The server may have stored it, and the job may have ended meanwhile.
        job.isUnsure = true;
        if (isUnanswered(error)) unanswered += 1;
        if (unanswered >= MOST_UNANSWERED) await this.#check(job);
        await pause(retryMs * (0.5 + Math.random()));
        if (await this.#hasResult(job)) return 0;
      }
    }
  }

  #rethrowFinal(error: unknown, job: RemoteJobRecord): void {
    if (this.#connection.isClosed()) {
      const message = 'The connection to the server was closed before the job was accepted.';
      throw new PoolClosedError(message, job.isSent, error);
    }
    if (fullLimit(error) !== undefined || error instanceof DuplicateJobError) throw error;
    if (isTooLarge(error)) {
      const tooLarge = new JobTooLargeError(job.name, job.payload.byteLength, 0);
      const most = this.#connection.info?.max_payload;
      tooLarge.message =
        `Job '${job.name}' is ${job.payload.byteLength} bytes without its headers, more than the server takes with them ` +
        `(max_payload ${most}, or the jobBytes of the pool). Send less, or a reference to the data.`;
      throw tooLarge;
    }
    if (!isPassing(error) || job.ending !== undefined) throw translated(error);
  }

  /** @throws RemoteSetupError if the streams are gone. */
  async #check({ isSent }: RemoteJobRecord): Promise<void> {
    try {
      await checkProvisioned(this.#manager, this.#names);
    } catch (error) {
      if (error instanceof RemoteSetupError)
        throw new RemoteSetupError(error.fault, error.message, error.cause, isSent);
      if (!isPassing(error)) throw error;
    }
  }

  /** Whether the message that made ours a duplicate is our own. */
  async #isOurs(job: RemoteJobRecord, sequence: number): Promise<boolean> {
    const stored = await storedMessage(this.#manager, this.#names.jobs, { seq: sequence });
    if (stored === null) return this.#hasResult(job);
    return readHeaders(stored.header)?.nonce === job.headers.nonce;
  }

  async #hasResult({ headers }: RemoteJobRecord): Promise<boolean> {
    try {
      return await isResultStored(this.#manager, this.#names, headers);
    } catch {
      // It is published again, and seen to be a duplicate.
      return false;
    }
  }
}

function messageId({ id, refusals }: RemoteJobRecord): string {
  return refusals === 0 ? token(id) : `${token(id)}.${refusals}`;
}

function isTooLarge(error: unknown): boolean {
  const { name, message } = error as Error;
  const isOfClient = name === 'InvalidArgumentError' && message.includes('payload');
  return isOfClient || apiCode(error) === TOO_LARGE;
}
