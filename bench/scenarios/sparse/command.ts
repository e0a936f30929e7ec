/**
 * Runs `millrace bench sparse`: measures the latency of a job that arrives when the caches are cold and every
 * thread sleeps, alone or in a burst.
 */
import { builtFile } from '../../process/built-file.js';
import { measureFresh } from '../../process/fresh-process.js';
import { measureRounds } from '../../harness/rounds.js';
import type { Scenario, Surroundings } from '../../harness/scenario.js';
import type { SparseReply, SparseRequest } from './program.js';
import { describeSparse, sparseFigures } from './report.js';
import { ARM_PEERS, patternResult, type SparseResult } from './result.js';
import {
  BURST_EVERY_MS,
  BURST_JOBS,
  describeMeasurement,
  type Pattern,
  SINGLE_EVERY_MS,
  SPARSE_ARMS,
  SPARSE_OPTIONS,
  type SparseArm,
  type SparseSettings,
  sparseSettings,
} from './settings.js';

const PROGRAM = builtFile('bench/scenarios/sparse/program.js');
/** Overhead of a measurement: starting, warming up and ending the process. */
const START_MS = 2500;
const GRACE_MS = 30_000;

/** The scenario with rare jobs and rare bursts. */
export const sparse: Scenario<SparseSettings, SparseResult> = {
  name: 'sparse',
  summary: 'one job every 50 ms, 100 jobs every second: the latency of rare jobs',
  options: SPARSE_OPTIONS,
  settings: sparseSettings,
  measure: measureSparse,
  describe: describeSparse,
  figures: sparseFigures,
};

async function measureSparse(
  settings: SparseSettings,
  surroundings: Surroundings,
): Promise<SparseResult> {
  const startedAt = new Date().toISOString();
  const { patterns } = settings;
  const totalMs = patterns.reduce((sum, pattern) => sum + lengthMs(pattern, settings), 0);
  const measurements = await measureRounds<Pattern, SparseArm, SparseReply>(
    {
      ...settings,
      points: patterns,
      arms: SPARSE_ARMS,
      secondsEach: totalMs / patterns.length / 1000,
      describe: describeMeasurement,
      measure: (pattern, arm) =>
        measureFresh(PROGRAM, request(pattern, arm, settings), {
          limitMs: lengthMs(pattern, settings) + GRACE_MS,
          signal: surroundings.signal,
        }),
    },
    surroundings,
  );
  return {
    scenario: 'sparse',
    startedAt,
    isInterrupted: measurements.isInterrupted,
    settings,
    patterns: patterns.map((pattern) => patternResult(pattern, measurements)),
    failures: measurements.failures,
  };
}

function request(
  pattern: Pattern,
  arm: SparseArm,
  { threads, jobs, bursts }: SparseSettings,
): SparseRequest {
  return {
    kind: 'measure',
    peer: ARM_PEERS[arm],
    threads,
    ...(pattern === 'single'
      ? { burst: 1, repeats: jobs, everyMs: SINGLE_EVERY_MS }
      : { burst: BURST_JOBS, repeats: bursts, everyMs: BURST_EVERY_MS }),
  };
}

function lengthMs(pattern: Pattern, { jobs, bursts }: SparseSettings): number {
  const pauses =
    pattern === 'single' ? jobs * (SINGLE_EVERY_MS + 1) : bursts * (BURST_EVERY_MS + 10);
  return pauses + START_MS;
}
