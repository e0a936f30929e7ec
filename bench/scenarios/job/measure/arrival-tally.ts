/**
 * Counts how the arrivals of an open loop ended, and how long they took.
 *
 * Invariants: arrivals before `fromUs` don't count, as they meet an empty pool; each counted arrival has one
 * ending; only served ones have a latency, measured from the scheduled arrival.
 */
import { nowUs } from '../../../process/clock.js';
import { type Ending, type Endings, NO_ENDINGS } from '../../../load/endings.js';
import { Latencies, type LatencySummary } from '../../../load/latencies.js';

export class ArrivalTally {
  readonly #fromUs: number;
  readonly #wantedUs: number;
  readonly #total = new Latencies();
  readonly #lateness = new Latencies();
  readonly #endings = { ...NO_ENDINGS };
  #inTime = 0;

  /** @param wantedMs - Max latency of a result that is in time; default: no limit. */
  constructor(fromUs: number, wantedMs: number = Infinity) {
    this.#fromUs = fromUs;
    this.#wantedUs = wantedMs * 1000;
  }

  /** Records that an arrival is being sent. */
  arrive(intendedUs: number): void {
    if (intendedUs >= this.#fromUs) this.#lateness.record(nowUs() - intendedUs);
  }

  /** Records that an arrival's job has ended. */
  end(intendedUs: number, ending: Ending): void {
    if (intendedUs < this.#fromUs) return;
    this.#endings[ending] += 1;
    if (ending !== 'served') return;
    const latencyUs = nowUs() - intendedUs;
    this.#total.record(latencyUs);
    if (latencyUs <= this.#wantedUs) this.#inTime += 1;
  }

  get endings(): Endings {
    return { ...this.#endings };
  }

  /** Number of arrivals that did not fail by themselves: the pool decided how they ended. */
  get notFailed(): number {
    const { served, refused, late, cutOff } = this.#endings;
    return served + refused + late + cutOff;
  }

  /** Number of served arrivals that were in time. */
  get inTime(): number {
    return this.#inTime;
  }

  total(): LatencySummary {
    return this.#total.summary();
  }

  /** Lateness of the generator; its `count` is the number of counted arrivals. */
  lateness(): LatencySummary {
    return this.#lateness.summary();
  }
}
