/**
 * A gate as one HTML page: what `--html` writes.
 *
 * Invariants: the verdict is the heading of the page; every scenario has a section, and the contents
 * lead to it; without its script nothing is missing.
 */
import type { Block } from '../../report/document.js';
import { describeBudgets, describeNotes, describeOverview, describeRun } from './describe.js';
import { describeEvidence } from './describe-scenario.js';
import { scenarioForest } from './forest.js';
import { sayHeadline, sayState } from './headline.js';
import type { GateReport, ScenarioReport, Verdict } from '../model/report.js';
import { meaningOf, sayVerdict } from '../model/wording.js';
import { drawBlocks } from '../../report/html/blocks.js';
import { type Markup, markup } from '../../report/html/markup.js';
import { Palette } from '../../report/html/palette.js';
import { drawContents, drawFooter, drawShell, drawTime, WHEEL } from '../../report/html/shell.js';
import { drawSurroundings, SURROUNDINGS } from '../../report/html/surroundings.js';

/** One with a place in the contents. */
interface Section {
  readonly id: string;
  readonly title: string;
  readonly markup: Markup;
}

/** The whole page. */
export function drawGatePage(report: GateReport): string {
  const sections = [
    ...drawPart('overview', 'Overview', describeOverview(report.scenarios)),
    ...report.scenarios.map((scenario, at, { length }) => drawScenario(scenario, at, length === 1)),
    ...drawPart('budgets', 'Budgets', describeBudgets(report)),
    ...drawPart('notes', 'Notes', describeNotes(report.notes)),
  ];
  return drawShell({
    title: `millrace gate: ${sayVerdict(report.verdict)}, ${sayHeadline(report)}`,
    header: drawHeader(report),
    contents: drawContents([
      ...sections.map(({ id, title }) => [id, title] as const),
      ...SURROUNDINGS,
    ]),
    main: [
      ...sections.map((section) => section.markup),
      drawSurroundings(report.environment, report.command, report.notes),
    ],
    footer: drawFooter(report.environment),
    hasCharts: false,
  }).html;
}

function drawHeader(report: GateReport): Markup {
  const { environment, startedAt, verdict } = report;
  const { cpu, processors, node } = environment;
  return markup`<p class="brand">${WHEEL} millrace gate</p>
<h1>${drawVerdict(verdict)} ${capitalize(sayHeadline(report))}</h1>
<p class="summary">${describeRun(report)} Measured on ${drawTime(startedAt)} on ${processors === 1 ? 'one processor' : `${processors} processors`} (${cpu}) with Node.js ${node}.</p>
${sayState(report).map((words) => markup`<p class="state">${words}</p>\n`)}`;
}

function drawVerdict(verdict: Verdict): Markup {
  return markup`<span class="verdict ${meaningOf(verdict)}">${sayVerdict(verdict)}</span>`;
}

function drawScenario(scenario: ScenarioReport, at: number, isOnly: boolean): Section {
  const { name, verdict, reason } = scenario;
  const id = `scenario-${at + 1}`;
  const forest = scenarioForest(scenario);
  const blocks = [...(forest === undefined ? [] : [forest]), ...describeEvidence(scenario, isOnly)];
  return {
    id,
    title: name,
    markup: markup`<section id="${id}" aria-labelledby="${id}-title">
<header>
<p class="kicker">${drawVerdict(verdict)}</p>
<h2 id="${id}-title">${name}</h2>
<p class="reason">${reason}</p>
</header>
${drawBlocks({ title: name, blocks }, new Palette())}</section>
`,
  };
}

/** Blocks that may be missing; their own heading, if they have one, is the section's. */
function drawPart(id: string, title: string, blocks: readonly Block[]): Section[] {
  if (blocks.length === 0) return [];
  const rest = blocks.filter(({ kind }) => kind !== 'heading');
  return [
    {
      id,
      title,
      markup: markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${drawBlocks({ title, blocks: rest }, new Palette())}</section>
`,
    },
  ];
}

function capitalize(words: string): string {
  return `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}`;
}
