/**
 * Renders a run as one HTML page, which `--html` writes.
 *
 * Invariants: the contents link to every section; the main findings of several results come first, together.
 */
import type { BenchFile } from '../bench-file.js';
import { formatList } from '../format.js';
import type { Section } from '../section.js';
import { type Markup, markup } from './markup.js';
import { Palette } from './palette.js';
import { renderSection, idOf } from './section.js';
import { renderContents, renderFooter, renderShell, renderTime, WHEEL } from './shell.js';
import { renderSurroundings, SURROUNDINGS } from './surroundings.js';
import { renderWords } from './words.js';

/** Renders the whole page. @param sections - Those of the file's results. */
export function renderPage(file: BenchFile, sections: readonly Section[]): string {
  const palette = new Palette();
  return renderShell({
    title: `millrace bench: ${formatList(sections.map(({ result }) => result.scenario))}`,
    header: renderHeader(file, sections),
    contents: renderContents([
      ...sections.map((section) => [idOf(section), section.document.title] as const),
      ...SURROUNDINGS,
    ]),
    main: [
      ...sections.map((section) => renderSection(section, palette)),
      renderSurroundings(file.environment, file.command),
    ],
    footer: renderFooter(file.environment),
    hasCharts: true,
  }).html;
}

function renderHeader(
  { environment, startedAt, results }: BenchFile,
  sections: readonly Section[],
): Markup {
  const values = results.reduce((sum, result) => sum + result.figures.length, 0);
  const { cpu, processors, node } = environment;
  const count = sections.length === 1 ? 'One result' : `${sections.length} results`;
  return markup`<p class="brand">${WHEEL} millrace bench</p>
<h1>Benchmark report</h1>
<p class="summary">${count}${values === 0 ? '' : ` with ${values.toLocaleString('en-US')} values`}, measured on ${renderTime(startedAt)} on ${processors === 1 ? 'one CPU' : `${processors} CPUs`} (${cpu}) with Node.js ${node}.</p>
${sections.length < 2 ? undefined : renderAnswers(sections)}`;
}

/** Renders the first text of each result. */
function renderAnswers(sections: readonly Section[]): Markup {
  return markup`<ul class="points">
${sections.flatMap((section) => {
  const answer = section.document.blocks.find(({ kind }) => kind === 'text');
  if (answer?.kind !== 'text') return [];
  return [
    markup`<li><a href="#${idOf(section)}">${section.result.scenario}</a>: ${renderWords(answer.text)}</li>\n`,
  ];
})}</ul>
`;
}
