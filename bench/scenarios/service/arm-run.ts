/**
 * Drives one variant with an open loop, and makes its result from the counts of the two processes.
 *
 * Invariant: the counts of a process are from one instant, and the generator's last counts are the later ones,
 * so that the sums in result.ts also hold for a service that died.
 */
import { nowUs } from '../../process/clock.js';
import { NO_LATENCIES } from '../../load/latencies.js';
import { type Sample, trend } from '../../math/statistics.js';
import { Goodput } from './goodput.js';
import { REPORT_EVERY_MS } from './load/messages.js';
import type { ServiceReport } from './server/messages.js';
import type { ArmEnding, ArmResult, Moment } from './result.js';
import { Stage, type StageEnd, type StageOptions } from './stage.js';

/** Max number of moments in the timeline; there are at most about ten per second. */
const MAX_MOMENTS = 400;

/** The load of a variant. */
export interface ArmLoad {
  readonly ratePerSecond: number;
  readonly seconds: number;
}

/**
 * Runs one variant.
 *
 * @param onMoment - Called up to about ten times per second.
 * @returns Undefined if it was interrupted before its load started.
 * @throws Error if a process can't be started, or the generator dies.
 */
export async function runArm(
  options: StageOptions,
  load: ArmLoad,
  onMoment: (moment: Moment) => void,
): Promise<ArmResult | undefined> {
  const stage = await Stage.open(options);
  const memory: Sample[] = [];
  const timeline: Moment[] = [];
  const goodput = new Goodput(load.seconds);
  const peaks = { heapUsedBytes: 0, externalBytes: 0 };
  stage.onReport = (report) => {
    goodput.note(report, stage.startedUs);
    peaks.heapUsedBytes = Math.max(peaks.heapUsedBytes, report.health.heapUsedBytes);
    peaks.externalBytes = Math.max(peaks.externalBytes, report.health.externalBytes);
  };
  if (stage.service !== undefined) stage.onReport(stage.service);
  stage.onLook = (rssBytes) => {
    const moment = momentOf(stage, rssBytes);
    if (moment.seconds < 0) return;
    memory.push({ seconds: moment.seconds, value: rssBytes });
    const spacing = Math.max(0.095, load.seconds / MAX_MOMENTS);
    if (moment.seconds - (timeline.at(-1)?.seconds ?? -Infinity) < spacing) return;
    timeline.push(moment);
    onMoment(moment);
  };
  try {
    if (options.signal.aborted) return undefined;
    stage.drive({ loop: 'open', ratePerSecond: load.ratePerSecond, seconds: load.seconds });
    const end = await stage.ended;
    await stage.close();
    if (!Number.isFinite(stage.startedUs)) return undefined;
    return resultOf(options, load, stage, end, { goodput, memory, peaks, timeline });
  } finally {
    await stage.close();
  }
}

function momentOf({ startedUs, service, generator }: Stage, rssBytes: number): Moment {
  return {
    seconds: secondsBetween(startedUs, nowUs()),
    rssBytes,
    heapUsedBytes: service?.health.heapUsedBytes ?? 0,
    externalBytes: service?.health.externalBytes ?? 0,
    loopDelayMs: service?.health.loopDelayMs.lately ?? 0,
    offered: generator?.sent ?? 0,
    accepted: service?.accepted ?? 0,
    refused: service?.refused ?? 0,
    completed: service?.completed ?? 0,
  };
}

/** Observations made while a variant was driven. */
interface Watched {
  readonly goodput: Goodput;
  readonly memory: readonly Sample[];
  readonly peaks: ArmResult['peaks'];
  readonly timeline: readonly Moment[];
}

function resultOf(
  { arm }: StageOptions,
  load: ArmLoad,
  { startedUs, service, generator, peakBytes }: Stage,
  end: StageEnd,
  { goodput, memory, peaks, timeline }: Watched,
): ArmResult {
  const { completed, failed } = service ?? NOTHING_SERVED;
  // A service that died has sent a few more responses than it reported, and a generator starved of CPU has read
  // a few fewer than were sent: the higher count is the better one.
  const accepted = Math.max(service?.accepted ?? 0, generator?.accepted ?? 0);
  const refused = Math.max(service?.refused ?? 0, generator?.refused ?? 0);
  // A generator that could no longer report has sent at least as many requests as were answered.
  const offered = Math.max(generator?.sent ?? 0, accepted + refused);
  const memoryTrend = end.how === 'done' ? trend(memory, load.seconds) : undefined;
  return {
    name: arm,
    ending: endingOf(end, startedUs, load),
    ratePerSecond: load.ratePerSecond,
    intended: Math.max(generator?.open?.intended ?? 0, offered),
    offered,
    accepted,
    refused,
    unanswered: offered - accepted - refused,
    completed,
    failed,
    cutOff: offered - refused - completed - failed,
    goodputPerSecond: goodput.perSecond ?? meanGoodput(startedUs, service),
    goodputWindows: goodput.windows,
    peakRssBytes: peakBytes,
    peaks,
    ...(memoryTrend === undefined ? {} : { memoryTrend }),
    ...(service === undefined || completed === 0
      ? {}
      : { cpuMsPerJob: service.health.cpuUs / 1000 / completed }),
    loopDelayMs: loopDelay(service, end),
    answerMs: generator?.answer ?? NO_LATENCIES,
    completionMs: service?.completion ?? NO_LATENCIES,
    latenessMs: generator?.open?.lateness ?? NO_LATENCIES,
    timeline,
  };
}

const NOTHING_SERVED = { completed: 0, failed: 0 };
const ENDINGS = {
  done: 'survived',
  ceiling: 'ceiling',
  exit: 'died',
  interrupted: 'interrupted',
} as const;

/** Mean goodput from the start to the last count, for a variant that died before its first window was complete. */
function meanGoodput(startedUs: number, last: ServiceReport | undefined): number {
  if (last === undefined || last.atUs <= startedUs) return 0;
  return last.completed / secondsBetween(startedUs, last.atUs);
}

/** A service that died during a delay can't report it, but it was silent for at least as long. */
function loopDelay(last: ServiceReport | undefined, end: StageEnd): ArmResult['loopDelayMs'] {
  if (last === undefined) return { p99: 0, max: 0 };
  const { p99, max } = last.health.loopDelayMs;
  const silentMs = (end.atUs - last.atUs) / 1000 - REPORT_EVERY_MS;
  return { p99, max: Math.max(max, silentMs) };
}

function endingOf(end: StageEnd, startedUs: number, load: ArmLoad): ArmEnding {
  return {
    how: ENDINGS[end.how],
    afterSeconds: end.how === 'done' ? load.seconds : secondsBetween(startedUs, end.atUs),
    ...(end.detail === undefined ? {} : { detail: end.detail }),
  };
}

function secondsBetween(fromUs: number, toUs: number): number {
  return (toUs - fromUs) / 1e6;
}
