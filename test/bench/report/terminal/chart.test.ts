import { describe, expect, test } from 'vitest';
import { type Chart, renderChart } from '../../../../bench/report/terminal/chart.js';
import { paintFor, widthOf } from '../../../../bench/report/terminal/paint.js';

const chart: Chart = {
  samples: [
    { seconds: 0, value: 0 },
    { seconds: 1, value: 25 },
    { seconds: 2, value: 50 },
    { seconds: 3, value: 100 },
  ],
  seconds: 4,
  endSeconds: 4,
  isCutShort: false,
  top: 100,
  ceiling: 100,
  width: 18,
  rows: 4,
  format: (value) => `${value} MB`,
  tone: 'good',
  hasTimeAxis: false,
};

describe('a chart', () => {
  test('shows each value by its height; gaps keep the last one', () => {
    expect(renderChart(chart)).toEqual([
      '  100 MB ┤┄┄┄┄┄┄██',
      '         │      ██',
      '         │    ████',
      '       0 ┤▁▁██████',
    ]);
  });

  test('heights are drawn in eighths of a row', () => {
    const samples = [8, 16, 24, 31, 32, 36, 60, 64].map((value, seconds) => ({ seconds, value }));
    const fine = { ...chart, samples, seconds: 8, endSeconds: 8, top: 64, ceiling: 1000, rows: 2 };
    expect(renderChart(fine)).toEqual(['   64 MB ┤     ▁▇█', '       0 ┤▂▄▆█████']);
  });

  test('a column shows the highest value of its span', () => {
    const samples = [10, 90, 20].map((value, at) => ({ seconds: at / 10, value }));
    expect(renderChart({ ...chart, samples, endSeconds: 0.4 })[0]).toBe('  100 MB ┤▅┄┄┄┄┄┄┄');
  });

  test('an untimely end is a cross on the ceiling, and nothing follows it', () => {
    const cut = { ...chart, samples: chart.samples.slice(0, 3), endSeconds: 2, isCutShort: true };
    expect(renderChart(cut)).toEqual([
      '  100 MB ┤┄┄┄┄┄✕┄┄',
      '         │',
      '         │    █',
      '       0 ┤▁▁███',
    ]);
  });

  test('a value above the scale fills its column and no more', () => {
    const high = { ...chart, samples: [{ seconds: 0, value: 1000 }] };
    expect(renderChart(high).map((line) => line.slice(10))).toEqual(Array(4).fill('████████'));
  });

  test('without samples it is empty, with its ceiling', () => {
    expect(renderChart({ ...chart, samples: [], endSeconds: 0 })).toEqual([
      '  100 MB ┤┄┄┄┄┄┄┄┄',
      '         │',
      '         │',
      '       0 ┤',
    ]);
  });

  test('the time axis names its start, middle and end', () => {
    const lines = renderChart({ ...chart, width: 80, hasTimeAxis: true });
    expect(lines[4]).toBe(
      '          0 s                               2 s                              4 s',
    );
  });

  test('keeps to 80 columns, painted or not', () => {
    const samples = Array.from({ length: 1000 }, (_, at) => ({ seconds: at / 50, value: at }));
    const wide = { ...chart, samples, seconds: 20, endSeconds: 20, width: 80, hasTimeAxis: true };
    for (const line of renderChart(wide)) expect(widthOf(line)).toBeLessThanOrEqual(80);
    const painted = renderChart(wide, paintFor({ isTTY: true }, false, {}));
    expect(painted.map((line) => widthOf(line))).toEqual(renderChart(wide).map(widthOf));
  });
});
