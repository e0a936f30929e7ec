/**
 * Runs `millrace bench scaling`: measures what each additional thread adds, and finds what limits it.
 *
 * Method: the closed loop (and the program) of `bench overhead`, with enough jobs in flight for all threads;
 * each thread count in a fresh process; the thread counts for one kind of job right after each other, in
 * shuffled rounds.
 */
import { availableParallelism } from 'node:os';
import { builtFile } from '../../process/built-file.js';
import { measureFresh } from '../../process/fresh-process.js';
import { measureRounds } from '../../harness/rounds.js';
import type { Scenario, Surroundings } from '../../harness/scenario.js';
import { LONGEST_WARM_UP } from '../../load/warm-up.js';
import { measureWorkRate } from '../../load/work-rate.js';
import type { OverheadReply, OverheadRequest } from '../overhead/program.js';
import type { JobKind } from '../overhead/settings.js';
import { describeScaling, scalingFigures } from './report.js';
import { kindResult, type ScalingResult } from './result.js';
import {
  describeMeasurement,
  inFlightPerThread,
  SCALING_OPTIONS,
  type ScalingSettings,
  scalingSettings,
  threadsOf,
} from './settings.js';

const PROGRAM = builtFile('bench/scenarios/overhead/program.js');
/** Overhead of a measurement: starting and ending a process and its threads. */
const START_MS = 250;
/** Far more than the last jobs need to end. */
const GRACE_MS = 30_000;

/** The scenario that measures throughput by threads and fits scalability laws to it. */
export const scaling: Scenario<ScalingSettings, ScalingResult> = {
  name: 'scaling',
  summary: 'one thread, two, three, …: what each one adds, and what limits it',
  options: SCALING_OPTIONS,
  settings: scalingSettings,
  measure: measureScaling,
  describe: describeScaling,
  figures: scalingFigures,
};

async function measureScaling(
  settings: ScalingSettings,
  surroundings: Surroundings,
): Promise<ScalingResult> {
  const startedAt = new Date().toISOString();
  const threads = threadsOf(settings);
  const workPerUs = await measureWorkRate(1);
  const measurements = await measureRounds<JobKind, number, OverheadReply>(
    {
      ...settings,
      points: settings.jobs,
      arms: threads,
      secondsEach: (START_MS + settings.warmUpMs + settings.windowMs) / 1000,
      describe: describeMeasurement,
      isStable: ({ throughput }) => throughput.isStable,
      measure: (kind, count) => measure(kind, count, workPerUs, settings, surroundings.signal),
    },
    surroundings,
  );
  const processors = availableParallelism();
  return {
    scenario: 'scaling',
    startedAt,
    isInterrupted: measurements.isInterrupted,
    settings,
    workPerUs,
    processors,
    kinds: settings.jobs.map((kind) => kindResult(kind, threads, processors, measurements)),
    failures: measurements.failures,
    unstable: measurements.unstable,
  };
}

function measure(
  kind: JobKind,
  threads: number,
  workPerUs: number,
  { warmUpMs, windowMs }: ScalingSettings,
  signal: AbortSignal,
): Promise<OverheadReply> {
  const request: OverheadRequest = {
    kind: 'measure',
    peer: 'millrace',
    threads,
    job: kind.job,
    input: kind.us * workPerUs,
    inFlight: threads * inFlightPerThread(kind),
    warmUpMs,
    windowMs,
  };
  const limitMs = warmUpMs * LONGEST_WARM_UP + windowMs + GRACE_MS;
  return measureFresh(PROGRAM, request, { limitMs, signal });
}
