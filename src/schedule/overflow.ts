/**
 * Making room in a full backlog, for `drop-oldest` and `drop-newest`.
 *
 * Invariant: all or nothing. Jobs are taken back until the newcomer fits; where it can't fit, each
 * returns to its place, and nobody is dropped in vain.
 */
import type { Backlog } from './backlog.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { JobRecord } from '../job/job.js';

/**
 * Takes unstarted jobs out until there is room for so many bytes more. What was sent is older than
 * what is queued.
 *
 * @returns The jobs to be dropped, released and in no list any more; undefined where there can't be
 *   room, and all is as before, but that jobs which had been sent may be queued again.
 */
export function makeRoom(
  bytes: number,
  which: 'oldest' | 'newest',
  backlog: Backlog<JobRecord>,
  dispatcher: Dispatcher,
): JobRecord[] | undefined {
  const victims: JobRecord[] = [];
  while (backlog.blocker(bytes) !== undefined) {
    // Not in vain through a deep backlog: what can't be dropped may be in the way.
    if (victims.length === 1 && !canEverFit(bytes, backlog, dispatcher)) {
      restore(victims, backlog);
      return undefined;
    }
    const victim =
      which === 'oldest'
        ? (dispatcher.takeBackOne('oldest') ?? backlog.take())
        : (backlog.takeNewest() ?? dispatcher.takeBackOne('newest'));
    if (victim === undefined) {
      restore(victims, backlog);
      return undefined;
    }
    backlog.release(victim);
    victims.push(victim);
  }
  return victims;
}

/** Whether there would be room beside the jobs that can't be dropped. */
function canEverFit(bytes: number, backlog: Backlog<JobRecord>, dispatcher: Dispatcher): boolean {
  const kept = dispatcher.sent().filter((job) => job.isStarted || job.transfer !== undefined);
  const keptBytes = kept.reduce((sum, job) => sum + job.bytes, 0);
  return kept.length < backlog.capacity && keptBytes + bytes <= backlog.limits.bytes;
}

/** Back to their places, the newest first: so each finds its own at once. */
function restore(victims: JobRecord[], backlog: Backlog<JobRecord>): void {
  for (const spared of victims.toSorted((a, b) => b.id - a.id)) backlog.restore(spared);
}
