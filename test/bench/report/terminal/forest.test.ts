import { expect, test } from 'vitest';
import type { ForestRow } from '../../../../bench/report/document.js';
import { renderForest } from '../../../../bench/report/terminal/forest.js';
import { widthOf } from '../../../../bench/report/terminal/paint.js';

const MARKS = ['a fail is beyond it', 'a pass excludes it'];

function row(name: string, estimate: number, changes: Partial<ForestRow> = {}): ForestRow {
  return {
    name,
    estimate,
    low: estimate - 0.02,
    high: estimate + 0.02,
    rounds: [estimate - 0.03, estimate + 0.04],
    marks: [0.03, 0.05],
    ending: 'PASS',
    ...changes,
  };
}

test('estimates stand in the order of their size between the ends of their intervals', () => {
  const lines = renderForest({
    marks: MARKS,
    rows: [row('a', 0.12, { ending: 'FAIL' }), row('long', -0.04)],
  });
  expect(lines[0]).toMatch(/^a +│ +┊ +┊ *· ├─+●─+┤ +· +\+12\.0 % {2}FAIL$/);
  expect(lines[1]).toMatch(/^long +· *├─+●─+┤ *[│·]+ +┊ +┊ +-4\.0 % {2}PASS$/);
  expect(lines[0]?.indexOf('│')).toBe(
    (lines[1]?.indexOf('┊') ?? 0) - ((lines[0]?.indexOf('┊') ?? 0) - (lines[0]?.indexOf('│') ?? 0)),
  );
  expect(lines[2]).toMatch(/^ +-5 % +0 % +\+5 % +\+10 % +\+15 %$/);
  expect(lines.slice(3).join(' ')).toBe(
    '● estimate, ├─┤ its confidence interval, · a round; │ no change, ┊ +3 % (a fail is beyond it) and +5 % (a pass excludes it). Right is worse.',
  );
});

test('a scale line has 0 % below the line of no change', () => {
  const lines = renderForest({ marks: [], rows: [row('a', 0.12, { marks: [] })] });
  const [drawn = '', ticks = ''] = lines;
  expect(ticks.indexOf('0 %') + 1).toBe(drawn.indexOf('│'));
});

test('an interval that goes on beyond the scale is cut there', () => {
  const lines = renderForest({ marks: MARKS, rows: [row('a', 0.01, { low: -0.9, high: 40 })] });
  expect(lines[0]).toMatch(/^a {2}‹─*●─*› {2}\+1\.0 % {2}PASS$/);
});

test('a group is named once, and lines that differ have no single value', () => {
  const rows = [
    row('a', 0, { group: 'one' }),
    row('b', 0, { group: 'one', marks: [0.1, 0.2] }),
    row('a', 0, { group: 'two' }),
  ];
  const lines = renderForest({ marks: MARKS, rows });
  expect(lines.slice(0, 5).map((line) => line.slice(0, 4).trimEnd())).toEqual([
    'one',
    '  a',
    '  b',
    'two',
    '  a',
  ]);
  expect(lines.join(' ')).toContain('┊ a fail is beyond it and a pass excludes it.');
});

test('only what it comes to is painted, by its meaning', () => {
  const rows = [row('a', 0, { meaning: 'good' }), row('b', 0)];
  const lines = renderForest({ marks: MARKS, rows }, (tone, text) => `<${tone} ${text}>`);
  expect(lines[0]).toMatch(/<good PASS>$/);
  expect(lines[1]).toMatch(/ PASS$/);
});

test('nothing is wider than 80 columns', () => {
  const rows = [
    row('memory slope per 1,000 jobs', 12, { group: 'word '.repeat(40), ending: 'INCONCLUSIVE' }),
    row('x', -0.9, { group: 'w'.repeat(170) }),
  ];
  for (const line of renderForest({ marks: MARKS, rows }))
    expect(widthOf(line)).toBeLessThanOrEqual(80);
});
