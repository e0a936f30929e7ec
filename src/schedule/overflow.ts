/**
 * Decides what becomes of a submission that finds the backlog full: it waits, others are dropped for it, or
 * it is refused.
 *
 * Invariant: dropping is all or nothing. Jobs are taken back until the newcomer fits; if it can't fit, each
 * returns to its place, and nobody is dropped in vain.
 */
import { JobDroppedError, type MillraceError, withoutStack } from '../api/errors.js';
import type { Overflow } from '../api/options.js';
import type { Lanes } from '../dispatch/lanes.js';
import type { JobRecord } from '../job/job.js';
import type { Admission } from './admission.js';
import type { Backlog, BacklogBound } from './backlog.js';
import type { Settling } from './settling.js';

export class OverflowPolicy {
  readonly #overflow: Overflow;
  readonly #admission: Admission;
  readonly #backlog: Backlog<JobRecord>;
  readonly #lanes: Lanes;
  readonly #settling: Settling;
  readonly #onPutBack: () => void;

  /** @param onPutBack - Called if jobs that had been sent may be queued again. */
  constructor(
    overflow: Overflow,
    admission: Admission,
    backlog: Backlog<JobRecord>,
    lanes: Lanes,
    settling: Settling,
    onPutBack: () => void,
  ) {
    this.#overflow = overflow;
    this.#admission = admission;
    this.#backlog = backlog;
    this.#lanes = lanes;
    this.#settling = settling;
    this.#onPutBack = onPutBack;
  }

  /**
   * Makes room, or finds that the submission has to wait.
   *
   * @returns Whether it has to wait; if not, there is room for it now.
   * @throws BacklogFullError if it is refused.
   */
  hasToWait(blocker: BacklogBound, bytes: number): boolean {
    if (this.#overflow === 'wait') {
      const waitBlocker = this.#backlog.waitBlocker(bytes);
      if (waitBlocker === undefined) return true;
      throw this.#refusal(waitBlocker);
    }
    if (this.#overflow === 'reject' || !this.#dropOldest(bytes)) throw this.#refusal(blocker);
    return false;
  }

  #refusal(limit: BacklogBound): MillraceError {
    return this.#admission.refuse(() => this.#admission.fullError(limit, this.#overflow));
  }

  /** @returns Whether there is room now. */
  #dropOldest(bytes: number): boolean {
    const victims = makeRoom(bytes, this.#backlog, this.#lanes);
    if (victims === undefined) {
      this.#onPutBack();
      return false;
    }
    for (const victim of victims) {
      const error = withoutStack(() => new JobDroppedError(victim.name));
      this.#settling.finish(victim, 'dropped', error);
    }
    return true;
  }
}

/**
 * Takes unstarted jobs out, the oldest first, until there is room for this many more bytes. What was sent
 * is mostly older than what is queued, but for jobs that were taken back.
 *
 * @returns The jobs to be dropped, released and in no list any more; undefined if there can't be
 *   room. Then all is as before, except that jobs which had been sent may be queued again.
 */
export function makeRoom(
  bytes: number,
  backlog: Backlog<JobRecord>,
  lanes: Pick<Lanes, 'takeBackOldest' | 'sent'>,
): JobRecord[] | undefined {
  const victims: JobRecord[] = [];
  while (backlog.blocker(bytes) !== undefined) {
    // Not in vain through a deep backlog: what can't be dropped may be in the way.
    if (victims.length === 1 && !canEverFit(bytes, backlog, lanes)) {
      restore(victims, backlog);
      return undefined;
    }
    const victim = lanes.takeBackOldest(backlog.next?.id) ?? backlog.take();
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
function canEverFit(
  bytes: number,
  backlog: Backlog<JobRecord>,
  lanes: Pick<Lanes, 'sent'>,
): boolean {
  const kept = lanes.sent().filter((job) => job.isStarted || job.transfer !== undefined);
  const keptBytes = kept.reduce((sum, job) => sum + job.bytes, 0);
  return kept.length < backlog.capacity && keptBytes + bytes <= backlog.limits.bytes;
}

/** Returns jobs to their places, the newest first, so that each finds its own at once. */
function restore(victims: JobRecord[], backlog: Backlog<JobRecord>): void {
  for (const spared of victims.toSorted((a, b) => b.id - a.id)) backlog.restore(spared);
}
