/**
 * Generates an open load: arrivals at a fixed rate, whatever happens to earlier ones. Like real clients, it never
 * slows down with the responses.
 *
 * Invariants: the times of the arrivals are fixed before the loop starts (`arrivals.ts`); a late arrival is sent at
 * once and keeps its intended start, so that its latency includes the delay (no coordinated omission). The event loop
 * turns at least every 64 arrivals. A timer's resolution is 1 ms, so an arrival is up to about 1 ms late even on an
 * idle machine, less if `catchUp` helps.
 */
import { type Arrivals, evenArrivals, poissonArrivals } from './arrivals.js';
import { nowUs } from '../process/clock.js';
import { Latencies, type LatencySummary } from './latencies.js';

/** The settings of an open loop. */
export interface OpenLoopOptions {
  readonly ratePerSecond: number;
  readonly seconds: number;
  /** If given, arrivals are those of independent clients (Poisson), else evenly spaced. */
  readonly random?: () => number;
  /** Sends one arrival; must neither block nor throw. `intendedUs` is on the clock of `nowUs`. */
  readonly send: (intendedUs: number) => void;
}

/** The statistics of an open loop. */
export interface OpenLoopTally {
  /** Arrivals due so far, or until the loop stopped. */
  readonly intended: number;
  /** Arrivals sent. Fewer than intended: the generator could not keep up with the rate. */
  readonly sent: number;
  /** Delay between the intended and the actual start, in milliseconds. */
  readonly lateness: LatencySummary;
}

const MAX_BURST = 64;
/** The loop gives up on remaining arrivals when its end has passed by this much. */
const GRACE_US = 100_000;

/** A load at a fixed rate; `run` starts it, once. */
export class OpenLoop {
  readonly #options: OpenLoopOptions;
  readonly #arrivals: Arrivals;
  readonly #lateness = new Latencies();
  #startUs = Infinity;
  #sent = 0;
  /** Number of arrivals sent since the event loop last turned. */
  #burst = 0;
  #stoppedUs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #end: (() => void) | undefined;

  constructor(options: OpenLoopOptions) {
    this.#options = options;
    const { ratePerSecond, seconds, random } = options;
    this.#arrivals =
      random === undefined
        ? evenArrivals(ratePerSecond, seconds)
        : poissonArrivals(ratePerSecond, seconds, random);
  }

  /** Resolves when the last arrival was sent, or the loop was stopped. */
  run(): Promise<void> {
    this.#startUs = nowUs();
    return new Promise((resolve) => {
      this.#end = resolve;
      this.#tick();
    });
  }

  /** Sends no further arrivals. */
  stop(): void {
    if (this.#stoppedUs !== undefined) return;
    this.#stoppedUs = nowUs();
    clearTimeout(this.#timer);
    this.#end?.();
  }

  tally(): OpenLoopTally {
    return {
      intended: this.#arrivals.dueBy((this.#stoppedUs ?? nowUs()) - this.#startUs),
      sent: this.#sent,
      lateness: this.#lateness.summary(),
    };
  }

  /**
   * Sends the arrivals that are due; costs almost nothing if none is. For moments when the thread is awake anyway,
   * such as the arrival of a result. After 64 arrivals the event loop turns first, whoever calls this.
   */
  catchUp(): void {
    if (this.#stoppedUs === undefined && this.#burst < MAX_BURST) this.#send(nowUs());
  }

  #tick(): void {
    if (this.#stoppedUs !== undefined) return;
    const startedUs = nowUs();
    this.#burst = 0;
    this.#send(startedUs);
    const { total, endUs } = this.#arrivals;
    if (this.#sent === total || startedUs > this.#startUs + endUs + GRACE_US) return this.stop();
    const untilNextMs = (this.#startUs + this.#arrivals.at(this.#sent) - nowUs()) / 1000;
    if (untilNextMs <= 0) setImmediate(() => this.#tick());
    else this.#timer = setTimeout(() => this.#tick(), Math.floor(untilNextMs));
  }

  #send(atUs: number): void {
    const last = Math.min(this.#arrivals.total, this.#sent + MAX_BURST - this.#burst);
    while (this.#sent < last) {
      const intendedUs = this.#startUs + this.#arrivals.at(this.#sent);
      if (intendedUs > atUs) return;
      this.#sent += 1;
      this.#burst += 1;
      this.#lateness.record(nowUs() - intendedUs);
      this.#options.send(intendedUs);
    }
  }
}
