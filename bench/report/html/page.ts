/**
 * A run as one HTML page: what `--html` writes.
 *
 * Invariant: every result whose scenario is known has a section, and the contents lead to it.
 */
import type { BenchFile } from '../../scenarios/bench-file.js';
import type { Scenario } from '../../scenarios/scenario.js';
import { formatList } from '../format.js';
import { type Markup, markup } from './markup.js';
import { Palette } from './palette.js';
import { drawSection, idOf, type Part } from './section.js';
import { drawContents, drawFooter, drawShell, drawTime, WHEEL } from './shell.js';
import { drawSurroundings, SURROUNDINGS } from './surroundings.js';

/** The whole page. */
export function drawPage(file: BenchFile, scenarios: readonly Scenario[]): string {
  const parts = file.results.flatMap((result): Part[] => {
    const scenario = scenarios.find(({ name }) => name === result.scenario);
    if (scenario === undefined) return [];
    return [{ result, document: scenario.describe(result), summary: scenario.summary }];
  });
  const palette = new Palette();
  return drawShell({
    title: `millrace bench: ${formatList(parts.map(({ result }) => result.scenario))}`,
    header: drawHeader(file, parts),
    contents: drawContents([
      ...parts.map((part) => [idOf(part), part.document.title] as const),
      ...SURROUNDINGS,
    ]),
    main: [
      ...parts.map((part) => drawSection(part, palette)),
      drawSurroundings(file.environment, file.command),
    ],
    footer: drawFooter(file.environment),
    hasCharts: true,
  }).html;
}

function drawHeader(
  { environment, startedAt, results }: BenchFile,
  parts: readonly Part[],
): Markup {
  const figures = results.reduce((sum, result) => sum + result.figures.length, 0);
  const { cpu, processors, node } = environment;
  const count = parts.length === 1 ? 'One result' : `${parts.length} results`;
  return markup`<p class="brand">${WHEEL} millrace bench</p>
<h1>Benchmark report</h1>
<p class="summary">${count}${figures === 0 ? '' : ` with ${figures.toLocaleString('en-US')} figures`}, measured on ${drawTime(startedAt)} on ${processors === 1 ? 'one processor' : `${processors} processors`} (${cpu}) with Node.js ${node}.</p>
`;
}
