import fc from 'fast-check';
import { test } from 'vitest';
import type { Cell } from '../../../../bench/report/document.js';
import { widthOf } from '../../../../bench/report/terminal/paint.js';
import { renderTable } from '../../../../bench/report/terminal/table.js';

const words = fc
  .array(fc.stringMatching(/^[a-z0-9%()-]{1,18}$/), { maxLength: 4 })
  .map((all) => all.join(' '));
const cell: fc.Arbitrary<Cell> = fc.record(
  { text: words, range: words },
  { requiredKeys: ['text'] },
);

const tables = fc.integer({ min: 1, max: 9 }).chain((columns) =>
  fc.record({
    head: fc.array(words, { minLength: columns, maxLength: columns }),
    rows: fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { maxLength: 4 }),
    grouped: fc.integer({ min: 0, max: columns - 1 }),
    title: words,
  }),
);

/** Number of occurrences of each letter in a text. */
function lettersOf(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const letter of text.replaceAll(/[\s─]/g, '')) {
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  return counts;
}

test('no table is wider than its columns, and none loses a letter of its cells', () => {
  fc.assert(
    fc.property(tables, fc.integer({ min: 60, max: 130 }), (table, columns) => {
      const { head, rows, grouped, title } = table;
      const groups = grouped === 0 ? [] : [{ title, columns: grouped }];
      const lines = renderTable({ head, rows, groups }, undefined, columns);
      const isWithin = lines.every((line) => widthOf(line) <= columns);
      const drawn = lettersOf(lines.join(''));
      const given = [...head, ...rows.flat().map(({ text, range = '' }) => text + range)];
      const isWhole = [...lettersOf(given.join(''))].every(
        ([letter, count]) => (drawn.get(letter) ?? 0) >= count,
      );
      return isWithin && isWhole;
    }),
    { numRuns: 300 },
  );
});
