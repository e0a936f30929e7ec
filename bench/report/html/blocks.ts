/**
 * Renders the blocks of a document as HTML.
 *
 * Invariants: the output depends on the blocks alone; no two tables of a document have the same accessible name.
 */
import type { Block, Document } from '../document.js';
import { drawable } from '../drawable.js';
import { renderBars } from './bars.js';
import { renderCurves, renderTimeline } from './chart.js';
import { renderForest } from './forest.js';
import { type Markup, markup } from './markup.js';
import type { Palette } from './palette.js';
import { renderTable } from './table.js';
import { renderWords } from './words.js';

/** Renders all blocks, in their order. */
export function renderBlocks({ title, blocks }: Document, palette: Palette): Markup[] {
  const labels = new Labels(title);
  return groupPoints(drawable(blocks)).map((block, at, all) => {
    if (block.kind === 'points') {
      return markup`<ul class="points">
${block.texts.map((words) => markup`<li>${renderWords(words)}</li>\n`)}</ul>
`;
    }
    labels.read(block);
    switch (block.kind) {
      case 'heading':
        return markup`<h3>${block.text}</h3>\n`;
      case 'text': {
        const isLead = all[at + 1]?.kind === 'table' && block.text.endsWith(':');
        const style = block.role === 'faint' ? 'note' : isLead ? 'lead' : 'words';
        return markup`<p class="${style}">${renderWords(block.text)}</p>\n`;
      }
      case 'code':
        return markup`<pre><code>${block.text}</code></pre>\n`;
      case 'table':
        return renderTable(block, labels.ofTable());
      case 'timeline':
        return renderTimeline(block, labels.unique(`${block.title}, values`), palette);
      case 'curves':
        return renderCurves(block, labels.unique(`${block.title}, values`), palette);
      case 'bars':
        return renderBars(block, palette);
      case 'forest':
        return renderForest(block, labels.unique(`${block.title}, values`));
    }
  });
}

interface Points {
  readonly kind: 'points';
  readonly texts: readonly string[];
}

/** Merges adjacent points into one list. */
function groupPoints(blocks: readonly Block[]): (Block | Points)[] {
  const grouped: (Block | Points)[] = [];
  for (const block of blocks) {
    if (block.kind !== 'text' || block.role !== 'point') {
      grouped.push(block);
      continue;
    }
    const before = grouped.at(-1);
    const texts = before?.kind === 'points' ? [...before.texts, block.text] : [block.text];
    if (before?.kind === 'points') grouped.pop();
    grouped.push({ kind: 'points', texts });
  }
  return grouped;
}

/** Names the tables after the heading or lead text before them, without duplicates. */
class Labels {
  readonly #used = new Map<string, number>();
  #last: string;

  constructor(title: string) {
    this.#last = title;
  }

  read(block: Block): void {
    if (block.kind === 'heading') this.#last = block.text;
    if (block.kind === 'text' && block.text.endsWith(':')) this.#last = block.text.slice(0, -1);
  }

  ofTable(): string {
    return this.unique(this.#last);
  }

  unique(name: string): string {
    const count = (this.#used.get(name) ?? 0) + 1;
    this.#used.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  }
}
