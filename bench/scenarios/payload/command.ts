/**
 * Runs `millrace bench payload`: measures the cost of bytes that go to a thread and back, copied or transferred.
 *
 * Method: the same closed loop for all; each variant at each point in a fresh process that first warms up; the
 * variants of a point right after each other, in shuffled rounds.
 */
import { builtFile } from '../../process/built-file.js';
import { measureFresh } from '../../process/fresh-process.js';
import { measureRounds } from '../../harness/rounds.js';
import type { Scenario, Surroundings } from '../../harness/scenario.js';
import { LONGEST_WARM_UP } from '../../load/warm-up.js';
import { PAYLOAD_ARMS, type PayloadArm } from './arms.js';
import type { PayloadReply, PayloadRequest } from './program.js';
import { describePayload, payloadFigures } from './report.js';
import { payloadPointResult, type PayloadResult } from './result.js';
import {
  describeMeasurement,
  PAYLOAD_OPTIONS,
  type PayloadPoint,
  type PayloadSettings,
  payloadSettings,
  pointsOf,
} from './settings.js';

const PROGRAM = builtFile('bench/scenarios/payload/program.js');
/** Overhead of a measurement: starting and ending a process and its threads. */
const START_MS = 250;
const GRACE_MS = 30_000;

/** The scenario that sends bytes to a thread and back. */
export const payload: Scenario<PayloadSettings, PayloadResult> = {
  name: 'payload',
  summary: '1 KB to 10 MB there and back, copied or transferred: jobs per second',
  options: PAYLOAD_OPTIONS,
  settings: payloadSettings,
  measure: measurePayload,
  describe: describePayload,
  figures: payloadFigures,
};

async function measurePayload(
  settings: PayloadSettings,
  surroundings: Surroundings,
): Promise<PayloadResult> {
  const startedAt = new Date().toISOString();
  const { threads, warmUpMs, windowMs } = settings;
  const points = pointsOf(settings);
  const measurements = await measureRounds<PayloadPoint, PayloadArm, PayloadReply>(
    {
      ...settings,
      points,
      arms: PAYLOAD_ARMS,
      secondsEach: (START_MS + warmUpMs + windowMs) / 1000,
      describe: describeMeasurement,
      isStable: ({ throughput }) => throughput.isStable,
      measure: ({ way, size: { bytes }, inFlight }, arm) => {
        const load = { way, bytes, inFlight, threads, warmUpMs, windowMs };
        const request: PayloadRequest = { kind: 'measure', arm, ...load };
        const limitMs = warmUpMs * LONGEST_WARM_UP + windowMs + GRACE_MS;
        return measureFresh(PROGRAM, request, { limitMs, signal: surroundings.signal });
      },
    },
    surroundings,
  );
  return {
    scenario: 'payload',
    startedAt,
    isInterrupted: measurements.isInterrupted,
    settings,
    points: points.map((point) => payloadPointResult(point, measurements)),
    failures: measurements.failures,
    unstable: measurements.unstable,
  };
}
