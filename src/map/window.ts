/**
 * The bounds of one map: how many jobs it may have in flight, and what it may have pulled and not delivered.
 *
 * Invariant: the items hold exactly; nothing is pulled while the bytes are reached, unless nothing is held.
 */
import type { MapSettings } from '../api/map-options.js';

/** In flight by default: for each slot, and at most while the jobs are short. */
const PER_SLOT = 2;
const MOST_SHORT = 256;
/** The items of a window by default: for each item that may be in flight, and at least. */
const ITEMS_PER_FLIGHT = 4;
const FEWEST_ITEMS = 64;

/** The capacity of the pool. */
interface PoolBounds {
  readonly slots: number;
  readonly capacity: number;
  readonly bytes: number;
}

export class Window {
  readonly #inFlight: number | undefined;
  readonly #items: number | undefined;
  readonly #bytes: number;
  readonly #pool: PoolBounds;

  constructor({ inFlight, items, bytes }: MapSettings, pool: PoolBounds) {
    this.#inFlight = inFlight;
    this.#items = items;
    this.#bytes = bytes ?? pool.bytes;
    this.#pool = pool;
  }

  /**
   * Whether another item may be pulled.
   *
   * @param isShort - Whether the jobs are known to be short: then a thread needs many at hand.
   */
  hasRoom(inFlight: number, held: number, heldBytes: number, isShort: boolean): boolean {
    const most = this.#mostInFlight(isShort);
    if (inFlight >= most) return false;
    const items = this.#items ?? Math.max(ITEMS_PER_FLIGHT * most, FEWEST_ITEMS);
    return held < items && (held === 0 || heldBytes < this.#bytes);
  }

  /** Whether an item that was pulled may be submitted: one that is larger than the window goes alone. */
  lets(bytes: number, held: number): boolean {
    return bytes <= this.#bytes || held === 1;
  }

  #mostInFlight(isShort: boolean): number {
    const { slots, capacity } = this.#pool;
    const most = this.#inFlight ?? Math.max(PER_SLOT * slots, isShort ? MOST_SHORT : 0);
    return Math.min(most, capacity, this.#items ?? Infinity);
  }
}
