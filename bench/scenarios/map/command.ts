/**
 * Runs `millrace bench map`: measures rows per second through a source, jobs and a loop that reads the results,
 * compared with code around Piscina, written by hand or from packages; and how many rows are held if the loop is
 * slow.
 *
 * Method: each variant with each kind of job in a fresh process that first warms up; the variants of a kind
 * right after each other, in shuffled rounds.
 */
import { measureRounds } from '../../harness/rounds.js';
import type { Scenario, Surroundings } from '../../harness/scenario.js';
import { measureWorkRate } from '../../load/work-rate.js';
import { builtFile } from '../../process/built-file.js';
import { measureFresh } from '../../process/fresh-process.js';
import { ARM_NAMES, type ArmName, armVersions, sortArms } from './arms.js';
import type { MapReply, MapRequest } from './program.js';
import { describeMap, mapFigures } from './report.js';
import { kindResult, type MapResult } from './result.js';
import {
  describeMeasurement,
  MAP_OPTIONS,
  type MapKind,
  mapSettings,
  type MapSettings,
} from './settings.js';

const PROGRAM = builtFile('bench/scenarios/map/program.js');
/** Overhead of a measurement: starting and ending a process and its threads. */
const START_MS = 300;
const GRACE_MS = 30_000;
const SLOW_MS = 500;

/** The scenario with a job for each item of a source. */
export const map: Scenario<MapSettings, MapResult> = {
  name: 'map',
  summary: 'a job for each item of a source: rows per second, and memory with a slow reader',
  options: MAP_OPTIONS,
  settings: mapSettings,
  measure: measureMap,
  describe: describeMap,
  figures: mapFigures,
};

async function measureMap(settings: MapSettings, surroundings: Surroundings): Promise<MapResult> {
  const startedAt = new Date().toISOString();
  const { jobs, threads, warmUpMs, windowMs } = settings;
  const { installed, missing } = sortArms(ARM_NAMES);
  const workPerUs = await measureWorkRate(threads);
  const totalMs = START_MS + warmUpMs + windowMs + SLOW_MS;
  const measurements = await measureRounds<MapKind, ArmName, MapReply>(
    {
      ...settings,
      points: jobs,
      arms: installed,
      secondsEach: totalMs / 1000,
      describe: describeMeasurement,
      measure: ({ us }, arm) => {
        const request: MapRequest = {
          kind: 'measure',
          arm,
          threads,
          job: us === 0 ? 'noop' : 'work',
          input: us * workPerUs,
          warmUpMs,
          windowMs,
          slowMs: SLOW_MS,
        };
        const limits = { limitMs: totalMs + GRACE_MS, signal: surroundings.signal };
        return measureFresh<MapReply>(PROGRAM, request, limits);
      },
    },
    surroundings,
  );
  return {
    scenario: 'map',
    startedAt,
    isInterrupted: measurements.isInterrupted,
    versions: armVersions(installed),
    settings,
    missing,
    kinds: jobs.map((kind) => kindResult(kind, measurements)),
    failures: measurements.failures,
  };
}
