import { describe, expect, test } from 'vitest';
import { concludeOverload, describeOverload } from '../../../../bench/scenarios/overload/report.js';
import type { ArmEnding } from '../../../../bench/scenarios/service/result.js';
import { NO_LATENCIES } from '../../../../bench/load/latencies.js';
import { renderDocument } from '../../../../bench/report/terminal/document.js';
import { paintFor, plain, widthOf } from '../../../../bench/report/terminal/paint.js';
import { armResult, deadArm, overloadResult } from './results.js';

const MB = 1024 ** 2;

describe('the report', () => {
  const expected = overloadResult([
    deadArm('thread-per-request'),
    deadArm('unbounded'),
    armResult('millrace'),
  ]);

  test('has the counts, the latencies and the memory of every arm', () => {
    const lines = renderDocument(describeOverload(expected), plain);
    expect(lines.slice(0, 3)).toEqual(['', 'Overload: a service at twice its capacity', '']);
    // The conclusion comes first.
    expect(lines[3]).toMatch(/^- millrace completed 990 documents per second/);
    const at = lines.findIndex((line) => line.includes('─ requests ─'));
    expect(lines.slice(at - 1, at + 7)).toEqual([
      '',
      '                    ───────────── requests ──────────────',
      '                                                            died at  peak RSS',
      'variant             offered  accepted  completed  refused       (s)      (MB)',
      '─────────────────────────────────────────────────────────────────────────────',
      'thread-per-request   12,400    12,400      5,500        0       6.2       517',
      'unbounded            12,400    12,400      5,500        0       6.2       517',
      'millrace             40,000    20,100     20,000   19,900  survived       150',
    ]);
    expect(lines.join('\n')).toMatch(/^variant +p50 +p95 +p99 +p50 +p95 +p99$/m);
    expect(lines.join('\n')).toMatch(/^millrace +1\.01 +4\.69 +55\.4 +103 +157 +283$/m);
    const text = lines.join('\n');
    expect(text).toContain('unbounded: died after 6.2 s (memory limit)\n  512 MB ┤');
    expect(text).toContain('millrace: survived\n');
    expect(text.match(/✕/g)).toHaveLength(2);
  });

  test('keeps to 80 columns, painted or not, with large figures and long reasons too', () => {
    const huge = armResult('thread-per-request', {
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
    });
    for (const result of [expected, overloadResult([huge, armResult('millrace')])]) {
      for (const paint of [plain, paintFor({ isTTY: true }, false, {})]) {
        for (const line of renderDocument(describeOverload(result), paint)) {
          expect.soft(widthOf(line), line).toBeLessThanOrEqual(80);
        }
      }
    }
  });

  test('with a ceiling far above, the chart is scaled to what was used', () => {
    const { settings } = expected;
    const high = { settings: { ...settings, ceilingBytes: 16 * 1024 * MB } };
    const text = renderDocument(
      describeOverload(overloadResult([armResult('millrace')], high)),
      plain,
    ).join('\n');
    expect(text).toContain('(the memory limit, 16.0 GB, lies far above)');
    expect(text).toContain('  174 MB ┤');
    expect(text).not.toContain('┄');
  });

  test('where nothing was measured there is nothing to report', () => {
    expect(renderDocument(describeOverload(overloadResult([])), plain)).toEqual([]);
  });
});

describe('the conclusions', () => {
  test('the expected result', () => {
    const result = overloadResult([deadArm('unbounded'), armResult('millrace')]);
    expect(concludeOverload(result)).toEqual([
      'millrace completed 990 documents per second, 99.0 % of its 1,000 at saturation, and refused 49.8 % of the requests at once (503 with Retry-After); half of all responses took less than 1.01 ms.',
      'Its memory stayed level: 145 MB in the second third of the run, 146 MB in the last (+0.7 %), 150 MB at its peak.',
      'unbounded crossed the memory limit after 6.2 s and was killed; 6,900 accepted documents were lost.',
    ]);
  });

  test.each([
    {
      what: 'too little goodput',
      arm: armResult('millrace', { goodputPerSecond: 800, goodputShare: 0.8 }),
      says: 'millrace completed 800 documents per second, only 80.0 % of its 1,000 at saturation',
    },
    {
      what: 'nothing refused',
      arm: armResult('millrace', { refused: 0 }),
      says: 'and refused nothing; half of',
    },
    {
      what: 'memory that grows',
      arm: armResult('millrace', {
        memoryTrend: { secondThird: 100 * MB, lastThird: 150 * MB, change: 0.5 },
      }),
      says: 'Its memory did not stay level: 100 MB in the second third of the run, 150 MB in the last (+50.0 %), 150 MB at its peak.',
    },
    {
      what: 'memory that grows in a short run',
      arm: armResult('millrace', {
        ending: { how: 'survived', afterSeconds: 9 },
        memoryTrend: { secondThird: 100 * MB, lastThird: 150 * MB, change: 0.5 },
      }),
      says: '150 MB at its peak. In 9 s the heap of a process has not settled yet: use --seconds 20 or more.',
    },
    {
      what: 'a millrace that dies',
      arm: deadArm('millrace'),
      says: 'millrace did not survive: it ended after 6.2 s at 517 MB, with 6,900 accepted documents lost.',
    },
    {
      what: 'another arm that survives, growing',
      arm: armResult('unbounded', {
        peakRssBytes: 375 * MB,
        memoryTrend: { secondThird: 200 * MB, lastThird: 300 * MB, change: 0.5 },
      }),
      says: 'unbounded survived its 20 s: its memory reached 375 MB and was still growing (+50.0 % from the second third to the last); 100 documents were still in progress or waiting.',
    },
    {
      what: 'another arm that survives, flat',
      arm: armResult('unbounded'),
      says: 'its memory reached 150 MB and stopped growing',
    },
    {
      what: 'a death of its own',
      arm: armResult('unbounded', {
        ending: { how: 'died', afterSeconds: 3, detail: 'SIGABRT' } satisfies ArmEnding,
      }),
      says: 'unbounded died by itself after 3 s at 150 MB (SIGABRT); 100 accepted documents were lost.',
    },
    {
      what: 'a generator that was too slow',
      arm: armResult('millrace', { intended: 50_000 }),
      says: 'Against millrace the generator could not hold its rate: it offered 40,000 of 50,000 scheduled requests.',
    },
    {
      what: 'requests without an answer',
      arm: armResult('unbounded', { unanswered: 1234 }),
      says: 'Requests without a response when their variant ended: 1,234 of unbounded.',
    },
    {
      what: 'nothing answered',
      arm: armResult('millrace', { answerMs: NO_LATENCIES }),
      says: 'no request got a response.',
    },
    {
      what: 'failed jobs, which have ended',
      arm: armResult('unbounded', { failed: 60, cutOff: 40 }),
      says: '40 documents were still in progress or waiting.',
    },
    {
      what: 'failed jobs',
      arm: armResult('thread-per-request', { failed: 12 }),
      says: 'Jobs that failed: 12 of thread-per-request.',
    },
  ])('$what', ({ arm, says }) => {
    expect(concludeOverload(overloadResult([arm])).join(' ')).toContain(says);
  });

  test('without a capacity there is no share', () => {
    const { goodputShare: _, ...arm } = armResult('millrace');
    expect(concludeOverload(overloadResult([arm], { capacity: null }))[0]).toBe(
      'millrace completed 20,000 documents and refused 49.8 % of the requests at once (503 with Retry-After); half of all responses took less than 1.01 ms.',
    );
  });

  test('an unsteady machine is told, and so is an interruption', () => {
    const capacity = { perSecond: 1000, windows: [700, 1000, 1100] };
    const result = overloadResult([armResult('millrace')], { capacity, isInterrupted: true });
    expect(concludeOverload(result).slice(2)).toEqual([
      'The machine was not steady: at saturation the goodput was anything from 700 to 1,100 per second, and shares of it are no more certain.',
      'The run was interrupted; the results cover its first part only.',
    ]);
  });
});
