/**
 * A run as Markdown: what `--md` writes, for a pull request or a job's summary.
 *
 * Invariants: every table and sentence of the documents is there, and the charts' figures are in them;
 * no text can break out of its table or become markup.
 */
import type { BenchFile } from './bench-file.js';
import type { Block, Cell, Document, TableBlock } from './document.js';
import { describeBusy, type Environment } from './environment.js';
import type { Scenario } from './scenario.js';
import { formatFigure, formatMegabytes, formatUnit } from './terminal/format.js';

/** The whole file's text. */
export function drawMarkdown(file: BenchFile, scenarios: readonly Scenario[]): string {
  const { environment, command, startedAt } = file;
  const lines = file.results.flatMap((result) => {
    const scenario = scenarios.find(({ name }) => name === result.scenario);
    if (scenario === undefined) return [];
    return drawMarkdownDocument(scenario.describe(result), '##');
  });
  const busy = describeBusy(environment);
  const fence = fenceFor(command);
  return [
    '# millrace bench',
    '',
    ...lines,
    '## Where and how',
    '',
    `${escape(environment.cpu)}, ${environment.processors} processors, ` +
      `${formatMegabytes(environment.memoryBytes)},${limitsOf(environment)} ${escape(environment.platform)} ${escape(environment.kernel)}, ` +
      `Node ${environment.node}, millrace ${environment.millrace}, Piscina ${environment.piscina}, ` +
      `load average before ${formatFigure(environment.loadAverage)}, ${startedAt}.`,
    '',
    ...(busy === undefined ? [] : [escape(busy), '']),
    `${fence}sh`,
    command,
    fence,
    '',
  ].join('\n');
}

/** The lines of one document, below a heading of that level. */
export function drawMarkdownDocument({ title, blocks }: Document, level: '#' | '##'): string[] {
  return [`${level} ${escape(title)}`, '', ...blocks.flatMap(drawBlock)];
}

/** Those of the cgroup; mostly there are none. */
function limitsOf({ cpuQuota, memoryLimitBytes }: Environment): string {
  const quota = cpuQuota === undefined ? '' : ` CPU quota ${formatFigure(cpuQuota)},`;
  if (memoryLimitBytes === undefined) return quota;
  return `${quota} memory limit ${formatMegabytes(memoryLimitBytes)},`;
}

/** Longer than any run of backticks in the text, so that nothing in it ends the block. */
function fenceFor(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  return '`'.repeat(Math.max(3, ...runs.map(({ length }) => length + 1)));
}

function drawBlock(block: Block): string[] {
  switch (block.kind) {
    case 'heading':
      return [`### ${escape(block.text)}`, ''];
    case 'text':
      return [`${block.role === 'point' ? '- ' : ''}${escape(block.text)}`, ''];
    case 'code':
      return ['```js', block.text, '```', ''];
    case 'table':
      return [...drawTable(block), ''];
    case 'timeline':
      return [
        `${escape(block.title)}:`,
        '',
        ...block.series.map(({ name, ending }) => `- ${escape(name)}: ${escape(ending)}`),
        '',
      ];
    case 'bars':
      return [
        `${escape(block.title)}:`,
        '',
        ...block.bars.map(
          ({ name, figure }) => `- ${escape(name)}: ${formatUnit(figure.median, block.axis.unit)}`,
        ),
        '',
      ];
    case 'curves':
      return [];
  }
}

function drawTable({ head, groups, rows }: TableBlock): string[] {
  const titles = head.map((title, column) => {
    const group = groupOf(column, groups);
    return group === undefined ? title : `${group} ${title}`;
  });
  return [
    row(titles),
    row(titles.map((_, column) => (column === 0 ? '---' : '---:'))),
    ...rows.map((cells) => row(cells.map(drawCell))),
  ];
}

function groupOf(column: number, groups: TableBlock['groups']): string | undefined {
  let before = 1;
  for (const { title, columns } of groups ?? []) {
    if (column >= before && column < before + columns) return title;
    before += columns;
  }
  return undefined;
}

function drawCell(cell: Cell | string): string {
  if (typeof cell === 'string') return cell;
  return cell.range === undefined ? cell.text : `${cell.text} (${cell.range})`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => escape(cell)).join(' | ')} |`;
}

function escape(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll(/[\\|<>*_`[\]#~]/g, (sign) => (sign === '<' ? '&lt;' : `\\${sign}`))
    .replace(/^(\d*)([-+.)])(?= )/, '$1\\$2');
}
