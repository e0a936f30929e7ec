/**
 * States in sentences what the results of the variants mean, with their values.
 *
 * Invariant: every sentence follows from the values it quotes; an unexpected result is reported as plainly as an
 * expected one.
 */
import {
  formatCount,
  formatDuration,
  formatList,
  formatMegabytes,
  formatPercent,
  formatSeconds,
} from '../../report/format.js';
import { describeCourse } from '../../harness/limits.js';
import type { ArmResult, ServiceResult } from './result.js';

/**
 * Below this share of the capacity the sentence says 'only'; memory that changes by no more than `FLAT` is
 * level.
 */
const ENOUGH_GOODPUT = 0.95;
const FLAT = 0.1;
/** In a shorter run V8 has not yet settled how much heap it needs, so that growth proves nothing. */
const SETTLED_SECONDS = 20;
/** A goodput whose windows spread wider than this is reported. */
const NOISY = 0.2;
/** Below this share of the scheduled requests, the generator did not hold its rate. */
const HELD_RATE = 0.99;

/** The reference that goodput is compared with. */
export interface FullCapacity {
  readonly perSecond: number;
  /** A phrase such as 'its 1,000 at saturation'. */
  readonly phrase: string;
}

/**
 * Returns a sentence or two for `millrace`, one for each other variant, and one for each limitation.
 *
 * @param capacity - Undefined if unknown.
 * @param limits - Additional sentences of the scenario.
 */
export function drawConclusions(
  result: ServiceResult,
  capacity: FullCapacity | undefined,
  limits: readonly string[],
): string[] {
  const others = result.arms.filter(({ name }) => name !== 'millrace');
  const own = result.arms.find(({ name }) => name === 'millrace');
  return [
    ...(own === undefined ? [] : [describeGoodput(own, capacity), describeMemory(own)]),
    ...others.map((arm) => describeOther(arm)),
    ...result.arms.filter(missedRate).map((arm) => describeShortfall(arm)),
    ...describeFailures(result.arms),
    ...limits,
    ...describeCourse(result),
  ];
}

function describeGoodput(arm: ArmResult, capacity: FullCapacity | undefined): string {
  const { goodputShare: share, completed, refused, offered } = arm;
  const refusal =
    refused === 0
      ? 'refused nothing'
      : `refused ${formatPercent(refused / Math.max(1, offered))} of the requests at once (503 with Retry-After)`;
  const answered =
    arm.answerMs.count === 0
      ? 'no request got a response'
      : `half of all responses took less than ${formatDuration(arm.answerMs.p50)}`;
  if (capacity === undefined || share === undefined) {
    return `millrace completed ${formatCount(completed)} documents and ${refusal}; ${answered}.`;
  }
  const only = share < ENOUGH_GOODPUT ? 'only ' : '';
  return (
    `millrace completed ${formatCount(arm.goodputPerSecond)} documents per second, ${only}` +
    `${formatPercent(share)} of ${capacity.phrase}, and ${refusal}; ${answered}.`
  );
}

function describeMemory(arm: ArmResult): string {
  const { ending, memoryTrend, peakRssBytes } = arm;
  const peak = formatMegabytes(peakRssBytes);
  if (ending.how === 'ceiling' || ending.how === 'died') {
    return `millrace did not survive: it ended after ${formatSeconds(ending.afterSeconds)} at ${peak}, with ${formatCount(undoneOf(arm))} accepted documents lost.`;
  }
  if (memoryTrend === undefined) return `Its memory peaked at ${peak}.`;
  const { secondThird, lastThird, change } = memoryTrend;
  const isLevel = Math.abs(change) <= FLAT;
  const verdict = isLevel ? 'Its memory stayed level' : 'Its memory did not stay level';
  const isYoung = !isLevel && ending.afterSeconds < SETTLED_SECONDS;
  return (
    `${verdict}: ${formatMegabytes(secondThird)} in the second third of the run, ` +
    `${formatMegabytes(lastThird)} in the last (${formatPercent(change, { isSigned: true })}), ${peak} at its peak.` +
    (isYoung
      ? ` In ${formatSeconds(ending.afterSeconds)} the heap of a process has not settled yet: use --seconds ${SETTLED_SECONDS} or more.`
      : '')
  );
}

function describeOther(arm: ArmResult): string {
  const { name, ending, peakRssBytes, memoryTrend } = arm;
  const undone = formatCount(undoneOf(arm));
  const after = formatSeconds(ending.afterSeconds);
  const peak = formatMegabytes(peakRssBytes);
  switch (ending.how) {
    case 'ceiling':
      return `${name} crossed the memory limit after ${after} and was killed; ${undone} accepted documents were lost.`;
    case 'died':
      return `${name} died by itself after ${after} at ${peak} (${ending.detail ?? 'unknown'}); ${undone} accepted documents were lost.`;
    case 'interrupted':
      return `${name} was at ${peak} when it was interrupted after ${after}, with ${undone} documents in progress or waiting.`;
    case 'survived': {
      const grows = memoryTrend !== undefined && memoryTrend.change > FLAT;
      const growth = grows
        ? `was still growing (${formatPercent(memoryTrend.change, { isSigned: true })} from the second third to the last)`
        : 'stopped growing';
      return `${name} survived its ${after}: its memory reached ${peak} and ${growth}; ${undone} documents were still in progress or waiting.`;
    }
  }
}

/** Number of accepted documents whose job has not ended; a failed job has. */
function undoneOf({ accepted, completed, failed }: ArmResult): number {
  return accepted - completed - failed;
}

/** @param what - Name of the metric, such as 'at saturation the goodput'. */
export function describeNoise(
  what: string,
  perSecond: number,
  windows: readonly number[],
): string[] {
  const [lowest, highest] = [Math.min(...windows), Math.max(...windows)];
  if (windows.length === 0 || highest - lowest <= NOISY * perSecond) return [];
  return [
    `The machine was not steady: ${what} was anything from ${formatCount(lowest)} to ` +
      `${formatCount(highest)} per second, and shares of it are no more certain.`,
  ];
}

function missedRate({ offered, intended }: ArmResult): boolean {
  return offered < intended * HELD_RATE;
}

function describeShortfall({ name, offered, intended }: ArmResult): string {
  return `Against ${name} the generator could not hold its rate: it offered ${formatCount(offered)} of ${formatCount(intended)} scheduled requests.`;
}

function describeFailures(arms: readonly ArmResult[]): string[] {
  const failed = arms
    .filter((arm) => arm.failed > 0)
    .map((arm) => `${formatCount(arm.failed)} of ${arm.name}`);
  const unanswered = arms
    .filter((arm) => arm.unanswered > 0)
    .map((arm) => `${formatCount(arm.unanswered)} of ${arm.name}`);
  return [
    ...(failed.length === 0 ? [] : [`Jobs that failed: ${formatList(failed)}.`]),
    ...(unanswered.length === 0
      ? []
      : [`Requests without a response when their variant ended: ${formatList(unanswered)}.`]),
  ];
}
