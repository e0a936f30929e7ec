/**
 * Making room in a full backlog, for `drop-oldest` and `drop-newest`.
 *
 * Invariant: all or nothing. Jobs are taken back until the newcomer fits; where it can't fit, each
 * returns to its place, and nobody is dropped in vain.
 */
import type { Backlog } from './backlog.js';
import type { Dispatcher } from './dispatcher.js';
import type { JobRecord } from './job.js';

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
    const victim =
      which === 'oldest'
        ? (dispatcher.takeBackOne('oldest') ?? backlog.take())
        : (backlog.takeNewest() ?? dispatcher.takeBackOne('newest'));
    if (victim === undefined) {
      for (const spared of victims) backlog.restore(spared);
      return undefined;
    }
    backlog.release(victim);
    victims.push(victim);
  }
  return victims;
}
