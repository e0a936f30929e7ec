/**
 * The bounded queue: which submissions are accepted, which wait, and in which order jobs leave.
 * Pure and synchronous; it knows neither promises nor threads nor time.
 *
 * Invariants, at every instant:
 * - accepted <= slots + limit.jobs, and the bytes of the accepted <= limit.bytes. A job counts from
 *   its acceptance until `release`, wherever it is meanwhile.
 * - waiting <= limit.waiters, and the bytes of the waiting <= limit.bytes.
 * - First in, first out: while somebody waits, nobody else is accepted. Letting a small newcomer
 *   pass a large waiter would starve the large one.
 */
import { List, type Listed } from '../job/list.js';

/** The fields of a job that the backlog needs. */
export interface Queueable {
  /** Grows with the order of submission. */
  readonly id: number;
  /** The bytes charged for the job. Fixed while the backlog holds it. */
  readonly bytes: number;
}

export interface BacklogLimits {
  readonly jobs: number;
  readonly bytes: number;
  readonly waiters: number;
}

/** The bound that a job exceeds. */
export type BacklogBound = keyof BacklogLimits;

export class Backlog<Job extends Queueable & Listed<Job>> {
  readonly limits: BacklogLimits;
  /** The most jobs that may be accepted and unsettled. */
  readonly capacity: number;
  readonly #queue = new List<Job>();
  readonly #waiters = new List<Job>();
  #accepted = 0;
  #bytes = 0;
  #waitingBytes = 0;

  constructor(slots: number, limits: BacklogLimits) {
    this.limits = limits;
    this.capacity = slots + limits.jobs;
  }

  /** Jobs that are accepted and not released: queued here or out on a thread. */
  get accepted(): number {
    return this.#accepted;
  }

  /** The bytes of the accepted jobs. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Jobs that are here, not out on a thread. */
  get queued(): number {
    return this.#queue.length;
  }

  get waiting(): number {
    return this.#waiters.length;
  }

  /** The bytes of the waiting. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Whether accepted jobs wait here for a thread, or submissions for room. */
  get hasPending(): boolean {
    return this.#queue.length > 0 || this.#waiters.length > 0;
  }

  /** The job that leaves next. */
  get next(): Job | undefined {
    return this.#queue.first;
  }

  /** Which bound keeps a newcomer of this size out, or undefined where there is room for it. */
  blocker(bytes: number): BacklogBound | undefined {
    if (this.#waiters.length > 0) return 'waiters';
    return this.#full(bytes);
  }

  /** Whether there is room for a job of this size, whoever waits for it. */
  hasPlace(bytes: number): boolean {
    return this.#full(bytes) === undefined;
  }

  /** Which bound forbids a newcomer of this size to wait, or undefined where it may. */
  waitBlocker(bytes: number): BacklogBound | undefined {
    if (this.#waiters.length >= this.limits.waiters) return 'waiters';
    return this.#waitingBytes + bytes > this.limits.bytes ? 'bytes' : undefined;
  }

  /** Accepts a job. The caller has asked `blocker`, and queues it or sends it at once. */
  accept(job: Job): void {
    this.#accepted += 1;
    this.#bytes += job.bytes;
  }

  /** Puts an accepted job at the end of the queue. */
  queue(job: Job): void {
    this.#queue.push(job);
  }

  /** Lets a job wait for room. The caller has asked `waitBlocker`. */
  wait(job: Job): void {
    this.#waitingBytes += job.bytes;
    this.#waiters.push(job);
  }

  /** Takes the first waiter out where there is room for it now; the caller accepts it or settles it. */
  takeWaiter(): Job | undefined {
    const waiter = this.#waiters.first;
    if (waiter === undefined || this.#full(waiter.bytes) !== undefined) return undefined;
    this.leave(waiter);
    return waiter;
  }

  /** Takes the job that is next, to send it or to drop it; it stays accepted. */
  take(): Job | undefined {
    return this.#queue.shift();
  }

  /**
   * Puts a job that left back to its place, which is at either end: only jobs that were put back
   * earlier can stand between. Of several the newest goes first, and then no search is long.
   */
  putBack(job: Job): void {
    const { last } = this.#queue;
    if (last === undefined || last.id < job.id) return this.#queue.push(job);
    let next = this.#queue.first;
    while (next !== undefined && next.id < job.id) next = next.next;
    this.#queue.insertBefore(next, job);
  }

  /** Takes a job out of the queue or from among the waiters, wherever it stands; a queued one stays accepted. */
  leave(job: Job): void {
    if (job.list === undefined) return;
    if (job.list === this.#waiters) {
      this.#waitingBytes -= job.bytes;
      this.#waiters.remove(job);
    } else if (job.list === this.#queue) this.#queue.remove(job);
  }

  /** An accepted job has settled: its place and its bytes are free. It is in no list any more. */
  release(job: Job): void {
    this.#accepted -= 1;
    this.#bytes -= job.bytes;
  }

  /** Undoes `release` for a job that was to be dropped, and puts it back. */
  restore(job: Job): void {
    this.#accepted += 1;
    this.#bytes += job.bytes;
    this.putBack(job);
  }

  /** The first waiter, which is the next to be admitted. */
  get firstWaiter(): Job | undefined {
    return this.#waiters.first;
  }

  #full(bytes: number): BacklogBound | undefined {
    if (this.#accepted >= this.capacity) return 'jobs';
    return this.#bytes + bytes > this.limits.bytes ? 'bytes' : undefined;
  }
}
