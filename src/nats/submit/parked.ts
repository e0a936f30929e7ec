/**
 * Keeps jobs whose key is full on the server, for those of other keys to go past.
 *
 * Invariants: the jobs of a key keep the order of their submission; one job at a time is tried again, keys in turn, and a
 * key keeps its place while its job is tried.
 */
import type { RemoteJobRecord } from './remote-job.js';

export class Parked {
  /** In the order in which keys are tried, each with its jobs. */
  readonly #byKey = new Map<string, RemoteJobRecord[]>();
  /** Keys of which a job has ended since: they are likely to have room, and go first. */
  readonly #likely = new Set<string>();
  #tried: RemoteJobRecord | undefined;
  #count = 0;

  /** How many there are, the one that is tried included. */
  get count(): number {
    return this.#count;
  }

  /** Whether jobs of this key are here, or one is tried: others of the key have to go behind it. */
  has(key: string | undefined): boolean {
    return key !== undefined && this.#byKey.has(key);
  }

  /** Takes a job in, at its place among those of its key. */
  add(job: RemoteJobRecord): void {
    const key = job.key as string;
    const jobs = this.#byKey.get(key) ?? [];
    this.#byKey.set(key, jobs);
    const index = jobs.findIndex(({ number }) => number > job.number);
    jobs.splice(index < 0 ? jobs.length : index, 0, job);
    this.#count += 1;
  }

  /** A job of this key has ended: its place on the server is about to be free. */
  onSettled(key: string | undefined): void {
    if (this.has(key)) this.#likely.add(key as string);
  }

  /** Gives the next job to try, which leaves; `end` has to follow. Undefined while one is tried, and if there is none. */
  take(): RemoteJobRecord | undefined {
    if (this.#tried !== undefined) return undefined;
    for (const keys of [this.#likely, this.#byKey.keys()]) {
      for (const key of keys) {
        this.#likely.delete(key);
        const job = this.#byKey.get(key)?.shift();
        if (job === undefined) continue;
        this.#tried = job;
        return job;
      }
    }
    return undefined;
  }

  /** Whether the job is the one that is tried. */
  isTried(job: RemoteJobRecord): boolean {
    return this.#tried === job;
  }

  /** The job that was tried is accepted or has ended: the next one of its key is the next to be tried. */
  end(): void {
    const key = this.#tried?.key as string;
    this.#tried = undefined;
    this.#count -= 1;
    if (this.#byKey.get(key)?.length === 0) this.#byKey.delete(key);
  }

  /** The job that was tried was refused once more: it comes back, and the other keys are tried before its own. */
  endRefused(): void {
    const job = this.#tried as RemoteJobRecord;
    const key = job.key as string;
    this.#tried = undefined;
    const jobs = this.#byKey.get(key) as RemoteJobRecord[];
    this.#byKey.delete(key);
    this.#byKey.set(key, jobs);
    jobs.unshift(job);
  }

  /** The job of a key that came last. */
  last(key: string): RemoteJobRecord | undefined {
    return this.#byKey.get(key)?.at(-1);
  }

  /** Removes a job. @returns Whether it was here. */
  remove(job: RemoteJobRecord): boolean {
    const jobs = this.#byKey.get(job.key ?? '');
    const index = jobs?.indexOf(job) ?? -1;
    if (jobs === undefined || index < 0) return false;
    jobs.splice(index, 1);
    this.#count -= 1;
    if (jobs.length === 0 && this.#tried?.key !== job.key) this.#byKey.delete(job.key as string);
    return true;
  }

  /** Removes all that are here, in the order of their submission. */
  clear(): RemoteJobRecord[] {
    const left = [...this.#byKey.values()].flat().toSorted((a, b) => a.number - b.number);
    this.#byKey.clear();
    this.#likely.clear();
    this.#count -= left.length;
    return left;
  }
}
