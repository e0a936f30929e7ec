import { describe, expect, test } from 'vitest';
import {
  concludeInvoke,
  describeInvoke,
  invokeFigures,
} from '../../../../bench/scenarios/invoke/report.js';
import { renderDocument } from '../../../../bench/report/terminal/document.js';
import { paintFor, plain, widthOf } from '../../../../bench/report/terminal/paint.js';
import { deadInvokeArm, invokeArm, invokeResult } from './results.js';

const MB = 1024 ** 2;
const expected = invokeResult([
  deadInvokeArm('fire-and-forget', 4321),
  deadInvokeArm('unbounded', 0),
  invokeArm('millrace', { goodputPerSecond: 396 }),
]);

describe('the report', () => {
  test('has the counts, the latencies, the health and the memory of every arm', () => {
    const lines = renderDocument(describeInvoke(expected), plain);
    expect(lines.slice(0, 3)).toEqual([
      '',
      'Invoke: a service that calls a slower one beyond its capacity',
      '',
    ]);
    // The conclusion comes first.
    expect(lines[3]).toMatch(/^- millrace completed 396 documents per second/);
    const [dead, alive] = ['fire-and-forget', 'millrace'].map((name) =>
      lines
        .find((line) => line.startsWith(name))
        ?.split(/ +/)
        .slice(1),
    );
    expect(dead).toEqual(['12,400', '12,400', '5,500', '0', '6.2', '517']);
    expect(alive).toEqual(['40,000', '20,100', '20,000', '19,900', 'survived', '150']);
    expect(lines.join('\n').match(/✕/g)).toHaveLength(2);
  });

  test('keeps to 80 columns, painted or not, with large figures and long reasons too', () => {
    const huge = invokeArm('fire-and-forget', {
      ending: {
        how: 'died',
        afterSeconds: 3599.9,
        detail: `SIGABRT: FATAL ERROR: ${'x '.repeat(60)}`,
      },
      offered: 999_999_999,
      accepted: 999_999_999,
      completed: 888_888_888,
      refused: 111_111_111,
      peakRssBytes: 999_999 * MB,
      peaks: { heapUsedBytes: 999_999 * MB, externalBytes: 999_999 * MB },
      loopDelayMs: { p99: 999_999, max: 999_999 },
      cpuMsPerJob: 999_999,
    });
    for (const result of [expected, invokeResult([huge, invokeArm('millrace')])]) {
      for (const paint of [plain, paintFor({ isTTY: true }, false, {})]) {
        for (const line of renderDocument(describeInvoke(result), paint)) {
          expect.soft(widthOf(line), line).toBeLessThanOrEqual(80);
        }
      }
    }
  });

  test('where nothing was measured there is nothing to report', () => {
    expect(renderDocument(describeInvoke(invokeResult([])), plain)).toEqual([]);
  });
});

describe('the conclusions', () => {
  test('the expected result', () => {
    expect(concludeInvoke(expected)).toEqual([
      'millrace completed 396 documents per second, 99.0 % of the 400 that the second service can do, and refused 49.8 % of the requests at once (503 with Retry-After); half of all responses took less than 1.01 ms.',
      'Its memory stayed level: 145 MB in the second third of the run, 146 MB in the last (+0.7 %), 150 MB at its peak.',
      'fire-and-forget crossed the memory limit after 6.2 s and was killed; 6,900 accepted documents were lost.',
      'unbounded crossed the memory limit after 6.2 s and was killed; 6,900 accepted documents were lost.',
      'Max calls waiting at the second service: 4,321 of fire-and-forget, 0 of unbounded and 0 of millrace.',
    ]);
  });

  test.each([
    {
      what: 'an arm that survives is said to',
      result: invokeResult([invokeArm('fire-and-forget')]),
      says: 'fire-and-forget survived its 20 s: its memory reached 150 MB and stopped growing; 100 documents were still in progress or waiting.',
    },
    {
      what: 'a goodput that was not steady is told',
      result: invokeResult([invokeArm('millrace', { goodputWindows: [700, 990, 1000] })]),
      says: 'The machine was not steady: what millrace completed was anything from 700 to 1,000 per second',
    },
    {
      what: 'an arm that could not be measured is told',
      result: invokeResult([invokeArm('millrace')], { failures: ['unbounded: no room.'] }),
      says: 'Failed: unbounded: no room.',
    },
  ])('$what', ({ result, says }) => {
    expect(concludeInvoke(result).join(' ')).toContain(says);
  });
});

test('the figures have the windows of the goodput, and what is not known is left out', () => {
  const { cpuMsPerJob: _, ...arm } = invokeArm('millrace');
  const figures = invokeFigures(invokeResult([arm]));
  expect(figures[0]).toEqual({
    name: 'millrace: goodput',
    unit: 'perSecond',
    better: 'more',
    median: 990,
    min: 980,
    max: 1000,
    rounds: [980, 990, 1000],
  });
  expect(figures.map(({ name }) => name)).not.toContain('millrace: CPU time per job');
  const all = invokeFigures(expected).map(({ name }) => name);
  expect(all).toContain('unbounded: CPU time per job');
  expect(new Set(all).size).toBe(all.length);
});
