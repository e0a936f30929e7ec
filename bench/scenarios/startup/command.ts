/**
 * Runs `millrace bench startup`: measures the time from the start of a process until its pool has run a job,
 * until all of its threads have, and until it has run thousands.
 *
 * Method: the parent process measures the time, from just before it starts the process to the arrival of its
 * message. Every pool is started once before the rounds, so that all files are in the file system cache.
 */
import { builtFile } from '../../process/built-file.js';
import { nowUs } from '../../process/clock.js';
import { measureFresh } from '../../process/fresh-process.js';
import { peerVersions, type PeerName, sortByInstallation } from '../../peers/index.js';
import { measureRounds } from '../../harness/rounds.js';
import type { Scenario, Surroundings } from '../../harness/scenario.js';
import { NTH } from './count.js';
import type { StartupReply, StartupRequest } from './program.js';
import { describeStartup, startupFigures } from './report.js';
import { type Measured, type Start, startResults, type StartupResult } from './result.js';
import {
  describeMeasurement,
  START_POINTS,
  type StartPoint,
  STARTUP_OPTIONS,
  type StartupSettings,
  startupSettings,
} from './settings.js';

const PROGRAM = builtFile('bench/scenarios/startup/program.js');
/** Estimate for the remaining time: a process, its pool and their end. */
const SECONDS_EACH = 0.25;
const LIMIT_MS = 30_000;

/** The scenario that times import, first result and all threads. */
export const startup: Scenario<StartupSettings, StartupResult> = {
  name: 'startup',
  summary: 'a new process: import, first result, all threads, first 10,000 results; all pools',
  options: STARTUP_OPTIONS,
  settings: startupSettings,
  measure: measureStartup,
  describe: describeStartup,
  figures: startupFigures,
};

async function measureStartup(
  settings: StartupSettings,
  surroundings: Surroundings,
): Promise<StartupResult> {
  const startedAt = new Date().toISOString();
  const { installed: arms, missing } = sortByInstallation(settings.peers);
  const { signal } = surroundings;
  const plan = {
    ...settings,
    points: START_POINTS,
    arms,
    secondsEach: SECONDS_EACH,
    describe: describeMeasurement,
    measure: (point: StartPoint, peer: PeerName) => measure(point, peer, settings, signal),
  };
  const first = { ...plan, rounds: 1, label: 'Uncounted, to fill the caches: round' };
  const uncounted = await measureRounds<StartPoint, PeerName, Measured>(first, surroundings);
  const { isInterrupted } = uncounted;
  const measurements = await measureRounds<StartPoint, PeerName, Measured>(
    isInterrupted ? { ...plan, rounds: 0 } : plan,
    surroundings,
  );
  return {
    scenario: 'startup',
    startedAt,
    isInterrupted: isInterrupted || measurements.isInterrupted,
    versions: peerVersions(arms),
    settings,
    missing,
    ...startResults(arms, measurements),
    failures: [...uncounted.failures, ...measurements.failures],
  };
}

async function measure(
  point: StartPoint,
  peer: PeerName,
  { threads }: StartupSettings,
  signal: AbortSignal,
): Promise<Measured> {
  const told = point === 'jobs' ? NTH : [];
  const request: StartupRequest = { kind: 'start', peer, threads, told };
  const at: Record<string, number> = {};
  const startUs = nowUs();
  const { importMs, rssBytes } = await measureFresh<StartupReply>(PROGRAM, request, {
    limitMs: LIMIT_MS,
    signal,
    onMessage: ({ kind }) => {
      at[kind] = (nowUs() - startUs) / 1000;
    },
  });
  if (point === 'jobs') return { nthMs: NTH.map((n) => at[`${n} results`] ?? NaN) };
  const start: Start = {
    runningMs: at['running'] ?? NaN,
    importMs,
    firstResultMs: at['first result'] ?? NaN,
    allThreadsMs: at['measured'] ?? NaN,
    rssBytes,
  };
  return start;
}
