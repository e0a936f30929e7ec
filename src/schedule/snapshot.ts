/**
 * Puts together what `pool.stats()` shows.
 *
 * Invariant: plain data, true at one instant: submitted = waiting + queued + running + all endings.
 */
import type { Backlog } from './backlog.js';
import type { Lanes } from '../dispatch/lanes.js';
import type { Ending, JobRecord } from '../job/job.js';
import type { Stats, TimeStats } from '../job/stats.js';

/** A snapshot of a pool: plain data, safe to log or serialize. */
export interface PoolStats {
  /** The threads now, and the totals of those that have ended. */
  readonly threads: {
    /** The number of threads that the pool keeps. */
    readonly target: number;
    /** Threads that have loaded the module and take jobs, including the busy ones. */
    readonly ready: number;
    /** Threads with at least one job. */
    readonly busy: number;
    /** Threads that were taken out of service and have not ended; max `target`. */
    readonly retired: number;
    /** Total of threads that ended by themselves: exit, out of memory. */
    readonly lost: number;
    /** Total of threads that were taken out of service; see the event `threadRetired`. */
    readonly retirements: number;
    /** Total of retired threads that were terminated, because they did not respond or did not end. */
    readonly terminated: number;
  };
  /**
   * Jobs by state. Always: submitted = waiting + queued + running + the sum of the endings.
   */
  readonly jobs: {
    /** All calls of `run`, `submit` and `trySubmit` and all items of maps, except calls with invalid options. */
    readonly submitted: number;
    /** Settled jobs whose functions are still running. They occupy slots, and are counted by their ending as well. */
    readonly abandoned: number;
  } & Readonly<Record<'waiting' | 'queued' | 'running' | Ending, number>>;
  /** How full the backlog is, and its bounds. */
  readonly backlog: {
    /** Accepted jobs that no thread has started. */
    readonly jobs: number;
    /** Charged bytes of all outstanding jobs. */
    readonly bytes: number;
    /** Submissions that wait for room. */
    readonly waiters: number;
    /** Age of the oldest accepted job that no thread has started; 0 if there is none. */
    readonly oldestMs: number;
    /** The bounds set by the options. */
    readonly limit: {
      /** Max accepted jobs beyond those that fill the slots. */
      readonly jobs: number;
      /** Max bytes of all outstanding jobs. */
      readonly bytes: number;
      /** Max submissions that wait. */
      readonly waiters: number;
    };
  };
  /** From acceptance to the start on a thread. */
  readonly waitMs: TimeStats;
  /** From the start on a thread to the end of the job's function. */
  readonly runMs: TimeStats;
  /** Share of the slots that were occupied, 0 to 1, averaged over about the last ten seconds. */
  readonly utilization: number;
  /**
   * Milliseconds after which room is likely, for a `Retry-After` header; 0 unless the pool is saturated, max 1000 until
   * a job was measured.
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
