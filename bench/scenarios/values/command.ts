/**
 * Runs `millrace bench values`: measures the cost of jobs that carry real values, as input and as result, on
 * this and other pools.
 *
 * Method: as in `bench overhead`, a closed loop, of jobs that return their input; each peer with each value in a
 * fresh process that first warms up; the peers of a value right after each other, in shuffled rounds.
 */
import { measureRounds } from '../../harness/rounds.js';
import type { Scenario, Surroundings } from '../../harness/scenario.js';
import { LONGEST_WARM_UP } from '../../load/warm-up.js';
import { type PeerName, peerVersions, sortByInstallation } from '../../peers/index.js';
import { builtFile } from '../../process/built-file.js';
import { measureFresh } from '../../process/fresh-process.js';
import type { ValuesReply, ValuesRequest } from './program.js';
import { describeValues, valuesFigures } from './report.js';
import { valueResult, type ValuesResult } from './result.js';
import {
  describeMeasurement,
  VALUES_OPTIONS,
  type ValuesSettings,
  valuesSettings,
} from './settings.js';

const PROGRAM = builtFile('bench/scenarios/values/program.js');
/** Overhead of a measurement: starting and ending a process and its threads. */
const START_MS = 250;
/** Far more than the slowest peer needs to end its last jobs. */
const GRACE_MS = 30_000;

/** The scenario that compares objects, text and bytes with the other pools. */
export const values: Scenario<ValuesSettings, ValuesResult> = {
  name: 'values',
  summary: 'objects, text and bytes there and back: jobs per second of this and other pools',
  options: VALUES_OPTIONS,
  settings: valuesSettings,
  measure: measureValues,
  describe: describeValues,
  figures: valuesFigures,
};

async function measureValues(
  settings: ValuesSettings,
  surroundings: Surroundings,
): Promise<ValuesResult> {
  const startedAt = new Date().toISOString();
  const { installed, missing } = sortByInstallation(settings.peers);
  const { threads, inFlight, warmUpMs, windowMs } = settings;
  const limitMs = warmUpMs * LONGEST_WARM_UP + windowMs + GRACE_MS;
  const measurements = await measureRounds<string, PeerName, ValuesReply>(
    {
      ...settings,
      points: settings.values,
      arms: installed,
      secondsEach: (START_MS + warmUpMs + windowMs) / 1000,
      describe: describeMeasurement,
      isStable: ({ throughput }) => throughput.isStable,
      measure: (value, peer) => {
        const load = { value, threads, inFlight, warmUpMs, windowMs };
        const request: ValuesRequest = { kind: 'measure', peer, ...load };
        return measureFresh(PROGRAM, request, { limitMs, signal: surroundings.signal });
      },
    },
    surroundings,
  );
  return {
    scenario: 'values',
    startedAt,
    isInterrupted: measurements.isInterrupted,
    versions: peerVersions(installed),
    settings,
    missing,
    values: settings.values.map((value) => valueResult(value, installed, measurements)),
    failures: measurements.failures,
    unstable: measurements.unstable,
  };
}
