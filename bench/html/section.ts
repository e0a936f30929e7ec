/**
 * One result as a section of the page.
 *
 * Invariant: everything is made from the result's document and figures, nothing depends on which
 * scenario it is.
 */
import type { FileResult } from '../bench-file.js';
import type { Block, Document, NamedFigure } from '../document.js';
import { formatUnit } from '../terminal/format.js';
import { drawBars } from './bars.js';
import { drawCurves, drawTimeline } from './chart.js';
import { type Markup, markup } from './markup.js';
import type { Palette } from './palette.js';
import { drawTable } from './table.js';

/** A result, and what it says. */
export interface Part {
  readonly result: FileResult;
  readonly document: Document;
  /** What the scenario is about. */
  readonly summary: string;
}

/** The place of a section within the page. */
export function idOf({ result }: Part): string {
  return `result-${result.scenario}`;
}

export function drawSection(part: Part, palette: Palette): Markup {
  const { result, document, summary } = part;
  const id = idOf(part);
  const state = result.isInterrupted
    ? markup`<p class="state">Interrupted: this is what was measured until then.</p>\n`
    : undefined;
  const body =
    document.blocks.length === 0
      ? markup`<p>Nothing was measured.</p>\n`
      : drawBlocks(document, palette);
  return markup`<section id="${id}" aria-labelledby="${id}-title">
<header>
<p class="kicker"><code>${result.scenario}</code></p>
<h2 id="${id}-title">${document.title}</h2>
<p class="summary">${summary}</p>
</header>
${state}${body}${drawFigures(result.figures, document.title)}</section>
`;
}

function drawBlocks({ title, blocks }: Document, palette: Palette): Markup[] {
  const labels = new Labels(title);
  return groupPoints(blocks).map((block, at, all) => {
    if (block.kind === 'points') {
      return markup`<ul class="points">
${block.texts.map((words) => markup`<li>${keepTogether(words)}</li>\n`)}</ul>
`;
    }
    labels.read(block);
    switch (block.kind) {
      case 'heading':
        return markup`<h3>${block.text}</h3>\n`;
      case 'text': {
        const isLead = all[at + 1]?.kind === 'table' && block.text.endsWith(':');
        const style = block.role === 'faint' ? 'note' : isLead ? 'lead' : 'words';
        return markup`<p class="${style}">${keepTogether(block.text)}</p>\n`;
      }
      case 'code':
        return markup`<pre><code>${block.text}</code></pre>\n`;
      case 'table':
        return drawTable(block, labels.ofTable());
      case 'timeline':
        return drawTimeline(block, labels.unique(`${block.title}, values`), palette);
      case 'curves':
        return drawCurves(block, labels.unique(`${block.title}, values`), palette);
      case 'bars':
        return drawBars(block);
    }
  });
}

/** No line ends between a figure and its unit. */
function keepTogether(words: string): string {
  return words.replaceAll(/(?<=\d) (?=(?:%|µs|ms|s|KB|MB|GB|M)(?![\w]))/g, '\u00A0');
}

interface Points {
  readonly kind: 'points';
  readonly texts: readonly string[];
}

/** Points that follow each other make one list. */
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

/** What the tables are called: by what was said last before them; no two are called the same. */
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

function drawFigures(figures: readonly NamedFigure[], title: string): Markup | undefined {
  if (figures.length === 0) return undefined;
  const rows = figures.map(({ name, unit, median, min, max, better, rounds }) => [
    name,
    ...[median, min, max].map((value) => formatUnit(value, unit)),
    String(rounds?.length ?? 1),
    better ?? '-',
  ]);
  const head = ['figure', 'median', 'least', 'most', 'rounds', 'better'];
  return markup`<details class="figures">
<summary>All ${figures.length} figures of this result</summary>
${drawTable({ head, rows }, `${title}: all figures`)}</details>
`;
}
