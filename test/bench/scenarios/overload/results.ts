/** Makes results of the experiment for tests. */
import type { OverloadResult } from '../../../../bench/scenarios/overload/result.js';
import { armResult as arm, deadArm as dead } from '../service/results.js';

type Arm = OverloadResult['arms'][number];

const MB = 1024 ** 2;

/** A variant that survived. */
export function armResult(name: Arm['name'], changes: Parameters<typeof arm>[1] = {}): Arm {
  return { ...arm(name, changes), name };
}

/** A variant that exceeded its memory limit. */
export function deadArm(name: Arm['name']): Arm {
  return { ...dead(name), name };
}

export function overloadResult(
  arms: readonly Arm[],
  changes: Partial<OverloadResult> = {},
): OverloadResult {
  return {
    scenario: 'overload',
    startedAt: '2025-01-01T00:00:00.000Z',
    isInterrupted: false,
    failures: [],
    settings: {
      seconds: 20,
      ratePerSecond: undefined,
      threads: 1,
      backlogJobs: 128,
      arms: arms.map(({ name }) => name),
      ceilingBytes: 512 * MB,
      seed: 1,
    },
    documents: {
      source: 'files',
      count: 256,
      minBytes: 10_240,
      meanBytes: 54_000,
      maxBytes: 204_800,
    },
    capacity: { perSecond: 1000, windows: [980, 1000, 1010] },
    arms,
    ...changes,
  };
}
