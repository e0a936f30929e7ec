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
 * - While jobs wait on a thread, the watch is set; while jobs are out at all, or a retired thread was not told to end,
 *   the patrol is.
 */
import { UnknownJobError, withoutStack } from '../api/errors.js';
import { Deadline, type Deadlines, nextBeatMs } from '../job/deadlines.js';
import type { Functions } from '../job/functions.js';
import type { JobRecord, Settler } from '../job/job.js';
import type { Stats } from '../job/stats.js';
import type { Reason } from '../wire/job-words.js';
import { Answers } from './answers.js';
import { type DispatchSettings, Lane, type Link, type Loss, WATCH_MS } from './lane.js';
import { Lanes } from './lanes.js';
import { Placement } from './placement.js';
import { Recovery } from './recovery.js';
import { Retirement } from './retirement.js';
import { sendTo, wake } from './sending.js';
import { Survivors } from './survivors.js';

/** Work at hand on a thread that makes collecting its answers worthwhile, in expected milliseconds. */
const LOOK_MS = 0.1;

/** How often the watch looks if the jobs in question are known to take long. */
const SLOW_WATCH_MS = 25;

/**
 * How often threads with jobs are looked at, after the first beat: whether their answers were announced, and whether
 * they are stuck.
 */
const PATROL_MS = 50;

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
  readonly #recovery: Recovery;
  readonly #retirement: Retirement;
  readonly #survivors = new Survivors();
  readonly #watch = new Deadline(() => this.#look());
  readonly #patrol = new Deadline(() => this.#lookAround());

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
    this.#answers = new Answers(settler, stats, this.#survivors);
    this.#now = now;
    this.#placement = new Placement(this.lanes.all, settings);
    this.#recovery = new Recovery(settler);
    this.#retirement = new Retirement(
      this.#answers,
      this.#recovery,
      deadlines,
      now,
      settings.graceMs,
      onRoom,
    );
  }

  /** Adds a thread that is ready for jobs. */
  add(link: Link): void {
    const functions = this.#functions.loaded(link.names);
    const lane = new Lane(link, functions);
    this.lanes.add(lane);
    this.#retirement.booted(link.bootMs);
    link.deliverTo({
      receive: (message) => {
        this.#answers.receive(lane, message);
        if (lane.isShut) this.#retirement.onAnswer(lane);
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
    if (!this.#patrol.isSet) this.#deadlines.set(this.#patrol, nextBeatMs(this.#now()));
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
   * @param reason - What the job is told if it runs.
   * @returns Whether the thread had started it. Only the claim knows: a look before it may be late.
   */
  withdraw(job: JobRecord, reason: Reason): boolean {
    const { carrier } = job;
    if (carrier === undefined || carrier.takeBack(job)) return false;
    this.#retirement.abandon(job, carrier as Lane, reason);
    return true;
  }

  /** Tells the jobs that run now to stop, and lets them go on. Returns them. */
  tellAll(reason: Reason): JobRecord[] {
    const running = this.lanes.sent().filter((job) => job.isStarted && !job.isFinished);
    for (const job of running) this.#retirement.tell(job.carrier as Lane, job.cell, reason);
    return running;
  }

  /** How long a job may hold its thread after it was told to stop, unless it says otherwise. */
  get graceMs(): number {
    return this.#retirement.graceMs;
  }

  /** The pool is about to end its threads: none is retired any more. */
  close(): void {
    this.#retirement.close();
  }

  /** Whether a job blocks its thread that was told to stop and still has its grace. */
  get isGivingTime(): boolean {
    return this.lanes.all.some((lane) => this.#retirement.isGivingTime(lane));
  }

  /**
   * Shares out what waits on the busiest thread if another one is idle: puts it back into the backlog.
   *
   * @returns Whether it did.
   */
  relieve(): boolean {
    const overloaded = this.#placement.overloaded();
    if (overloaded !== undefined) this.#recovery.recall(overloaded);
    return overloaded !== undefined;
  }

  /** Handles an exception that nobody on a thread has caught. */
  uncaught(link: Link, cause: unknown): void {
    const lane = this.lanes.find(link);
    if (lane !== undefined) this.#retirement.onUncaught(lane, cause);
  }

  /** Handles the end of a thread, whether it was ready or not. */
  lose(link: Link, loss: Loss): void {
    const lane = this.lanes.find(link);
    if (lane === undefined) return;
    this.#answers.collect(lane);
    this.#answers.collectUnannounced(lane);
    this.lanes.remove(lane);
    if (this.#placement.latest === lane) this.#placement.latest = undefined;
    this.#retirement.forget(lane);
    this.#recovery.takeAll(lane, loss, true);
    for (const job of lane.jobs) if (job !== undefined) this.#survivors.ended(job);
  }

  /** Whether the function of a job that was settled still runs, or has ended and was not collected. */
  isSurvivor(job: JobRecord): boolean {
    const { cell } = job;
    return (
      cell >= 0 &&
      this.lanes.all.some((lane) => lane.jobs[cell] === job && !lane.carries(job, cell))
    );
  }

  /** Tells when nothing of a job that `isSurvivor` runs any more, in the middle of things: it must not call back. */
  onceEnded(job: JobRecord, onEnded: () => void): void {
    this.#survivors.add(job, onEnded);
  }

  /** Waits for no function any more. */
  stop(): void {
    this.#survivors.stop();
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
      this.#recovery.recall(lane);
    }
    this.#onRoom();
    if (!this.#watch.isSet && this.lanes.all.some((lane) => lane.hasWaiting)) {
      this.#setWatch(nextMs);
    }
  }

  #setWatch(inMs: number): void {
    this.#deadlines.set(this.#watch, this.#now() + inMs);
  }

  /** The patrol: takes answers that nobody has announced, and finds threads that look at nothing. */
  #lookAround(): void {
    for (const lane of this.lanes.all.slice()) {
      if (!lane.hasToBeWatched) continue;
      this.#answers.collect(lane);
      this.#retirement.inspect(lane, this.#concurrency);
    }
    this.#onRoom();
    if (!this.#patrol.isSet && this.lanes.all.some((lane) => lane.hasToBeWatched)) {
      this.#deadlines.set(this.#patrol, this.#now() + PATROL_MS);
    }
  }
}
