/**
 * Renders a document as Markdown.
 *
 * Invariants: every table and sentence is there, and the charts' figures are in them; no text can break
 * out of its table or become markup.
 */
import type { Block, Cell, Document, TableBlock } from '../document.js';
import { drawable } from '../drawable.js';
import { formatUnit } from '../format.js';

/** The lines of one document, below a heading of that level. */
export function renderMarkdownDocument({ title, blocks }: Document, level: '#' | '##'): string[] {
  return [`${level} ${escapeMarkdown(title)}`, '', ...renderMarkdownBlocks(blocks)];
}

/** Blocks below a heading of the second level. */
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

/** A text that is no markup, in one line. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll(/[\\|<>*_`[\]#~]/g, (sign) => (sign === '<' ? '&lt;' : `\\${sign}`))
    .replace(/^(\d*)([-+.)])(?= )/, '$1\\$2');
}
