import { describe, expect, test } from 'vitest';
import type { Lanes } from '../../../src/dispatch/lanes.js';
import type { JobRecord } from '../../../src/job/job.js';
import { Stats } from '../../../src/job/stats.js';
import { Backlog } from '../../../src/schedule/backlog.js';
import { type PoolStats, snapshot } from '../../../src/schedule/snapshot.js';
import { jobOf } from '../dispatch/jobs.js';

interface State {
  readonly accepted?: number;
  readonly queued?: readonly JobRecord[];
  readonly waiting?: number;
  readonly unstarted?: readonly JobRecord[];
  readonly runningSinceMs?: readonly number[];
  readonly abandoned?: number;
}

const stats = new Stats(0);
stats.submitted = 20;
Object.assign(stats.endings, {
  fulfilled: 1,
  rejected: 2,
  cancelled: 3,
  timedOut: 4,
  dropped: 5,
  refused: 6,
});

/** The stats of two threads with two slots each, at time 1000. */
function taken({ accepted = 0, queued = [], waiting = 0, ...on }: State): PoolStats {
  const backlog = new Backlog<JobRecord>(4, { jobs: 30, bytes: 900, waiters: 7 });
  for (let id = 0; id < accepted; id += 1) backlog.accept(jobOf(id, { bytes: 10 }));
  for (const job of queued) backlog.queue(job);
  for (let id = 0; id < waiting; id += 1) backlog.wait(jobOf(100 + id));
  const lanes = {
    threads: () => ({ ready: 2, busy: 1 }),
    unstarted: () => ({ count: on.unstarted?.length ?? 0, oldest: on.unstarted?.[0] }),
    runningSinceMs: () => on.runningSinceMs ?? [],
    abandoned: () => on.abandoned ?? 0,
  } as unknown as Lanes;
  const settings = { threads: 2, concurrency: 2 };
  const totals = { retired: 1, lost: 8, retirements: 9, terminated: 7 };
  return snapshot(settings, backlog, lanes, stats, totals, 123, 1000);
}

test('shows all that is known, as plain data', () => {
  const shown = taken({
    accepted: 3,
    queued: [jobOf(1, { acceptedMs: 400 })],
    waiting: 2,
    abandoned: 4,
  });
  expect(shown).toEqual({
    threads: { target: 2, ready: 2, busy: 1, retired: 1, lost: 8, retirements: 9, terminated: 7 },
    jobs: {
      submitted: 20,
      abandoned: 4,
      waiting: 2,
      queued: 1,
      running: 2,
      fulfilled: 1,
      rejected: 2,
      cancelled: 3,
      timedOut: 4,
      dropped: 5,
      refused: 6,
    },
    backlog: {
      jobs: 1,
      bytes: 30,
      waiters: 2,
      oldestMs: 600,
      limit: { jobs: 30, bytes: 900, waiters: 7 },
    },
    waitMs: { p50: 0, p90: 0, p99: 0, max: 0, mean: 0, count: 0 },
    runMs: { p50: 0, p90: 0, p99: 0, max: 0, mean: 0, count: 0 },
    utilization: 0,
    retryAfterMs: 123,
  });
  expect(structuredClone(shown)).toEqual(shown);
});

test('of the threads only the totals are taken over', () => {
  const pool = { retired: 0, lost: 0, retirements: 0, terminated: 0, ready: 99, secret: 1 };
  const settings = { threads: 2, concurrency: 2 };
  const lanes = {
    threads: () => ({ ready: 2, busy: 1 }),
    unstarted: () => ({ count: 0, oldest: undefined }),
    runningSinceMs: () => [],
    abandoned: () => 0,
  } as unknown as Lanes;
  const backlog = new Backlog<JobRecord>(4, { jobs: 30, bytes: 900, waiters: 7 });
  const shown = snapshot(settings, backlog, lanes, stats, pool, 0, 1000);
  expect(shown.threads).toEqual({
    target: 2,
    ready: 2,
    busy: 1,
    retired: 0,
    lost: 0,
    retirements: 0,
    terminated: 0,
  });
});

describe('of the accepted jobs run', () => {
  const job = (id: number): JobRecord => jobOf(id);
  test.each([
    [
      'all that are neither queued nor unstarted',
      { accepted: 6, queued: [job(4), job(5)], unstarted: [job(3)] },
      3,
    ],
    ['none, if all are queued', { accepted: 2, queued: [job(1), job(2)] }, 0],
    ['no more than there are slots', { accepted: 6 }, 4],
    ['as many as there are slots', { accepted: 4 }, 4],
  ])('%s', (_, state, running) => {
    const { jobs, backlog } = taken(state);
    expect(jobs).toMatchObject({ running, queued: state.accepted - running });
    expect(backlog.jobs).toBe(state.accepted - running);
  });
});

describe('the oldest job that no thread has started', () => {
  const [older, newer] = [jobOf(1, { acceptedMs: 250 }), jobOf(2, { acceptedMs: 900 })];
  test.each([
    ['is on a thread, if one waits there', { unstarted: [older], queued: [newer] }, 750],
    ['is the first that is queued', { queued: [newer] }, 100],
    ['is none', {}, 0],
  ])('%s', (_, state, oldestMs) => {
    expect(taken({ accepted: 2, ...state }).backlog.oldestMs).toBe(oldestMs);
  });
});

test.each([
  ['half of the slots, all the time', [0, 0], 0.5],
  ['all slots', [0, 0, 0, 0], 1],
  // They may have been read at different instants.
  ['more than there are slots', [0, 0, 0, 0, 0], 1],
])('utilization is the share of the slots that are busy: %s', (_, runningSinceMs, expected) => {
  expect(taken({ runningSinceMs }).utilization).toBeCloseTo(expected, 10);
});
