/** Makes results of variants for tests. */
import type { ArmEnding, ArmResult } from '../../../../bench/scenarios/service/result.js';

const MB = 1024 ** 2;

/** A variant that survived. */
export function armResult(
  name: ArmResult['name'],
  changes: Partial<Omit<ArmResult, 'ending'>> & { readonly ending?: ArmEnding } = {},
): ArmResult {
  return {
    name,
    ending: { how: 'survived', afterSeconds: 20 },
    ratePerSecond: 2000,
    intended: 40_000,
    offered: 40_000,
    accepted: 20_100,
    refused: 19_900,
    unanswered: 0,
    completed: 20_000,
    failed: 0,
    cutOff: 100,
    goodputPerSecond: 990,
    goodputWindows: [980, 990, 1000],
    goodputShare: 0.99,
    peakRssBytes: 150 * MB,
    peaks: { heapUsedBytes: 12 * MB, externalBytes: 34 * MB },
    memoryTrend: { secondThird: 145 * MB, lastThird: 146 * MB, change: 1 / 145 },
    cpuMsPerJob: 1.23,
    loopDelayMs: { p99: 4.56, max: 78.9 },
    answerMs: { count: 40_000, p50: 1.01, p95: 4.69, p99: 55.4, p999: 70, max: 80 },
    completionMs: { count: 20_000, p50: 103, p95: 157, p99: 283, p999: 290, max: 300 },
    latenessMs: { count: 40_000, p50: 0.4, p95: 1, p99: 2, p999: 9, max: 30 },
    timeline: Array.from({ length: 20 }, (_, seconds) => ({
      seconds,
      rssBytes: 145 * MB,
      heapUsedBytes: 10 * MB,
      externalBytes: 30 * MB,
      loopDelayMs: 5,
      offered: seconds * 2000,
      accepted: seconds * 1005,
      refused: seconds * 995,
      completed: seconds * 1000,
    })),
    ...changes,
  };
}

/** A variant that exceeded its memory limit. */
export function deadArm(name: ArmResult['name']): ArmResult {
  const { memoryTrend: _, ...arm } = armResult(name, {
    ending: { how: 'ceiling', afterSeconds: 6.2 },
    intended: 12_400,
    offered: 12_400,
    accepted: 12_400,
    refused: 0,
    completed: 5500,
    cutOff: 6900,
    peakRssBytes: 517 * MB,
  });
  return { ...arm, timeline: arm.timeline.slice(0, 6) };
}
