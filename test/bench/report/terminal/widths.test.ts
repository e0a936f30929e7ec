import { describe, expect, test } from 'vitest';
import type { Document } from '../../../../bench/report/document.js';
import { renderDocument } from '../../../../bench/report/terminal/document.js';
import { paintFor, plain, widthOf } from '../../../../bench/report/terminal/paint.js';
import { allDocuments } from '../documents.js';

const painted = paintFor({ isTTY: true }, false, {});
const documents = allDocuments().map(({ name, document }) => [name, document] as const);

/** The document without code, except for shell commands: lines of code are not wrapped, so that they can be copied. */
function withoutCode({ title, blocks }: Document): Document {
  return {
    title,
    blocks: blocks.filter((block) => block.kind !== 'code' || block.language === 'sh'),
  };
}

/** The text without whitespace and drawn lines. */
function wordsOf(text: string): string {
  return text.replaceAll(/[\s─]/g, '');
}

describe.each(documents)('%s', (_, document) => {
  test.each([60, 80, 100, 120])('is never wider than %d columns', (columns) => {
    for (const paint of [plain, painted]) {
      const lines = renderDocument(withoutCode(document), paint, columns);
      expect(lines.length).toBeGreaterThan(2);
      for (const line of lines) expect.soft(widthOf(line), line).toBeLessThanOrEqual(columns);
    }
  });

  test('loses no cell of a table at 60 columns', () => {
    for (const block of document.blocks) {
      if (block.kind !== 'table') continue;
      const lines = renderDocument({ title: 'T', blocks: [block] }, plain, 60);
      const counts = (text: string): number => [...wordsOf(text)].length;
      const cells = block.rows.flatMap((row) =>
        row
          .slice(1)
          .map((cell) => (typeof cell === 'string' ? cell : cell.text + (cell.range ?? ''))),
      );
      expect(counts(lines.join(''))).toBeGreaterThanOrEqual(counts(cells.join('')));
    }
  });
});

test('charts use the columns that a wide terminal has', () => {
  const overload = documents.find(([name]) => name === 'overload')?.[1] as Document;
  const timelines = {
    ...overload,
    blocks: overload.blocks.filter(({ kind }) => kind === 'timeline'),
  };
  const widest = (columns: number): number =>
    Math.max(...renderDocument(timelines, plain, columns).map((line) => widthOf(line)));
  expect([60, 100, 140].map(widest)).toEqual([60, 100, 140]);
});
