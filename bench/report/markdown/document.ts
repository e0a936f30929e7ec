/**
 * Renders a document as Markdown.
 *
 * Invariants: all tables and sentences are included, and with them the values of the charts; no text can break out of
 * its table or become markup.
 */
import type { Block, Cell, Document, TableBlock } from '../document.js';
import { drawable } from '../drawable.js';
import { formatUnit } from '../format.js';

/** Renders a document as lines, below a heading of this level. */
export function renderMarkdownDocument({ title, blocks }: Document, level: '#' | '##'): string[] {
  return [`${level} ${escapeMarkdown(title)}`, '', ...renderMarkdownBlocks(blocks)];
}

/** Renders blocks below a heading of the second level. */
export function renderMarkdownBlocks(blocks: readonly Block[]): string[] {
  return drawable(blocks).flatMap((block) => renderBlock(block));
}

function renderBlock(block: Block): string[] {
  switch (block.kind) {
    case 'heading':
      return [`### ${escapeMarkdown(block.text)}`, ''];
    case 'text':
      return [`${block.role === 'point' ? '- ' : ''}${escapeMarkdown(block.text)}`, ''];
    case 'code':
      return [`\`\`\`${block.language ?? 'js'}`, block.text, '```', ''];
    case 'table':
      return [...renderTable(block), ''];
    case 'timeline':
      return [
        `${escapeMarkdown(block.title)}:`,
        '',
        ...block.series.map(
          ({ name, ending }) => `- ${escapeMarkdown(name)}: ${escapeMarkdown(ending)}`,
        ),
        '',
      ];
    case 'bars':
      return [
        `${escapeMarkdown(block.title)}:`,
        '',
        ...block.bars.map(
          ({ name, figure }) =>
            `- ${escapeMarkdown(name)}: ${formatUnit(figure.median, block.axis.unit)}`,
        ),
        '',
      ];
    case 'curves':
    case 'forest':
      return [];
  }
}

function renderTable({ head, groups, rows }: TableBlock): string[] {
  const titles = head.map((title, column) => {
    const group = groupOf(column, groups);
    return group === undefined ? title : `${group} ${title}`;
  });
  return [
    row(titles),
    row(titles.map((_, column) => (column === 0 ? '---' : '---:'))),
    ...rows.map((cells) => row(cells.map(renderCell))),
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

function renderCell(cell: Cell | string): string {
  if (typeof cell === 'string') return cell;
  return cell.range === undefined ? cell.text : `${cell.text} (${cell.range})`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => escapeMarkdown(cell)).join(' | ')} |`;
}

/** Escapes all markup in a text and puts it on one line. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll(/[\\|<>*_`[\]#~]/g, (sign) => (sign === '<' ? '&lt;' : `\\${sign}`))
    .replace(/^(\d*)([-+.)])(?= )/, '$1\\$2');
}
