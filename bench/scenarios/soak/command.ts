/**
 * Runs `millrace bench soak`: measures whether a pool's memory stays level under a load that lasts.
 *
 * Method: first, unless a rate is given, the throughput of the pool at saturation, with the program of `bench
 * overhead`; then an open loop at a constant rate on one pool in a fresh process, which reports each window as
 * it ends, so that an interrupted run keeps its earlier windows.
 */
import { builtFile } from '../../process/built-file.js';
import { measureFresh } from '../../process/fresh-process.js';
import type { Scenario, Surroundings } from '../../harness/scenario.js';
import { formatDuration, formatMegabytes, formatSeconds, formatUnit } from '../../report/format.js';
import { Progress } from '../../report/terminal/progress.js';
import { measureWorkRate } from '../../load/work-rate.js';
import type { OverheadReply, OverheadRequest } from '../overhead/program.js';
import type { SoakReply, SoakRequest, WindowMessage } from './program.js';
import { describeSoak, soakFigures } from './report.js';
import { memoryTrends, type SoakResult, warmUpOf } from './result.js';
import { LOAD, SOAK_OPTIONS, type SoakSettings, soakSettings } from './settings.js';
import type { SoakWindow } from './window.js';

const PROGRAM = builtFile('bench/scenarios/soak/program.js');
const SATURATION_PROGRAM = builtFile('bench/scenarios/overhead/program.js');
const SATURATION = { inFlightPerThread: 64, warmUpMs: 1000, windowMs: 3000 };
const GRACE_MS = 30_000;
/** Number of windows in a run, unless they would be shorter than `MIN_WINDOW_SECONDS`. */
const WINDOWS = 60;
const MIN_WINDOW_SECONDS = 0.25;
/** Number of progress lines if the screen is not a terminal. */
const PROGRESS_LINES = 10;

/** The scenario with a constant load for minutes or days. */
export const soak: Scenario<SoakSettings, SoakResult> = {
  name: 'soak',
  summary: 'a constant load for ten minutes or for days: does memory grow?',
  options: SOAK_OPTIONS,
  settings: soakSettings,
  measure: measureSoak,
  describe: describeSoak,
  figures: soakFigures,
};

/** The course of a run, as far as it got. */
interface Course {
  workPerUs?: number;
  saturation?: number;
  ratePerSecond?: number;
  generator?: NonNullable<SoakResult['generator']>;
  readonly windows: SoakWindow[];
  readonly failures: string[];
}

async function measureSoak(
  settings: SoakSettings,
  surroundings: Surroundings,
): Promise<SoakResult> {
  const startedAt = new Date().toISOString();
  const { signal, screen, paint } = surroundings;
  const course: Course = { windows: [], failures: [] };
  const progress = new Progress(screen, paint);
  try {
    await run(course, settings, progress, surroundings);
  } catch (error) {
    if (!signal.aborted) course.failures.push((error as Error).message);
  } finally {
    progress.stop();
  }
  const warmUpSeconds = warmUpOf(settings.minutes);
  return {
    scenario: 'soak',
    startedAt,
    isInterrupted: signal.aborted,
    settings,
    ...course,
    warmUpSeconds,
    ...memoryTrends(course.windows, warmUpSeconds),
  };
}

async function run(
  course: Course,
  settings: SoakSettings,
  progress: Progress,
  { screen, signal }: Surroundings,
): Promise<void> {
  const { threads, job, minutes } = settings;
  const workPerUs = await measureWorkRate(threads);
  course.workPerUs = workPerUs;
  if (settings.ratePerSecond === undefined) {
    const { warmUpMs, windowMs } = SATURATION;
    progress.begin('Saturation', (warmUpMs + windowMs) / 1000, minutes * 60);
    course.saturation = await measureSaturation(settings, workPerUs, signal);
  }
  const ratePerSecond = settings.ratePerSecond ?? LOAD * (course.saturation ?? 0);
  course.ratePerSecond = ratePerSecond;
  const windowSeconds = Math.max(MIN_WINDOW_SECONDS, (minutes * 60) / WINDOWS);
  const windows = Math.ceil((minutes * 60) / windowSeconds);
  const request: SoakRequest = {
    kind: 'soak',
    threads,
    job: job.job,
    input: job.us * workPerUs,
    ratePerSecond,
    windows,
    windowSeconds,
  };
  progress.begin('Soak', minutes * 60, 0);
  const { intended, sent, endings, lateness } = await measureFresh<SoakReply>(PROGRAM, request, {
    limitMs: minutes * 60_000 + GRACE_MS,
    signal,
    onMessage: (message) => {
      if (message.kind !== 'window') return;
      const { window } = message as WindowMessage;
      course.windows.push(window);
      progress.update(describeWindow(window));
      const isDue = course.windows.length % Math.ceil(windows / PROGRESS_LINES) === 0;
      if (screen.isTTY !== true && isDue) {
        progress.say(`  ${formatSeconds(window.toSeconds)}: ${describeWindow(window)}`);
      }
    },
  });
  course.generator = { intended, sent, endings, lateness };
}

async function measureSaturation(
  { threads, job }: SoakSettings,
  workPerUs: number,
  signal: AbortSignal,
): Promise<number> {
  const { inFlightPerThread, warmUpMs, windowMs } = SATURATION;
  const request: OverheadRequest = {
    kind: 'measure',
    peer: 'millrace',
    threads,
    job: job.job,
    input: job.us * workPerUs,
    inFlight: threads * inFlightPerThread,
    warmUpMs,
    windowMs,
  };
  const limitMs = warmUpMs + windowMs + GRACE_MS;
  const { throughput } = await measureFresh<OverheadReply>(SATURATION_PROGRAM, request, {
    limitMs,
    signal,
  });
  return throughput.perSecond;
}

function describeWindow({ fromSeconds, toSeconds, completed, latency, memory }: SoakWindow) {
  const perSecond = formatUnit(completed / (toSeconds - fromSeconds), 'perSecond');
  return `${perSecond}, p99 ${formatDuration(latency.p99)}, ${formatMegabytes(memory.rss)}`;
}
