import { expect, test } from 'vitest';
import { type Block, spreadRow, text } from '../../../../bench/report/document.js';
import { renderDocument } from '../../../../bench/report/terminal/document.js';
import { paintFor, plain, widthOf } from '../../../../bench/report/terminal/paint.js';

const spread = { median: 2, min: 1, max: 3 };
const table: Block = {
  kind: 'table',
  head: ['', 'one', 'two'],
  rows: [spreadRow('arm', [spread, undefined], (value) => value.toFixed(1)), ['plain', '1', '2']],
};

test('a table has the range of a figure in a line below it, and no such line where there is none', () => {
  expect(renderDocument({ title: 'Title', blocks: [table] }, plain)).toEqual(
    [
      '',
      'Title',
      '',
      '           one  two',
      '──────────────────',
      'arm        2.0    -',
      '       1.0–3.0',
      'plain        1    2',
    ].map((line) => (line.startsWith('──') ? '─'.repeat(19) : line)),
  );
});

test('ranges are faint', () => {
  const lines = renderDocument(
    { title: 'Title', blocks: [table] },
    (tone, words) => `<${tone} ${words}>`,
  );
  expect(lines.join('\n')).toContain('<faint 1.0–3.0>');
});

test('a chart of two bars is left out, as their table is read faster', () => {
  const bar = (name: string) => ({ name, figure: { median: 4, min: 4, max: 4 } });
  const bars = (names: readonly string[]): Block => ({
    kind: 'bars',
    title: 'Times as fast',
    axis: { label: 'times', unit: 'ratio' },
    bars: names.map(bar),
  });
  const render = (names: readonly string[]) =>
    renderDocument({ title: 'Title', blocks: [table, bars(names)] }, plain);
  expect(render(['a', 'b'])).not.toContain('Times as fast');
  expect(render(['a', 'b', 'c'])).toContain('Times as fast');
});

test('nothing is wider than 80 columns', () => {
  const words = 'word '.repeat(50).trim();
  const blocks: Block[] = [
    { kind: 'heading', text: words },
    text(words),
    text(words, 'faint'),
    text(words, 'point'),
    {
      kind: 'bars',
      title: words,
      axis: { label: 'times', unit: 'bytes' },
      bars: [{ name: '1024 in flight', figure: { median: 1e9, min: 1e8, max: 1e10 } }],
    },
    {
      kind: 'timeline',
      title: words,
      axis: { label: 'memory', unit: 'bytes' },
      seconds: 10,
      series: [
        {
          name: 'arm',
          samples: [{ seconds: 1, value: 100 }],
          endSeconds: 9,
          ending: 'survived',
          isCutShort: false,
        },
      ],
    },
  ];
  for (const paint of [plain, paintFor({ isTTY: true }, false, {})]) {
    for (const line of renderDocument({ title: 'Title', blocks }, paint)) {
      expect.soft(widthOf(line), line).toBeLessThanOrEqual(80);
    }
  }
});

test('a document without blocks says nothing', () => {
  expect(renderDocument({ title: 'Title', blocks: [] }, plain)).toEqual([]);
});

test('code is kept as it is, line by line', () => {
  const code = 'const pool = new Pool({\n  threads: 2,\n});';
  const lines = renderDocument({ title: 'Title', blocks: [{ kind: 'code', text: code }] }, plain);
  expect(lines).toEqual(['', 'Title', '', 'const pool = new Pool({', '  threads: 2,', '});']);
});

test('a name that leaves too little room for the figures goes on in the next lines', () => {
  const name = `${'long '.repeat(12).trim()}: ${'x'.repeat(70)} end`;
  const range = { text: '123,456/s', range: '120k–130k' };
  const block: Block = {
    kind: 'table',
    head: ['', 'before', 'after'],
    rows: [
      [name, range, 'y'.repeat(30)],
      ['short', range, '-'],
    ],
  };
  const [, , , ...lines] = renderDocument({ title: 'Title', blocks: [block] }, plain);
  // 80 columns minus two columns of values (9 and 30) and two gaps.
  const names = 37;
  const line = (start: string, before: string, after = ''): string =>
    `${start.padEnd(names)}  ${before.padStart(9)}  ${after.padStart(30)}`.trimEnd();
  expect(lines).toEqual([
    line('', 'before', 'after'),
    '─'.repeat(80),
    line('long long long long long long long', '123,456/s', 'y'.repeat(30)),
    line('  long long long long long:', '120k–130k'),
    line(`  ${'x'.repeat(35)}`, ''),
    line(`  ${'x'.repeat(35)}`, ''),
    line('  end', ''),
    line('short', '123,456/s', '-'),
    line('', '120k–130k'),
  ]);
});
