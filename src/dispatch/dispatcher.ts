/**
 * Sends jobs to the threads, takes them back, and loses none when a thread is lost.
 *
 * A job that waits on a thread moves on when another thread runs dry, or when the job before it takes longer
 * than expected, which a watch checks every few milliseconds.
 *
 * Invariants:
 * - A thread starts no more jobs at a time than it has slots, also while a cancelled one still runs;
 *   what is sent beyond that waits there and can be taken back.
 * - A job that was taken back never runs, and one that was started is never taken back: claims decide.
 * - What was sent and not started survives its thread; what was started is rejected, once.
 * - While jobs wait on a thread, the watch is set.
 */
import { ThreadLostError, UnknownJobError, withoutStack } from '../api/errors.js';
import { Deadline, type Deadlines } from '../job/deadlines.js';
import type { Functions } from '../job/functions.js';
import type { JobRecord, Settler } from '../job/job.js';
import type { Stats } from '../job/stats.js';
import { Kind } from '../wire/protocol.js';
import { Answers } from './answers.js';
import { type DispatchSettings, Lane, type Link, type Loss, WATCH_MS } from './lane.js';
import { Lanes } from './lanes.js';
import { Placement } from './placement.js';
import { sendTo, wake } from './sending.js';

/** How long a thread with several slots may leave a ping unanswered after a job on it was cancelled. */
export const GRACE_MS = 1000;

/** Work at hand on a thread that makes collecting its answers worthwhile, in expected milliseconds. */
const LOOK_MS = 0.1;

/** How often the watch looks if the jobs in question are known to take long. */
const SLOW_WATCH_MS = 25;

/** Give up on a job after this many threads died just before starting it. */
const MAX_THREADS_LOST = 3;

export class Dispatcher {
  /** The ready threads. */
  readonly lanes: Lanes = new Lanes();
  readonly #settler: Settler;
  readonly #onRoom: () => void;
  readonly #concurrency: number;
  readonly #functions: Functions;
  readonly #deadlines: Deadlines;
  readonly #answers: Answers;
  readonly #now: () => number;
  readonly #placement: Placement;
  readonly #watch = new Deadline(() => this.#look());

  /** @param onRoom - Called after threads have answered, and when jobs were put back outside of any call. */
  constructor(
    settler: Settler,
    onRoom: () => void,
    settings: DispatchSettings,
    functions: Functions,
    deadlines: Deadlines,
    stats: Stats,
    now: () => number,
  ) {
    this.#settler = settler;
    this.#onRoom = onRoom;
    this.#concurrency = settings.concurrency;
    this.#functions = functions;
    this.#deadlines = deadlines;
    this.#answers = new Answers(settler, stats);
    this.#now = now;
    this.#placement = new Placement(this.lanes.all, settings);
  }

  /** Adds a thread that is ready for jobs. */
  add(link: Link): void {
    const functions = this.#functions.loaded(link.names);
    const lane: Lane = new Lane(link, functions, () => this.#graceOver(lane));
    this.lanes.add(lane);
    link.deliverTo({
      receive: (message) => {
        this.#answers.receive(lane, message);
        this.#lookAtOthers(lane);
        this.#onRoom();
      },
      unreadable: (error) => {
        this.#answers.unreadable(lane, error);
        this.#onRoom();
      },
    });
    this.#onRoom();
  }

  /** The thread that a job goes to now, or undefined if none has room for it. */
  laneFor(job: JobRecord): Lane | undefined {
    return this.#placement.laneFor(job);
  }

  /**
   * Sends a job to a thread that has room for it; what its input transfers is detached then. What comes
   * after the bell costs the caller no latency.
   *
   * @param isLast - Whether nothing else is sent right after it; if not, `ring` follows.
   * @throws What structured clone throws; nothing was detached then, and the job is on no thread.
   */
  send(job: JobRecord, lane: Lane, isLast: boolean): void {
    const index = lane.indexOf(job.function);
    if (index === undefined) return this.#rejectUnknown(job, lane);
    sendTo(lane, job, index, isLast);
    this.#placement.latest = lane;
    if (lane.occupied > 1 && !this.#watch.isSet) this.#setWatch(WATCH_MS);
  }

  /** Wakes all threads that were sent jobs and may not know. */
  ring(): void {
    for (const lane of this.lanes.all) if (lane.unheard > 0) wake(lane);
  }

  /** Takes the answers that lie ready, without waiting for a bell. */
  collect(): void {
    for (const lane of this.lanes.all) this.#answers.collect(lane);
  }

  /**
   * Takes a job off its thread because it is about to be settled.
   *
   * @returns Whether the thread had started it. Only the claim knows: a look before it may be late.
   */
  withdraw(job: JobRecord): boolean {
    const { carrier } = job;
    if (carrier === undefined || carrier.takeBack(job)) return false;
    this.#abandon(job, carrier as Lane);
    return true;
  }

  /**
   * Shares out what waits on the busiest thread if another one is idle: puts it back into the backlog.
   *
   * @returns Whether it did.
   */
  relieve(): boolean {
    const overloaded = this.#placement.overloaded();
    if (overloaded !== undefined) this.#recall(overloaded);
    return overloaded !== undefined;
  }

  /**
   * Handles the end of a thread, whether it was ready or not.
   *
   * @returns How many jobs it had started and not answered.
   */
  lose(link: Link, loss: Loss): number {
    const lane = this.lanes.find(link);
    if (lane === undefined) return 0;
    this.#answers.collect(lane);
    this.#answers.collectUnannounced(lane);
    this.lanes.remove(lane);
    if (this.#placement.latest === lane) this.#placement.latest = undefined;
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
        const error = isCulprit ? loss.cause : lostError(job, true, loss.cause);
        this.#settler.settle(job, 'rejected', error);
      } else this.#giveBack(job, loss.cause);
    }
    return started.length;
  }

  /** Rejects a job whose function the thread does not have. */
  #rejectUnknown(job: JobRecord, { link }: Lane): void {
    const error = withoutStack(() => new UnknownJobError(job.name, link.names));
    this.#settler.settle(job, 'rejected', error);
  }

  /**
   * Collects what other threads have done meanwhile, now that the main thread is awake, so that they need no
   * bell of their own. Not if they have only a few microseconds of work: that may be done before the look is.
   */
  #lookAtOthers(lane: Lane): void {
    for (const other of this.lanes.all) {
      if (other !== lane && other.workMs >= LOOK_MS) this.#answers.collect(other);
    }
  }

  /** The watch: collects answers that lie behind a long job, and takes back what waits behind one. */
  #look(): void {
    const nowMs = this.#now();
    let nextMs = SLOW_WATCH_MS;
    for (const lane of this.lanes.all.slice()) {
      if (!lane.hasWaiting) continue;
      this.#answers.collect(lane);
      const overdueMs = lane.overdueInMs(nowMs);
      nextMs = Math.min(nextMs, Math.max(overdueMs, WATCH_MS));
      if (overdueMs > 0) continue;
      lane.isHeldUp = true;
      this.#recall(lane);
    }
    this.#onRoom();
    if (!this.#watch.isSet && this.lanes.all.some((lane) => lane.hasWaiting)) {
      this.#setWatch(nextMs);
    }
  }

  #setWatch(inMs: number): void {
    this.#deadlines.set(this.#watch, this.#now() + inMs);
  }

  /** A started job was settled while it ran; its slot stays taken until it has really ended. */
  #abandon(job: JobRecord, lane: Lane): void {
    job.carrier = undefined;
    if (lane.isStopping || lane.isFinished(job.cell)) return;
    if (this.#concurrency === 1) {
      // First, so that nothing else can have started there; then a look whether it was needed.
      this.#recall(lane);
      if (!lane.isFinished(job.cell)) this.#stop(lane);
      return;
    }
    // Others run there too: end the thread only if it is stuck, or if nobody could run there anyway.
    if (!lane.grace.isSet) this.#ping(lane);
  }

  /** Asks a thread on which an abandoned job still runs for a sign of life. */
  #ping(lane: Lane): void {
    lane.isAnswering = false;
    lane.link.post([Kind.ping]);
    this.#deadlines.set(lane.grace, this.#now() + GRACE_MS);
  }

  #graceOver(lane: Lane): void {
    // The pong may have arrived while the main thread was busy: timers run before messages do.
    setImmediate(() => {
      if (lane.isStopping || !this.lanes.all.includes(lane)) return;
      const unsettled = lane.unsettled().length;
      if (unsettled === lane.occupied) return;
      const isUseless = lane.occupied >= this.#concurrency && unsettled === 0;
      if (lane.isAnswering && !isUseless) return this.#ping(lane);
      this.#stop(lane);
      this.#onRoom();
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
      if (job.transfer === undefined && lane.takeBack(job)) this.#giveBack(job, undefined);
    }
  }

  /** Returns a sent job that never started to the backlog, unless its input is gone or deadly. */
  #giveBack(job: JobRecord, cause: unknown): void {
    const canGoOn = job.transfer === undefined && job.threadsLost < MAX_THREADS_LOST;
    if (canGoOn) this.#settler.putBack(job);
    else this.#settler.settle(job, 'rejected', lostError(job, false, cause));
  }
}

function lostError(job: JobRecord, started: boolean, cause: unknown): ThreadLostError {
  return withoutStack(() => new ThreadLostError(job.name, started, cause));
}
