import { expect, test } from 'vitest';
import { NO_LATENCIES } from '../../../../../bench/load/latencies.js';
import { Measurements } from '../../../../../bench/harness/rounds.js';
import type { ArrivalReply } from '../../../../../bench/scenarios/job/measure/program.js';
import {
  type Arm,
  type LoadPoint,
  loadResult,
} from '../../../../../bench/scenarios/job/measure/figures.js';
import { MB } from '../figures.js';

const POINT: LoadPoint = { load: 1.2 };

/** Rounds in which `served` jobs took `ms` each, and a hundred were refused. */
function measured(
  rounds: ReadonlyArray<{ readonly served: number; readonly ms: number }>,
): Measurements<LoadPoint, Arm, ArrivalReply> {
  const measurements = new Measurements<LoadPoint, Arm, ArrivalReply>();
  for (const [at, { served, ms }] of rounds.entries()) {
    const total =
      served === 0 ? NO_LATENCIES : { count: served, p50: ms, p95: ms, p99: ms, p999: ms, max: ms };
    const reply: ArrivalReply = {
      kind: 'measured',
      ratePerSecond: 120,
      saturationPerSecond: 100,
      total,
      endings: { served, failed: 0, refused: 100, late: 0, cutOff: 0 },
      inTime: served,
      seconds: 3,
      failures: { count: 0, examples: [] },
      lateness: NO_LATENCIES,
      intended: served + 100,
      sent: served + 100,
      inputs: { count: 1, bytes: 1, left: 0 } as unknown as ArrivalReply['inputs'],
      peakBytes: MB,
    };
    measurements.add({ round: at + 1, point: POINT, arm: 'job', reply });
  }
  return measurements;
}

test('a round in which nothing was served has no latency, and all its refusals', () => {
  const rounds = [
    { served: 300, ms: 7 },
    { served: 0, ms: 0 },
    { served: 100, ms: 9 },
  ];
  const result = loadResult(POINT, measured(rounds));
  expect(result?.p99).toEqual({ median: 8, min: 7, max: 9, rounds: [7, 9] });
  expect(result?.endings).toEqual({ served: 400, failed: 0, refused: 300, late: 0, cutOff: 0 });
  expect(result?.refusedShare.rounds).toEqual([0.25, 1, 0.5]);
});

test('a load at which nothing was ever served says nothing', () => {
  expect(loadResult(POINT, measured([{ served: 0, ms: 0 }]))).toBeUndefined();
  expect(loadResult(POINT, measured([]))).toBeUndefined();
});
