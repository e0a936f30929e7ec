/**
 * Waits for a thread, and accuses no honest one: time is counted in ticks of the main thread, each followed by a turn
 * of its event loop, in which answers that have arrived are read.
 *
 * Invariant: a tick that took more than twice its length does not count (a busy machine, a blocked main thread, a
 * stopped process, a laptop that slept); after ten of these in a row the count begins anew. No grace ends while a
 * debugger may hold the thread.
 */
import { setRealTurn } from '../api/timers.js';
import { Deadline, type Deadlines } from '../job/deadlines.js';

const TICKS = 5;
/** The wheel counts whole milliseconds, and timers are late by one or two. */
const SHORTEST_TICK_MS = 5;
const MOST_UNCOUNTED = 10;

export class Grace {
  readonly #deadlines: Deadlines;
  readonly #now: () => number;
  readonly #onOver: () => void;
  readonly #tickMs: number;
  readonly #ticks: number;
  readonly #tick = new Deadline(() => setRealTurn(() => this.#ticked()));
  #left: number;
  #uncounted = 0;
  #sinceMs = 0;
  #isOver = false;

  /**
   * Begins to wait.
   *
   * @param onOver - Called when the grace is over; never from within the constructor.
   */
  constructor(deadlines: Deadlines, now: () => number, lengthMs: number, onOver: () => void) {
    this.#deadlines = deadlines;
    this.#now = now;
    this.#onOver = onOver;
    this.#tickMs = Math.max(lengthMs / TICKS, SHORTEST_TICK_MS);
    this.#ticks = Math.ceil(lengthMs / this.#tickMs);
    this.#left = this.#ticks;
    this.#next();
  }

  /** Whether it waits no longer: the time has passed, or it was cleared. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Waits no longer. */
  clear(): void {
    this.#isOver = true;
    this.#deadlines.clear(this.#tick);
  }

  #next(): void {
    this.#sinceMs = this.#now();
    this.#deadlines.set(this.#tick, this.#sinceMs + this.#tickMs);
  }

  #ticked(): void {
    if (this.#isOver) return;
    if (this.#now() - this.#sinceMs <= 2 * this.#tickMs) {
      this.#left -= 1;
      this.#uncounted = 0;
    } else {
      this.#uncounted += 1;
      if (this.#uncounted === MOST_UNCOUNTED) {
        this.#left = this.#ticks;
        this.#uncounted = 0;
      }
    }
    if (this.#left > 0 || isDebugging()) return this.#next();
    this.#isOver = true;
    this.#onOver();
  }
}

/** Whether this process listens for a debugger. Asked for late, as loading the inspector takes its time. */
export function isDebugging(): boolean {
  if (!process.features.inspector) return false;
  return process.getBuiltinModule('node:inspector').url() !== undefined;
}
