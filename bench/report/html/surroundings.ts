/**
 * Renders the environment of a run and how to repeat it.
 *
 * Invariant: all fields that the environment records are shown, including those that this file does not know by name.
 */
import { describeBusy, type Environment } from '../../process/environment.js';
import { formatFigure, formatMegabytes } from '../format.js';
import { type Markup, markup } from './markup.js';

/** Labels of fields whose names are not what a person would say. */
const NAMES: Readonly<Record<string, string>> = {
  piscina: 'Piscina',
  node: 'Node.js',
  cpu: 'CPU model',
  processors: 'CPUs available',
  cpuQuota: 'CPU quota (CPUs)',
  loadAverage: 'load average before the run',
};

/** Ids and titles of these sections. */
export const SURROUNDINGS: ReadonlyArray<readonly [id: string, title: string]> = [
  ['environment', 'Environment'],
  ['again', 'Run it again'],
];

/**
 * Renders the sections that end the page.
 *
 * @param told - Sentences that are elsewhere on the page and are not repeated.
 */
export function renderSurroundings(
  environment: Environment,
  command: string,
  told: readonly string[] = [],
): Markup {
  const busy = describeBusy(environment);
  return markup`<section id="environment" aria-labelledby="environment-title">
<h2 id="environment-title">Environment</h2>
${busy === undefined || told.includes(busy) ? [] : markup`<p>${busy}</p>\n`}<dl>
${Object.entries(environment).map(
  ([
    name,
    value,
  ]) => markup`<div><dt>${formatName(name)}</dt><dd>${formatValue(name, value)}</dd></div>
`,
)}</dl>
</section>
<section id="again" aria-labelledby="again-title">
<h2 id="again-title">Run it again</h2>
<p>Results depend on the machine: compare only runs on the same one. To repeat this run:</p>
<pre><code>npx ${command}</code></pre>
</section>
`;
}

/** 'memoryBytes' as 'memory', 'cgroupLimit' as 'cgroup limit'. */
function formatName(name: string): string {
  const words = name.replace(/Bytes$/, '').replaceAll(/[A-Z]/g, (sign) => ` ${sign.toLowerCase()}`);
  return NAMES[name] ?? words;
}

function formatValue(name: string, value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(([key, each]) =>
      Array.isArray(value)
        ? formatValue(name, each)
        : `${formatName(key)} ${formatValue(key, each)}`,
    );
    return entries.join(', ') || 'none';
  }
  if (typeof value !== 'number') return String(value);
  if (name.endsWith('Bytes')) return formatMegabytes(value);
  return Number.isInteger(value) ? value.toLocaleString('en-US') : formatFigure(value);
}
