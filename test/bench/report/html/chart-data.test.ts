import { expect, test } from 'vitest';
import {
  type CurvesBlock,
  PERCENTILE_AXIS,
  type TimelineBlock,
} from '../../../../bench/report/document.js';
import { curvesData, timelineData } from '../../../../bench/report/html/chart-data.js';

const MB = 1024 ** 2;

function timeline(changes: Partial<TimelineBlock> = {}): TimelineBlock {
  return {
    kind: 'timeline',
    title: 'Memory',
    axis: { label: 'memory', unit: 'bytes' },
    seconds: 10,
    series: [
      {
        name: 'dies',
        samples: [
          { seconds: 0, value: 100 * MB },
          { seconds: 1, value: 300 * MB },
        ],
        endSeconds: 1.5,
        ending: 'died',
        isCutShort: true,
      },
      {
        name: 'lives',
        samples: [
          { seconds: 0.5, value: 50 * MB },
          { seconds: 10, value: 60 * MB },
        ],
        endSeconds: 10,
        ending: 'survived',
        isCutShort: false,
      },
    ],
    ...changes,
  };
}

function curves(changes: Partial<CurvesBlock> = {}): CurvesBlock {
  return {
    kind: 'curves',
    title: 'Scaling',
    x: { label: 'threads', unit: 'count' },
    y: { label: 'throughput', unit: 'perSecond' },
    series: [
      {
        name: 'measured',
        points: [
          [4, 300],
          [1, 100],
        ],
      },
      {
        name: 'ideal',
        points: [
          [1, 100],
          [2, 200],
          [4, 400],
        ],
        isReference: true,
      },
    ],
    ...changes,
  };
}

test('series of different times share one row of times, each up to its own end', () => {
  const { columns, x } = timelineData(timeline(), []);
  expect(columns).toEqual([
    [0, 0.5, 1, 1.5, 10],
    [104860000, null, 314570000, 314570000, null],
    [null, 52429000, null, null, 62915000],
  ]);
  expect(x).toMatchObject({ min: 0, max: 10, unit: 'seconds' });
});

test('an untimely end has a cross at its last value, another end has none', () => {
  expect(timelineData(timeline(), []).crosses).toEqual([{ series: 0, x: 1.5, y: 314570000 }]);
});

test('a ceiling is drawn within the scale, and left out where it lies far above', () => {
  const near = timelineData(timeline({ ceiling: { label: 'ceiling', value: 512 * MB } }), []);
  expect(near.ceiling?.value).toBe(512 * MB);
  expect(near.y.max).toBeGreaterThan(512 * MB);
  const far = timelineData(timeline({ ceiling: { label: 'ceiling', value: 9000 * MB } }), []);
  expect(far.ceiling).toBeUndefined();
  expect(far.y.max).toBeLessThan(400 * MB);
});

test('a long timeline is thinned, and keeps its ends, its peak and its dip', () => {
  const samples = Array.from({ length: 36_000 }, (_, at) => ({
    seconds: at / 10,
    value: at === 12_345 ? 9000 : at === 23_456 ? 1 : 500 + (at % 7),
  }));
  const series = [
    { name: 'soak', samples, endSeconds: 3599.9, ending: 'survived', isCutShort: false },
  ];
  const [xs = [], ys = []] = timelineData(timeline({ series, seconds: 3600 }), []).columns;
  expect(xs.length).toBeLessThan(700);
  expect([xs[0], xs.at(-1)]).toEqual([0, 3599.9]);
  expect(ys[xs.indexOf(1234.5)]).toBe(9000);
  expect(ys[xs.indexOf(2345.6)]).toBe(1);
});

test('points come in the order of x, and a linear axis begins at zero', () => {
  const { columns, y } = curvesData(curves(), []);
  expect(columns).toEqual([
    [1, 2, 4],
    [100, null, 300],
    [100, 200, 400],
  ]);
  expect(y.min).toBe(0);
  expect(y.max).toBeGreaterThan(400);
});

test('a logarithmic axis leaves out what it can not show', () => {
  const y = { label: 'latency', unit: 'milliseconds', scale: 'log' } as const;
  const series = [
    {
      name: 'a',
      points: [
        [1, 0],
        [2, -1],
        [3, 5],
        [4, 50],
        [5, Number.NaN],
      ] as const,
    },
  ];
  const data = curvesData(curves({ y, series }), []);
  expect(data.columns).toEqual([
    [3, 4],
    [5, 50],
  ]);
  expect(data.y).toMatchObject({ isLog: true, min: 5, max: 50 });
});

test.each([
  ['no series', []],
  ['no points', [{ name: 'a', points: [] }]],
  ['one point', [{ name: 'a', points: [[3, 3] as const] }]],
])('an axis has an extent also with %s', (_, series) => {
  const { x, y } = curvesData(curves({ series }), []);
  expect(x.max).toBeGreaterThan(x.min);
  expect(y.max).toBeGreaterThan(y.min);
});

test('on a percentile axis each nine takes as much room, and 1 can not be shown', () => {
  const series = [
    {
      name: 'a',
      points: [
        [0.5, 1],
        [0.9, 2],
        [0.99, 3],
        [0.999, 4],
        [1, 5],
      ] as const,
    },
  ];
  const { x, columns } = curvesData(curves({ x: PERCENTILE_AXIS, series }), []);
  expect(columns[0]).toEqual([2, 10, 100, 1000]);
  expect(x).toMatchObject({ isLog: true, isPercentile: true, min: 2, max: 1000 });
});
