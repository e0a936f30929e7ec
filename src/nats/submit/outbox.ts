/**
 * Queues jobs on their way to the server: those that are published, and those that wait for room there.
 *
 * Invariants: both are bounded, in number and in bytes; while the server is full only the head of the queue retries, one
 * publish at a time; what comes back goes to its old place in the queue.
 */
import { RemoteFullError, type RemoteLimit } from '../errors.js';
import { fullLimit } from '../server/faults.js';
import type { Publisher } from './publisher.js';
import type { RemoteJobRecord } from './remote-job.js';

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

/** Reports when room on the server is likely. */
export interface RoomWatch {
  await(): void;
  leave(): void;
}

export class Outbox {
  readonly #publisher: Pick<Publisher, 'publish'>;
  readonly #limits: OutboxLimits;
  readonly #events: OutboxEvents;
  readonly #room: RoomWatch;
  /** In the order of their submission. */
  readonly #waiting: RemoteJobRecord[] = [];
  #publishing = 0;
  #bytes = 0;
  /** The bound that the server has named, while somebody waits. */
  #fullBy: RemoteLimit | undefined;
  /** Whether room is likely, or it is not known to be full. */
  #mayTry = true;
  #isClosed = false;

  /** @param watch - Makes what calls back each time that room is likely. */
  constructor(
    publisher: Pick<Publisher, 'publish'>,
    watch: (onRoom: () => void) => RoomWatch,
    limits: OutboxLimits,
    events: OutboxEvents,
  ) {
    this.#publisher = publisher;
    this.#limits = limits;
    this.#events = events;
    this.#room = watch(() => {
      this.#mayTry = true;
      this.#pump();
    });
  }

  /**
   * Takes a job in. It waits for room on the server, or is refused if there is none, by its `whenFull`; one of a map is
   * bound by its map alone.
   *
   * @throws RemoteFullError if no more may wait here.
   */
  add(job: RemoteJobRecord): void {
    if (job.whenFull !== 'feeds') {
      const limit = this.#limitFor(job);
      if (limit !== undefined) throw this.#fullError(limit);
    }
    this.#bytes += job.bytes;
    this.#waiting.push(job);
    this.#pump();
  }

  /** Whether a job of so many bytes could be published now, past nobody. */
  hasSlack(bytes = 0): boolean {
    if (this.#isClosed || this.#fullBy !== undefined || this.#waiting.length > 0) return false;
    if (this.#publishing >= this.#limits.publishing || this.#isOver(bytes)) return false;
    return this.#hasRoomForResults;
  }

  /** A job has ended that was not accepted: it leaves the queue. @returns Whether it was there, and not under way. */
  forget(job: RemoteJobRecord): boolean {
    const index = this.#waiting.indexOf(job);
    if (index < 0) return false;
    this.#waiting.splice(index, 1);
    this.#bytes -= job.bytes;
    this.#settleDown();
    return true;
  }

  /** A job has settled: there may be room for another one's result. */
  onSettled(): void {
    this.#pump();
    this.#events.slack();
  }

  /** Publishes nothing more. @returns What waits. */
  close(): readonly RemoteJobRecord[] {
    this.#isClosed = true;
    this.#room.leave();
    const left = this.#waiting.splice(0);
    for (const job of left) this.#bytes -= job.bytes;
    return left;
  }

  /** Which bound keeps a submission out; undefined if it may come in. */
  #limitFor({ bytes, whenFull }: RemoteJobRecord): RemoteLimit | undefined {
    if (this.#isOver(bytes)) return 'bytes';
    if (this.#fullBy !== undefined && whenFull === 'refuse') return this.#fullBy;
    // Until the server is full the queue is only the way there.
    const free = this.#fullBy === undefined ? this.#limits.publishing - this.#publishing : 0;
    return this.#waiting.length >= this.#limits.waiters + free ? 'waiters' : undefined;
  }

  #isOver(bytes: number): boolean {
    return this.#bytes > 0 && this.#bytes + bytes > this.#limits.bytes;
  }

  get #hasRoomForResults(): boolean {
    return this.#events.unread() + this.#publishing < this.#limits.unread;
  }

  get #mayPublish(): boolean {
    if (this.#isClosed || this.#waiting.length === 0 || !this.#hasRoomForResults) return false;
    if (this.#fullBy !== undefined) return this.#mayTry && this.#publishing === 0;
    return this.#publishing < this.#limits.publishing;
  }

  #pump(): void {
    while (this.#mayPublish) {
      const job = this.#waiting.shift() as RemoteJobRecord;
      this.#publishing += 1;
      void this.#publish(job);
    }
  }

  async #publish(job: RemoteJobRecord): Promise<void> {
    let published: { readonly sequence: number } | { readonly error: unknown };
    try {
      published = { sequence: await this.#publisher.publish(job) };
    } catch (error) {
      published = { error };
    }
    this.#publishing -= 1;
    const limit = 'error' in published ? fullLimit(published.error) : undefined;
    const isWanted = job.ending === undefined && !this.#isClosed;
    if (limit !== undefined && isWanted && job.whenFull !== 'refuse') this.#waitAgain(job, limit);
    else {
      this.#bytes -= job.bytes;
      if ('sequence' in published) this.#events.accepted(job, published.sequence);
      else {
        const { error } = published;
        this.#events.refused(job, limit === undefined ? error : this.#fullError(limit));
      }
    }
    this.#settleDown();
    this.#pump();
    this.#events.slack();
  }

  #waitAgain(job: RemoteJobRecord, limit: RemoteLimit): void {
    const index = this.#waiting.findIndex(({ number }) => number > job.number);
    this.#waiting.splice(index < 0 ? this.#waiting.length : index, 0, job);
    this.#fullBy = limit;
    this.#mayTry = false;
    this.#refuseExcess();
    if (this.#waiting.length > 0) this.#room.await();
  }

  /** Refuses those that came last, as many as are too many; what was under way has come back. */
  #refuseExcess(): void {
    let waiters = this.#waiting.filter(({ whenFull }) => whenFull !== 'feeds').length;
    for (let index = this.#waiting.length - 1; index >= 0; index -= 1) {
      const { whenFull } = this.#waiting[index] as RemoteJobRecord;
      if (whenFull === 'feeds' || (whenFull === 'wait' && waiters <= this.#limits.waiters))
        continue;
      const [job] = this.#waiting.splice(index, 1) as [RemoteJobRecord];
      waiters -= 1;
      this.#bytes -= job.bytes;
      const limit = whenFull === 'wait' ? 'waiters' : (this.#fullBy as RemoteLimit);
      this.#events.refused(job, this.#fullError(limit));
    }
  }

  /** Once nobody waits, the server is not known to be full. */
  #settleDown(): void {
    if (this.#waiting.length > 0) return;
    this.#fullBy = undefined;
    this.#mayTry = true;
    this.#room.leave();
  }

  #fullError(limit: RemoteLimit): RemoteFullError {
    const held = `${this.#waiting.length} wait here, ${this.#events.unread()} of this pool are accepted`;
    return new RemoteFullError(limit, held);
  }
}
