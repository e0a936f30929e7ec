/**
 * Sends jobs to the threads, takes them back, and sees to it that none is lost with a thread.
 *
 * Invariants:
 * - A thread starts no more jobs at a time than it has slots, also while a cancelled one still runs;
 *   what is sent beyond that waits there, and can be taken back.
 * - A job that was taken back never runs, one that was started is never taken back: claims decide.
 * - What was sent and not started survives its thread; what was started is rejected, once.
 */
import { Answers } from './answers.js';
import { Balance } from './placement.js';
import type { Deadlines } from '../job/deadlines.js';
import { ThreadLostError, UnknownJobError, withoutStack } from '../api/errors.js';
import type { Functions } from '../job/functions.js';
import { Inline } from '../wire/inline.js';
import type { Ending, JobRecord } from '../job/job.js';
import { Lane, type Link } from './lane.js';
import { copyToHandOver, isBuffer } from '../wire/payload.js';
import { BELL, Form, Kind } from '../wire/protocol.js';
import type { Stats } from '../job/stats.js';

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
  /** Whether accepted jobs wait for a thread, or submissions for room. */
  readonly hasQueued: boolean;
  settle(job: JobRecord, ending: Ending, value: unknown): void;
  /** The job was sent in vain: it belongs to the front of the backlog again. */
  putBack(job: JobRecord): void;
  /** Threads may take more. */
  refill(): void;
}

/** How threads are filled. */
export interface DispatcherSettings {
  readonly concurrency: number;
  readonly coalesce: boolean;
}

/** How long a thread with several slots may leave a ping unanswered after a job on it was cancelled. */
export const GRACE_MS = 1000;

/** For microtasks: `queueMicrotask` makes an AsyncResource for each. */
const RESOLVED = Promise.resolve();

/** Work at hand on a thread that is worth a look at what it has done, in expected milliseconds. */
const LOOK_MS = 0.1;

/** Of jobs that are sent one right after the other, so many before the bell is rung. */
const MOST_UNHEARD = 16;

/** A job that was next on so many threads which all ended before they started it is given up. */
const MOST_THREADS_LOST = 3;

export class Dispatcher {
  readonly #owner: DispatcherOwner;
  readonly #concurrency: number;
  readonly #functions: Functions;
  readonly #deadlines: Deadlines;
  readonly #answers: Answers;
  readonly #now: () => number;
  readonly #lanes: Lane[] = [];
  readonly #balance: Balance;
  #isSettlingDown = false;

  constructor(
    owner: DispatcherOwner,
    settings: DispatcherSettings,
    functions: Functions,
    deadlines: Deadlines,
    stats: Stats,
    now: () => number,
  ) {
    this.#owner = owner;
    this.#concurrency = settings.concurrency;
    this.#functions = functions;
    this.#deadlines = deadlines;
    this.#answers = new Answers(stats, (job, ending, value) => owner.settle(job, ending, value));
    this.#now = now;
    this.#balance = new Balance(this.#lanes, settings, deadlines, now, {
      collect: (lane) => this.#answers.collect(lane),
      recall: (lane) => this.#recall(lane),
      hasQueued: () => owner.hasQueued,
      refill: () => owner.refill(),
    });
  }

  /** A thread is ready for jobs. */
  add(link: Link): void {
    const functions = this.#functions.loaded(link.names);
    const lane: Lane = new Lane(link, functions, () => this.#graceOver(lane));
    this.#lanes.push(lane);
    link.onMessage = (message) => {
      this.#answers.receive(lane, message);
      this.#lookAtOthers(lane);
      this.#heard();
    };
    link.onUnreadable = (error) => {
      this.#answers.unreadable(lane, error);
      this.#heard();
    };
    this.#heard();
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

  /** When the jobs that run now were started. */
  runningSinceMs(): number[] {
    return this.#lanes.flatMap((lane) => [...lane.runningSinceMs()]);
  }

  /** The thread that a job goes to now, or undefined where none has room for it. */
  laneFor(job: JobRecord): Lane | undefined {
    return this.#balance.laneFor(job);
  }

  /**
   * Sends a job to a thread that has room for it; what its input transfers is detached then. What comes
   * after the bell costs the caller no latency.
   *
   * @param isLast - Whether nothing else is sent right after it; if so `ring` follows.
   * @throws What structured clone throws; nothing was detached then, and the job is on no thread.
   */
  send(job: JobRecord, lane: Lane, isLast: boolean): void {
    const index = lane.indexOf(job.function);
    if (index === undefined) return this.#rejectUnknown(job, lane);
    const cell = lane.occupy(job);
    const { rings } = lane;
    // Offered before its input is cloned: that may run getters, which may cancel the job.
    rings.offer(cell);
    try {
      rings.forms[cell] = putInput(lane, cell, job);
    } catch (error) {
      lane.release(cell);
      job.carrier = undefined;
      throw error;
    }
    rings.functions[cell] = index;
    rings.ids[cell] = job.id;
    rings.submit(cell);
    lane.unheard += 1;
    if (isLast || lane.unheard === MOST_UNHEARD) ring(lane);
    this.#balance.sent(lane);
  }

  /** The thread has no such function. */
  #rejectUnknown(job: JobRecord, { link }: Lane): void {
    const error = withoutStack(() => new UnknownJobError(job.name, link.names));
    this.#owner.settle(job, 'rejected', error);
  }

  /** Makes sure that all threads know of what was sent to them. */
  ring(): void {
    for (const lane of this.#lanes) if (lane.unheard > 0) ring(lane);
  }

  /**
   * Makes a sent job the main thread's again, where no thread has started it. Its place on the thread
   * is free at once: the host, which finds the claim gone, skips the job.
   */
  takeBack(job: JobRecord): boolean {
    const lane = job.carrier as Lane;
    const { cell } = job;
    if (!lane.rings.takeBack(cell)) return false;
    lane.vacate(cell);
    job.carrier = undefined;
    return true;
  }

  /**
   * Takes back the oldest or the newest sent job that no thread has started. One whose input was
   * transferred is left alone: the input is on the thread, so the job could not be sent again.
   */
  takeBackOne(which: 'oldest' | 'newest'): JobRecord | undefined {
    const sign = which === 'oldest' ? 1 : -1;
    for (;;) {
      let found: JobRecord | undefined;
      for (const lane of this.#lanes) {
        for (const job of lane.unstarted()) {
          if (job.transfer !== undefined) continue;
          if (found === undefined || sign * (job.id - found.id) < 0) found = job;
          // They wait in the order of sending, which is that of age.
          if (which === 'oldest') break;
        }
      }
      // A thread may have started it just now: then the next one.
      if (found === undefined || this.takeBack(found)) return found;
    }
  }

  /** How many sent jobs no thread has started, and the oldest of them. */
  unstarted(): { readonly count: number; readonly oldest: JobRecord | undefined } {
    let count = 0;
    let oldest: JobRecord | undefined;
    for (const lane of this.#lanes) {
      for (const job of lane.unstarted()) {
        count += 1;
        if (oldest === undefined || job.id < oldest.id) oldest = job;
      }
    }
    return { count, oldest };
  }

  /** All jobs that are out on threads and not settled. */
  sent(): JobRecord[] {
    return this.#lanes.flatMap((lane) => lane.unsettled());
  }

  /** Takes the answers that lie ready, without waiting for the bell. */
  collect(): void {
    for (const lane of this.#lanes) this.#answers.collect(lane);
  }

  /** A started job was settled while it ran; its slot stays taken until it has really ended. */
  abandon(job: JobRecord): void {
    const lane = job.carrier as Lane;
    job.carrier = undefined;
    if (lane.isStopping || lane.isFinished(job.cell)) return;
    if (this.#concurrency === 1) {
      // First, so that nothing else can have started there; then a look whether it was needed.
      this.#recall(lane);
      if (!lane.isFinished(job.cell)) this.#stop(lane);
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
    this.#answers.collect(lane);
    this.#answers.collectUnannounced(lane);
    this.#lanes.splice(this.#lanes.indexOf(lane), 1);
    this.#deadlines.clear(lane.grace);
    const jobs = lane.unsettled();
    const started = jobs.filter((job) => job.isStarted);
    const [next] = jobs;
    // It ended on its own with nothing running: reading the next input may have been too much for it.
    if (started.length === 0 && !loss.isDeliberate && !loss.isUncaught && next !== undefined) {
      next.threadsLost += 1;
    }
    for (const job of jobs.toReversed()) {
      const wasStarted = job.isStarted;
      job.carrier = undefined;
      if (wasStarted) {
        const isCulprit = loss.isUncaught && started.length === 1;
        const error = isCulprit ? loss.cause : lost(job, true, loss.cause);
        this.#owner.settle(job, 'rejected', error);
      } else this.#giveBack(job, loss.cause);
    }
    this.#owner.refill();
    return started.length;
  }

  /**
   * The main thread is awake now: what other threads have done meanwhile needs no bell of its own. Not where
   * they have only a few microseconds of work: that may well be done before the look is.
   */
  #lookAtOthers(lane: Lane): void {
    for (const other of this.#lanes) {
      if (other !== lane && other.workMs >= LOOK_MS) this.#answers.collect(other);
    }
  }

  /** A thread has spoken. What nobody waits for comes when those who await the results have run. */
  #heard(): void {
    if (this.#owner.hasQueued) this.#owner.refill();
    if (this.#isSettlingDown) return;
    this.#isSettlingDown = true;
    void RESOLVED.then(this.#settleDown);
  }

  readonly #settleDown = (): void => {
    this.#isSettlingDown = false;
    this.#owner.refill();
    this.#balance.relieve();
  };

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
      const isUseless = lane.occupied >= this.#concurrency && unsettled === 0;
      if (!lane.isAnswering || isUseless) this.#stop(lane);
      else this.#watch(lane);
    });
  }

  /** Ends a thread on purpose. What it has not started goes elsewhere at once. */
  #stop(lane: Lane): void {
    lane.isStopping = true;
    this.#recall(lane);
    lane.link.stop();
  }

  /** Takes back all that a thread has not started. */
  #recall(lane: Lane): void {
    // The newest first: each goes back to the very front. What was transferred can't be sent again.
    for (const job of [...lane.unstarted()].toReversed()) {
      if (job.transfer === undefined && this.takeBack(job)) this.#giveBack(job, undefined);
    }
  }

  /** A job that was sent and never started: back to the backlog, unless its input is gone or deadly. */
  #giveBack(job: JobRecord, cause: unknown): void {
    const canGoOn = job.transfer === undefined && job.threadsLost < MOST_THREADS_LOST;
    if (canGoOn) this.#owner.putBack(job);
    else this.#owner.settle(job, 'rejected', lost(job, false, cause));
  }
}

/** Wakes a thread, if it is asleep. */
function ring(lane: Lane): void {
  lane.unheard = 0;
  if (lane.rings.rouse()) lane.link.post(BELL);
}

/** Brings a job's input to its thread: into the cell, or in a message. Returns how the cell holds it. */
function putInput(lane: Lane, cell: number, job: JobRecord): number {
  const form = job.transfer === undefined ? lane.rings.values.write(cell, job.input) : Inline.none;
  if (form === Inline.none) postInput(lane, cell, job);
  return form;
}

function postInput({ rings, link }: Lane, cell: number, { input, transfer }: JobRecord): void {
  rings.rouse();
  try {
    const copy = transfer === undefined ? copyToHandOver(input) : undefined;
    const form = isBuffer(input) ? Form.buffer : Form.plain;
    link.post([Kind.input, cell, form, copy?.value ?? input], copy?.transfer ?? transfer);
  } catch (error) {
    link.post(BELL);
    throw error;
  }
}

function lost(job: JobRecord, started: boolean, cause: unknown): ThreadLostError {
  return withoutStack(() => new ThreadLostError(job.name, started, cause));
}
