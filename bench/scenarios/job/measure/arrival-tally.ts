/**
 * Counts what the arrivals of an open loop met: how each of them ended, and how long it took.
 *
 * Invariants: arrivals before `fromUs`, which meet an empty pool, don't count; each that counts has one
 * ending; only what was served has a latency, from its intended start on.
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

  /** @param wantedMs - Within how long a result is in time; by default always. */
  constructor(fromUs: number, wantedMs: number = Infinity) {
    this.#fromUs = fromUs;
    this.#wantedUs = wantedMs * 1000;
  }

  /** An arrival is being made. */
  arrive(intendedUs: number): void {
    if (intendedUs >= this.#fromUs) this.#lateness.record(nowUs() - intendedUs);
  }

  /** Its job has ended. */
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

  /** Those whose ending is the pool's doing, and not the job's. */
  get notFailed(): number {
    const { served, refused, late, cutOff } = this.#endings;
    return served + refused + late + cutOff;
  }

  /** Of the served ones. */
  get inTime(): number {
    return this.#inTime;
  }

  total(): LatencySummary {
    return this.#total.summary();
  }

  /** How late the generator was; its `count` is the number of arrivals that count. */
  lateness(): LatencySummary {
    return this.#lateness.summary();
  }
}
