/**
 * Renders one result as a section of the page.
 *
 * Invariant: everything is made from the result's document and metrics; nothing depends on which scenario it is.
 */
import type { NamedFigure } from '../document.js';
import { formatUnit } from '../format.js';
import type { Section } from '../section.js';
import { renderBlocks } from './blocks.js';
import { type Markup, markup } from './markup.js';
import type { Palette } from './palette.js';
import { renderTable } from './table.js';

/** The id of a section within the page. */
export function idOf({ result }: Section): string {
  return `result-${result.scenario}`;
}

export function renderSection(section: Section, palette: Palette): Markup {
  const { result, document, summary } = section;
  const id = idOf(section);
  const state = result.isInterrupted
    ? markup`<p class="state">Interrupted: these are the results so far.</p>\n`
    : undefined;
  const body =
    document.blocks.length === 0
      ? markup`<p>Nothing was measured.</p>\n`
      : renderBlocks(document, palette);
  return markup`<section id="${id}" aria-labelledby="${id}-title">
<header>
<p class="kicker"><code>${result.scenario}</code></p>
<h2 id="${id}-title">${document.title}</h2>
<p class="summary">${summary}</p>
</header>
${state}${body}${renderFigures(result.figures, document.title)}</section>
`;
}

function renderFigures(figures: readonly NamedFigure[], title: string): Markup | undefined {
  if (figures.length === 0) return undefined;
  const rows = figures.map(({ name, unit, median, min, max, better, rounds }) => [
    name,
    ...[median, min, max].map((value) => formatUnit(value, unit)),
    String(rounds?.length ?? 1),
    better ?? '-',
  ]);
  const head = ['value', 'median', 'min', 'max', 'rounds', 'better'];
  return markup`<details class="figures">
<summary>All ${figures.length} values of this result</summary>
${renderTable({ head, rows }, `${title}: all values`)}</details>
`;
}
