/**
 * Publishes jobs, and queues those for which the server has no room.
 *
 * Invariants: the queue and the publishes under way are bounded, in number and in bytes; while the server is full only
 * the head of the queue retries; a job is stored once, however often it is published.
 */
import { JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { JobTooLargeError } from '../../api/errors.js';
import { DuplicateJobError, RemoteFullError, type RemoteLimit } from '../errors.js';
import { readHeaders, writeHeaders } from '../message/headers.js';
import { type Names, subjects } from '../server/names.js';
import type { RemoteJobRecord } from './remote-job.js';
import { Room } from './room.js';

/** The bounds on this side. */
export interface OutboxLimits {
  /** Submissions that wait. */
  readonly waiters: number;
  /** Their bytes, those that are under way included. */
  readonly bytes: number;
  /** Publishes that the server has not acknowledged. */
  readonly publishing: number;
  /** Jobs that are accepted and have not settled. */
  readonly unread: number;
}

/** What becomes of the jobs. */
export interface OutboxEvents {
  accepted(job: RemoteJobRecord, sequence: number): void;
  refused(job: RemoteJobRecord, error: unknown): void;
  /** How many jobs are accepted and have not settled. */
  unread(): number;
  /** A publish has ended: there may be room for another one. */
  slack(): void;
}

/**
 * The server's codes: a bound of the stream was hit (only the text tells which), and a message is larger than it
 * takes.
 */
const FULL = 10_077;
const TOO_LARGE = 10_054;
/** How long an acknowledgement may take until the publish counts as unsure. */
const PUBLISH_TIMEOUT_MS = 5000;
const LEAST_RETRY_MS = 50;
const MOST_RETRY_MS = 1000;
export class Outbox {
  readonly #names: Names;
  readonly #manager: JetStreamManager;
  readonly #connection: NatsConnection;
  readonly #limits: OutboxLimits;
  readonly #events: OutboxEvents;
  readonly #room: Room;
  /** In the order of their submission. */
  readonly #waiting: RemoteJobRecord[] = [];
  #publishing = 0;
  #bytes = 0;
  /** Whether the server has refused one that waits now. */
  #isFull = false;
  /** Whether room is likely, or it is not known to be full. */
  #mayTry = true;
  #isClosed = false;

  constructor(
    connection: NatsConnection,
    manager: JetStreamManager,
    names: Names,
    limits: OutboxLimits,
    events: OutboxEvents,
  ) {
    this.#connection = connection;
    this.#manager = manager;
    this.#names = names;
    this.#limits = limits;
    this.#events = events;
    this.#room = new Room(connection, names, () => {
      this.#mayTry = true;
      this.#pump();
    });
  }

  /** Submissions that wait for room, or for the server's acknowledgement. */
  get waiting(): number {
    return this.#waiting.length + this.#publishing;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a job in, which waits for room if need be. @throws RemoteFullError where no more may wait. */
  add(job: RemoteJobRecord): void {
    const { waiters, bytes, publishing } = this.#limits;
    const isOver = this.#bytes > 0 && this.#bytes + job.bytes > bytes;
    if (this.#waiting.length >= waiters + publishing - this.#publishing || isOver) {
      throw this.#fullError(isOver ? 'bytes' : 'waiters');
    }
    this.#bytes += job.bytes;
    this.#waiting.push(job);
    this.#pump();
  }

  /** Whether a job could be published now, past nobody. */
  get hasSlack(): boolean {
    const { publishing, bytes, unread } = this.#limits;
    if (this.#isClosed || this.#isFull || this.#waiting.length > 0) return false;
    if (this.#publishing >= publishing || this.#bytes >= bytes) return false;
    return this.#events.unread() + this.#publishing < unread;
  }

  /** Publishes a job at once, past nobody. @returns Undefined where others wait. */
  try(job: RemoteJobRecord): Promise<void> | undefined {
    const isOver = this.#bytes > 0 && this.#bytes + job.bytes > this.#limits.bytes;
    if (!this.hasSlack || isOver) return undefined;
    this.#bytes += job.bytes;
    this.#publishing += 1;
    return this.#publish(job, false);
  }

  /** A job that waits here has ended: it leaves the line. */
  forget(job: RemoteJobRecord): void {
    const index = this.#waiting.indexOf(job);
    if (index < 0) return;
    this.#waiting.splice(index, 1);
    this.#bytes -= job.bytes;
    this.#settleDown();
  }

  /** A job has settled: there may be room for another one's result. */
  onSettled(): void {
    this.#pump();
    this.#events.slack();
  }

  /** Nothing more is published. @returns What waits. */
  close(): readonly RemoteJobRecord[] {
    this.#isClosed = true;
    this.#room.leave();
    const left = this.#waiting.splice(0);
    for (const job of left) this.#bytes -= job.bytes;
    return left;
  }

  get #mayPublish(): boolean {
    if (this.#isClosed || this.#waiting.length === 0) return false;
    if (this.#events.unread() + this.#publishing >= this.#limits.unread) return false;
    if (this.#isFull) return this.#mayTry && this.#publishing === 0;
    return this.#publishing < this.#limits.publishing;
  }

  #pump(): void {
    while (this.#mayPublish) {
      const job = this.#waiting.shift() as RemoteJobRecord;
      this.#publishing += 1;
      void this.#publish(job, true);
    }
  }

  async #publish(job: RemoteJobRecord, mayWait: boolean): Promise<void> {
    try {
      const sequence = await this.#send(job);
      this.#leave(job);
      this.#events.accepted(job, sequence);
    } catch (error) {
      const limit = fullLimit(error);
      if (limit !== undefined && mayWait && job.ending === undefined && !this.#isClosed) {
        return this.#waitAgain(job);
      }
      this.#leave(job);
      const isFull = limit !== undefined;
      this.#events.refused(job, isFull ? this.#fullError(limit) : error);
    }
    this.#settleDown();
    this.#pump();
    this.#events.slack();
  }

  #leave(job: RemoteJobRecord): void {
    this.#publishing -= 1;
    this.#bytes -= job.bytes;
  }

  /** Back to where it was in the line; it is woken when there is room. */
  #waitAgain(job: RemoteJobRecord): void {
    this.#publishing -= 1;
    const index = this.#waiting.findIndex(({ number }) => number > job.number);
    this.#waiting.splice(index < 0 ? this.#waiting.length : index, 0, job);
    this.#isFull = true;
    // As many as were under way may come back: those that came last are too many.
    while (this.#waiting.length > this.#limits.waiters) {
      const last = this.#waiting.pop() as RemoteJobRecord;
      this.#bytes -= last.bytes;
      this.#events.refused(last, this.#fullError('waiters'));
    }
    this.#mayTry = false;
    this.#room.await();
  }

  /** Once nobody waits the server is not known to be full. */
  #settleDown(): void {
    if (this.#waiting.length > 0) return;
    this.#isFull = false;
    this.#mayTry = true;
    this.#room.leave();
  }

  /** @returns Its number in the stream. */
  async #send(job: RemoteJobRecord): Promise<number> {
    const { headers, payload, key } = job;
    const subject = subjects.job(this.#names, headers.id, key);
    const js = this.#manager.jetstream();
    let isUnsure = false;
    for (let retryMs = LEAST_RETRY_MS; ; retryMs = Math.min(2 * retryMs, MOST_RETRY_MS)) {
      try {
        const ack = await js.publish(subject, payload, {
          msgID: headers.id,
          headers: writeHeaders(headers),
          timeout: PUBLISH_TIMEOUT_MS,
        });
        if (ack.duplicate && !(isUnsure && (await this.#isOurs(job, ack.seq)))) {
          throw new DuplicateJobError(headers.id);
        }
        return ack.seq;
      } catch (error) {
        if (isAnswer(error) || this.#connection.isClosed() || job.ending !== undefined) {
          throw sizeError(error, job) ?? error;
        }
        // The server may have stored it, and the job may have ended meanwhile.
        isUnsure = true;
        await new Promise((resolve) => setTimeout(resolve, retryMs * (0.5 + Math.random())));
        if (await this.#hasResult(job)) return 0;
      }
    }
  }

  /** Whether the message that made ours a duplicate is our own. */
  async #isOurs(job: RemoteJobRecord, sequence: number): Promise<boolean> {
    const stored = await this.#manager.direct.getMessage(this.#names.jobs, { seq: sequence });
    if (stored === null) return this.#hasResult(job);
    return readHeaders(stored.header)?.nonce === job.headers.nonce;
  }

  async #hasResult({ headers }: RemoteJobRecord): Promise<boolean> {
    try {
      const subject = subjects.result(this.#names, headers.submitter, headers.id);
      const query = { last_by_subj: subject };
      const stored = await this.#manager.direct.getMessage(this.#names.results, query);
      return stored !== null && stored.header.get('Millrace-Nonce') === headers.nonce;
    } catch {
      return false;
    }
  }

  /** The error of a submission that finds the server full, or others waiting. */
  fullNow(): RemoteFullError {
    return this.#fullError('jobs');
  }

  #fullError(limit: RemoteLimit): RemoteFullError {
    const held = `${this.#waiting.length} wait here, ${this.#events.unread()} of this pool are accepted`;
    return new RemoteFullError(limit, held);
  }
}

/** Which bound of the stream was hit; undefined where it was none. */
export function fullLimit(error: unknown): RemoteLimit | undefined {
  if (!(error instanceof JetStreamApiError) || error.code !== FULL) return undefined;
  if (error.message.includes('per subject')) return 'key';
  return error.message.includes('bytes') ? 'bytes' : 'jobs';
}

/** Whether the server has answered, so that nothing is unsure. */
function isAnswer(error: unknown): boolean {
  return (
    error instanceof JetStreamApiError ||
    error instanceof DuplicateJobError ||
    (error as Error).name === 'InvalidArgumentError' ||
    (error as Error).name === 'PermissionViolationError'
  );
}

function sizeError(error: unknown, { name, payload }: RemoteJobRecord): Error | undefined {
  const isTooLarge =
    (error instanceof JetStreamApiError && error.code === TOO_LARGE) ||
    ((error as Error).name === 'InvalidArgumentError' &&
      /max_payload|payload/.test((error as Error).message));
  return isTooLarge ? new JobTooLargeError(name, payload.byteLength, 0) : undefined;
}
