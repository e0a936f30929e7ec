import { expect, test } from 'vitest';
import { Measurements } from '../../../../bench/harness/rounds.js';
import type { SparseReply } from '../../../../bench/scenarios/sparse/program.js';
import { describeSparse } from '../../../../bench/scenarios/sparse/report.js';
import { patternResult, type SparseResult } from '../../../../bench/scenarios/sparse/result.js';
import type { Pattern, SparseArm } from '../../../../bench/scenarios/sparse/settings.js';
import { sparseSettings } from '../../../../bench/scenarios/sparse/settings.js';
import { renderDocument } from '../../../../bench/report/terminal/document.js';
import { plain, widthOf } from '../../../../bench/report/terminal/paint.js';

const measurements = new Measurements<Pattern, SparseArm, SparseReply>();
for (const point of ['single', 'burst'] as const) {
  for (const [arm, p50s] of [
    ['millrace', [1, 2, 3]],
    ['piscina', [2, 8, 4]],
    ['postMessage', [1, 1, 1]],
  ] as const) {
    for (const [at, p50] of p50s.entries()) {
      const latencies = { count: 1, p50, p95: p50, p99: p50 * 2, p999: p50 * 3, max: p50 * 3 };
      const done = { ...latencies, p50: p50 * 100 };
      measurements.add({ round: at + 1, point, arm, reply: { kind: 'measured', latencies, done } });
    }
  }
}

test('of single jobs the median, of bursts also p99 and the time until all are done', () => {
  const single = patternResult('single', measurements);
  expect(single.arms[0]).toEqual({
    arm: 'millrace',
    figures: [
      {
        measure: 'p50',
        ms: { median: 2, min: 1, max: 3, rounds: [1, 2, 3] },
        toPiscina: { median: 0.5, min: 0.25, max: 0.75, rounds: [0.5, 0.25, 0.75] },
      },
    ],
  });
  const burst = patternResult('burst', measurements);
  expect(burst.arms[1]?.figures.map(({ measure, ms }) => [measure, ms.median])).toEqual([
    ['p50', 4],
    ['p99', 8],
    ['done', 400],
  ]);
  expect(burst.arms[1]?.figures[0]).not.toHaveProperty('toPiscina');
});

test('the report has both patterns within 80 columns, and leaves out what was not measured', () => {
  const result: SparseResult = {
    scenario: 'sparse',
    startedAt: '2025-01-01T00:00:00.000Z',
    isInterrupted: false,
    settings: sparseSettings(new Map()),
    patterns: [patternResult('single', measurements), patternResult('burst', measurements)],
    failures: [],
  };
  const lines = renderDocument(describeSparse(result), plain);
  for (const line of lines) expect.soft(widthOf(line), line).toBeLessThanOrEqual(80);
  expect(lines.join(' ')).toMatch(
    /The median latency of single jobs is shorter with millrace than with/,
  );
  const at = lines.findIndex((line) => line.startsWith('millrace ÷ piscina'));
  expect(lines[at]).toMatch(/^millrace ÷ piscina \(×\) +0\.500$/);
  expect(lines[at + 1]).toMatch(/^ +0\.250–0\.750$/);
  const nothing = patternResult('single', new Measurements());
  expect(
    renderDocument(describeSparse({ ...result, patterns: [nothing] }), plain).join('\n'),
  ).not.toContain('millrace');
});
