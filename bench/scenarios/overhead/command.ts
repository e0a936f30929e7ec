/**
 * Runs `millrace bench overhead`: measures the cost of a short job beyond its work, on this and other pools,
 * from one job at a time to a thousand in flight.
 *
 * Method: the same closed loop for all; each peer at each point in a fresh process that first warms up; the
 * peers of a point right after each other, in shuffled rounds.
 */
import { availableParallelism } from 'node:os';
import { builtFile } from '../../process/built-file.js';
import { measureFresh } from '../../process/fresh-process.js';
import { peerVersions, type PeerName, sortByInstallation } from '../../peers/index.js';
import { measureRounds } from '../../harness/rounds.js';
import type { Scenario, Surroundings } from '../../harness/scenario.js';
import { LONGEST_WARM_UP } from '../../load/warm-up.js';
import { measureWorkRate } from '../../load/work-rate.js';
import type { OverheadReply, OverheadRequest } from './program.js';
import { describeOverhead, overheadFigures } from './report.js';
import { type OverheadResult, pointResult } from './result.js';
import {
  describeMeasurement,
  gridOf,
  OVERHEAD_OPTIONS,
  type OverheadSettings,
  overheadSettings,
  type Point,
} from './settings.js';

const PROGRAM = builtFile('bench/scenarios/overhead/program.js');
/** Overhead of a measurement: starting and ending a process and its threads. */
const START_MS = 250;
/** Far more than the slowest peer needs to end its last jobs. */
const GRACE_MS = 30_000;
/**
 * Min length of a window in turns of all jobs in flight: a pool may deliver a whole turn of results at once,
 * just before or after the window's end.
 */
const WINDOW_TURNS = 8;

/** The scenario that compares throughput with other pools, by job length and jobs in flight. */
export const overhead: Scenario<OverheadSettings, OverheadResult> = {
  name: 'overhead',
  summary: 'short jobs, 1 to 1,024 in flight: throughput of this and other pools',
  options: OVERHEAD_OPTIONS,
  settings: overheadSettings,
  measure: measureOverhead,
  describe: describeOverhead,
  figures: overheadFigures,
};

async function measureOverhead(
  settings: OverheadSettings,
  surroundings: Surroundings,
): Promise<OverheadResult> {
  const startedAt = new Date().toISOString();
  const { installed, missing } = sortByInstallation(settings.peers);
  const points = gridOf(settings);
  const workPerUs = await measureWorkRate(settings.threads);
  const measurements = await measureRounds<Point, PeerName, OverheadReply>(
    {
      ...settings,
      points,
      arms: installed,
      secondsEach: (START_MS + settings.warmUpMs + settings.windowMs) / 1000,
      describe: describeMeasurement,
      isStable: ({ throughput }) => throughput.isStable,
      measure: (point, peer) => measure(point, peer, workPerUs, settings, surroundings.signal),
    },
    surroundings,
  );
  const processors = Math.min(settings.threads, availableParallelism());
  return {
    scenario: 'overhead',
    startedAt,
    isInterrupted: measurements.isInterrupted,
    versions: peerVersions(installed),
    settings,
    workPerUs,
    missing,
    points: points.map((point) => pointResult(point, installed, processors, measurements)),
    failures: measurements.failures,
    unstable: measurements.unstable,
  };
}

function measure(
  { kind, inFlight }: Point,
  peer: PeerName,
  workPerUs: number,
  { threads, ...settings }: OverheadSettings,
  signal: AbortSignal,
): Promise<OverheadReply> {
  // The time in which all jobs in flight have had their turn.
  const turnMs = (inFlight * kind.us) / threads / 1000;
  const warmUpMs = Math.max(settings.warmUpMs, turnMs);
  const windowMs = Math.max(settings.windowMs, WINDOW_TURNS * turnMs);
  const request: OverheadRequest = {
    kind: 'measure',
    peer,
    threads,
    job: kind.job,
    input: kind.us * workPerUs,
    inFlight,
    warmUpMs,
    windowMs,
  };
  const limitMs = warmUpMs * LONGEST_WARM_UP + windowMs + GRACE_MS;
  return measureFresh(PROGRAM, request, { limitMs, signal });
}
