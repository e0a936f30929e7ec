/**
 * An open loop: arrivals at a fixed rate, whatever became of the earlier ones. The answers' pace
 * never slows it down, which is what real clients are like.
 *
 * Invariants: when an arrival is due is settled before the loop starts (`arrivals.ts`); one that is
 * late is sent at once and keeps its intended start, so that its latency includes the delay (no
 * coordinated omission). The event loop turns at least every 64 arrivals. A timer's resolution is
 * 1 ms, so an arrival is up to about 1 ms late even on an idle machine, less where `catchUp` helps.
 */
import { type Arrivals, evenArrivals, poissonArrivals } from './arrivals.js';
import { nowUs } from '../process/clock.js';
import { Latencies, type LatencySummary } from './latencies.js';

/** What an open loop is told. */
export interface OpenLoopOptions {
  readonly ratePerSecond: number;
  readonly seconds: number;
  /** Where given, arrivals are as independent clients make them (Poisson); else evenly spaced. */
  readonly random?: () => number;
  /** Sends one arrival; must not wait and not throw. `intendedUs` is on the clock of `nowUs`. */
  readonly send: (intendedUs: number) => void;
}

/** How an open loop went. */
export interface OpenLoopTally {
  /** Arrivals that were due until now, or until the end. */
  readonly intended: number;
  /** Arrivals that were sent. Fewer than intended: the generator could not hold the rate. */
  readonly sent: number;
  /** How late the arrivals were sent, in milliseconds. */
  readonly lateness: LatencySummary;
}

const MAX_BURST = 64;
/** At the end, arrivals that are later than this are not sent any more. */
const GRACE_US = 100_000;

/** A load of a fixed rate; starts when it is told to, once. */
export class OpenLoop {
  readonly #options: OpenLoopOptions;
  readonly #arrivals: Arrivals;
  readonly #lateness = new Latencies();
  #startUs = Infinity;
  #sent = 0;
  /** How many were sent since the event loop last turned. */
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

  /** Fulfils when the last arrival was sent, or the loop was stopped. */
  run(): Promise<void> {
    this.#startUs = nowUs();
    return new Promise((resolve) => {
      this.#end = resolve;
      this.#tick();
    });
  }

  /** Sends nothing more. */
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
   * Sends what is due, at no cost where nothing is: for moments at which the thread is awake anyway, as
   * a result has come. When 64 arrivals were sent the event loop turns first, whoever calls this.
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
