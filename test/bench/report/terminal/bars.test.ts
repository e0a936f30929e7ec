import { describe, expect, test } from 'vitest';
import type { BarsBlock } from '../../../../bench/report/document.js';
import { renderBars } from '../../../../bench/report/terminal/bars.js';
import { widthOf } from '../../../../bench/report/terminal/paint.js';

const exactly = (value: number) => ({ median: value, min: value, max: value });
const count = (line: string) => line.split('█').length - 1;

describe('ratios', () => {
  const ratios: Omit<BarsBlock, 'kind' | 'title'> = {
    axis: { label: 'times', unit: 'ratio' },
    mark: { label: 'equal', value: 1 },
    bars: [
      { name: 'a', figure: exactly(4) },
      { name: 'half', figure: { median: 0.5, min: 0.4, max: 0.6 } },
      { name: 'quarter', figure: exactly(0.25) },
    ],
  };

  test('go from 1 to either side, twice as far for the square', () => {
    const [four = '', half = '', quarter = '', label = ''] = renderBars(ratios);
    const one = label.indexOf('┊');
    expect(label.trim()).toBe('┊ 1.00: equal');
    expect(four.indexOf('█')).toBe(one);
    expect(half.lastIndexOf('█')).toBe(one - 1);
    expect(half[one]).toBe('┊');
    expect(Math.abs(count(quarter) - 2 * count(half))).toBeLessThanOrEqual(1);
    expect(Math.abs(count(quarter) - count(four))).toBeLessThanOrEqual(1);
    expect(half).toMatch(/ 0\.500 \(0\.400–0\.600\)$/);
  });

  test('of several charts have one scale', () => {
    const bars = [{ name: 'a', figure: exactly(4) }];
    const [alone = ''] = renderBars({ ...ratios, bars });
    const [beside = ''] = renderBars({ ...ratios, bars, scaleHolds: [16] });
    expect(Math.abs(count(alone) - 2 * count(beside))).toBeLessThanOrEqual(2);
  });
});

describe('amounts', () => {
  const amounts: Omit<BarsBlock, 'kind' | 'title'> = {
    axis: { label: 'time', unit: 'milliseconds' },
    bars: [
      { name: 'a', figure: exactly(40) },
      { name: 'b', figure: exactly(10) },
    ],
  };

  test('start at zero and are as long as they are large', () => {
    const [a = '', b = ''] = renderBars(amounts);
    expect(a.indexOf('█')).toBe(b.indexOf('█'));
    expect(Math.abs(count(a) - 4 * count(b))).toBeLessThanOrEqual(4);
  });

  test('a line at the right end has its label to the left', () => {
    const mark = { label: 'ideal of four threads', value: 40 };
    const [, , label = ''] = renderBars({ ...amounts, mark });
    expect(label).toMatch(/^ +40\.0 ms: ideal of four threads ┊$/);
  });
});

test('in few columns names wrap, and the ranges are left to the table', () => {
  const figure = { median: 1e6, min: 1e5, max: 1e7 };
  const block: Omit<BarsBlock, 'kind' | 'title'> = {
    axis: { label: 'rate', unit: 'perSecond' },
    bars: [{ name: 'a name of very many words that go on and on', figure }],
  };
  const lines = renderBars(block, undefined, 60);
  expect(lines.length).toBeGreaterThan(1);
  expect(lines[0]).toMatch(/█ {2}1\.00 M\/s \(100,000\/s–10\.00 M\/s\)$|1\.00 M\/s$/);
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(60);
  expect(renderBars(block, undefined, 120)[0]).toContain('–');
});
