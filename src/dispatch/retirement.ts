/**
 * Decides when a thread is taken out of service, and how it ends.
 *
 *     ready ──▶ retired ──▶ draining ──▶ gone
 *                  └──────▶ terminated ──▶ gone
 *
 * A job that is settled while it runs is told to stop and holds its slot for a grace. A thread on which one outlives
 * it, or which does not look at what is sent to it though nothing runs there, is retired: a replacement boots at once.
 * If it answers a ping it goes on with its other jobs and drains; if not it is ended by force.
 *
 * Invariants: a retired thread gets no jobs and is never put into service again; no thread is ended by force that has
 * answered within its grace.
 */
import type { Deadlines } from '../job/deadlines.js';
import type { JobRecord } from '../job/job.js';
import { type Reason, Told } from '../wire/job-words.js';
import { Kind } from '../wire/protocol.js';
import type { Answers } from './answers.js';
import { Grace, isDebugging } from './grace.js';
import type { Lane, RetirementReason, Suspicion } from './lane.js';
import type { Recovery } from './recovery.js';

/** The default grace is the time that a thread takes to become ready, within these bounds. */
const SHORTEST_DEFAULT_MS = 100;
const LONGEST_DEFAULT_MS = 5000;
/** How long a thread may be busy with what a finished job has left behind: it may be legitimate work. */
const STUCK_MS = 1000;
/** It may read a large input, too, which takes a millisecond for this many bytes at most. */
const SLOWEST_READ_BYTES_PER_MS = 5000;

export class Retirement {
  readonly #answers: Answers;
  readonly #recovery: Recovery;
  readonly #deadlines: Deadlines;
  readonly #now: () => number;
  readonly #graceMs: number | undefined;
  readonly #onRoom: () => void;
  #boots = 0;
  #meanBootMs = 0;
  #isClosing = false;

  /** @param onRoom - Called when jobs were put back, or a thread can be used again, outside of any call. */
  constructor(
    answers: Answers,
    recovery: Recovery,
    deadlines: Deadlines,
    now: () => number,
    graceMs: number | undefined,
    onRoom: () => void,
  ) {
    this.#answers = answers;
    this.#recovery = recovery;
    this.#deadlines = deadlines;
    this.#now = now;
    this.#graceMs = graceMs;
    this.#onRoom = onRoom;
  }

  /** Takes note of how long a thread took to become ready. */
  booted(bootMs: number): void {
    this.#boots += 1;
    this.#meanBootMs += (bootMs - this.#meanBootMs) / this.#boots;
  }

  /** How long a job may hold its thread after it was told to stop, unless it says otherwise. */
  get graceMs(): number {
    return this.#graceMs ?? this.#defaultMs;
  }

  /** A replacement could not serve sooner than in this time. */
  get #defaultMs(): number {
    return Math.min(Math.max(this.#meanBootMs, SHORTEST_DEFAULT_MS), LONGEST_DEFAULT_MS);
  }

  /** The pool is about to end its threads: none is retired any more. */
  close(): void {
    this.#isClosing = true;
  }

  /** Whether a job that was told to stop blocks the thread, which so can't end in order, and still has its grace. */
  isGivingTime(lane: Lane): boolean {
    if (lane.abandoned.size === 0 || !lane.rings.isBlocked()) return false;
    return [...lane.abandoned.values()].some((grace) => !grace.isOver);
  }

  /** Tells a running job to stop, whether it is about to be settled or not. Returns the number of the ping. */
  tell(lane: Lane, cell: number, reason: Reason): number {
    lane.tell(cell, reason);
    return lane.ping([Kind.told, cell]);
  }

  /** Lets go of a job that has started and is about to be settled. Its slot stays taken until it has really ended. */
  abandon(job: JobRecord, lane: Lane, reason: Reason): void {
    const { cell } = job;
    job.carrier = undefined;
    if (lane.isFinished(cell)) return;
    const ping = this.tell(lane, cell, reason);
    const graceMs = job.terms?.graceMs ?? this.graceMs;
    const outlived = (): void => this.#outlived(lane, cell, ping, graceMs, reason);
    const grace = this.#after(graceMs, outlived);
    lane.abandoned.set(cell, grace);
    if (graceMs > 0 || isDebugging()) return;
    grace.clear();
    // In the middle of a call, which reports the room itself.
    outlived();
  }

  /** Handles answers of a thread. */
  onAnswer(lane: Lane): void {
    if (lane.suspicion !== undefined && lane.hasAnswered(lane.suspicion.ping)) this.#acquit(lane);
    if (lane.isRetired) this.#drainIfDone(lane);
  }

  /** An exception that nobody has caught can be any job's: those that run there are rejected, and the thread ends. */
  onUncaught(lane: Lane, cause: unknown): void {
    this.#answers.collect(lane);
    const running = lane.unsettled().filter((job) => job.isStarted && !job.isFinished);
    this.#recovery.takeAll(lane, { cause, isDeliberate: true }, false);
    // Told only now: a job that obeys at once must not fulfil before it is rejected.
    for (const { cell } of running) this.tell(lane, cell, Told.ending);
    if (!lane.isRetired) this.#retire(lane, 'uncaught');
    this.#drainIfDone(lane);
  }

  /**
   * Looks whether a thread that has something to do is stuck in what a finished job has left behind, and whether one
   * that is retired has nothing to do any more: its last answer may have been collected before it said so.
   */
  inspect(lane: Lane, slots: number): void {
    if (lane.isRetired) return this.#drainIfDone(lane);
    const { rings, suspicion } = lane;
    const { consumed } = rings;
    if (suspicion !== undefined) {
      if (consumed !== suspicion.consumed) this.#acquit(lane);
      return;
    }
    const couldLook = rings.areUnread && rings.couldStart(slots);
    const isStuck = couldLook && consumed === lane.consumedAtLook;
    lane.consumedAtLook = couldLook ? consumed : -1;
    if (isStuck) this.#suspect(lane, consumed);
  }

  /** It has looked at nothing between two looks of the patrol: what waits there runs elsewhere, and it is asked why. */
  #suspect(lane: Lane, consumed: number): void {
    lane.isShut = true;
    const ping = lane.ping([Kind.ping]);
    this.#recovery.recallSmall(lane);
    const [next] = lane.unstarted();
    const suspicion: Suspicion = { consumed, ping, next, grace: undefined };
    lane.suspicion = suspicion;
    this.#giveTime(lane, suspicion);
  }

  /** A thread is gone: nothing more is decided about it. */
  forget(lane: Lane): void {
    for (const grace of lane.abandoned.values()) grace.clear();
    lane.abandoned.clear();
    lane.suspicion?.grace?.clear();
    lane.isGone = lane.isShut = true;
  }

  /** A thread that seemed to be stuck was not. */
  #acquit(lane: Lane): void {
    lane.suspicion?.grace?.clear();
    lane.suspicion = undefined;
    lane.consumedAtLook = -1;
    if (lane.isRetired) return;
    lane.isShut = false;
    this.#onRoom();
  }

  #giveTime(lane: Lane, suspicion: Suspicion): void {
    const readMs = Math.floor((suspicion.next?.bytes ?? 0) / SLOWEST_READ_BYTES_PER_MS);
    const graceMs = Math.max(STUCK_MS, this.graceMs) + readMs;
    suspicion.grace = this.#after(graceMs, () => this.#stuck(lane, suspicion));
  }

  #stuck(lane: Lane, suspicion: Suspicion): void {
    // Where a function runs it is that job's business, and its timeouts'. Once it has ended it is nobody's.
    if (lane.isAnyRunning) return this.#giveTime(lane, suspicion);
    this.#recovery.blame(suspicion.next);
    this.#retire(lane, 'stuck');
    this.#terminate(lane);
  }

  /** A grace is over. Its job may have ended just now. */
  #outlived(lane: Lane, cell: number, ping: number, graceMs: number, reason: Reason): void {
    this.#answers.collect(lane);
    if (!lane.abandoned.has(cell) || this.#isClosing) return;
    if (!lane.isRetired) this.#retire(lane, reason === Told.timedOut ? 'timeout' : 'cancelled');
    // A short grace says nothing about the thread: it is given the time of a boot to answer.
    const leftMs = this.#defaultMs - graceMs;
    if (leftMs <= 0 || lane.hasAnswered(ping)) this.#judge(lane, ping);
    else this.#after(leftMs, () => this.#judge(lane, ping));
  }

  /** Drains a retired thread that has answered, and ends one that has not. */
  #judge(lane: Lane, ping: number): void {
    if (lane.isGone) return;
    if (lane.hasAnswered(ping)) this.#drainIfDone(lane);
    else this.#terminate(lane);
  }

  /** Takes a step when a grace is over, and reports room, as that is outside of any call. */
  #after(graceMs: number, step: () => void): Grace {
    return new Grace(this.#deadlines, this.#now, graceMs, () => {
      step();
      this.#onRoom();
    });
  }

  #retire(lane: Lane, reason: RetirementReason): void {
    lane.isRetired = lane.isShut = true;
    lane.suspicion?.grace?.clear();
    this.#recovery.recall(lane);
    lane.link.retire(reason);
  }

  /** Lets a retired thread end when the last job that somebody waits for has left it. */
  #drainIfDone(lane: Lane): void {
    if (lane.isEnding || lane.unsettled().length > 0) return;
    lane.isEnding = true;
    lane.link.drain(lane.isAnyRunning);
  }

  /** Ends a thread by force. Jobs on it are lost at once: native code may hold the thread much longer. */
  #terminate(lane: Lane): void {
    this.#answers.collect(lane);
    this.#recovery.takeAll(lane, { cause: undefined, isDeliberate: true }, false);
    lane.isEnding = true;
    lane.link.terminate();
  }
}
