import { expect, test } from 'vitest';
import { jobsInFlight } from '../../../../bench/scenarios/overload/capacity.js';

test.each([
  { threads: 2, backlogJobs: 128, inFlight: 32 },
  { threads: 2, backlogJobs: 31, inFlight: 32 },
  // A pool that has all the jobs that it accepts rejects further requests until it is half empty.
  { threads: 2, backlogJobs: 30, inFlight: 31 },
  { threads: 2, backlogJobs: 2, inFlight: 3 },
  // Fewer than the threads would leave one idle.
  { threads: 2, backlogJobs: 1, inFlight: 2 },
  { threads: 2, backlogJobs: 0, inFlight: 2 },
])(
  '$threads threads with a backlog of $backlogJobs are measured with $inFlight jobs in flight',
  ({ inFlight, ...options }) => {
    expect(jobsInFlight(options)).toBe(inFlight);
  },
);
