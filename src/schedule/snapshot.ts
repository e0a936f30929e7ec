/**
 * Puts together what `pool.stats()` shows.
 *
 * Invariant: plain data, true at one instant: submitted = waiting + queued + running + all endings.
 */
import type { Backlog } from './backlog.js';
import type { Lanes } from '../dispatch/lanes.js';
import type { Ending, JobRecord } from '../job/job.js';
import type { Stats, TimeStats } from '../job/stats.js';

/** A snapshot of a pool; plain data, safe to log or serialise. */
export interface PoolStats {
  /** The threads now, and the totals of those that have ended. */
  readonly threads: {
    /** How many the pool keeps. */
    readonly target: number;
    /** Those that have loaded the module and take jobs, the busy ones included. */
    readonly ready: number;
    /** Those with at least one job. */
    readonly busy: number;
    /** Those that were taken out of service and have not ended; at most `target`. */
    readonly retired: number;
    /** Total of threads that ended by themselves: exit, out of memory. */
    readonly lost: number;
    /** Total of threads that were taken out of service: see the event `threadRetired`. */
    readonly retirements: number;
    /** How many of these were ended by force, as they gave no sign of life or did not end. */
    readonly terminated: number;
  };
  /**
   * Jobs by state. Always: submitted = waiting + queued + running + the sum of the endings.
   */
  readonly jobs: {
    /** All calls of `run`, `submit` and `trySubmit` but those with invalid options, and the items of maps. */
    readonly submitted: number;
    /** Settled, but their functions still run; they hold slots, and belong to none of the others. */
    readonly abandoned: number;
  } & Readonly<Record<'waiting' | 'queued' | 'running' | Ending, number>>;
  /** How full it is, and its bounds. */
  readonly backlog: {
    /** Accepted jobs that no thread has started. */
    readonly jobs: number;
    /** Charged bytes of all accepted, unsettled jobs. */
    readonly bytes: number;
    /** Submissions that wait for room. */
    readonly waiters: number;
    /** Age of the oldest accepted job that no thread has started; 0 where there is none. */
    readonly oldestMs: number;
    /** The bounds, as the options set them. */
    readonly limit: {
      /** The most accepted jobs beyond those that fill the slots. */
      readonly jobs: number;
      /** The most bytes of all accepted, unsettled jobs. */
      readonly bytes: number;
      /** The most submissions that may wait. */
      readonly waiters: number;
    };
  };
  /** From acceptance to the start on a thread. */
  readonly waitMs: TimeStats;
  /** From the start on a thread to the end of the job's function. */
  readonly runMs: TimeStats;
  /** Share of the slots that held a job, 0 to 1, averaged over about the last ten seconds. */
  readonly utilization: number;
  /**
   * When room is likely, for a `Retry-After` header; 0 while there is room, at most 1000 until a job was
   * measured.
   */
  readonly retryAfterMs: number;
}

/** Threads that are out of service, and why. */
export type ThreadTotals = Pick<
  PoolStats['threads'],
  'retired' | 'lost' | 'retirements' | 'terminated'
>;

/** Takes the snapshot. */
export function snapshot(
  { threads, concurrency }: { readonly threads: number; readonly concurrency: number },
  backlog: Backlog<JobRecord>,
  lanes: Lanes,
  stats: Stats,
  { retired, lost, retirements, terminated }: ThreadTotals,
  retryAfterMs: number,
  nowMs: number,
): PoolStats {
  const unstarted = lanes.unstarted();
  const slots = threads * concurrency;
  // The threads go on meanwhile: what has ended since then is not counted as running beside what began.
  const running = Math.min(backlog.accepted - backlog.queued - unstarted.count, slots);
  const queued = backlog.accepted - running;
  const oldest = unstarted.oldest ?? backlog.next;
  return {
    threads: { target: threads, ...lanes.threads(), retired, lost, retirements, terminated },
    jobs: {
      submitted: stats.submitted,
      abandoned: lanes.abandoned(),
      waiting: backlog.waiting,
      queued,
      running,
      ...stats.endings,
    },
    backlog: {
      jobs: queued,
      bytes: backlog.bytes,
      waiters: backlog.waiting,
      oldestMs: oldest === undefined ? 0 : nowMs - oldest.acceptedMs,
      limit: { ...backlog.limits },
    },
    waitMs: stats.waitMs(),
    runMs: stats.runMs(),
    utilization: Math.min(1, stats.meanBusySlots(nowMs, lanes.runningSinceMs()) / slots),
    retryAfterMs,
  };
}
