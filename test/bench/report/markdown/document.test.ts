import { expect, test } from 'vitest';
import type { Document } from '../../../../bench/report/document.js';
import { renderMarkdownDocument } from '../../../../bench/report/markdown/document.js';

test('every kind of block is there as text', () => {
  const figure = { median: 2, min: 1, max: 3 };
  const document: Document = {
    title: 'A title',
    blocks: [
      { kind: 'heading', text: 'A heading' },
      { kind: 'text', text: 'A sentence.' },
      { kind: 'text', text: 'A conclusion.', role: 'point' },
      {
        kind: 'table',
        head: ['arm', 'p50', 'p99'],
        groups: [{ title: 'answer', columns: 2 }],
        rows: [['millrace', { text: '1.0', range: '0.9–1.1', meaning: 'good' }, '-']],
      },
      {
        kind: 'timeline',
        title: 'Memory',
        axis: { label: 'memory', unit: 'bytes' },
        seconds: 1,
        series: [
          { name: 'arm', samples: [], endSeconds: 1, ending: 'died after 1 s', isCutShort: true },
        ],
      },
      {
        kind: 'bars',
        title: 'Ratios',
        axis: { label: 'times', unit: 'ratio' },
        bars: ['1', '16', '64'].map((count) => ({ name: `${count} in flight`, figure })),
      },
      {
        kind: 'curves',
        title: 'Only for the page; its figures are in the tables',
        x: { label: 'x', unit: 'count' },
        y: { label: 'y', unit: 'count' },
        series: [],
      },
    ],
  };
  expect(renderMarkdownDocument(document, '##')).toEqual([
    '## A title',
    '',
    '### A heading',
    '',
    'A sentence.',
    '',
    '- A conclusion.',
    '',
    '| arm | answer p50 | answer p99 |',
    '| --- | ---: | ---: |',
    '| millrace | 1.0 (0.9–1.1) | - |',
    '',
    'Memory:',
    '',
    '- arm: died after 1 s',
    '',
    'Ratios:',
    '',
    '- 1 in flight: 2.00',
    '- 16 in flight: 2.00',
    '- 64 in flight: 2.00',
    '',
  ]);
});

test.each([
  { text: 'a | b', drawn: 'a \\| b' },
  { text: '<script>alert(1)</script>', drawn: '&lt;script\\>alert(1)&lt;/script\\>' },
  { text: 'a &lt; b', drawn: 'a &amp;lt; b' },
  { text: '*bold* _too_ `code` ~no~', drawn: '\\*bold\\* \\_too\\_ \\`code\\` \\~no\\~' },
  { text: '[link](https://example.org)', drawn: '\\[link\\](https://example.org)' },
  { text: 'C:\\path', drawn: 'C:\\\\path' },
  { text: 'two\nlines\r\n\r\n# and', drawn: 'two lines \\# and' },
  { text: '- no list', drawn: '\\- no list' },
  { text: '1. no list', drawn: '1\\. no list' },
  { text: '-', drawn: '-' },
  { text: '1.5 and -1', drawn: '1.5 and -1' },
])('$text is no markup', ({ text, drawn }) => {
  const blocks: Document['blocks'] = [
    { kind: 'text', text },
    { kind: 'heading', text },
    { kind: 'table', head: [text], rows: [[text], [{ text, range: text }]] },
  ];
  const lines = renderMarkdownDocument({ title: text, blocks }, '#');
  expect(lines[0]).toBe(`# ${drawn}`);
  expect(lines[2]).toBe(drawn);
  expect(lines[4]).toBe(`### ${drawn}`);
  expect(lines[6]).toBe(`| ${drawn} |`);
  expect(lines[8]).toBe(`| ${drawn} |`);
  // A table's rows stay single lines with as many cells as it has columns.
  for (const line of lines.slice(6, 10)) {
    expect(line.match(/(?<!\\)\|/g)?.length).toBe(2);
    expect(line).not.toContain('\n');
  }
});
