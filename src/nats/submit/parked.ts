/**
 * Keeps jobs whose key is full on the server, for those of other keys to go past.
 *
 * Invariants: the jobs of a key keep the order of their submission; one job at a time is tried again, keys in turn, and
 * a key keeps its place while its job is tried. A job without a key is bound by its id, as if that were its key.
 */
import type { RemoteJobRecord } from './remote-job.js';

/**
 * How often a key goes first after a job of it has ended: its place may be free a little later than that is heard of.
 */
const LIKELY_TRIES = 2;

export class Parked {
  /** In the order in which keys are tried, each with its jobs. */
  readonly #lanes = new Map<string, RemoteJobRecord[]>();
  /** Keys that are likely to have room, as a job of theirs has ended, and how often they go first. */
  readonly #likely = new Map<string, number>();
  /** Whether the next turn is one of the likely keys: they get every second one at most. */
  #isTurnOfLikely = true;
  #tried: RemoteJobRecord | undefined;
  #count = 0;

  /** How many there are, the one that is tried included. */
  get count(): number {
    return this.#count;
  }

  /** Whether jobs of this one's key are here, or one is tried: it has to go behind them. */
  has(job: RemoteJobRecord): boolean {
    return this.#count > 0 && this.#lanes.has(laneOf(job));
  }

  /** Takes a job in, at its place among those of its key. */
  add(job: RemoteJobRecord): void {
    const lane = laneOf(job);
    const jobs = this.#lanes.get(lane) ?? [];
    this.#lanes.set(lane, jobs);
    const index = jobs.findIndex(({ number }) => number > job.number);
    jobs.splice(index < 0 ? jobs.length : index, 0, job);
    this.#count += 1;
  }

  /** A job that was on the server has ended: the place of its key is about to be free. */
  onSettled(job: RemoteJobRecord): void {
    if (this.has(job)) this.#likely.set(laneOf(job), LIKELY_TRIES);
  }

  /** The job that `take` would give. */
  peek(): RemoteJobRecord | undefined {
    if (this.#count === 0 || this.#tried !== undefined) return undefined;
    const likely = this.#isTurnOfLikely ? this.#likely.keys() : [];
    for (const lanes of [likely, this.#lanes.keys()]) {
      for (const lane of lanes) {
        const first = this.#lanes.get(lane)?.[0];
        if (first !== undefined) return first;
        this.#likely.delete(lane);
      }
    }
    return undefined;
  }

  /**
   * Gives the next job to try; `end` or `endRefused` has to follow. Undefined while one is tried, and if there is none.
   */
  take(): RemoteJobRecord | undefined {
    const job = this.peek();
    if (job === undefined) return undefined;
    const lane = laneOf(job);
    this.#lanes.get(lane)?.shift();
    const tries = this.#likely.get(lane) ?? 0;
    if (tries > 1) this.#likely.set(lane, tries - 1);
    else this.#likely.delete(lane);
    this.#isTurnOfLikely = !this.#isTurnOfLikely;
    this.#tried = job;
    return job;
  }

  /** Whether the job is the one that is tried. */
  isTried(job: RemoteJobRecord): boolean {
    return this.#tried === job;
  }

  /** The job that was tried is accepted or has ended: the next one of its key is the next to be tried. */
  end(): void {
    const lane = laneOf(this.#tried as RemoteJobRecord);
    this.#tried = undefined;
    this.#count -= 1;
    if (this.#lanes.get(lane)?.length === 0) this.#lanes.delete(lane);
  }

  /** The job that was tried was refused once more: it comes back, and the other keys are tried before its own. */
  endRefused(): void {
    const job = this.#tried as RemoteJobRecord;
    const lane = laneOf(job);
    this.#tried = undefined;
    const jobs = this.#lanes.get(lane) as RemoteJobRecord[];
    this.#lanes.delete(lane);
    this.#lanes.set(lane, jobs);
    jobs.unshift(job);
  }

  /** The one that came last of this one's key. */
  lastLike(job: RemoteJobRecord): RemoteJobRecord | undefined {
    return this.#lanes.get(laneOf(job))?.at(-1);
  }

  /** Removes a job. @returns Whether it was here, and not under way. */
  remove(job: RemoteJobRecord): boolean {
    const lane = laneOf(job);
    const jobs = this.#lanes.get(lane);
    const index = jobs?.indexOf(job) ?? -1;
    if (jobs === undefined || index < 0) return false;
    jobs.splice(index, 1);
    this.#count -= 1;
    const isTried = this.#tried !== undefined && laneOf(this.#tried) === lane;
    if (jobs.length === 0 && !isTried) this.#lanes.delete(lane);
    return true;
  }

  /** Removes all that are not under way, and gives them in the order of their submission. */
  clear(): RemoteJobRecord[] {
    const left = [...this.#lanes.values()].flat().toSorted((a, b) => a.number - b.number);
    this.#lanes.clear();
    this.#likely.clear();
    this.#count -= left.length;
    return left;
  }
}

function laneOf({ key, id }: RemoteJobRecord): string {
  return key === undefined ? `i${id}` : `k${key}`;
}
