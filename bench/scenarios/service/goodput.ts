/**
 * Measures goodput: completed documents per second, in windows of equal length after a warm-up.
 *
 * Invariant: the capacity and every variant are measured in this way and judged by the median of their windows,
 * so that a short disturbance affects all of them equally little. A window lasts from one count of the service
 * to another, each with its own timestamp, so that no timer delay is included.
 */
import { median } from '../../math/statistics.js';
import type { ServiceTally } from './server/messages.js';

/**
 * Time that fresh processes take to reach full speed: until 4 s after the start their goodput rose by a third,
 * then it stayed level (two-second windows over 16 s, two CPUs, Node 20).
 */
const WARM_UP_SECONDS = 4;
const WINDOW_SECONDS = 2;

/** Warm-up before goodput counts, for variants that run this long. */
export function warmUpSeconds(armSeconds: number): number {
  return Math.min(WARM_UP_SECONDS, armSeconds / 4);
}

/** Length of a window, for variants that run this long. */
export function windowSeconds(armSeconds: number): number {
  return Math.min(WINDOW_SECONDS, armSeconds / 8);
}

/** Goodput of one service; gets all of its counts, in order. */
export class Goodput {
  readonly windows: number[] = [];
  readonly #warmUpUs: number;
  readonly #windowUs: number;
  readonly #maxWindows: number;
  #from: ServiceTally | undefined;

  /** @param maxWindows - Later counts add no further windows. */
  constructor(armSeconds: number, maxWindows: number = Infinity) {
    this.#maxWindows = maxWindows;
    this.#warmUpUs = warmUpSeconds(armSeconds) * 1e6;
    this.#windowUs = windowSeconds(armSeconds) * 1e6;
  }

  /** @param startedUs - Start of the load; Infinity before it. */
  note(tally: ServiceTally, startedUs: number): void {
    if (this.windows.length >= this.#maxWindows) return;
    const from = this.#from;
    if (from === undefined) {
      if (tally.atUs - startedUs >= this.#warmUpUs) this.#from = tally;
      return;
    }
    const us = tally.atUs - from.atUs;
    if (us < this.#windowUs) return;
    this.windows.push(((tally.completed - from.completed) / us) * 1e6);
    this.#from = tally;
  }

  /** The median of the windows; undefined if there is none. */
  get perSecond(): number | undefined {
    return median(this.windows);
  }
}
