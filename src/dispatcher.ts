/**
 * Fills the free slots of the threads with jobs, and takes their answers.
 *
 * Invariants:
 * - A slot holds one job from sending to the answer, or until the job is taken back unstarted. So
 *   started jobs never exceed the slots, also while a cancelled one still runs.
 * - A job that was taken back never runs, one that was started is never taken back: claims decide.
 * - What was sent and not started survives its thread; what was started is rejected, once.
 */
import type { Deadlines } from './deadlines.js';
import { NotCloneableError, ThreadLostError, UnknownJobError, withoutStack } from './errors.js';
import type { Ending, JobRecord } from './job.js';
import { Lane, type LanePosting, type Link } from './lane.js';
import { List } from './list.js';
import { asBuffer, isBuffer } from './payload.js';
import { ANSWER_FIELDS, Form, Kind } from './protocol.js';
import type { Stats } from './stats.js';
import { decodeThrown, type EncodedError } from './thrown.js';

/** Why a thread is gone. */
export interface Loss {
  /** What is known of the reason: an error, or undefined. */
  readonly cause: unknown;
  /** Whether `cause` is an uncaught exception of code on the thread. */
  readonly isUncaught: boolean;
  /** Whether the pool itself ended it. */
  readonly isDeliberate: boolean;
}

/** What the dispatcher asks of its owner. */
export interface DispatcherOwner {
  settle(job: JobRecord, ending: Ending, value: unknown): void;
  /** The job was sent in vain: it belongs to the front of the backlog again. */
  putBack(job: JobRecord): void;
  /** A slot may be free. */
  refill(): void;
}

/** How long a thread with several slots may leave a ping unanswered after a job on it was cancelled. */
export const GRACE_MS = 1000;

/** A job that was next on so many threads which all ended before they started it is given up. */
const MOST_THREADS_LOST = 3;

export class Dispatcher {
  readonly #owner: DispatcherOwner;
  readonly #concurrency: number;
  readonly #deadlines: Deadlines;
  readonly #stats: Stats;
  readonly #now: () => number;
  readonly #lanes: Lane[] = [];
  /** Sent jobs that have not been seen started, in the order of sending. */
  readonly #unstarted = new List<JobRecord>();
  #occupied = 0;

  constructor(
    owner: DispatcherOwner,
    concurrency: number,
    deadlines: Deadlines,
    stats: Stats,
    now: () => number,
  ) {
    this.#owner = owner;
    this.#concurrency = concurrency;
    this.#deadlines = deadlines;
    this.#stats = stats;
    this.#now = now;
  }

  /** A thread is ready for jobs. */
  add(link: Link): void {
    const lane: Lane = new Lane(link, this.#concurrency, () => this.#graceOver(lane));
    this.#lanes.push(lane);
    link.onMessage = (message) => this.#receive(lane, message);
  }

  /** Threads that are ready, and of these the ones with a job. */
  threads(): { ready: number; busy: number } {
    let ready = 0;
    let busy = 0;
    for (const lane of this.#lanes) {
      if (lane.isStopping) continue;
      ready += 1;
      if (lane.occupied > 0) busy += 1;
    }
    return { ready, busy };
  }

  /** The thread with the most free slots, or undefined where none is free. */
  freest(): Lane | undefined {
    let freest: Lane | undefined;
    for (const lane of this.#lanes) {
      if (lane.isStopping || lane.occupied === this.#concurrency) continue;
      if (lane.occupied === 0) return lane;
      if (freest === undefined || lane.occupied < freest.occupied) freest = lane;
    }
    return freest;
  }

  /** Sends a job to a thread with a free slot. What comes after `post` costs the caller no latency. */
  send(job: JobRecord, lane: Lane, nowMs: number): void {
    const index = lane.link.names.get(job.name);
    if (index === undefined) {
      const error = withoutStack(() => new UnknownJobError(job.name, [...lane.link.names.keys()]));
      this.#owner.settle(job, 'rejected', error);
      return;
    }
    const posting = lane.occupy(job);
    job.posting = posting;
    const form = isBuffer(job.input) ? Form.buffer : Form.plain;
    try {
      lane.link.post(
        [Kind.run, posting.cell, posting.ticket, index, job.id, form, job.input],
        job.transfer,
      );
      this.#unstarted.push(job);
      this.#occupancyChanged(1, nowMs);
    } catch (error) {
      lane.free(posting);
      job.posting = undefined;
      const cause = withoutStack(() => new NotCloneableError(job.name, 'input', error));
      this.#owner.settle(job, 'rejected', cause);
    }
  }

  /**
   * Makes a sent job the main thread's again, where no thread has started it. Its slot is free at
   * once: the host, which finds the claim gone, skips the job.
   */
  takeBack(job: JobRecord): boolean {
    const posting = job.posting as LanePosting;
    if (!posting.lane.link.claims.takeBack(posting.cell, posting.ticket)) return false;
    this.#unpost(job);
    return true;
  }

  /**
   * Takes back the oldest or the newest sent job that no thread has started. One whose input was
   * transferred is left alone: the input is on the thread, so the job could not be sent again.
   */
  takeBackOne(which: 'oldest' | 'newest'): JobRecord | undefined {
    const isOldest = which === 'oldest';
    let job = isOldest ? this.#unstarted.first : this.#unstarted.last;
    while (job !== undefined) {
      const following: JobRecord | undefined = isOldest ? job.next : job.previous;
      if (job.isStarted) this.#unstarted.remove(job);
      else if (job.transfer === undefined && this.takeBack(job)) return job;
      job = following;
    }
    return undefined;
  }

  /** How many sent jobs no thread has started, and the oldest of them. */
  unstarted(): { readonly count: number; readonly oldest: JobRecord | undefined } {
    let job = this.#unstarted.first;
    while (job !== undefined) {
      const { next } = job;
      if (job.isStarted) this.#unstarted.remove(job);
      job = next;
    }
    return { count: this.#unstarted.length, oldest: this.#unstarted.first };
  }

  /** All jobs that are out on threads and not settled, the oldest first. */
  sent(): JobRecord[] {
    const jobs = this.#lanes.flatMap((lane) => lane.unsettled());
    return jobs.toSorted(byId);
  }

  /** A started job was settled while it ran; its slot stays taken until it has really ended. */
  abandon(job: JobRecord): void {
    const { lane, cell, ticket } = job.posting as LanePosting;
    this.#forget(job);
    if (lane.isStopping || lane.link.claims.isFinished(cell, ticket)) return;
    if (this.#concurrency === 1) {
      this.#stop(lane);
      return;
    }
    // Others run there too: end the thread only if it is stuck, or if nobody could run there anyway.
    if (!lane.grace.isSet) this.#watch(lane);
  }

  /**
   * A thread is gone.
   *
   * @returns How many jobs it had started and not answered.
   */
  lose(link: Link, loss: Loss): number {
    const lane = this.#lanes.find((each) => each.link === link);
    if (lane === undefined) return 0;
    this.#lanes.splice(this.#lanes.indexOf(lane), 1);
    this.#deadlines.clear(lane.grace);
    this.#occupancyChanged(-lane.occupied, this.#now());
    const jobs = lane.unsettled().toSorted(byId);
    const started = jobs.filter((job) => job.isStarted);
    const [next] = jobs;
    // It ended on its own with nothing running: reading the next input may have been too much for it.
    if (started.length === 0 && !loss.isDeliberate && next !== undefined) next.threadsLost += 1;
    for (const job of jobs) {
      const wasStarted = job.isStarted;
      this.#forget(job);
      if (wasStarted) {
        const isCulprit = loss.isUncaught && started.length === 1;
        const error = isCulprit ? loss.cause : lost(job, true, loss.cause);
        this.#owner.settle(job, 'rejected', error);
      } else this.#giveBack(job, loss.cause);
    }
    this.#owner.refill();
    return started.length;
  }

  #receive(lane: Lane, message: readonly unknown[]): void {
    if (message[0] === Kind.pong) {
      lane.isAnswering = true;
      return;
    }
    for (let at = 1; at < message.length; at += ANSWER_FIELDS) {
      this.#answer(
        lane,
        message[at] as number,
        message[at + 1] as number,
        message[at + 2] as number,
        message[at + 3],
      );
    }
    this.#owner.refill();
  }

  #answer(lane: Lane, cell: number, ticket: number, form: number, value: unknown): void {
    const posting = lane.postings[cell];
    if (posting === undefined || posting.ticket !== ticket) return;
    const { job } = posting;
    const { claims, clockOffsetMs } = lane.link;
    const startedMs = claims.startedMs(cell);
    const finishedMs = claims.finishedMs(cell);
    lane.free(posting);
    this.#occupancyChanged(-1, finishedMs + clockOffsetMs);
    // Settled before it ended: all that was left of it was its slot.
    if (job.posting !== posting) return;
    this.#stats.recordRun(startedMs + clockOffsetMs - job.acceptedMs, finishedMs - startedMs);
    this.#forget(job);
    switch (form) {
      case Form.plain:
        return this.#owner.settle(job, 'fulfilled', value);
      case Form.buffer:
        return this.#owner.settle(job, 'fulfilled', asBuffer(value));
      case Form.thrown:
        return this.#owner.settle(job, 'rejected', decodeThrown(value as EncodedError));
      default: {
        const cause = decodeThrown(value as EncodedError);
        const error = withoutStack(() => new NotCloneableError(job.name, 'result', cause));
        return this.#owner.settle(job, 'rejected', error);
      }
    }
  }

  /** Asks a thread on which an abandoned job still runs for a sign of life. */
  #watch(lane: Lane): void {
    lane.isAnswering = false;
    lane.link.post([Kind.ping]);
    this.#deadlines.set(lane.grace, this.#now() + GRACE_MS);
  }

  #graceOver(lane: Lane): void {
    // The pong may have arrived while this thread was busy: timers run before messages do.
    setImmediate(() => {
      if (lane.isStopping || !this.#lanes.includes(lane)) return;
      const unsettled = lane.unsettled().length;
      if (unsettled === lane.occupied) return;
      const isUseless = lane.occupied === this.#concurrency && unsettled === 0;
      if (!lane.isAnswering || isUseless) this.#stop(lane);
      else this.#watch(lane);
    });
  }

  /** Ends a thread on purpose. What it has not started goes elsewhere at once. */
  #stop(lane: Lane): void {
    lane.isStopping = true;
    for (const job of lane.unsettled().toSorted(byId)) {
      if (this.takeBack(job)) this.#giveBack(job, undefined);
    }
    lane.link.stop();
  }

  /** A job that was sent and never started: back to the backlog, unless its input is gone or deadly. */
  #giveBack(job: JobRecord, cause: unknown): void {
    const canGoOn = job.transfer === undefined && job.threadsLost < MOST_THREADS_LOST;
    if (canGoOn) this.#owner.putBack(job);
    else this.#owner.settle(job, 'rejected', lost(job, false, cause));
  }

  /** Undoes `send`: the job is out on no thread, its slot free. */
  #unpost(job: JobRecord): void {
    const posting = job.posting as LanePosting;
    posting.lane.free(posting);
    this.#occupancyChanged(-1, this.#now());
    this.#forget(job);
  }

  /** The job has nothing to do with its thread any more, whatever becomes of the slot. */
  #forget(job: JobRecord): void {
    if (job.list === this.#unstarted) this.#unstarted.remove(job);
    job.posting = undefined;
  }

  #occupancyChanged(by: number, atMs: number): void {
    this.#occupied += by;
    this.#stats.recordBusy(this.#occupied, atMs);
  }
}

function byId(a: JobRecord, b: JobRecord): number {
  return a.id - b.id;
}

function lost(job: JobRecord, started: boolean, cause: unknown): ThreadLostError {
  return withoutStack(() => new ThreadLostError(job.name, started, cause));
}
