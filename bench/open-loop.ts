/**
 * An open loop: arrivals at a fixed rate with constant spacing, whatever became of the earlier
 * ones. The answers' pace never slows it down, which is what real clients are like.
 *
 * Invariants: arrival n is due at start + n ÷ rate, however late the one before was; one that is
 * late is sent at once and keeps its intended start, so that its latency includes the delay (no
 * coordinated omission). The event loop turns at least every 64 arrivals. A timer's resolution is
 * 1 ms, so an arrival is up to about 1 ms late even on an idle machine.
 */
import { nowUs } from './clock.js';
import { Latencies, type LatencySummary } from './latencies.js';

/** What an open loop is told. */
export interface OpenLoopOptions {
  readonly ratePerSecond: number;
  readonly seconds: number;
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
  readonly #spacingUs: number;
  readonly #total: number;
  readonly #lateness = new Latencies();
  #startUs = Infinity;
  #sent = 0;
  #stoppedUs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #end: (() => void) | undefined;

  constructor(options: OpenLoopOptions) {
    this.#options = options;
    this.#spacingUs = 1e6 / options.ratePerSecond;
    this.#total = Math.max(1, Math.round(options.ratePerSecond * options.seconds));
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
      intended: this.#due(this.#stoppedUs ?? nowUs()),
      sent: this.#sent,
      lateness: this.#lateness.summary(),
    };
  }

  #tick(): void {
    if (this.#stoppedUs !== undefined) return;
    const startedUs = nowUs();
    const due = Math.min(this.#due(startedUs), this.#sent + MAX_BURST);
    while (this.#sent < due) {
      const intendedUs = this.#startUs + this.#sent * this.#spacingUs;
      this.#lateness.record(nowUs() - intendedUs);
      this.#options.send(intendedUs);
      this.#sent += 1;
    }
    const endUs = this.#startUs + this.#total * this.#spacingUs;
    if (this.#sent === this.#total || startedUs > endUs + GRACE_US) return this.stop();
    const untilNextMs = (this.#startUs + this.#sent * this.#spacingUs - nowUs()) / 1000;
    if (untilNextMs <= 0) setImmediate(() => this.#tick());
    else this.#timer = setTimeout(() => this.#tick(), Math.floor(untilNextMs));
  }

  #due(atUs: number): number {
    const elapsed = Math.floor((atUs - this.#startUs) / this.#spacingUs) + 1;
    return Math.max(0, Math.min(elapsed, this.#total));
  }
}
