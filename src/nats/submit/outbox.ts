/**
 * Queues jobs on their way to the server: those that are published, and those that wait for room there.
 *
 * Invariants: both are bounded, in number and in bytes; while the server is full one publish at a time is under way,
 * that of whoever came first; what comes back goes to its old place. A job whose key is full leaves the queue, and
 * holds up those of its key and nobody else.
 */
import type { BacklogLimit } from '../../api/errors.js';
import { RemoteFullError } from '../errors.js';
import { fullLimit } from '../server/faults.js';
import { Parked } from './parked.js';
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

/** Receives the outcome of each job. */
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
  /** Those whose key is full. */
  readonly #parked = new Parked();
  #publishing = 0;
  #bytes = 0;
  /** The bound that the server has named, while somebody in the queue waits. */
  #fullBy: BacklogLimit | undefined;
  /** Whether room is likely, or it is not known to be full. */
  #mayTry = true;
  /** The same, of a key that is full. */
  #mayTryParked = true;
  /** Whether a key was found full since the head of the queue had its turn. */
  #isHeadNext = false;
  /** How often room was likely. */
  #rooms = 0;
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
      this.#mayTryParked = true;
      this.#rooms += 1;
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
    return this.#hasRoomForResults();
  }

  /** A job has ended that was not accepted: it leaves the queue. @returns Whether it was there, and not under way. */
  forget(job: RemoteJobRecord): boolean {
    const index = this.#waiting.indexOf(job);
    if (index >= 0) this.#waiting.splice(index, 1);
    else if (!this.#parked.remove(job)) return false;
    this.#bytes -= job.bytes;
    this.#settleDown();
    return true;
  }

  /** A job has settled: there may be room for another one's result, and soon for another one of its key. */
  onSettled(job: RemoteJobRecord): void {
    if (job.isAccepted) this.#parked.onSettled(job);
    this.#pump();
    this.#events.slack();
  }

  /** Publishes nothing more. @returns What waits. */
  close(): readonly RemoteJobRecord[] {
    this.#isClosed = true;
    this.#room.leave();
    const left = [...this.#waiting.splice(0), ...this.#parked.clear()];
    for (const job of left) this.#bytes -= job.bytes;
    return left;
  }

  /** Which bound keeps a submission out; undefined if it may come in. */
  #limitFor(job: RemoteJobRecord): BacklogLimit | undefined {
    if (this.#isOver(job.bytes)) return 'bytes';
    const waiting = this.#waiting.length + this.#parked.count;
    if (job.whenFull === 'refuse') {
      if (this.#fullBy !== undefined) return this.#fullBy;
      if (this.#parked.has(job)) return 'key';
      // It would wait for somebody's result.
      if (!this.#hasRoomForResults(waiting)) return 'maxUnread';
    }
    // Until the server is full the queue is only the way there.
    const free = this.#fullBy === undefined ? this.#limits.publishing - this.#publishing : 0;
    return waiting >= this.#limits.waiters + free ? 'waiters' : undefined;
  }

  #isOver(bytes: number): boolean {
    return this.#bytes > 0 && this.#bytes + bytes > this.#limits.bytes;
  }

  /** @param ahead - Jobs that are published first. */
  #hasRoomForResults(ahead = 0): boolean {
    return this.#events.unread() + this.#publishing + ahead < this.#limits.unread;
  }

  #pump(): void {
    for (let job = this.#next(); job !== undefined; job = this.#next()) void this.#publish(job);
    // All that waited may wait for their keys now.
    if (this.#publishing === 0) this.#settleDown();
  }

  /** Takes out whoever may be published now. */
  #next(): RemoteJobRecord | undefined {
    while (!this.#isClosed && this.#hasRoomForResults()) {
      const isFull = this.#fullBy !== undefined;
      if (this.#publishing >= (isFull ? 1 : this.#limits.publishing)) return undefined;
      const head = isFull && !this.#mayTry ? undefined : this.#waiting[0];
      const parked = this.#mayTryParked ? this.#parked.peek() : undefined;
      const isParkedFirst =
        head === undefined || (!this.#isHeadNext && (parked?.number ?? Infinity) < head.number);
      if (parked !== undefined && isParkedFirst) return this.#parked.take();
      if (head === undefined) return undefined;
      this.#waiting.shift();
      this.#isHeadNext = false;
      if (!this.#parked.has(head)) return head;
      this.#park(head);
    }
    return undefined;
  }

  async #publish(job: RemoteJobRecord): Promise<void> {
    this.#publishing += 1;
    const rooms = this.#rooms;
    let published: { readonly sequence: number } | { readonly error: unknown };
    try {
      published = { sequence: await this.#publisher.publish(job) };
    } catch (error) {
      published = { error };
    }
    this.#publishing -= 1;
    const limit = 'error' in published ? fullLimit(published.error) : undefined;
    const isWanted = job.ending === undefined && !this.#isClosed;
    if (limit !== undefined && isWanted && job.whenFull !== 'refuse')
      this.#waitAgain(job, limit, rooms);
    else {
      if (this.#parked.isTried(job)) this.#parked.end();
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

  /** @param rooms - How often room was likely when it was sent: since then it may have been once more. */
  #waitAgain(job: RemoteJobRecord, limit: BacklogLimit, rooms: number): void {
    this.#mayTryParked = false;
    if (limit !== 'key') this.#mayTry = false;
    if (this.#parked.isTried(job)) {
      this.#parked.endRefused();
      this.#isHeadNext = true;
    } else if (limit === 'key') this.#park(job);
    else {
      const index = this.#waiting.findIndex(({ number }) => number > job.number);
      this.#waiting.splice(index < 0 ? this.#waiting.length : index, 0, job);
      this.#fullBy = limit;
      this.#refuseExcess();
    }
    if (rooms !== this.#rooms) this.#mayTry = this.#mayTryParked = true;
    if (this.#waiting.length + this.#parked.count > 0) this.#room.await();
  }

  /** Lets it wait with those of its key; where too many do, the one of them that came last is refused. */
  #park(job: RemoteJobRecord): void {
    if (job.whenFull === 'refuse') return this.#refuse(job, 'key');
    this.#parked.add(job);
    if (this.#parked.count <= this.#limits.waiters) return;
    const last = this.#parked.lastLike(job) as RemoteJobRecord;
    this.#parked.remove(last);
    this.#refuse(last, 'waiters');
  }

  #refuse(job: RemoteJobRecord, limit: BacklogLimit): void {
    this.#bytes -= job.bytes;
    this.#events.refused(job, this.#fullError(limit));
  }

  /** Refuses those that came last, as many as are too many; what was under way has come back. */
  #refuseExcess(): void {
    let waiters = this.#parked.count;
    for (const { whenFull } of this.#waiting) if (whenFull !== 'feeds') waiters += 1;
    for (let index = this.#waiting.length - 1; index >= 0; index -= 1) {
      const { whenFull } = this.#waiting[index] as RemoteJobRecord;
      if (whenFull === 'feeds' || (whenFull === 'wait' && waiters <= this.#limits.waiters))
        continue;
      const [job] = this.#waiting.splice(index, 1) as [RemoteJobRecord];
      waiters -= 1;
      this.#refuse(job, whenFull === 'wait' ? 'waiters' : (this.#fullBy as BacklogLimit));
    }
  }

  /** Once nobody waits, the server is not known to be full. */
  #settleDown(): void {
    if (this.#waiting.length > 0) return;
    this.#fullBy = undefined;
    this.#mayTry = true;
    if (this.#parked.count === 0) this.#room.leave();
  }

  #fullError(limit: BacklogLimit): RemoteFullError {
    const waiting = this.#waiting.length + this.#parked.count;
    return new RemoteFullError(limit, `${waiting} wait and ${this.#events.unread()} are accepted`);
  }
}
