import { expect, test } from 'vitest';
import type { Block } from '../../../../bench/report/document.js';
import { describeOverhead } from '../../../../bench/scenarios/overhead/report.js';
import type { OverheadResult } from '../../../../bench/scenarios/overhead/result.js';
import { overheadSettings } from '../../../../bench/scenarios/overhead/settings.js';
import { renderDocument } from './run.js';

const exactly = (value: number) => ({ median: value, min: value, max: value });

/** The bars of a page, in order. */
function barsOf(html: string): Array<{ left: number; width: number; color: string }> {
  const pattern =
    /class="bar" style="left:([\d.]+)%;width:([\d.]+)%;background:var\(--series-(\d+)\)"/g;
  return [...html.matchAll(pattern)].map(([, left, width, color = '']) => ({
    left: Number(left),
    width: Number(width),
    color,
  }));
}

test('a variant has the same color in every chart of a page, bars and curves', () => {
  const names = ['millrace', 'piscina', 'tinypool'];
  const html = renderDocument({
    title: 'Title',
    blocks: [
      {
        kind: 'curves',
        title: 'Curves',
        x: { label: 'x', unit: 'count' },
        y: { label: 'y', unit: 'count' },
        series: names.toReversed().map((name) => ({
          name,
          points: [
            [1, 1],
            [2, 2],
            [3, 3],
          ],
        })),
      },
      {
        kind: 'bars',
        title: 'Bars',
        axis: { label: 'time', unit: 'milliseconds' },
        bars: names.map((name) => ({ name, figure: exactly(1), series: name })),
      },
    ],
  });
  const lines = [...html.matchAll(/stroke:var\(--series-(\d+)\)"[\s\S]*?class="name">(\w+)</g)];
  const colors = new Map(lines.map(([, color, name]) => [name, color]));
  expect(colors.size).toBe(3);
  expect(barsOf(html).map(({ color }) => color)).toEqual(names.map((name) => colors.get(name)));
  expect(colors.get('millrace')).toBe('0');
});

test('bars of ratios go from the line at 1 to either side of it, and the line is labelled', () => {
  const html = renderDocument({
    title: 'Title',
    blocks: [
      {
        kind: 'bars',
        title: 'Bars',
        axis: { label: 'times', unit: 'ratio' },
        mark: { label: 'as fast as the best', value: 1 },
        bars: [4, 0.25, 2].map((value) => ({ name: String(value), figure: exactly(value) })),
      },
    ],
  });
  const at = Number(/class="mark" style="left:([\d.]+)%"/.exec(html)?.[1]);
  const [four, quarter, two] = barsOf(html);
  expect(four?.left).toBeCloseTo(at, 1);
  expect((quarter?.left ?? 0) + (quarter?.width ?? 0)).toBeCloseTo(at, 1);
  expect(quarter?.width).toBeCloseTo(four?.width ?? 0, 1);
  expect(four?.width).toBeCloseTo(2 * (two?.width ?? 0), 1);
  expect(html).toMatch(/class="mark-label">.*1\.00: as fast as the best</);
});

test('the ratio charts of a report share one scale', () => {
  const settings = overheadSettings(new Map([['jobs', 'no-op,1ms']]));
  const points = settings.jobs.flatMap(({ name, us }, kind) =>
    [1, 16, 64].map((inFlight) => {
      const ratio = { ...exactly(kind === 0 ? 16 : 2), rounds: [] };
      const rate = { ...exactly(1000), rounds: [] };
      return {
        job: name,
        jobUs: us,
        inFlight,
        peers: [{ peer: 'millrace', jobsPerSecond: rate, cpuUsPerJob: rate }],
        toBestPool: { peer: 'piscina', ratio },
      };
    }),
  );
  const result = { settings, points, failures: [], missing: [] };
  const document = describeOverhead(result as unknown as OverheadResult);
  const widths = barsOf(renderDocument(document)).map(({ width }) => width);
  expect(widths).toHaveLength(6);
  // On the logarithmic scale 16 is four times as far as 2.
  expect(widths[0]).toBeCloseTo(4 * (widths[3] ?? 0), 0);
});

test('a chart of two bars is not drawn', () => {
  const block: Block = {
    kind: 'bars',
    title: 'Only two',
    axis: { label: 'times', unit: 'ratio' },
    bars: [1, 2].map((value) => ({ name: String(value), figure: exactly(value) })),
  };
  expect(renderDocument({ title: 'Title', blocks: [block] })).not.toContain('Only two');
});
