import { expect, test } from 'vitest';
import { Measurements } from '../../../../bench/harness/rounds.js';
import type { PayloadArm } from '../../../../bench/scenarios/payload/arms.js';
import type { PayloadReply } from '../../../../bench/scenarios/payload/program.js';
import { describePayload } from '../../../../bench/scenarios/payload/report.js';
import {
  payloadPointResult,
  type PayloadResult,
} from '../../../../bench/scenarios/payload/result.js';
import {
  type PayloadPoint,
  payloadSettings,
} from '../../../../bench/scenarios/payload/settings.js';
import { renderDocument } from '../../../../bench/report/terminal/document.js';
import { plain, widthOf } from '../../../../bench/report/terminal/paint.js';

const settings = payloadSettings(new Map());
const points: PayloadPoint[] = settings.ways.flatMap((way) =>
  settings.inFlight.flatMap((inFlight) => settings.sizes.map((size) => ({ way, size, inFlight }))),
);
const measurements = new Measurements<PayloadPoint, PayloadArm, PayloadReply>();
for (const point of points) {
  for (const [arm, rates] of [
    ['millrace', [30_000, 20_000, 123_456]],
    ['piscina', [10_000, 20_000, 30_000]],
    ['postMessage', [60_000, 60_000]],
  ] as const) {
    for (const [at, perSecond] of rates.entries()) {
      const throughput = { jobs: 1, seconds: 1, perSecond, cpuUsPerJob: 1, isStable: true };
      measurements.add({ round: at + 1, point, arm, reply: { kind: 'measured', throughput } });
    }
  }
}

test('millrace is compared with each of the others, within the rounds that both have', () => {
  const [point] = points as [PayloadPoint];
  const { arms, ratios, ...what } = payloadPointResult(point, measurements);
  expect(what).toEqual({ way: 'cloned', size: '1KB', bytes: 1024, inFlight: 1 });
  expect(arms.map(({ arm, jobsPerSecond }) => [arm, jobsPerSecond.median])).toEqual([
    ['millrace', 30_000],
    ['piscina', 20_000],
    ['postMessage', 60_000],
  ]);
  expect(ratios.map(({ to, ratio }) => [to, ratio.rounds.length])).toEqual([
    ['piscina', 3],
    ['postMessage', 2],
  ]);
  expect(ratios[0]?.ratio).toMatchObject({ median: 3, min: 1 });
});

test('the report has a table for each way and number in flight, within 80 columns', () => {
  const result: PayloadResult = {
    scenario: 'payload',
    startedAt: '2025-01-01T00:00:00.000Z',
    isInterrupted: false,
    settings,
    points: points.map((point) => payloadPointResult(point, measurements)),
    failures: [],
  };
  const lines = renderDocument(describePayload(result), plain);
  for (const line of lines) expect.soft(widthOf(line), line).toBeLessThanOrEqual(80);
  expect(lines.filter((line) => /^(?:Cloned|Transferred), /.test(line))).toEqual([
    'Cloned, one after the other',
    'Cloned, 4 in flight',
    'Transferred, one after the other',
    'Transferred, 4 in flight',
  ]);
  expect(lines.find((line) => line.startsWith('millrace '))).toMatch(/^millrace(?: +30\.0k){3}$/);
});
