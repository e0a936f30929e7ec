/**
 * Moves jobs on: waiters into the backlog, queued jobs to the threads.
 *
 * Invariant: between two calls no thread is idle while a job is queued, and no place is free that the first
 * waiter fits into.
 */
import { inMicrotask } from '../api/timers.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { JobRecord } from '../job/job.js';
import { checkTransferable } from '../wire/transferable.js';
import type { Backlog } from './backlog.js';
import type { Closing } from './closing.js';
import { inputError, takeOver } from './input.js';
import type { Pressure } from './pressure.js';
import type { Settling } from './settling.js';
import type { Timeouts } from './timeouts.js';
import type { Turns } from './turns.js';

export class Flow {
  readonly #backlog: Backlog<JobRecord>;
  readonly #dispatcher: Dispatcher;
  readonly #settling: Settling;
  readonly #timeouts: Timeouts;
  readonly #pressure: Pressure;
  readonly #now: () => number;
  readonly #closing: Closing;
  readonly #turns: Turns;
  readonly #onDrained: () => void;
  #isRefilling = false;
  #isRelieving = false;

  /** @param onDrained - Called when the pool is closing and has nothing more to wait for; it must not call back. */
  constructor(
    backlog: Backlog<JobRecord>,
    dispatcher: Dispatcher,
    settling: Settling,
    timeouts: Timeouts,
    pressure: Pressure,
    closing: Closing,
    turns: Turns,
    now: () => number,
    onDrained: () => void,
  ) {
    this.#backlog = backlog;
    this.#dispatcher = dispatcher;
    this.#settling = settling;
    this.#timeouts = timeouts;
    this.#pressure = pressure;
    this.#now = now;
    this.#closing = closing;
    this.#turns = turns;
    this.#onDrained = onDrained;
  }

  /** Lets waiters in and sends jobs out, as long as there is room for either. */
  refill(): void {
    // Not entered twice: settling a job in here asks for it again, and the loop below sees to it.
    if (this.#isRefilling) return;
    this.#isRefilling = true;
    try {
      do {
        while (this.#admitWaiter());
      } while (this.#sendNext());
    } finally {
      this.#dispatcher.ring();
      this.#isRefilling = false;
    }
    this.#pressure.onFall();
    if (this.#turns.areWanted) this.#turns.onRoom();
    if (this.#closing.drain()) this.#onDrained();
  }

  /**
   * Handles threads that have answered: sends them what is queued at once. The rest, which nobody waits for,
   * follows in a microtask, behind the code that awaits the results and may submit more.
   */
  onAnswers(): void {
    if (this.#backlog.hasPending) this.refill();
    if (this.#isRelieving) return;
    this.#isRelieving = true;
    inMicrotask(this.#relieve);
  }

  readonly #relieve = (): void => {
    this.#isRelieving = false;
    this.refill();
    // While something is pending no thread is idle that could relieve another one.
    if (!this.#backlog.hasPending && this.#dispatcher.relieve()) this.refill();
  };

  /** Lets the first waiter in if there is room for it now; one that can't be taken over is refused. */
  #admitWaiter(): boolean {
    if (this.#turns.areWanted) this.#turns.admitBefore(this.#backlog.firstWaiter?.id ?? Infinity);
    const waiter = this.#backlog.takeWaiter();
    if (waiter === undefined) return false;
    this.#backlog.accept(waiter);
    try {
      if (waiter.transfer !== undefined) checkTransferable(waiter.transfer);
      takeOver(waiter);
      waiter.accepted(this.#now());
      this.#backlog.queue(waiter);
      this.#timeouts.reschedule(waiter);
    } catch (error) {
      this.#backlog.release(waiter);
      this.#settling.finish(waiter, 'refused', inputError(waiter, error));
    }
    return true;
  }

  /** Sends the job that is next in the queue if a thread has room for it. */
  #sendNext(): boolean {
    const job = this.#backlog.next;
    if (job === undefined) return false;
    const lane = this.#dispatcher.laneFor(job);
    if (lane === undefined) return false;
    this.#backlog.take();
    try {
      this.#dispatcher.send(job, lane, false);
    } catch (error) {
      this.#settling.settle(job, 'rejected', inputError(job, error));
    }
    this.#timeouts.reschedule(job);
    return true;
  }
}
