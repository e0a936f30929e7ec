/**
 * Renders what every page has around its results: the head, the layout and the script.
 *
 * Invariants: the page loads nothing, which its own policy enforces; without the script only the drawings of the
 * charts are missing.
 */
import { hashOf, readChartLibrary, readScript } from './assets.js';
import { type Insertion, Markup, markup } from './markup.js';
import { STYLE } from './style.js';

/** A mill wheel. */
export const WHEEL: Markup = markup`<svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"><circle cx="11" cy="11" r="6.2"/><circle cx="11" cy="11" r="1.4"/><path d="M11 4.8V1.4M11 20.6v-3.4M4.8 11H1.4M20.6 11h-3.4M6.6 6.6 4.2 4.2M17.8 17.8l-2.4-2.4M6.6 15.4l-2.4 2.4M17.8 4.2l-2.4 2.4"/></svg>`;

const NO_SCRIPT: Markup = markup`<noscript><p class="state">Charts are drawn by a script, which is turned off; their values are in the tables below them.</p></noscript>
`;

/** The contents of a page. */
export interface Shell {
  readonly title: string;
  readonly header: Insertion;
  readonly contents: Insertion;
  readonly main: Insertion;
  readonly footer: Insertion;
  /** Whether the script has charts to draw. */
  readonly hasCharts: boolean;
}

/** Renders the page around its contents. */
export function renderShell({ title, header, contents, main, footer, hasCharts }: Shell): Markup {
  const library = hasCharts ? readChartLibrary() : undefined;
  const script = readScript(hasCharts);
  const scripts = library === undefined ? [script] : [library.script, script];
  // The widths of bars are style attributes, which a hash can't allow.
  const policy = `default-src 'none'; script-src ${scripts.map((code) => hashOf(code)).join(' ')}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${library && new Markup(`${library.style}\n`)}${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
<header class="top">
${header}</header>
<nav aria-label="Contents">
${contents}</nav>
<main id="main" tabindex="-1">
${library && NO_SCRIPT}${main}</main>
<footer>
${footer}</footer>
${library && markup`<script>${new Markup(library.script)}</script>\n`}<script type="module">${new Markup(script)}</script>
</body>
</html>
`;
}

/** Renders the page's contents from the id and the title of each section. */
export function renderContents(
  entries: ReadonlyArray<readonly [id: string, title: string]>,
): Markup {
  return markup`<ol>
${entries.map(([id, title]) => markup`<li><a href="#${id}">${title}</a></li>\n`)}</ol>
`;
}

/** Renders the end of every page. */
export function renderFooter({ millrace }: { readonly millrace: string }): Markup {
  return markup`<p>Made by millrace ${millrace}. This page is one file that loads nothing: keep it, send it, open it anywhere.</p>
`;
}

/** Renders a time for people and for programs. */
export function renderTime(iso: string): Markup {
  const words = new Date(iso).toLocaleString('en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return markup`<time datetime="${iso}">${words} UTC</time>`;
}
