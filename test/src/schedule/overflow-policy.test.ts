import { describe, expect, test, vi } from 'vitest';
import { BacklogFullError, JobDroppedError } from '../../../src/api/errors.js';
import type { Overflow } from '../../../src/api/options.js';
import type { Lanes } from '../../../src/dispatch/lanes.js';
import { Functions } from '../../../src/job/functions.js';
import type { JobRecord } from '../../../src/job/job.js';
import { Admission } from '../../../src/schedule/admission.js';
import { OverflowPolicy } from '../../../src/schedule/overflow.js';
import { thrownBy } from '../../helpers/outcomes.js';
import { jobOf } from '../dispatch/jobs.js';
import { partsOf } from './parts.js';

/** A full backlog: one job is running, two are queued. */
function setUp(overflow: Overflow, limits = { jobs: 2, bytes: 100, waiters: 1 }) {
  const parts = partsOf(1, limits);
  const { backlog, log, settling, stats } = parts;
  const running = jobOf(1, { bytes: 10 });
  backlog.accept(running);
  const queued = [2, 3].map((id) => jobOf(id, { bytes: 10 }));
  for (const job of queued) {
    backlog.accept(job);
    backlog.queue(job);
  }
  const takeBackOldest = vi.fn<Lanes['takeBackOldest']>(() => undefined);
  const lanes = { takeBackOldest, sent: (): JobRecord[] => [] } as unknown as Lanes;
  const admission = new Admission(backlog, 1, new Functions(), stats);
  const policy = new OverflowPolicy(overflow, admission, backlog, lanes, settling, () =>
    log.push('put back'),
  );
  return { ...parts, policy, queued, running, takeBackOldest };
}

describe("'wait': a submission", () => {
  test('has to wait if it may', () => {
    const { policy, stats, queued } = setUp('wait');
    expect(policy.hasToWait('jobs', 100)).toBe(true);
    expect(stats.endings.refused).toBe(0);
    expect(queued.map(({ ending }) => ending)).toEqual([undefined, undefined]);
  });

  test.each([
    ['waiters', 1, '1 of 1 waiters'],
    ['bytes', 2, '60 of 100 bytes waiting'],
  ] as const)('is refused for %s if it may not', (limit, waiters, held) => {
    const { backlog, policy, stats } = setUp('wait', { jobs: 2, bytes: 100, waiters });
    backlog.wait(jobOf(4, { bytes: 60 }));
    const error = thrownBy(() => policy.hasToWait('jobs', 41));
    expect(error).toBeInstanceOf(BacklogFullError);
    expect(error).toMatchObject({ limit, message: expect.stringContaining(held) });
    expect(error.message, 'it waits already').not.toContain('overflow');
    expect(error.stack).not.toContain('\n');
    expect(stats.endings.refused).toBe(1);
  });
});

test.each(['jobs', 'bytes'] as const)("'reject': it is refused for what blocks it: %s", (limit) => {
  const { policy, stats, queued, takeBackOldest } = setUp('reject');
  const error = thrownBy(() => policy.hasToWait(limit, 10));
  expect(error).toBeInstanceOf(BacklogFullError);
  expect(error.limit).toBe(limit);
  expect(stats.endings).toMatchObject({ refused: 1, dropped: 0 });
  expect(queued.map(({ ending }) => ending)).toEqual([undefined, undefined]);
  expect(takeBackOldest).not.toHaveBeenCalled();
});

describe("'drop-oldest'", () => {
  test('the oldest is dropped for it, and there is room', () => {
    const { backlog, log, policy, queued, stats } = setUp('drop-oldest');
    expect(policy.hasToWait('jobs', 10)).toBe(false);
    const dropped = queued[0] as JobRecord;
    expect(queued.filter(({ ending }) => ending !== undefined)).toEqual([dropped]);
    expect(dropped.ending).toBe('dropped');
    expect(dropped.error).toBeInstanceOf(JobDroppedError);
    expect((dropped.error as Error).message).toContain("Job 'job'");
    expect((dropped.error as Error).message).toContain("'drop-oldest'");
    expect((dropped.error as Error).stack).not.toContain('\n');
    expect(backlog).toMatchObject({ accepted: 2, bytes: 20, queued: 1 });
    expect(stats.endings).toMatchObject({ dropped: 1, refused: 0 });
    expect(log).toEqual([`remove ${dropped.id}`, `failed unread ${dropped.id}`]);
  });

  test('as many are dropped as it needs bytes', () => {
    const { backlog, policy, queued } = setUp('drop-oldest', { jobs: 9, bytes: 30, waiters: 0 });
    expect(policy.hasToWait('bytes', 20)).toBe(false);
    expect(queued.map(({ ending }) => ending)).toEqual(['dropped', 'dropped']);
    expect(backlog.bytes).toBe(10);
  });

  test('of what was sent, too', () => {
    const { policy, running, takeBackOldest } = setUp('drop-oldest', {
      jobs: 9,
      bytes: 30,
      waiters: 0,
    });
    takeBackOldest.mockReturnValueOnce(running);
    expect(policy.hasToWait('bytes', 30)).toBe(false);
    expect(running.ending).toBe('dropped');
  });

  test('it is refused, and nobody dropped, if it cannot fit; what was sent may be queued again', () => {
    const { backlog, log, policy, queued, stats } = setUp('drop-oldest', {
      jobs: 9,
      bytes: 30,
      waiters: 0,
    });
    const error = thrownBy(() => policy.hasToWait('bytes', 21));
    expect(error).toBeInstanceOf(BacklogFullError);
    expect(error.limit).toBe('bytes');
    expect(queued.map(({ ending }) => ending)).toEqual([undefined, undefined]);
    expect(backlog).toMatchObject({ accepted: 3, bytes: 30, queued: 2 });
    expect(stats.endings).toMatchObject({ dropped: 0, refused: 1 });
    expect(log).toEqual(['put back']);
  });
});
