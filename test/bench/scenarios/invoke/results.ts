/** Makes results of the experiment for tests. */
import type { InvokeArm, InvokeResult } from '../../../../bench/scenarios/invoke/result.js';
import { invokeSettings } from '../../../../bench/scenarios/invoke/settings.js';
import { armResult, deadArm } from '../service/results.js';

/** A variant that survived. */
export function invokeArm(
  name: InvokeArm['name'],
  changes: Parameters<typeof armResult>[1] = {},
): InvokeArm {
  const secondService = {
    served: 20_000,
    serving: 2,
    waiting: 0,
    peakServing: 100,
    peakWaiting: 0,
  };
  return { goodputShare: 0.99, ...armResult(name, changes), name, secondService };
}

/** A variant that exceeded its memory limit while calls waited at the second service. */
export function deadInvokeArm(name: InvokeArm['name'], peakWaiting: number): InvokeArm {
  const secondService = { served: 5600, serving: 0, waiting: 0, peakServing: 100, peakWaiting };
  return { goodputShare: 0.5, ...deadArm(name), name, secondService };
}

export function invokeResult(
  arms: readonly InvokeArm[],
  changes: Partial<InvokeResult> = {},
): InvokeResult {
  return {
    scenario: 'invoke',
    startedAt: '2025-01-01T00:00:00.000Z',
    isInterrupted: false,
    failures: [],
    settings: { ...invokeSettings(new Map()), seconds: 20, arms: arms.map(({ name }) => name) },
    documents: {
      source: 'files',
      count: 256,
      minBytes: 10_240,
      meanBytes: 54_000,
      maxBytes: 204_800,
    },
    arms,
    ...changes,
  };
}
