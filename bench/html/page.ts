/**
 * A run as one HTML page: what `--html` writes.
 *
 * Invariants: the page loads nothing, which its own policy enforces; without its script everything but
 * the drawing of the charts is there.
 */
import type { BenchFile } from '../bench-file.js';
import type { Scenario } from '../scenario.js';
import { formatList } from '../terminal/format.js';
import { hashOf, readChartLibrary, readScript } from './assets.js';
import { type Insertion, Markup, markup } from './markup.js';
import { Palette } from './palette.js';
import { drawSection, idOf, type Part } from './section.js';
import { STYLE } from './style.js';
import { drawSurroundings } from './surroundings.js';

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
    contents: drawContents(parts),
    main: [
      ...parts.map((part) => drawSection(part, palette)),
      drawSurroundings(file.environment, file.command),
    ],
    footer: drawFooter(file),
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

function drawTime(iso: string): Markup {
  const words = new Date(iso).toLocaleString('en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return markup`<time datetime="${iso}">${words} UTC</time>`;
}

function drawContents(parts: readonly Part[]): Markup {
  const entries = [
    ...parts.map((part) => [idOf(part), part.document.title] as const),
    ['environment', 'Environment'] as const,
    ['again', 'Run it again'] as const,
  ];
  return markup`<ol>
${entries.map(([id, title]) => markup`<li><a href="#${id}">${title}</a></li>\n`)}</ol>
`;
}

function drawFooter({ environment: { millrace } }: BenchFile): Markup {
  return markup`<p>Made by millrace ${millrace}. This page is one file that loads nothing: keep it, send it, open it anywhere.</p>
`;
}

/** A mill wheel. */
const WHEEL: Markup = markup`<svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"><circle cx="11" cy="11" r="6.2"/><circle cx="11" cy="11" r="1.4"/><path d="M11 4.8V1.4M11 20.6v-3.4M4.8 11H1.4M20.6 11h-3.4M6.6 6.6 4.2 4.2M17.8 17.8l-2.4-2.4M6.6 15.4l-2.4 2.4M17.8 4.2l-2.4 2.4"/></svg>`;

interface Shell {
  readonly title: string;
  readonly header: Insertion;
  readonly contents: Insertion;
  readonly main: Insertion;
  readonly footer: Insertion;
}

function drawShell({ title, header, contents, main, footer }: Shell): Markup {
  const library = readChartLibrary();
  const script = readScript();
  // Widths of bars are style attributes, which a hash can't allow.
  const policy = `default-src 'none'; script-src ${hashOf(library.script)} ${hashOf(script)}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Markup(library.style)}
${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
<header class="top">
${header}</header>
<nav aria-label="Contents">
${contents}</nav>
<main id="main" tabindex="-1">
<noscript><p class="state">Charts are drawn by a script, which is turned off; their values are in the tables below them.</p></noscript>
${main}</main>
<footer>
${footer}</footer>
<script>${new Markup(library.script)}</script>
<script type="module">${new Markup(script)}</script>
</body>
</html>
`;
}
