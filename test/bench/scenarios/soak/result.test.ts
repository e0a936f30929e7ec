import { describe, expect, test } from 'vitest';
import { NO_LATENCIES } from '../../../../bench/load/latencies.js';
import { describeSoak, soakFigures } from '../../../../bench/scenarios/soak/report.js';
import { memoryTrends, warmUpOf } from '../../../../bench/scenarios/soak/result.js';
import { drawConclusions } from '../../../../bench/scenarios/soak/verdict.js';
import { renderDocument } from '../../../../bench/report/terminal/document.js';
import { plain, widthOf } from '../../../../bench/report/terminal/paint.js';
import { soakResult, windowsOf } from './windows.js';

const MB = 1024 ** 2;
const flat = windowsOf(60, (at) => 100 + (at % 3));

test.each([
  { minutes: 1, seconds: 12 },
  { minutes: 10, seconds: 120 },
  { minutes: 1440, seconds: 120 },
])('the warm-up of $minutes minutes is $seconds seconds', ({ minutes, seconds }) => {
  expect(warmUpOf(minutes)).toBe(seconds);
});

describe('the slope', () => {
  test('is that of the windows after the warm-up, in bytes per hour', () => {
    // RSS grows fast until the warm-up ends, then by half a megabyte in ten seconds.
    const windows = windowsOf(60, (at) => (at < 12 ? at * 50 : 600 + at / 2));
    const { measuredSeconds, memory } = memoryTrends(windows, 120);
    expect(measuredSeconds).toBe(480);
    const [rss, heapUsed] = memory;
    expect(rss?.part).toBe('rss');
    expect(rss?.bytesPerHour.slope).toBeCloseTo(180 * MB, 0);
    expect(rss?.growthBytes).toBeCloseTo(24 * MB, 0);
    expect(heapUsed?.bytesPerHour).toEqual({ slope: 0, low: 0, high: 0 });
  });

  test('a window whose start was a moment early is none of the warm-up', () => {
    const windows = windowsOf(
      60,
      () => 100,
      (at) => ({ fromSeconds: at * 10 - 0.001 }),
    );
    expect(memoryTrends(windows, 120).measuredSeconds).toBeCloseTo(480.001, 9);
  });

  test('of nothing after the warm-up there is none', () => {
    expect(memoryTrends(flat.slice(0, 12), 120)).toEqual({ measuredSeconds: 0, memory: [] });
  });
});

describe('the verdict', () => {
  test.each([
    { what: 'level but for noise', rss: (at: number) => 100 + (at % 3), is: 'flat' },
    { what: 'shrinking', rss: (at: number) => 200 - at, is: 'flat' },
    { what: 'a growth below the noise', rss: (at: number) => 100 + at / 20, is: 'flat' },
    { what: 'a steady growth beyond it', rss: (at: number) => 100 + at / 4, is: 'growing' },
    {
      what: 'a growth that noise hides',
      rss: (at: number) => 100 + at / 12 + ((at * 37) % 61),
      is: 'too short',
    },
    {
      what: 'a single step',
      rss: (at: number) => (at < 30 ? 100 : 130) + (at % 3),
      is: 'too short',
    },
    {
      what: 'one in the second half',
      rss: (at: number) => (at < 48 ? 100 : 130) + (at % 2),
      is: 'too short',
    },
    {
      what: 'steps that go on',
      rss: (at: number) => 100 + 10 * Math.floor(at / 6),
      is: 'growing',
    },
    {
      // 5 % of 800 MB are 40 MB.
      what: 'the same growth of a large process',
      rss: (at: number) => 800 + at / 4,
      is: 'flat',
    },
  ])('$what: $is', ({ rss, is }) => {
    expect(memoryTrends(windowsOf(60, rss), 120).memory[0]?.verdict).toBe(is);
  });

  test('below two minutes it is too short, whatever is seen', () => {
    for (const rss of [() => 100, (at: number) => 100 + at * 50]) {
      expect(memoryTrends(windowsOf(23, rss), 120).memory[0]?.verdict).toBe('too short');
      expect(memoryTrends(windowsOf(24, rss), 120).memory[0]?.verdict).not.toBe('too short');
    }
  });
});

describe('the conclusions', () => {
  test('flat, with what would have been seen', () => {
    expect(drawConclusions(soakResult(windowsOf(60, () => 100)))[0]).toBe(
      'The RSS is flat: +0.00 MB per hour (+0.00 to +0.00) at 100 MB; a growth of more than 37.5 MB per hour would have shown in the 8.00 minutes after the warm-up.',
    );
  });

  test('flat, and yet rising a little', () => {
    expect(drawConclusions(soakResult(windowsOf(60, (at) => 100 + at / 20)))[0]).toMatch(
      /^The RSS is flat: .* after the warm-up\. It did rise, by 2\.40 MB: no more than noise here, and a longer run shows whether it continues\.$/,
    );
  });

  test('growing', () => {
    expect(drawConclusions(soakResult(windowsOf(60, (at) => 100 + at / 4)))[0]).toBe(
      'The RSS grows: +90.0 MB per hour (+90.0 to +90.0) at 109 MB, +12.0 MB in the 8.00 minutes after the warm-up.',
    );
  });

  test('too short', () => {
    expect(drawConclusions(soakResult(flat.slice(0, 15)))).toEqual([
      'Too short to say whether memory grows: 30 s after the warm-up, and it takes 120 s or more.',
    ]);
  });

  test('a step that the interval alone would take for growth', () => {
    const stepped = windowsOf(60, (at) => (at < 30 ? 100 : 130) + at / 100);
    expect(drawConclusions(soakResult(stepped))[0]).toMatch(
      /^Too short to say whether the RSS grows: .* in 8\.00 minutes, but not in both halves of that time, as steady growth would be\.$/,
    );
  });

  test('what was refused, what failed, and a generator that was too slow', () => {
    const losing = windowsOf(
      60,
      () => 100,
      () => ({ refused: 40_000, failed: 10_000 }),
    );
    const endings = { served: 850, failed: 10, refused: 28, late: 0, cutOff: 12 };
    const generator = { intended: 1000, sent: 900, endings, lateness: NO_LATENCIES };
    expect(drawConclusions(soakResult(losing, { generator })).slice(-4)).toEqual([
      'The pool could not take the whole load: 2.40 M jobs, 40.0 %, were refused as the backlog was full. The latencies are those of the others.',
      'Jobs that failed: 600,000, 10.0 % of all.',
      'Jobs that had not ended when the run did: 12.',
      'The load generator could not hold its rate: it made 90.0 % of the arrivals.',
    ]);
  });
});

describe('the report', () => {
  test('has ten parts and three timelines within 80 columns', () => {
    const large = windowsOf(
      60,
      (at) => 9000 + at * 100,
      () => ({
        completed: 9_999_999,
        latency: { count: 1, p50: 12_345, p95: 50_000, p99: 98_765.4, p999: 99_999, max: 123_456 },
      }),
    );
    for (const windows of [flat, large]) {
      const lines = renderDocument(describeSoak(soakResult(windows)), plain);
      for (const line of lines) expect.soft(widthOf(line), line).toBeLessThanOrEqual(80);
      expect(lines.filter((line) => /^\d+0 +[\d,]+/.test(line)).length).toBe(10);
      expect(lines).toContain('Memory over time');
      // The conclusion comes first.
      expect(lines[3]).toMatch(/^- The RSS /);
    }
  });

  test('says that the warm-up does not count, and what the rate is a share of', () => {
    const load = describeSoak(soakResult(flat)).blocks.find(
      (block) => block.kind === 'text' && block.role === undefined,
    );
    expect(load).toEqual({
      kind: 'text',
      text: 'Jobs of 100 µs on 2 threads; 5,000/s arrive at even intervals, 80 % of the 6,250 that it does at saturation. The first 120 s are warm-up and excluded from the slopes.',
    });
  });

  test('a run that was cut short is marked, and its reason told', () => {
    const failures = ['The process ended: SIGKILL'];
    const { blocks } = describeSoak(soakResult(flat.slice(0, 30), { failures }));
    const timelines = blocks.filter((block) => block.kind === 'timeline');
    expect(timelines.map(({ series }) => series.map(({ isCutShort }) => isCutShort))).toEqual([
      [true, true, true],
      [true, true],
      [true],
    ]);
    expect(timelines[0]).toMatchObject({ seconds: 600, series: [{ endSeconds: 300 }, {}, {}] });
    const texts = blocks.filter(({ kind }) => kind === 'text' || kind === 'table');
    const failure = { kind: 'text', text: 'Failed: The process ended: SIGKILL' };
    expect(texts).toContainEqual(failure);
    expect(blocks.findIndex(({ kind }) => kind === 'table')).toBeGreaterThan(
      blocks.findIndex((block) => block.kind === 'text' && block.text === failure.text),
    );
  });

  test('where nothing was measured there is nothing but the reason', () => {
    expect(describeSoak(soakResult([])).blocks).toEqual([]);
    expect(describeSoak(soakResult([], { isInterrupted: true })).blocks.length).toBe(1);
  });

  test('the figures are those after the warm-up', () => {
    const windows = windowsOf(
      60,
      () => 100,
      (at) => (at < 12 ? { completed: 1 } : {}),
    );
    const figures = soakFigures(soakResult(windows));
    expect(figures[0]).toEqual({
      name: 'completed',
      unit: 'perSecond',
      better: 'more',
      median: 5000,
      min: 5000,
      max: 5000,
    });
    expect(figures.map(({ name }) => name)).toContain('RSS, growth per hour');
    expect(soakFigures(soakResult([]))).toEqual([]);
  });
});
