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
    /** Those that have loaded the module, the busy ones included. */
    readonly ready: number;
    /** Those with at least one job. */
    readonly busy: number;
    /** Total of threads that ended by themselves: exit, out of memory, uncaught exception. */
    readonly lost: number;
    /** Total of threads that the pool stopped and replaced, to end a cancelled or overdue job. */
    readonly recycled: number;
  };
  /**
   * Jobs by state. Always: submitted = waiting + queued + running + the sum of the endings.
   */
  readonly jobs: {
    /** All calls of `run`, `submit` and `trySubmit` but those with invalid options. */
    readonly submitted: number;
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
  /** When room is likely, for a `Retry-After` header; 0 while there is room. */
  readonly retryAfterMs: number;
}

/** Threads that have ended, and why. */
export type ThreadTotals = Pick<PoolStats['threads'], 'lost' | 'recycled'>;

/** Takes the snapshot. */
export function snapshot(
  { threads, concurrency }: { readonly threads: number; readonly concurrency: number },
  backlog: Backlog<JobRecord>,
  lanes: Lanes,
  stats: Stats,
  { lost, recycled }: ThreadTotals,
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
    threads: { target: threads, ...lanes.threads(), lost, recycled },
    jobs: {
      submitted: stats.submitted,
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
