/**
 * Goodput: completed documents per second, in windows of equal length after a warm-up.
 *
 * Invariant: the capacity and every arm are measured in this same way and judged by the median of
 * their windows, so that a short disturbance counts as little in the one as in the other. A window is
 * bounded by two counts of the service, each with its own instant: no timer's delay is in it.
 */
import { median } from '../../math/statistics.js';
import type { ServiceTally } from './server/messages.js';

/**
 * What fresh processes take to reach their full speed: from start to 4 s their goodput rose by a
 * third, then it was level (two-second windows over 16 s, two processors, Node 20).
 */
const WARM_UP_SECONDS = 4;
const WINDOW_SECONDS = 2;

/** How long a service is loaded before its goodput counts, for arms of so many seconds. */
export function warmUpSeconds(armSeconds: number): number {
  return Math.min(WARM_UP_SECONDS, armSeconds / 4);
}

/** The length of a window, for arms of so many seconds. */
export function windowSeconds(armSeconds: number): number {
  return Math.min(WINDOW_SECONDS, armSeconds / 8);
}

/** The goodput of one service; told of every count, in order. */
export class Goodput {
  readonly windows: number[] = [];
  readonly #warmUpUs: number;
  readonly #windowUs: number;
  #from: ServiceTally | undefined;

  constructor(armSeconds: number) {
    this.#warmUpUs = warmUpSeconds(armSeconds) * 1e6;
    this.#windowUs = windowSeconds(armSeconds) * 1e6;
  }

  /** @param startedUs - When the load began; Infinity while it has not. */
  note(tally: ServiceTally, startedUs: number): void {
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

  /** The median of the windows; undefined where none was completed. */
  get perSecond(): number | undefined {
    return median(this.windows);
  }
}
