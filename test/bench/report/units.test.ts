import { describe, expect, test } from 'vitest';
import type { TableBlock } from '../../../bench/report/document.js';
import { scenarioDocuments } from './documents.js';

/**
 * A title of a column that states its unit: in brackets, as a rate (`UNIT`) or as a plural of what is counted
 * (`COUNTS`).
 */
const UNIT =
  /\((?:ms|µs|s|MB|%|×|share|jobs\/s|rows|µs\/job|95 % CI)\)|\b(?:jobs|rows|arrivals)\/s\b|\bms\b/;
const COUNTS =
  /^(?:offered|accepted|completed|refused|rejected|served|failed|arrivals|threads|jobs|cut off|late)$/;
/** A value that states its own unit, is a word, or is missing. */
const WITH_UNIT = /[a-z%×/]|^-$|^$/i;

/** Titles of the columns, without the first one, that leave a number without a unit. */
function bareColumns({ head, groups = [], rows }: TableBlock): string[] {
  const titles = groups.flatMap(({ title, columns }) =>
    Array.from({ length: columns }, () => title),
  );
  return head.slice(1).filter((title, at) => {
    const words = `${titles[at] ?? ''} ${title}`;
    if (UNIT.test(words) || COUNTS.test(title) || titles[at] === 'requests') return false;
    return rows.some((row) => {
      const cell = row[at + 1];
      const [name = ''] = row.map((each) => (typeof each === 'string' ? each : each.text));
      const text = typeof cell === 'string' ? cell : (cell?.text ?? '');
      return !WITH_UNIT.test(text) && !UNIT.test(name) && name !== 'ms';
    });
  });
}

describe.each(scenarioDocuments().map(({ name, document }) => [name, document] as const))(
  '%s',
  (_, { blocks }) => {
    test('every table says the unit of every column, and names its rows', () => {
      for (const block of blocks) {
        if (block.kind !== 'table') continue;
        expect.soft(bareColumns(block), block.head.join(' | ')).toEqual([]);
      }
    });

    test('every chart of ratios has a labelled line at 1', () => {
      for (const block of blocks) {
        if (block.kind !== 'bars' || block.axis.unit !== 'ratio') continue;
        expect(block.mark?.value).toBe(1);
        expect(block.mark?.label).toMatch(/\w/);
      }
    });

    test('every chart of percentiles has the axis that is labelled p50, p90, p99, p99.9', () => {
      for (const block of blocks) {
        if (block.kind !== 'curves' || !/percentile/i.test(block.title)) continue;
        expect(block.x.scale).toBe('percentile');
        for (const { points } of block.series) {
          for (const [x] of points) expect(x).toBeLessThan(1);
        }
      }
    });

    test('no series of memory starts at a zero that nobody measured', () => {
      for (const block of blocks) {
        if (block.kind !== 'curves' || block.y.unit !== 'bytes') continue;
        for (const { points } of block.series) {
          expect(points.length).toBeGreaterThan(0);
          for (const [, bytes] of points) expect(bytes).toBeGreaterThan(0);
        }
      }
    });
  },
);
