import { expect, test, vi } from 'vitest';
import type { Dispatcher } from '../../../src/dispatch/dispatcher.js';
import type { JobRecord } from '../../../src/job/job.js';
import { StillRunning } from '../../../src/schedule/still-running.js';
import { macrotask } from '../../helpers/outcomes.js';
import { jobOf } from '../dispatch/jobs.js';

/** A dispatcher on whose threads these jobs are still running. */
function setUp(survivors: readonly JobRecord[]) {
  const ends = new Map<JobRecord, () => void>();
  const dispatcher = {
    isSurvivor: (job: JobRecord) => survivors.includes(job),
    onceEnded: (job: JobRecord, onEnded: () => void) => void ends.set(job, onEnded),
  } as unknown as Dispatcher;
  let holds = 0;
  const stillRunning = new StillRunning(dispatcher, (isLive) => (holds += isLive ? 1 : -1));
  const none = vi.fn<() => void>();
  const wait = async (): Promise<void> => {
    await stillRunning.none();
    none();
  };
  return { stillRunning, ends, wait, none, holds: () => holds };
}

test('waits for nothing where nothing runs', async () => {
  const { stillRunning, wait, none } = setUp([]);
  stillRunning.add(jobOf(1));
  await wait();
  expect(none).toHaveBeenCalledOnce();
});

test('waits until the last of several has ended, and can be asked again', async () => {
  const jobs = [jobOf(1), jobOf(2)];
  const { stillRunning, ends, wait, none, holds } = setUp(jobs);
  for (const job of jobs) stillRunning.add(job);
  void wait();
  void wait();
  ends.get(jobs[1] as JobRecord)?.();
  await macrotask();
  expect(none).not.toHaveBeenCalled();
  // The process stays alive for those who wait.
  expect(holds()).toBe(2);
  ends.get(jobs[0] as JobRecord)?.();
  await macrotask();
  expect(none).toHaveBeenCalledTimes(2);
  expect(holds()).toBe(0);
  await stillRunning.none();
});
