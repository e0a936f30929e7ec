/** Checks the sums that hold for the result of every variant, for tests that drive some. */
import { expect } from 'vitest';
import type { ArmResult } from '../../bench/scenarios/service/result.js';

/** Checks what holds for every variant, however it ended. */
export function verifySums(arms: readonly ArmResult[]): void {
  for (const arm of arms) {
    expect(arm.offered).toBe(arm.accepted + arm.refused + arm.unanswered);
    expect(arm.unanswered).toBeGreaterThanOrEqual(0);
    expect(arm.completed + arm.failed).toBeLessThanOrEqual(arm.accepted);
    expect(arm.offered).toBe(arm.completed + arm.failed + arm.refused + arm.cutOff);
    expect(arm.cutOff).toBeGreaterThanOrEqual(0);
    expect(arm.offered).toBeLessThanOrEqual(arm.intended);
    expect(arm.completionMs.count).toBe(arm.completed);
    expect(arm.answerMs.count).toBeLessThanOrEqual(arm.offered);
    for (const { p50, p95, p99, max } of [arm.answerMs, arm.completionMs]) {
      expect([p50, p95, p99, max]).toEqual([p50, p95, p99, max].toSorted((a, b) => a - b));
    }
    const instants = arm.timeline.map(({ seconds }) => seconds);
    expect(instants).toEqual(instants.toSorted((a, b) => a - b));
    for (const moment of arm.timeline) {
      expect(moment.rssBytes).toBeLessThanOrEqual(arm.peakRssBytes);
      expect(moment.heapUsedBytes).toBeLessThanOrEqual(arm.peaks.heapUsedBytes);
      expect(moment.externalBytes).toBeLessThanOrEqual(arm.peaks.externalBytes);
      expect(moment.loopDelayMs).toBeLessThanOrEqual(arm.loopDelayMs.max);
    }
    expect(arm.loopDelayMs.p99).toBeLessThanOrEqual(arm.loopDelayMs.max);
    expect('cpuMsPerJob' in arm).toBe(arm.completed > 0);
    expect(arm.cpuMsPerJob ?? 1).toBeGreaterThan(0);
  }
}
