/**
 * The ready threads of a pool, and what can be asked of all of them: how many are busy, what was sent to
 * them, what of it has not started.
 *
 * Invariant: a thread is in the list from its readiness until it is gone, retired ones included.
 */
import type { JobRecord } from '../job/job.js';
import type { Lane, Link } from './lane.js';

export class Lanes {
  /** In the order of readiness. */
  readonly all: Lane[] = [];

  add(lane: Lane): void {
    this.all.push(lane);
  }

  remove(lane: Lane): void {
    const index = this.all.indexOf(lane);
    if (index >= 0) this.all.splice(index, 1);
  }

  /** The thread of a link; undefined if it never was ready, or is gone. */
  find(link: Link): Lane | undefined {
    return this.all.find((lane) => lane.link === link);
  }

  /** Counts the threads that take jobs, and of these the ones that have a job. */
  threads(): { ready: number; busy: number } {
    let ready = 0;
    let busy = 0;
    for (const lane of this.all) {
      if (lane.isRetired) continue;
      ready += 1;
      if (lane.occupied > 0) busy += 1;
    }
    return { ready, busy };
  }

  /** How many jobs were settled while their functions run on. */
  abandoned(): number {
    return this.all.reduce((sum, lane) => sum + lane.abandonedCount(), 0);
  }

  /** When the jobs that run now were started. */
  runningSinceMs(): number[] {
    return this.all.flatMap((lane) => [...lane.runningSinceMs()]);
  }

  /** All jobs that are out on threads and not settled. */
  sent(): JobRecord[] {
    return this.all.flatMap((lane) => lane.unsettled());
  }

  /** Counts the sent jobs that no thread has started, and finds the oldest of them. */
  unstarted(): { readonly count: number; readonly oldest: JobRecord | undefined } {
    let count = 0;
    let oldest: JobRecord | undefined;
    for (const lane of this.all) {
      for (const job of lane.unstarted()) {
        count += 1;
        if (oldest === undefined || job.id < oldest.id) oldest = job;
      }
    }
    return { count, oldest };
  }

  /**
   * Takes back the oldest sent job that no thread has started. One whose input was transferred is left
   * alone: the input is on the thread, so the job could not be sent again.
   *
   * @param before - Only one that was submitted before the job of this number.
   */
  takeBackOldest(before: number = Infinity): JobRecord | undefined {
    for (;;) {
      let oldest: JobRecord | undefined;
      for (const lane of this.all) {
        const job = oldestUnstarted(lane);
        if (job !== undefined && job.id < (oldest?.id ?? before)) oldest = job;
      }
      // The thread may have started it just now: then the next one.
      if (oldest === undefined || oldest.carrier?.takeBack(oldest)) return oldest;
    }
  }
}

/** The oldest job on a thread that it has not started, and that can be sent again. */
function oldestUnstarted(lane: Lane): JobRecord | undefined {
  let oldest: JobRecord | undefined;
  let newestId = 0;
  let isUnordered = false;
  for (const job of lane.unstarted()) {
    if (job.transfer !== undefined) continue;
    // They wait in the order of sending, which is that of age, unless some were taken back before and sent again.
    if (!lane.isUnordered) return job;
    if (job.id < (oldest?.id ?? Infinity)) oldest = job;
    if (job.id < newestId) isUnordered = true;
    else newestId = job.id;
  }
  lane.isUnordered = isUnordered;
  return oldest;
}
