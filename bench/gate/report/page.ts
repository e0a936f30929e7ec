/**
 * Renders a gate as one HTML page for `--html`.
 *
 * Invariants: the verdict is the heading of the page; every scenario has a section, and the table of contents links to
 * it; without its script nothing is missing.
 */
import { type Block, text } from '../../report/document.js';
import { describeBudgets, describeNotes, describeOverview, formatRun } from './describe.js';
import { describeEvidence } from './describe-scenario.js';
import { scenarioForest } from './forest.js';
import { formatHeadline, formatState } from './headline.js';
import { formatNext, formatReasons } from './next.js';
import type { GateReport, ScenarioReport, Verdict } from '../model/report.js';
import { meaningOf, formatVerdict } from '../model/wording.js';
import { renderBlocks } from '../../report/html/blocks.js';
import { type Markup, markup } from '../../report/html/markup.js';
import { Palette } from '../../report/html/palette.js';
import {
  renderContents,
  renderFooter,
  renderShell,
  renderTime,
  WHEEL,
} from '../../report/html/shell.js';
import { renderSurroundings, SURROUNDINGS } from '../../report/html/surroundings.js';
import { renderWords } from '../../report/html/words.js';

/** A section that is listed in the table of contents. */
interface Section {
  readonly id: string;
  readonly title: string;
  readonly markup: Markup;
}

/** The whole page. */
export function renderGatePage(report: GateReport): string {
  const sections = [
    ...renderPart('overview', 'Overview', describeOverview(report.scenarios)),
    ...report.scenarios.map((scenario, at, { length }) =>
      renderScenario(scenario, at, length === 1),
    ),
    ...renderPart('budgets', 'Budgets', describeBudgets(report)),
    ...renderPart('notes', 'Notes', describeNotes(report.notes)),
  ];
  return renderShell({
    title: `millrace gate: ${formatVerdict(report.verdict)}, ${formatHeadline(report)}`,
    header: renderHeader(report),
    contents: renderContents([
      ...sections.map(({ id, title }) => [id, title] as const),
      ...SURROUNDINGS,
    ]),
    main: [
      ...sections.map((section) => section.markup),
      renderSurroundings(report.environment, report.command, report.notes),
    ],
    footer: renderFooter(report.environment),
    hasCharts: false,
  }).html;
}

function renderHeader(report: GateReport): Markup {
  const { environment, startedAt, verdict } = report;
  const { cpu, processors, node } = environment;
  const next = formatNext(report);
  const blocks = [
    ...formatReasons(report).map((words) => text(words, 'point')),
    ...(next === undefined ? [] : [text(next, 'point')]),
  ];
  return markup`<p class="brand">${WHEEL} millrace gate</p>
<h1>${renderVerdict(verdict)} ${capitalize(formatHeadline(report))}</h1>
<p class="summary">${formatRun(report)} Measured on ${renderTime(startedAt)} on ${processors === 1 ? 'one CPU' : `${processors} CPUs`} (${cpu}) with Node.js ${node}.</p>
${formatState(report).map((words) => markup`<p class="state">${words}</p>\n`)}${renderBlocks({ title: 'Why, and what next', blocks }, new Palette())}`;
}

function renderVerdict(verdict: Verdict): Markup {
  return markup`<span class="verdict ${meaningOf(verdict)}">${formatVerdict(verdict)}</span>`;
}

function renderScenario(scenario: ScenarioReport, at: number, isOnly: boolean): Section {
  const { name, verdict, reason } = scenario;
  const id = `scenario-${at + 1}`;
  const forest = scenarioForest(scenario);
  const blocks = [...(forest === undefined ? [] : [forest]), ...describeEvidence(scenario, isOnly)];
  return {
    id,
    title: name,
    markup: markup`<section id="${id}" aria-labelledby="${id}-title">
<header>
<p class="kicker">${renderVerdict(verdict)}</p>
<h2 id="${id}-title">${name}</h2>
<p class="reason">${renderWords(reason)}</p>
</header>
${renderBlocks({ title: name, blocks }, new Palette())}</section>
`,
  };
}

/** A section with the blocks, if any; its title replaces their own heading. */
function renderPart(id: string, title: string, blocks: readonly Block[]): Section[] {
  if (blocks.length === 0) return [];
  const rest = blocks.filter(({ kind }) => kind !== 'heading');
  return [
    {
      id,
      title,
      markup: markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${renderBlocks({ title, blocks: rest }, new Palette())}</section>
`,
    },
  ];
}

function capitalize(words: string): string {
  return `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}`;
}
